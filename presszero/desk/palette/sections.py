"""Everything the palette offers for what was typed, under its headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from presszero.commerce.models import Order
from presszero.conversations import filtering
from presszero.conversations.models import Conversation
from presszero.conversations.queries import Row
from presszero.conversations.queries.finding import find
from presszero.conversations.queries.recent import people, recent
from presszero.conversations.queries.typed import has_filters
from presszero.team.models import Membership
from presszero.ui.formats import called, channel_icon, dated, price

from .. import ordered
from .calling import calls
from .fuzzy import hit
from .offer import Offer, Section
from .offered import colleagues, fitting, macros, plain, priorities, snooze, snoozes, tags, teams, topics

MENUS = ("assign", "team", "tag", "topic", "priority", "snooze", "macro")
_DO, _CONVERSATIONS, _PEOPLE, _ORDERS, _MOST = 5, 6, 4, 4, 40


@dataclass(frozen=True)
class Asked:
    """`row`: the conversation on the screen, if the member may write in it. `menu`: one kind of doing alone.

    `later`: the usual times to put something aside.
    """

    member: Membership
    typed: str
    row: Conversation | None = None
    menu: str = ""
    later: Sequence[Mapping[str, Any]] = ()


def sections(asked: Asked) -> list[Section]:
    """What is offered, best first. Without a word typed: ways into the menus, and what was open lately."""
    member, typed, row = asked.member, asked.typed, asked.row
    if row and asked.menu in MENUS:
        offers = snooze(row, typed) if asked.menu == "snooze" else []
        return [Section(asked.menu, "", offers + fitting(typed, _menu(asked, row), _MOST))]
    if not typed:
        return [*_more(row), Section("recent", _("Lately"), [_conversation(r, "") for r in recent(member, 6)])]
    found = [_do(member, row, typed)] if row else []
    found.append(Section("calls", _("Call"), list(calls(member, row, typed))))
    rows = find(member, typed, _CONVERSATIONS, marked=False).rows
    found.append(Section("conversations", _("Conversations"), [_conversation(r, typed) for r in rows]))
    if len(typed) > 1 and not has_filters(typed):
        found.append(Section("people", _("People"), list(_people(member, typed))))
        found.append(
            Section("orders", _("Orders"), [_order(row, typed) for row in ordered.found(member, typed, _ORDERS)])
        )
    return [section for section in found if section.offers]


def _menu(asked: Asked, row: Conversation) -> Iterator[Offer]:
    known = filtering.known(row.merchant_id)
    if asked.menu == "assign":
        return colleagues(row, known, asked.member)
    if asked.menu == "snooze":
        return snoozes(row, asked.later)
    if asked.menu in ("macro", "priority"):
        return macros(row) if asked.menu == "macro" else priorities(row)
    return {"team": teams, "tag": tags, "topic": topics}[asked.menu](row, known)


def _do(member: Membership, row: Conversation, typed: str) -> Section:
    """What can be done with the conversation on the screen."""
    known = filtering.known(member.merchant_id)
    everything = chain(
        _menus(),
        colleagues(row, known, member),
        tags(row, known),
        teams(row, known),
        topics(row, known),
        priorities(row),
        macros(row),
    )
    return Section("do", _("This conversation"), [*snooze(row, typed), *fitting(typed, everything, _DO)])


def _more(row: Conversation | None) -> list[Section]:
    """The ways into each list, for whoever has typed nothing yet."""
    return [Section("do", _("This conversation"), list(_menus()))] if row else []


def _menus() -> Iterator[Offer]:
    words = {
        "assign": (_("Assign to…"), "person"),
        "tag": (_("Tag…"), "tagged"),
        "team": (_("Hand to a team…"), "people"),
        "snooze": (_("Snooze until…"), "snooze"),
        "macro": (_("Use a macro…"), "hash"),
        "topic": (_("Set the topic…"), "tagged"),
        "priority": (_("Set the priority…"), "flag"),
    }
    for menu, (label, icon) in words.items():
        yield Offer(plain(label), icon, menu=menu)


def _conversation(row: Row, typed: str) -> Offer:
    label = row.subject or _("No subject")
    found = hit(typed, label) if typed else None
    state = {"resolved": _("resolved"), "snoozed": _("snoozed"), "spam": _("spam")}.get(row.state, "")
    note = " · ".join(part for part in (called(row.customer), state) if part)
    pieces = found.pieces if found else plain(label)
    return Offer(pieces, channel_icon(row.channel), f"/conversations/{row.id}", note=note)


def _people(member: Membership, typed: str) -> Iterator[Offer]:
    for number, name, address in people(member, typed, _PEOPLE):
        label = called(name or address)
        found = hit(typed, label)
        yield Offer(found.pieces if found else plain(label), "person", f"/customers/{number}", note=address)


def _order(row: Order, typed: str) -> Offer:
    label = " · ".join(part for part in (row.number, row.name or row.email) if part)
    hits = hit(typed, label)
    note = f"{price(row.total, row.currency)} · {dated(row.placed_at, 'j M Y')}"
    return Offer(hits.pieces if hits else plain(label), "box", f"/orders/{row.id}", note=note)
