"""The customer: the panel beside a conversation, and a page with everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.audit.actions import looked
from presszero.audit.queries import looks_at
from presszero.channels.registry import kinds
from presszero.channels.vocabulary import Proof
from presszero.commerce import queries as orders
from presszero.conversations.actions import take_apart
from presszero.conversations.queries import reach
from presszero.conversations.queries.sight import customers_seen, those_seen
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers import actions, queries
from presszero.customers.models import Customer, CustomerNote, Merge, OwnField
from presszero.team import queries as team
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.timeline.models import Event
from presszero.timeline.queries import of_customers
from presszero.ui.page import asked_by_htmx, page

from .. import asked, happened, ordered
from ..promising.beside import beside as vows
from ..seen import seen
from .marking import about
from .said import Undo, toast

post = require_http_methods(["POST"])
delete = require_http_methods(["DELETE"])
EARLIER = 8  # conversations the panel shows


@needs(Role.READ_ONLY)
def customer(request: MemberAsked, number: int) -> HttpResponse:
    """GET /customers/7: everything about them, and everything that happened."""
    row = asked.customer(request, number)
    ids = queries.family(row)
    names = {member.id: member.person.name for member in team.members_of(request.merchant)}
    events = happened.told(_seen_events(request, ids), names)
    every = asked.conversations(request).filter(customer_id__in=ids)
    context = {**_known(request, row), "events": events, "every": every.order_by("-last_at")[:100], "here": ""}
    context["looks"] = _looks(request, ids, names) if asked.may(request, Role.LEAD) else None
    _look(request, row)
    return page(request, "desk/customer.html", context)


def _look(request: MemberAsked, row: Customer) -> None:
    """Kept on record: who saw what we know of a person is part of what they may ask."""
    looked(request.merchant.id, request.member.id, row.id, timezone.now())


def _looks(request: MemberAsked, ids: list[int], names: dict[int, str]) -> list[tuple[str, datetime]]:
    """Who looked, newest first: (name, when)."""
    found = looks_at(request.merchant, ids)
    return [(names.get(each.member_id, _("Someone who left")), each.at) for each in found]


def _seen_events(request: MemberAsked, ids: list[int]) -> list[Event]:
    """What happened with them, but for what happened in conversations the member does not see."""
    events = of_customers(request.merchant, ids)
    seen_there = those_seen(request.member, (e.conversation_id for e in events if e.conversation_id))
    return [e for e in events if e.conversation_id is None or e.conversation_id in seen_there]


@needs(Role.READ_ONLY)
def panel(request: MemberAsked, number: int) -> HttpResponse:
    """GET: the panel beside the conversation `beside`."""
    row = asked.customer(request, number)
    _look(request, row)
    return _panel(request, row)


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def fields(request: MemberAsked, number: int) -> HttpResponse:
    """PUT: name, language and own fields."""
    row = asked.customer(request, number)
    given = asked.values(request)
    allowed = {"name", "language", "timezone", "preferred_channel"}
    allowed |= set(_own_fields(request).values_list("key", flat=True))
    actions.describe(row, {k: str(given[k]) for k in given if k in allowed}, by=request.member.actor)
    return _panel(request, asked.customer(request, number), _("Saved."))


@needs(Role.AGENT)
@post
def notes(request: MemberAsked, number: int) -> HttpResponse:
    """POST: something the team should know about this person."""
    row = asked.customer(request, number)
    made = actions.note(row, request.POST.get("text", ""), by=request.member.actor)
    return _panel(request, row, _("Noted."), Undo(f"/customer-notes/{made.id}", target="#side", swap="innerHTML"))


@needs(Role.AGENT)
@delete
def note(request: MemberAsked, note_id: int) -> HttpResponse:
    """DELETE hides a note about a person."""
    found = CustomerNote.objects.filter(merchant=request.merchant, id=note_id, removed_at=None).first()
    if found is None:
        raise Http404
    asked.customer(request, found.customer_id)
    actions.remove_note(found, by=request.member.actor)
    return _panel(request, asked.customer(request, found.customer_id), _("Removed."))


@needs(Role.AGENT)
@post
def handles(request: MemberAsked, number: int) -> HttpResponse:
    """POST: another address of theirs, as an agent wrote it down; it counts as claimed until it is proven."""
    row = asked.customer(request, number)
    address = one_line(request.POST.get("address", ""), 320).lower()
    kind = request.POST.get("kind", "email")
    if kind == "email" and ("@" not in address or " " in address):
        raise Refused(_("This does not look like an e-mail address."), _("Check it once more."))
    if kind not in ("email", "phone"):
        raise Http404
    actions.add_handle(row, kind, address, by=request.member.actor)
    return _panel(request, row, _("Added."))


@needs(Role.AGENT)
@post
def consents(request: MemberAsked, number: int) -> HttpResponse:
    """POST: they allow, or forbid, a purpose on a channel; "" is every channel."""
    row = asked.customer(request, number)
    purpose, channel = request.POST.get("purpose", ""), request.POST.get("channel", "-")
    if purpose not in ("service", "marketing", "survey") or channel not in ("", *kinds()):
        raise Http404
    given, wording = request.POST.get("given") == "1", request.POST.get("wording", "").strip()
    if given and not wording:  # forbidding must be as easy as can be
        raise Refused(_("Write down what they said."), _("It is the proof that they allowed it."))
    actions.consent(row, channel, purpose, given, by=request.member.actor, wording=wording)
    return _panel(request, row, _("Kept on record."))


@needs(Role.AGENT)
def merge_candidates(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q= : other people who may be this one."""
    row = asked.customer(request, number)
    words = request.GET.get("q", "").strip() or row.name
    among = customers_seen(request.member)
    found = [c for c in queries.find(request.merchant, words, 12, among) if c.id != row.id] if words else []
    shown = [(c, queries.handles(c)) for c in found[:8]]
    context = {"customer": row, "found": shown, "beside": request.GET.get("beside", "")}
    return page(request, "desk/_person_options.html", context)


@needs(Role.AGENT)
@post
def merges(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `other`: that customer is this one."""
    winner = asked.customer(request, number)
    loser = asked.customer(request, asked.number(request.POST.get("other")))
    made = actions.merge(loser, winner, by=request.member.actor)
    undo = Undo(f"/customer-merges/{made.id}", target="#side", swap="innerHTML")
    return _panel(request, winner, _("One customer now."), undo)


@needs(Role.AGENT)
@delete
def merge(request: MemberAsked, merge_id: int) -> HttpResponse:
    """DELETE takes a merge of two customers back."""
    made = Merge.objects.filter(merchant=request.merchant, id=merge_id).first()
    if made is None:
        raise Http404
    asked.customer(request, made.winner_id)
    take_apart(made, by=request.member.actor)
    return _panel(request, asked.customer(request, made.winner_id), _("Two customers again."))


def panel_with(request: MemberAsked, row: Customer, say: str) -> HttpResponse:
    """The panel anew, with a word about what was done."""
    return _panel(request, asked.customer(request, row.id), say)


def _panel(request: MemberAsked, row: Customer, say: str = "", undo: Undo | None = None) -> HttpResponse:
    if not asked_by_htmx(request) and request.method != "GET":
        return HttpResponseRedirect(f"/customers/{row.id}")
    response = page(request, "desk/_panel.html", _known(request, row))
    if say:
        response.write(toast(request, say, undo))
        response["HX-Trigger"] = "changed"
    return response


def _known(request: MemberAsked, row: Customer) -> dict[str, Any]:
    """What both the panel and the page show."""
    beside = request.GET.get("beside", "") or request.headers.get("X-Beside", "")
    earlier = asked.conversations(request).filter(customer_id__in=queries.family(row)).order_by("-last_at")
    if beside.isdecimal():
        earlier = earlier.exclude(id=asked.number(beside))
    names = {member.actor.code: member.person.name for member in team.members_of(request.merchant)}
    talk = asked.conversations(request).filter(id=asked.number(beside)) if beside.isdecimal() else []
    beside_it = next(iter(talk), None)
    if beside_it:
        beside_it.customer = row
    row.merchant = request.merchant
    bought = orders.panel(row)
    return {
        "orders": bought,
        "shown_orders": ordered.glances(bought),
        "vows": vows(row, [each.order for each in bought.orders]),
        **({**about(request, beside_it), "seen": seen(reach(beside_it, []))} if beside_it else {"seen": None}),
        "customer": row,
        "beside": beside,
        "may_write": asked.may_write(request),
        "handles": queries.handles(row),
        "proofs": _proofs(),
        "notes": [(n, names.get(n.by, _("Someone who left"))) for n in queries.notes(row)],
        "fields": list(_own_fields(request)),
        "consents": queries.consents(row),
        "channels": kinds(),
        "merges": queries.standing_merges(row),
        "earlier": list(earlier[:EARLIER]),
    }


def _own_fields(request: MemberAsked) -> QuerySet[OwnField]:
    return OwnField.objects.filter(merchant=request.merchant, about=OwnField.About.CUSTOMER).order_by("id")


def _proofs() -> dict[str, tuple[str, str]]:
    """How sure an address is: the icon and the words."""
    return {
        Proof.VERIFIED: ("shield-check", _("confirmed")),
        Proof.SEEN: ("shield", _("wrote from it")),
        Proof.CLAIMED: ("person", _("says so")),
        Proof.REFUTED: ("alert", _("not theirs")),
    }
