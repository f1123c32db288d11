"""A stream's items as the page shows them: words made safe, states in words, what can still be undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from markupsafe import Markup, escape

from presszero.calls.cards import CallCard
from presszero.calls.cards import cards as cards_of_calls
from presszero.channels.wording import to_html
from presszero.conversations.models import Conversation, Merge, Move
from presszero.conversations.queries import Item
from presszero.core.phones import shown as telephone
from presszero.customers.models import Merge as CustomerMerge
from presszero.outreach.queries import First, firsts
from presszero.outreach.sending import AUTOMATIC as WROTE_FIRST
from presszero.promises.saying import AUTOMATIC
from presszero.rules.models import Firing
from presszero.rules.queries import explained
from presszero.rules.shown import title
from presszero.team.models import Membership
from presszero.ui.formats import called, channel_icon, channel_word, initials, moment, tint
from presszero.ui.markup import linked

from .promising.beside import Said, in_words
from .remedied import Card, in_conversation

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
_BY_NUMBER = ("sms", "phone")
_PHONE = "phone"  # the channel of calls
_NAMELESS = ("chat", "form")  # whoever writes there has an address of our making
_BY_ITSELF = "Press Zero"  # what the stream calls the product
_CARDED = ("remedy.asked", "remedy.given")
_AT = re.compile(r"(?<![\w.])@[\w-]{2,40}")


@dataclass
class Piece:
    """One thing in the stream, ready to be drawn. `kind`: said · call · note · event · remedy."""

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
    why: str = ""  # the address that explains it
    files: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    retry: list[dict[str, Any]] = field(default_factory=list)
    card: Card | None = None  # of a remedy
    first: First | None = None  # we wrote first: what they could choose, and chose
    said: Said | None = None  # what was promised in it, or what they expect
    call: str = ""  # of a note that is a call: in · out
    phoned: CallCard | None = None  # of a call over a line of ours

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
    cards = in_conversation(conversation, member) if _named(items, "", "remedy_id") else {}
    wrote = firsts(conversation.merchant_id, [i.entry_id for i in items if i.automatic == WROTE_FIRST])
    phoned = cards_of_calls(conversation.merchant_id, [i.entry_id for i in items if i.channel == _PHONE])
    firings = explained(conversation.merchant_id, _named(items, "rule.fired", "firing_id"))
    vows = _vows(items, member)
    made = []
    for item in items:
        if item.kind == "message" and item.taken_back:
            said = _("%(by)s took an answer back") % {"by": item.who}
            made.append(Piece("event", item.id, item.at, body=said, when=moment(item.at, now)))
        elif item.kind == "message" and item.automatic == AUTOMATIC and not item.inbound:
            made.append(_told(item, now))
        elif item.channel == _PHONE and not item.inbound and item.entry_id not in phoned:
            continue  # that somebody talked with them is said by the call's card
        elif item.kind == "message":
            made.append(_said(item, conversation, now))
            made[-1].first = wrote.get(item.entry_id)
            made[-1].way = f"thread:{item.thread_id}" if several and item.channel != "form" else ""
            made[-1].said = vows.get(item.entry_id)
            made[-1].phoned = phoned.get(item.entry_id)
            made[-1].kind = "call" if made[-1].phoned else "said"
        elif item.kind == "note" and not item.removed:
            made.append(_note(item, member, now))
        elif item.fact in _CARDED:
            made += _carded(item, cards, now)
        elif item.fact == "rule.fired":
            made += _fired(item, firings, now)
        elif item.by.startswith("rule:"):
            continue  # the firing tells of it, and why
        elif item.kind == "event" and not (item.fact == "claim.answered" and undoable.customers):
            made.append(_event(item, undoable, now))
    return made


def _said(item: Item, conversation: Conversation, now: datetime) -> Piece:
    deliveries = [_delivery(d, now) for d in item.deliveries]
    waiting = any(d["until"] for d in deliveries)
    who = called(
        _named_by_number(item, conversation) or item.who or ("" if item.channel in _NAMELESS else item.address)
    )
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
        shown.initials, shown.tint = initials(who), tint(conversation.customer_id)
        shown.proof, shown.automatic = item.proof, item.automatic
        shown.warnings, shown.has_html = item.warnings, item.has_html
    return shown


def _named_by_number(item: Item, conversation: Conversation) -> str:
    """Whoever texts or calls gives no name: the customer's own, else the number as people read it. "" of others."""
    if not item.inbound or item.channel not in _BY_NUMBER or item.who not in ("", item.address):
        return ""
    name = str(conversation.customer.name)
    return telephone(item.address) if name in ("", item.address) else name


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
    made = Piece("note", item.id, item.at, item.who, body, moment(item.at, now), mine=mine)
    made.call, minutes = item.details.get("call", ""), item.details.get("minutes")
    if made.call:
        made.channel = _("called them") if made.call == "out" else _("was called")
        made.line = ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes} if minutes else ""
    return made


def _vows(items: list[Item], member: Membership) -> dict[int, Said]:
    entries = [item.entry_id for item in items if item.kind == "message"]
    return in_words(member.merchant, entries) if entries else {}


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


def _fired(item: Item, firings: Mapping[int, Firing], now: datetime) -> list[Piece]:
    """What a rule did here, with the way to why."""
    firing = firings.get(int(item.details.get("firing_id") or 0))
    if firing is None:
        return []
    body = f"{title(firing)} ({_('undone')})" if firing.undone_at else title(firing)
    return [Piece("event", item.id, item.at, body=body, when=moment(item.at, now), why=f"/firings/{firing.id}")]


def _carded(item: Item, cards: dict[int, Card], now: datetime) -> list[Piece]:
    """A remedy stands once, where it was first asked or given; what is told later of it is in its card."""
    card = cards.pop(int(item.details.get("remedy_id") or 0), None)
    return [Piece("remedy", card.id, item.at, when=moment(item.at, now), card=card)] if card else []


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
    return [int(item.details[detail]) for item in items if fact in ("", item.fact) and item.details.get(detail)]


def _delivery(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    at = datetime.fromisoformat(row["at"]) if isinstance(row["at"], str) else row["at"]
    ahead = row["state"] == "queued" and not row["tries"] and at > now
    later = ahead and at - now > timedelta(minutes=1)
    return {
        "id": row["id"],
        "state": row["state"],
        "word": _("goes out") if later else delivery_word(row["state"], row["tries"]),
        "at": at if later or (row["state"] == "queued" and row["tries"]) else None,
        "until": at if ahead else None,
        "reason": row["reason"] or delivery_word(row["state"]),
        "unknown": row["state"] == "unknown",
        "to": row["to"],
    }


def delivery_word(state: str, tries: int = 0) -> str:
    """How far a delivery came."""
    return _("trying again") if state == "queued" and tries else _(_WORDS[state])


def _file(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "size": row["size"],
        "url": f"/attachments/{row['token']}",
        "picture": row["type"] in _PICTURES and row["size"] < 10_000_000,
        "sound": row["type"].startswith("audio/"),
    }
