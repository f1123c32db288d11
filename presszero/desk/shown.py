"""A stream's items as the page shows them: words made safe, states in words, what can still be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from presszero.channels.wording import to_html
from presszero.conversations.models import Conversation, Merge, Move
from presszero.conversations.queries import Item
from presszero.team.models import Membership
from presszero.ui.markup import linked

LONG = 3000  # characters after which a message is folded
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_AT = re.compile(r"(?<![\w.])@[\w-]{2,40}")


@dataclass
class Piece:
    """One thing in the stream, ready to be drawn. `kind`: said · note · event."""

    kind: str
    id: int
    at: datetime
    who: str = ""
    body: Markup | str = ""
    raw: bool = False  # line breaks stand in the text itself
    seed: int = 0
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
    undo_until: datetime | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    retry: list[dict[str, Any]] = field(default_factory=list)


def pieces(conversation: Conversation, items: list[Item], member: Membership) -> list[Piece]:
    """In the order given. Notes that were removed leave nothing."""
    undoable = _undoable(conversation, items)
    made = []
    for item in items:
        if item.kind == "message" and item.taken_back:
            made.append(Piece("event", item.id, item.at, body=_("%(by)s took an answer back") % {"by": item.who}))
        elif item.kind == "message":
            made.append(_said(item, conversation.customer_id))
        elif item.kind == "note" and not item.removed:
            made.append(_note(item, member))
        elif item.kind == "event":
            made.append(_event(item, undoable))
    return made


def _said(item: Item, customer_id: int) -> Piece:
    now = timezone.now()
    deliveries = [_delivery(d, now) for d in item.deliveries]
    waiting = [d["until"] for d in deliveries if d["until"]]
    return Piece(
        "said",
        item.id,
        item.at,
        who=item.who or item.address or _("Somebody"),
        body=linked(item.text) if item.inbound else Markup(to_html(item.text)),  # noqa: S704 - built safe from text
        raw=item.inbound,
        seed=customer_id,
        inbound=item.inbound,
        channel=item.channel,
        reason=item.reason,
        proof=item.proof if item.inbound else "",
        automatic=item.automatic if item.inbound else "",
        warnings=item.warnings,
        copied=", ".join(_others(item)),
        folded=item.has_folded,
        has_html=item.has_html and item.inbound,
        entry_id=item.entry_id,
        long=len(item.text) > LONG or item.text.count("\n") > 60,
        undo=f"/messages/{item.id}" if waiting else "",
        undo_until=min(waiting, default=None),
        files=[_file(a) for a in item.attachments if not (a["inline"] and item.has_html)],
        deliveries=deliveries,
        retry=[d for d in deliveries if d["state"] in ("failed", "unknown")],
    )


def _others(item: Item) -> list[str]:
    """Who else it went to, besides the two sides."""
    known = {item.line.lower(), item.address.lower(), *(str(d["to"]).lower() for d in item.deliveries)}
    return [name or address for name, address in item.copied if item.inbound and address.lower() not in known]


def _note(item: Item, member: Membership) -> Piece:
    words = escape(item.text)
    body = Markup(_AT.sub(lambda found: f'<span class="at">{found[0]}</span>', str(words)))  # noqa: S704 - escaped above
    return Piece("note", item.id, item.at, item.who, body, raw=True, mine=item.who_id == member.id)


def _event(item: Item, undoable: dict[str, set[int]]) -> Piece:
    details = item.details
    undo = ""
    if item.fact == "conversation.merged" and details.get("merge_id") in undoable["merges"]:
        undo = f"/merges/{details['merge_id']}"
    if item.fact == "conversation.split" and details.get("target_id") in undoable["splits"]:
        undo = f"/splits/{details['target_id']}"
    return Piece("event", item.id, item.at, item.who, _sentence(item), undo=undo)


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
        rows = Merge.objects.filter(merchant_id=conversation.merchant_id, id__in=ids, undone_at=None)
        found["merges"] = set(rows.values_list("id", flat=True))
    if "conversation.split" in facts:
        ids = [item.details.get("target_id") for item in items if item.fact == "conversation.split"]
        rows = Move.objects.filter(merchant_id=conversation.merchant_id, target_id__in=ids, undone_at=None)
        found["splits"] = set(rows.values_list("target_id", flat=True))
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
    return {
        "queued": _("trying again") if tries else _("sending"),
        "sending": _("sending"),
        "accepted": _("sent"),
        "delivered": _("delivered"),
        "read": _("read"),
        "failed": _("not delivered"),
        "unknown": _("we do not know whether it went"),
        "cancelled": _("taken back"),
    }[state]


def _file(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "size": row["size"],
        "url": f"/attachments/{row['token']}",
        "picture": row["type"] in _PICTURES and row["size"] < 10_000_000,
    }
