"""One promise: agreed anew with a word to the customer, kept, given up; and what they expect, put right."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.models import Line
from presszero.conversations import actions as talks
from presszero.conversations.actions.answer import Answer
from presszero.conversations.actions.begin import Opening
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import lines_seen
from presszero.core.refusal import Refused
from presszero.customers import queries as customers
from presszero.fulfilment.forecasting import day_for
from presszero.fulfilment.queries import forecasts
from presszero.merchants.models import Merchant
from presszero.outreach.filling import says_day
from presszero.outreach.notices import language_for
from presszero.promises.actions import close_gap, forget_expectation, keep_one, renegotiate, reopen_one, withdraw_one
from presszero.promises.days import day_of
from presszero.promises.models import Keeping, Kind, Promise, Where
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ...promising.days import picked, usual
from ...promising.lines import Names, line, names
from ..said import Undo
from . import rows


@needs(Role.AGENT)
@require_http_methods(["GET", "PUT", "DELETE"])
def promise(request: MemberAsked, promise_id: int) -> HttpResponse:
    """GET /promises/7: a sheet for another day. PUT agrees it, with `tell` by a message; DELETE gives it up."""
    row = rows.promise(request, promise_id)
    if request.method == "GET":
        return page(request, "desk/promised/_another.html", _shown(request, row, request.GET))
    if request.method == "DELETE":
        withdraw_one(row, request.member.actor)
        return rows.answered(request, row, _("Given up."), _way_back(row))
    form = QueryDict(request.body, encoding="utf-8")
    try:
        new = _agreed(request, row, form)
    except Refused as no:
        return page(request, "desk/promised/_another.html", {**_shown(request, row, form), "refused": no}, 422)
    said = line(new, names(request.merchant))
    return rows.answered(request, row, _("Agreed: %(what)s by %(when)s.") % {"what": said.what, "when": said.when})


@needs(Role.AGENT)
@require_http_methods(["PUT", "DELETE"])
def keeping(request: MemberAsked, promise_id: int) -> HttpResponse:
    """PUT /promises/7/keeping: it was done. DELETE: it was not, or was not given up after all."""
    row = rows.promise(request, promise_id)
    if request.method == "DELETE":
        reopen_one(row, request.member.actor)
        return rows.answered(request, row, _("It stands again."))
    keep_one(row, timezone.now(), request.member.actor)
    return rows.answered(request, row, _("Kept."), _way_back(row))


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def closing(request: MemberAsked, gap_id: int) -> HttpResponse:
    """PUT /gaps/7/closing: somebody has settled it."""
    row = rows.gap(request, gap_id)
    close_gap(row, request.member.actor)
    return rows.answered(request, row, _("Settled."))


@needs(Role.AGENT)
@require_http_methods(["DELETE"])
def expectation(request: MemberAsked, expectation_id: int) -> HttpResponse:
    """DELETE /expectations/7: they were misunderstood."""
    row = rows.expectation(request, expectation_id)
    forget_expectation(row, request.member.actor)
    return rows.answered(request, row, _("Forgotten."))


def _way_back(row: Promise) -> Undo:
    return Undo(f"/promises/{row.id}/keeping")


def _agreed(request: MemberAsked, row: Promise, form: QueryDict) -> Promise:
    """Told and agreed together, or neither: nobody hears a day that does not stand."""
    due, _whole = picked(form, names(request.merchant))
    talk = rows.talk(request, row)
    with transaction.atomic():
        entry_id = _tell(request, row, talk, form) if form.get("tell") else None
        return renegotiate(row, due, where=Where.AGENT, by=request.member.actor, entry_id=entry_id)


def _tell(request: MemberAsked, row: Promise, talk: Conversation | None, form: QueryDict) -> int:
    """Where it stands; else in a letter of our own. The entry with the words."""
    try:
        answer = Answer(form.get("text", ""), uuid.UUID(form.get("client_id", "")))
    except ValueError:
        raise Refused(_("This page is out of date."), _("Load it again.")) from None
    if talk:
        return int(talks.reply(talk, answer, by=request.member).entry_id)
    opening = _opening(request, row)
    if opening is None or row.customer is None:
        raise Refused(_("There is no way to write to them yet."), _("Add an address to the customer."))
    return int(talks.begin(row.customer, opening, answer, by=request.member).entry_id)


def _opening(request: MemberAsked, row: Promise) -> Opening | None:
    """A letter by mail to an address of theirs, from a line that the member works on."""
    if row.customer is None:
        return None
    theirs = [each.address for each in customers.handles(row.customer) if each.kind == "email" and not each.bounced_at]
    ours = Line.objects.filter(lines_seen(request.member), merchant=request.merchant, kind="email", paused_at=None)
    line = ours.order_by("id").first()
    with translation.override(language_for(request.merchant, row.customer.language)):
        subject = _("Order %(number)s") % {"number": row.order.number} if row.order else _("What we promised you")
    return Opening(line, theirs[0], subject) if line and theirs else None


def _shown(request: MemberAsked, row: Promise, form: QueryDict) -> dict[str, Any]:
    """The days after the one that stands, the one we would promise now first; and words for the customer."""
    known, talk = names(request.merchant), rows.talk(request, row)
    said = line(row, known)
    stands = day_of(row.due_at, known.zone)
    days = usual(known, stands)
    likely = forecasts(row.merchant_id, [row.order_id]).get(row.order_id) if row.order_id else None
    safe = day_for(row.order, keep_of(row.merchant_id), known.now) if row.order else None
    safe = safe or (likely.p95 if likely else None)
    first = form.get("own_day") or form.get("day") or max(safe or days[0].date, days[0].date).isoformat()
    return {
        "p": said,
        "c": talk,
        "days": days,
        "picked": first,
        "likely": likely,
        "g": {name: str(form.get(name, "")) for name in form},
        "words": form.get("text") or _words(request.merchant, row, datetime.fromisoformat(first), known),
        "tells": bool(talk or _opening(request, row)),
        "client_id": form.get("client_id") or uuid.uuid4(),
        "customer": row.customer,
    }


def keep_of(merchant_id: int) -> float:
    """The share of promised days that the merchant wants to keep."""
    found = Keeping.objects.filter(merchant_id=merchant_id).values_list("keep", flat=True).first()
    return found if found is not None else float(Keeping._meta.get_field("keep").default)


def _words(merchant: Merchant, row: Promise, new: datetime, known: Names) -> str:
    """A first draft in the customer's language, which the agent changes as they like."""
    language = language_for(merchant, customers.today(row.customer).language if row.customer else "")
    old = says_day(day_of(row.due_at, known.zone), language)
    with translation.override(language):
        told = {"old": old, "new": says_day(new.date(), language), "number": row.order.number if row.order else ""}
        sorry = _("I am sorry: we will not make it by %(old)s as we said. It will be done by %(new)s.")
        if row.kind == Kind.DELIVERY and row.order:
            sorry = _("I am sorry: order %(number)s will not be with you by %(old)s. Expect it by %(new)s.")
        return sorry % told
