"""Conversations: who asked, who answered, what was said before. Known ones get only what is new in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop

from ..vocabulary import ConversationFound, MessageFound, PersonFound, Where, Who
from . import people
from .forgotten import matters_left
from .hand import Hand, Outcome
from .known import NOBODY, Colleague, colleagues, customers_by_handle, customers_by_number, handles_of, targets
from .registry import Looked

NO_REQUESTER = gettext_noop("It does not say who asked.")
UNKNOWN_REQUESTER = gettext_noop("Whoever asked is not in the file. Bring the people in first, then this file again.")

Matters = Sequence[tuple[Where, ConversationFound]]


@dataclass(eq=False)
class Matter:
    """A conversation sorted out: its customer, its colleague, and which of its messages are new."""

    where: Where
    found: ConversationFound
    customer_id: int
    conversation_id: int | None  # known already
    fresh: list[MessageFound]
    assignee_id: int | None = None


@dataclass
class Around:
    """Everybody named in a batch."""

    numbers: Mapping[str, int]  # number elsewhere → customer
    colleagues: Mapping[str, Colleague]
    handles: Mapping[tuple[str, str], int]

    def customer(self, who: Who) -> int | None:
        if who.external_id in self.numbers:
            return self.numbers[who.external_id]
        return next((self.handles[handle] for handle in handles_of(who) if handle in self.handles), None)

    def colleague(self, who: Who, members: Mapping[str, int]) -> Colleague | None:
        """One of the team there, or here by their address."""
        if who.external_id in self.colleagues:
            return self.colleagues[who.external_id]
        if who.email in members:
            return Colleague(who.name, who.email, members[who.email])
        return None


def message_id(found: ConversationFound, place: int, message: MessageFound) -> str:
    """A message's number elsewhere; its place in the conversation where it has none."""
    return message.external_id or f"{found.external_id}:{place}"


def sort_out(hand: Hand, matters: Matters) -> tuple[list[Matter], Around]:
    """Makes customers of whoever asks and is known by nobody; notes what has to be rejected."""
    matters = matters_left(hand, matters)
    around = look_around(hand, matters)
    strangers = {
        found.requester.external_id or handles_of(found.requester): (where, found.requester)
        for where, found in matters
        if _is_stranger(found.requester, around) and handles_of(found.requester)
    }
    if strangers:
        people.bring(hand, [(where, _person(who)) for where, who in strangers.values()])
        hand.store_rows()
        around = look_around(hand, matters)
    return list(_sorted(hand, matters, around)), around


def check(hand: Hand, matters: Matters) -> Iterator[Looked]:
    """What would become of each."""
    matters = matters_left(hand, matters)
    around = look_around(hand, matters)
    known = targets(hand, "conversation", [found.external_id for _, found in matters])
    said = _said(hand, matters)
    for where, found in matters:
        who = found.requester
        is_known = found.external_id in known or hand.met(f"conversation:{found.external_id}")
        nobody = around.customer(who) is None and not handles_of(who) and not hand.met(f"person:{who.external_id}")
        if nobody and not is_known:
            _reject(hand, where, found)
            continue
        fresh = [m for n, m in enumerate(found.messages) if message_id(found, n, m) not in said]
        for message in fresh:
            hand.counts["message" if message.public else "note"]["new"] += 1
        there = found.external_id in known
        outcome = (Outcome.CHANGED if fresh else Outcome.KNOWN) if there else Outcome.NEW
        names = tuple(f"{kind}:{address}" for kind, address in handles_of(who))
        yield Looked(where, "conversation", found.subject, outcome, (f"conversation:{found.external_id}",), names)


def look_around(hand: Hand, matters: Matters) -> Around:
    named = [who for _, found in matters for who in _named(found)]
    numbers = [who.external_id for who in named]
    return Around(
        customers_by_number(hand, numbers),
        colleagues(hand, numbers),
        customers_by_handle(hand, [handle for who in named for handle in handles_of(who)]),
    )


def _named(found: ConversationFound) -> Iterator[Who]:
    yield found.requester
    yield found.assignee
    for message in found.messages:
        yield message.author


def _is_stranger(who: Who, around: Around) -> bool:
    return around.customer(who) is None


def _person(who: Who) -> PersonFound:
    return PersonFound(who.external_id, who.name, handles_of(who))


def _said(hand: Hand, matters: Matters) -> dict[str, int]:
    """Messages and notes that are there already, by their number."""
    numbers = [message_id(found, n, m) for _, found in matters for n, m in enumerate(found.messages)]
    return {**targets(hand, "message", numbers), **targets(hand, "note", numbers)}


def _sorted(hand: Hand, matters: Matters, around: Around) -> Iterator[Matter]:
    known = targets(hand, "conversation", [found.external_id for _, found in matters])
    said = set(_said(hand, matters))
    first: dict[str, Matter] = {}
    for where, found in matters:
        customer_id = around.customer(found.requester)
        is_known = found.external_id in known or found.external_id in first
        if customer_id is None and not is_known:  # of a known one, whose it is stands in it
            _reject(hand, where, found)
            continue
        fresh = []
        for n, message in enumerate(found.messages):
            number = message_id(found, n, message)
            if number not in said:
                said.add(number)
                fresh.append(message if message.external_id else _numbered(message, number))
        if found.external_id in first:  # a sheet has a row for each message
            first[found.external_id].fresh += fresh
            continue
        them = around.colleague(found.assignee, hand.members())
        made = Matter(where, found, customer_id or 0, known.get(found.external_id), fresh)
        made.assignee_id = them.member_id if them and them.member_id != NOBODY else None
        first[found.external_id] = made
        yield made


def _numbered(message: MessageFound, number: str) -> MessageFound:
    return replace(message, external_id=number)


def _reject(hand: Hand, where: Where, found: ConversationFound) -> None:
    reason = UNKNOWN_REQUESTER if found.requester.external_id else NO_REQUESTER
    raw = {"subject": found.subject, "requester": found.requester.external_id, "messages": len(found.messages)}
    hand.note(where, "conversation", Outcome.REJECTED, external_id=found.external_id, reason=reason, raw=raw)
