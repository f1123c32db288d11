"""One conversation: its page, and what is fetched again when something happens in it."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.vocabulary import Shared
from presszero.conversations import queries
from presszero.conversations.models import Conversation
from presszero.conversations.queries.marks import marks
from presszero.conversations.queries.side import side_threads
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.formats import called
from presszero.ui.page import asked_by_htmx, page, text_of

from .. import asked, promised, shown
from ..drafted import drafts_of
from ..marked import kind
from ..seen import seen
from ..ways import choice, picked, with_files
from . import lists

SHOWN = 40  # items of the stream at first; older ones on the way up
_BRIEF = 16  # of them where a whole page comes with it: more than a screen holds
_MOST = 2000


@needs(Role.READ_ONLY)
def conversation(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42: the page, or for HTMX what stands beside the list."""
    row = asked.conversation(request, number)
    context = whole(request, row, SHOWN if asked_by_htmx(request) else _BRIEF)
    if asked_by_htmx(request):
        response = page(request, "desk/_work.html", context)
        if not request.headers.get("HX-Boosted"):
            response["HX-Push-Url"] = f"/conversations/{row.id}?in={here(request)}"
        return response
    column = lists.in_list(request, here(request), request.GET.get("q", ""))
    column["list"].begin()
    return page(request, "desk/conversation.html", {**column, **context})


@needs(Role.READ_ONLY)
def live(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/live: what may have changed, to be morphed in. Never the box somebody types in."""
    row = asked.conversation(request, number)
    if row.id != number:  # merged away while somebody looked at it
        response = HttpResponse()
        response["HX-Trigger"] = json.dumps({"go": {"conversation": row.id}})
        return response
    return pieces(request, row)


@needs(Role.READ_ONLY)
def looking(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/looking: who else is here."""
    row = asked.conversation(request, number)
    found = picked(row, request.GET.get("way", ""), shown_name(row))
    context = {"c": row, "looking": queries.others_looking(row, request.member), "choice": found, "oob": True}
    names = {
        "shown_name": shown_name(row),
        "may_write": asked.may_write(request, row),
        "panel": request.GET.get("panel"),
    }
    return page(request, "desk/_looking_box.html", {**context, **names, "seen": seen(found.reach)})


def pieces(request: MemberAsked, row: Conversation, fresh: str = "", extra: str = "") -> HttpResponse:
    """The bar and the stream as they are now, and whatever else the answer carries, all out of band.

    `fresh` names the form that is put there anew ("reply", "note"), "" for none.
    """
    near = queries.around(row, request.member)
    shown_now = {**bar(request, row, near), **stream(request, row, near), "oob": True}
    found = composer(row, near, shown_now["items"]) if fresh or _has_chat(shown_now["items"]) else {}
    response = page(request, "desk/_pieces_now.html", {**shown_now, "seen": found.get("seen")})
    if fresh:
        form = {**shown_now, **found, "tab": fresh}
        response.write(text_of(request, f"desk/_{fresh}_form.html", form))
    response.write(extra)
    return response


def whole(request: MemberAsked, row: Conversation, first: int = SHOWN) -> dict[str, Any]:
    """Everything the conversation's columns show."""
    near = queries.around(row, request.member)
    shown_now = stream(request, row, near, first)
    drawn_at = near.newest  # read before the rest: what happens from here on is told by the live stream
    return {"drawn_at": drawn_at, **bar(request, row, near), **shown_now, **composer(row, near, shown_now["items"])}


def bar(request: MemberAsked, row: Conversation, near: queries.Around) -> dict[str, Any]:
    """What the bar above the stream shows."""
    return {
        "c": row,
        "open_id": row.id,
        "here": here(request),
        "now": timezone.now(),
        "shown_name": shown_name(row),
        "may_write": asked.may_write(request, row),
        "team": near.team,
        "topics": near.topics,
        "marks": marks(row),
        "tag_kind": kind,
        "following": getattr(row, "following", False),  # annotated by asked.conversation
        "looking": near.looking,
        "sides": side_threads(row) if near.has_sides else [],
        "to_pay": drafts_of(row.merchant_id, near.family) if near.has_orders_to_pay else [],
        "snoozes": snoozes(),
        "priorities": [(1, _("Low")), (2, _("Normal")), (3, _("High")), (4, _("Urgent"))],
        **promised.head(row, timezone.now(), may_write=asked.may_write(request, row)),
    }


def stream(request: MemberAsked, row: Conversation, near: queries.Around, first: int = SHOWN) -> dict[str, Any]:
    """What stands in the stream: the newest items, and how many to ask for to see more."""
    wanted = request.GET.get("shown", "") or request.headers.get("X-Shown", "")
    limit = min(int(wanted), _MOST) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else first
    items = queries.stream(row, near, limit)
    spoken = [item for item in items if item.kind != "event"]
    return {
        "c": row,
        "items": items,
        "pieces": shown.pieces(row, items, request.member),
        "shown": limit,
        "earlier": limit + 120 if len(spoken) >= limit else 0,
        "newest": max((item.id for item in items if item.kind == "message"), default=0),
        "wants_in": queries.wants_in(row) if any(item.copied for item in items) else [],
    }


def composer(row: Conversation, near: queries.Around, items: list[queries.Item]) -> dict[str, Any]:
    """What the composer starts with: drafts and files from before, and the ways to answer."""
    files = [Shared(each["content_type"], each["size"]) for each in near.uploads]
    found = with_files(row, choice(row, items, shown_name(row)), files)
    return {
        "drafts": {"reply": "", "note": "", **near.drafts},
        "uploads": near.uploads,
        "choice": found,
        "seen": seen(found.reach),
        "recipients": found.recipients,
        "client_id": uuid.uuid4(),
        "note_client_id": uuid.uuid4(),
        "laters": laters(),
    }


def _has_chat(items: list[queries.Item]) -> bool:
    """Whether somebody may be here right now."""
    return any(item.channel == "chat" for item in items)


def shown_name(row: Conversation) -> str:
    """What to call the customer in a sentence."""
    return called(customers.today(row.customer).name)


def here(request: MemberAsked) -> str:
    """The view the conversation was opened from."""
    name = request.GET.get("in", "") or request.headers.get("X-View", "")
    return name if lists.is_list(request, name) else "mine"


def snoozes() -> list[dict[str, Any]]:
    """The usual times to see it again. Values are what the form sends."""
    now = timezone.localtime()
    return [
        *(_choice(_("Later today"), now + timedelta(hours=3)) if now.hour < 17 else ()),
        *_choice(_("Tomorrow"), _morning(now, 1)),
        *_choice(_("Monday"), _morning(now, 7 - now.weekday())),
        *_choice(_("In a month"), _morning(now, 30)),
        {"value": "reply", "label": _("Until they write"), "at": None},
    ]


def laters() -> list[dict[str, Any]]:
    """The usual times to send later."""
    now = timezone.localtime()
    return [
        *_choice(_("In an hour"), now + timedelta(hours=1)),
        *_choice(_("Tomorrow morning"), _morning(now, 1)),
        *_choice(_("Monday morning"), _morning(now, 7 - now.weekday())),
    ]


def _choice(label: str, at: datetime) -> list[dict[str, Any]]:
    return [{"value": at.isoformat(timespec="minutes"), "label": label, "at": at}]


def _morning(now: datetime, days: int) -> datetime:
    day = (now + timedelta(days=days)).date()
    return datetime.combine(day, time(8), now.tzinfo)
