"""What the widget asks of us beside its messages, which go through the door."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.http import Http404, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels import transcript as said
from presszero.channels.answering import zone
from presszero.channels.served import served
from presszero.channels.vocabulary import Wish
from presszero.conversations.actions.wish import wish as keep_wish
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.browser import address_of
from presszero.team.throttle import Limit, hold, network
from presszero.visitors import actions, cookie, queries
from presszero.visitors.models import Visitor

from . import knowing, matter
from .gate import Answer, ChatAsked, NotFor, asked
from .transcript import answering, drawn, reader

NEW_VISITORS = Limit("chat.new", 200, timedelta(minutes=10))  # of one network: a company's people are many


@asked("POST", stranger=True)
def visit(request: ChatAsked) -> Answer:
    """POST /chat/<token>/visit: goes on as the visitor of the cookie, or begins as a new one."""
    now = timezone.now()
    if not hasattr(request, "visitor"):
        hold(NEW_VISITORS, f"{request.line.id} {network(address_of(request))}", now)
    made = actions.visit(request.line, request.secret, _where(request), at=now)
    made.visitor.line = request.line
    return _remembered(JsonResponse(_known(made.visitor, now)), made)


@asked("GET")
def transcript(request: ChatAsked) -> Answer:
    """GET /chat/<token>/transcript[?before=<entry>]: the newest of what was said, or what was said before that."""
    now, before = timezone.now(), request.GET.get("before", "")
    mine = reader(request.visitor, now)
    page = said.newest(mine, _number(before) if before else None)
    if page is None:
        raise Http404
    return {**drawn(page, request.line), "typing": matter.who_types(mine), **answering(request.line, now)}


@asked("GET")
def file(request: ChatAsked, key: str) -> Answer:
    """GET /chat/<token>/files/<key>: a file of the transcript."""
    row = said.file(reader(request.visitor, timezone.now()), key)
    if row is None:
        raise Http404
    return served(row)


@asked("POST", "DELETE")
def identity(request: ChatAsked) -> Answer:
    """POST /chat/<token>/identity: the shop's signed word on who they are. DELETE: signed out, and forgotten here."""
    now = timezone.now()
    if request.method == "DELETE":
        actions.end(request.visitor, at=now)
        answer = JsonResponse({"signed": False})
        cookie.let_go(answer, request.line.token)
        return answer
    made = knowing.sign_in(request.visitor, _text(request, "token"), at=now)
    return _remembered(JsonResponse(_known(made.visitor, now)), made)


@asked("POST")
def address(request: ChatAsked) -> Answer:
    """POST /chat/<token>/address: where else we may reach them; only their word for it."""
    made = knowing.leave_address(request.visitor, _text(request, "email"), _text(request, "name"), at=timezone.now())
    return {"claimed": made.address, "name": request.visitor.name}


@asked("POST", "PUT")
def code(request: ChatAsked) -> Answer:
    """POST /chat/<token>/code mails six digits to an address; PUT proves it by them."""
    now, where = timezone.now(), network(address_of(request))
    if request.method == "POST":
        knowing.ask_for_code(request.visitor, _text(request, "email"), where, at=now)
        return {"sent": True}
    return {"proven": knowing.enter_code(request.visitor, _text(request, "code"), where, at=now)}


@asked("POST")
def marks(request: ChatAsked) -> Answer:
    """POST /chat/<token>/marks: what we said up to an entry was shown to them, or also read."""
    seen_to = request.given.get("seen_to")
    if type(seen_to) is not int or not 0 <= seen_to < 2**63:
        raise Refused(_("We could not read this."))
    mine = reader(request.visitor, timezone.now())
    moved = said.mark(mine, seen_to, read=request.given.get("read") is True, by=Actor("customer"))
    return {"moved": moved}


@asked("POST")
def page(request: ChatAsked) -> Answer:
    """POST /chat/<token>/page: where in the shop they are now."""
    actions.told_page(request.visitor, _where(request), at=timezone.now())
    return {}


@asked("POST")
def wish(request: ChatAsked) -> Answer:
    """POST /chat/<token>/wish: how much their matter matters, by when, and how to answer."""
    row = matter.current(reader(request.visitor, timezone.now()))
    if row is None:
        raise NotFor(409, _("There is no matter of yours yet."), _("Write to us first."))
    by = Actor("customer", row.customer_id)
    keep_wish(row, _wish(request), source="chat", by=by, language=request.visitor.language)
    return {"kept": True}


def _known(visitor: Visitor, at: datetime) -> dict[str, Any]:
    mine = reader(visitor, at)
    address, signed = queries.speaks_as(visitor, at)
    return {
        "address": address,
        "signed": signed,
        "name": visitor.name,
        "claimed": knowing.claimed_email(visitor, at),
        **answering(visitor.line, at),
        "matter": matter.in_short(mine, matter.current(mine)),
    }


def _remembered(answer: HttpResponseBase, made: actions.Visit) -> HttpResponseBase:
    if made.secret:
        cookie.keep(answer, made.visitor.line.token, made.secret)
    return answer


def _where(request: ChatAsked) -> actions.Where:
    """What the shop's page tells of itself, in plain types; visitors.actions decides what of it is kept."""
    place, cart = request.given.get("page"), request.given.get("cart")
    told = place if isinstance(place, dict) else request.given
    return actions.Where(
        url=str(told.get("url") or "")[:2000],
        title=str(told.get("title") or "")[:500],
        language=_text(request, "language"),
        cart=cart if isinstance(cart, dict) else {},
    )


def _wish(request: ChatAsked) -> Wish:
    matters, channel = request.given.get("matters"), _text(request, "channel")
    if matters is not None and (type(matters) is not int or matters not in (1, 2, 3)):
        raise Refused(_("There is no such answer."), _("Pick one of the three."))
    if channel not in ("", "email", "visitor", "phone"):
        raise Refused(_("We cannot answer that way."), _("Pick another way."))
    return Wish(matters, _moment(_text(request, "needed_by"), zone(request.line)), _text(request, "words"), channel)


def _moment(given: str, where: tzinfo) -> datetime | None:
    """A day alone is needed by its end, where the shop is."""
    if not given:
        return None
    try:
        found = datetime.fromisoformat(f"{given}T23:59" if len(given) == 10 else given)
    except ValueError as why:
        raise Refused(_("This is not a day we know."), _("Pick it from the calendar.")) from why
    return found if found.tzinfo else found.replace(tzinfo=where)


def _text(request: ChatAsked, name: str) -> str:
    found = request.given.get(name)
    return found[:5000] if isinstance(found, str) else ""


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    return int(given)
