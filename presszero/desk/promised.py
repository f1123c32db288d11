"""What we said and what they said of a matter, as rows, tags and lines of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.conversations import queries
from presszero.conversations.models import Conversation
from presszero.conversations.order import CAN_WAIT, MATTERS_A_LOT
from presszero.promises import queries as promises
from presszero.promises.retelling import choices
from presszero.team.models import Membership
from presszero.ui.formats import dated

VIEW = "promises"  # the view of what we said and have not done yet

_TAGS = {"fine": "", "at_risk": "w", "broken": "l"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A small word beside a row; `kind`: "" quiet · w soon · l too late."""

    word: str
    kind: str
    instead: bool = False  # it takes the place of "answer in 1:12"


def is_view(name: str) -> bool:
    """Whether a list of this name can be opened."""
    return name == VIEW or name in queries.VIEWS


def view(member: Membership, name: str, *, page: int = 1) -> list[queries.Row]:
    """A page of a list, and one row more when there is another page. KeyError for a list there is not."""
    if name == VIEW:
        return queries.rows_by_id(member, promises.due(member, page))
    return queries.view(member, name, page=page)


def tags(merchant_id: int, rows: list[queries.Row], now: datetime) -> dict[int, Tag]:
    """What we said, for those rows that wait: "promised 10:30"."""
    waiting = [row.id for row in rows if row.waiting_since]
    return {number: tag(said, now) for number, said in promises.said_in(merchant_id, waiting, now).items()}


def tag(said: promises.Said, now: datetime) -> Tag:
    """One promise in a few letters."""
    when = at_moment(said.due_at, now)
    word = _("promised %(when)s, late") if said.standing == "broken" else _("promised %(when)s")
    return Tag(word % {"when": when}, _TAGS[said.standing], instead=True)


def wish_tags(row: queries.Row | Conversation, now: datetime) -> list[Tag]:
    """How much it matters and by when, for a row."""
    found = []
    if row.needed_by and row.needed_by > now - timedelta(days=2):
        soon = row.needed_by <= now + timedelta(hours=24)
        found.append(Tag(_("by %(when)s") % {"when": at_moment(row.needed_by, now)}, "w" if soon else ""))
    if row.matters == MATTERS_A_LOT:
        found.append(Tag(_("matters"), "w"))
    if row.matters == CAN_WAIT:
        found.append(Tag(_("can wait"), ""))
    return found


def at_moment(moment: datetime, now: datetime) -> str:
    """Short: "10:30" today, "Sat" or "Sat 10:30" within a week, "4 Jan" after."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    days = (local.date() - today).days
    clock = "" if (local.hour, local.minute) in ((12, 0), (23, 59)) else date_format(local, "H:i")
    if days == 0:
        return clock or _("today")
    if 0 < days < 7:
        return f"{date_format(local, 'D')} {clock}".strip()
    return dated(local, "j M")


def head(row: Conversation, now: datetime, *, may_write: bool) -> dict[str, Any]:
    """What the bar of a conversation shows of promises and wishes."""
    found = promises.head(row, now)
    line = _wish_line(row, found, now)
    return {
        "promise": tag(found.said, now) if found.said else None,
        "wish_line": line,
        "wish_words": found.words,
        "new_times": _new_times(row, found.said, now) if may_write and row.waiting_since and found.said else [],
    }


def wish_fields(row: Conversation) -> dict[str, str]:
    """What the form on what they need begins with."""
    local = timezone.localtime(row.needed_by).strftime("%Y-%m-%dT%H:%M") if row.needed_by else ""
    return {"needed_by_local": local, "wish_words": promises.head(row, timezone.now()).words}


def _wish_line(row: Conversation, found: promises.Head, now: datetime) -> str:
    said = []
    if row.needed_by:
        said.append(_("Needs it by %(when)s") % {"when": _long(row.needed_by, now)})
    if row.matters == MATTERS_A_LOT:
        said.append(_("Matters a lot"))
    elif row.matters == CAN_WAIT:
        said.append(_("Can wait"))
    if row.asked_channel:
        said.append(_ways().get(row.asked_channel, ""))
    if not (said or found.words):
        return ""
    if found.source:
        said.append(_sources().get(found.source, ""))
    return " · ".join(part for part in said if part)


def _long(moment: datetime, now: datetime) -> str:
    """In full: "Saturday", "Saturday 10:30", "4 January"; an hour that nobody said is left out."""
    local = timezone.localtime(moment)
    unsaid = (local.hour, local.minute) in ((12, 0), (23, 59))
    return _day(moment, now) if unsaid else f"{_day(moment, now)} {_clock(moment)}"


def _day(moment: datetime, now: datetime) -> str:
    local = timezone.localtime(moment)
    days = (local.date() - timezone.localtime(now).date()).days
    near = {0: _("today"), 1: _("tomorrow")}
    return near.get(days) or dated(local, "l" if 0 < days < 7 else "j F")


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def _ways() -> dict[str, str]:
    return {
        "email": _("wants an e-mail"),
        "visitor": _("wants to chat"),
        "phone": _("wants a call"),
    }


def _sources() -> dict[str, str]:
    return {
        "form": _("said in the web form"),
        "chat": _("said in the chat"),
        "page": _("said in one tap"),
        "agent": _("as noted by us"),
    }


def _new_times(row: Conversation, said: promises.Said, now: datetime) -> list[dict[str, Any]]:
    """Later than what we said already."""
    line = Line.objects.select_related("hours", "merchant").get(merchant_id=row.merchant_id, id=row.line_id)
    later = [at for at in choices(line, max(now, said.due_at)) if at > said.due_at]
    return [{"value": at.isoformat(), "label": f"{_day(at, now)} {_clock(at)}"} for at in later]
