"""A stream's items as the page shows them: words made safe, states in words, what can still be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from markupsafe import Markup, escape

from presszero.channels.wording import to_html
from presszero.conversations.models import Conversation, Merge, Move
from presszero.conversations.queries import Item
from presszero.customers.models import Merge as CustomerMerge
from presszero.promises.saying import AUTOMATIC
from presszero.team.models import Membership
from presszero.ui.formats import channel_icon, channel_word, initials, moment, tint
from presszero.ui.markup import linked

LONG = 3000  # characters after which a message is folded
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_WORDS = {
    "queued": gettext_noop("sending"),
    "sending": gettext_noop("sending"),
    "accepted": gettext_noop("sent"),
    "delivered": gettext_noop("delivered"),
    "read": gettext_noop("read"),
    "failed": gettext_noop("not delivered"),
    "unknown": gettext_noop("we do not know whether it went"),
    "cancelled": gettext_noop("taken back"),
}
_NAMELESS = ("chat", "form")  # whoever writes there has an address of our making
_BY_ITSELF = "Press Zero"  # what the stream calls the product
_AT = re.compile(r"(?<![\w.])@[\w-]{2,40}")


@dataclass
class Piece:
    """One thing in the stream, ready to be drawn. `kind`: said · note · event."""

    kind: str
    id: int
    at: datetime
    who: str = ""
    body: Markup | str = ""
    when: Markup | str = ""
    raw: bool = False  # line breaks stand in the text itself
    initials: str = ""
    tint: str = ""
    inbound: bool = False
    channel: str = ""
    icon: str = ""
    line: str = ""  # our address it came to or went from
    way: str = ""  # the key of the way to answer where it stands, where there are several
    reason: str = ""
    proof: str = ""
    automatic: str = ""
    warnings: list[str] = field(default_factory=list)
    copied: str = ""
    folded: bool = False
    has_html: bool = False
    entry_id: int = 0
    long: bool = False
    mine: bool = False
    undo: str = ""  # the address whose deletion undoes it
    files: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    retry: list[dict[str, Any]] = field(default_factory=list)

    @property
    def foot(self) -> bool:
        """Whether anything stands under it."""
        return bool(
            self.folded
            or self.reason
            or self.long
            or self.undo
            or self.retry
            or self.automatic
            or self.copied
            or self.way
        )


def pieces(conversation: Conversation, items: list[Item], member: Membership) -> list[Piece]:
    """In the order given. Notes that were removed leave nothing."""
    now = timezone.now()
    undoable = _undoable(conversation, items)
    several = len({item.channel for item in items if item.kind == "message"} - {"form"}) > 1
    made = []
    for item in items:
        if item.kind == "message" and item.taken_back:
            said = _("%(by)s took an answer back") % {"by": item.who}
            made.append(Piece("event", item.id, item.at, body=said, when=moment(item.at, now)))
        elif item.kind == "message" and item.automatic == AUTOMATIC and not item.inbound:
            made.append(_told(item, now))
        elif item.kind == "message":
            made.append(_said(item, conversation.customer_id, now))
            made[-1].way = f"thread:{item.thread_id}" if several and item.channel != "form" else ""
        elif item.kind == "note" and not item.removed:
            made.append(_note(item, member, now))
        elif item.kind == "event" and not (item.fact == "claim.answered" and undoable.customers):
            made.append(_event(item, undoable, now))
    return made


def _said(item: Item, customer_id: int, now: datetime) -> Piece:
    deliveries = [_delivery(d, now) for d in item.deliveries]
    waiting = any(d["until"] for d in deliveries)
    who = item.who or (_("Visitor") if item.channel in _NAMELESS else item.address) or _("Somebody")
    shown = Piece(
        "said",
        item.id,
        item.at,
        who=who,
        body=linked(item.text) if item.inbound else Markup(to_html(item.text)),  # noqa: S704 - built safe from text
        when=moment(item.at, now),
        raw=item.inbound,
        inbound=item.inbound,
        channel=channel_word(item.channel),
        icon=channel_icon(item.channel),
        line=item.line,
        reason=item.reason,
        copied=", ".join(_others(item)) if item.copied else "",
        folded=item.has_folded,
        entry_id=item.entry_id,
        long=len(item.text) > LONG or item.text.count("\n") > 60,
        undo=f"/messages/{item.id}" if waiting else "",
        files=[_file(a) for a in item.attachments if not (a["inline"] and item.has_html)],
        deliveries=deliveries,
        retry=[d for d in deliveries if d["state"] in ("failed", "unknown")],
    )
    if item.inbound:
        shown.initials, shown.tint = initials(who), tint(customer_id)
        shown.proof, shown.automatic = item.proof, item.automatic
        shown.warnings, shown.has_html = item.warnings, item.has_html
    return shown


def _told(item: Item, now: datetime) -> Piece:
    """What we said without anybody writing it: a quiet line, and whether it did not arrive."""
    words = item.text.partition("\n\n")[0]
    lost = next((_delivery(d, now)["word"] for d in item.deliveries if d["state"] in ("failed", "unknown")), "")
    body = _("%(who)s said: %(words)s") if item.who != _BY_ITSELF else _("We said: %(words)s")
    said = body % {"who": item.who, "words": words}
    return Piece("event", item.id, item.at, body=f"{said} · {lost}" if lost else said, when=moment(item.at, now))


def _others(item: Item) -> list[str]:
    """Who else it went to, besides the two sides."""
    known = {item.line.lower(), item.address.lower(), *(str(d["to"]).lower() for d in item.deliveries)}
    return [name or address for name, address in item.copied if item.inbound and address.lower() not in known]


def _note(item: Item, member: Membership, now: datetime) -> Piece:
    words = str(escape(item.text))
    body = Markup(_AT.sub(lambda found: f'<span class="at">{found[0]}</span>', words))  # noqa: S704 - escaped above
    mine = item.who_id == member.id
    return Piece("note", item.id, item.at, item.who, body, moment(item.at, now), mine=mine)


def _event(item: Item, undoable: Undoable, now: datetime) -> Piece:
    details = item.details
    undo, why = "", ""
    if item.fact == "conversation.merged":
        merge = undoable.merges.get(details.get("merge_id") or 0)
        undo, why = (f"/merges/{merge.id}", merge.reason) if merge else ("", "")
    if item.fact == "conversation.recognised":
        found = undoable.customers.get(details.get("merge_id") or 0)
        undo, why = (f"/customer-merges/{found.id}", found.reason) if found else ("", "")
    if item.fact == "conversation.split" and details.get("target_id") in undoable.splits:
        undo = f"/splits/{details['target_id']}"
    words = f"{_sentence(item)}: {why}" if why else _sentence(item)
    return Piece("event", item.id, item.at, item.who, words, moment(item.at, now), undo=undo)


def _sentence(item: Item) -> str:
    if item.fact == "conversation.assigned":
        to = item.details.get("member")
        if not to:
            return _("%(by)s gave it back to everyone") % {"by": item.who}
        if to == item.who:
            return _("%(by)s took it") % {"by": item.who}
        return _("%(by)s gave it to %(to)s") % {"by": item.who, "to": to}
    if item.fact == "claim.answered":
        return _("Somebody answered by mail from the address that was named here")
    return _(item.text).replace("{by}", item.who)


@dataclass
class Undoable:
    """Merges and splits that still stand, by the number their fact names."""

    merges: dict[int, Merge] = field(default_factory=dict)
    customers: dict[int, CustomerMerge] = field(default_factory=dict)
    splits: set[int] = field(default_factory=set)


def _undoable(conversation: Conversation, items: list[Item]) -> Undoable:
    """Asked only when the stream shows one."""
    found, mine = Undoable(), {"merchant_id": conversation.merchant_id, "undone_at": None}
    if ids := _named(items, "conversation.merged", "merge_id"):
        found.merges = {row.id: row for row in Merge.objects.filter(**mine, id__in=ids)}
    if ids := _named(items, "conversation.recognised", "merge_id"):
        found.customers = {row.id: row for row in CustomerMerge.objects.filter(**mine, id__in=ids)}
    if ids := _named(items, "conversation.split", "target_id"):
        found.splits = set(Move.objects.filter(**mine, target_id__in=ids).values_list("target_id", flat=True))
    return found


def _named(items: list[Item], fact: str, detail: str) -> list[int]:
    return [int(item.details[detail]) for item in items if item.fact == fact and item.details.get(detail)]


def _delivery(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    at = datetime.fromisoformat(row["at"]) if isinstance(row["at"], str) else row["at"]
    ahead = row["state"] == "queued" and not row["tries"] and at > now
    later = ahead and at - now > timedelta(minutes=1)
    return {
        "id": row["id"],
        "state": row["state"],
        "word": _("goes out") if later else _word(row["state"], row["tries"]),
        "at": at if later or (row["state"] == "queued" and row["tries"]) else None,
        "until": at if ahead else None,
        "reason": row["reason"] or _word(row["state"], 0),
        "unknown": row["state"] == "unknown",
        "to": row["to"],
    }


def _word(state: str, tries: int) -> str:
    return _("trying again") if state == "queued" and tries else _(_WORDS[state])


def _file(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "size": row["size"],
        "url": f"/attachments/{row['token']}",
        "picture": row["type"] in _PICTURES and row["size"] < 10_000_000,
    }
