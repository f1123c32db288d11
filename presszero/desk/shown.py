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
from presszero.team.models import Membership
from presszero.ui.formats import channel_word, initials, moment, tint
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
        return bool(self.folded or self.reason or self.long or self.undo or self.retry or self.automatic or self.copied)


def pieces(conversation: Conversation, items: list[Item], member: Membership) -> list[Piece]:
    """In the order given. Notes that were removed leave nothing."""
    now = timezone.now()
    undoable = _undoable(conversation, items)
    made = []
    for item in items:
        if item.kind == "message" and item.taken_back:
            said = _("%(by)s took an answer back") % {"by": item.who}
            made.append(Piece("event", item.id, item.at, body=said, when=moment(item.at, now)))
        elif item.kind == "message":
            made.append(_said(item, conversation.customer_id, now))
        elif item.kind == "note" and not item.removed:
            made.append(_note(item, member, now))
        elif item.kind == "event":
            made.append(_event(item, undoable, now))
    return made


def _said(item: Item, customer_id: int, now: datetime) -> Piece:
    deliveries = [_delivery(d, now) for d in item.deliveries]
    waiting = any(d["until"] for d in deliveries)
    who = item.who or item.address or _("Somebody")
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


def _others(item: Item) -> list[str]:
    """Who else it went to, besides the two sides."""
    known = {item.line.lower(), item.address.lower(), *(str(d["to"]).lower() for d in item.deliveries)}
    return [name or address for name, address in item.copied if item.inbound and address.lower() not in known]


def _note(item: Item, member: Membership, now: datetime) -> Piece:
    words = str(escape(item.text))
    body = Markup(_AT.sub(lambda found: f'<span class="at">{found[0]}</span>', words))  # noqa: S704 - escaped above
    mine = item.who_id == member.id
    return Piece("note", item.id, item.at, item.who, body, moment(item.at, now), mine=mine)


def _event(item: Item, undoable: dict[str, set[int]], now: datetime) -> Piece:
    details = item.details
    undo = ""
    if item.fact == "conversation.merged" and details.get("merge_id") in undoable["merges"]:
        undo = f"/merges/{details['merge_id']}"
    if item.fact == "conversation.split" and details.get("target_id") in undoable["splits"]:
        undo = f"/splits/{details['target_id']}"
    return Piece("event", item.id, item.at, item.who, _sentence(item), moment(item.at, now), undo=undo)


def _sentence(item: Item) -> str:
    if item.fact == "conversation.assigned":
        to = item.details.get("member")
        if not to:
            return _("%(by)s gave it back to everyone") % {"by": item.who}
        if to == item.who:
            return _("%(by)s took it") % {"by": item.who}
        return _("%(by)s gave it to %(to)s") % {"by": item.who, "to": to}
    return _(item.text).replace("{by}", item.who)


def _undoable(conversation: Conversation, items: list[Item]) -> dict[str, set[int]]:
    """Merges and splits that still stand; asked only when the stream shows one."""
    facts = {item.fact for item in items if item.kind == "event"}
    found: dict[str, set[int]] = {"merges": set(), "splits": set()}
    if "conversation.merged" in facts:
        ids = [item.details.get("merge_id") for item in items if item.fact == "conversation.merged"]
        merges = Merge.objects.filter(merchant_id=conversation.merchant_id, id__in=ids, undone_at=None)
        found["merges"] = set(merges.values_list("id", flat=True))
    if "conversation.split" in facts:
        ids = [item.details.get("target_id") for item in items if item.fact == "conversation.split"]
        moves = Move.objects.filter(merchant_id=conversation.merchant_id, target_id__in=ids, undone_at=None)
        found["splits"] = set(moves.values_list("target_id", flat=True))
    return found


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
