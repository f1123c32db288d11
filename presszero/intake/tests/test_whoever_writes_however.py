"""Two customers write by mail, form and chat in any order, claiming, proving, taken apart: nobody gets another's words.

Whoever wrote is known here by the words themselves, which the product never reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from presszero.channels.models import Entry
from presszero.channels.transcript import Reader, newest
from presszero.channels.vocabulary import Handle
from presszero.conversations import actions, reactions
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.customers.models import Handle as HandleRow
from presszero.customers.models import Merge as CustomerMerge
from presszero.timeline.reactions import consume, listeners
from presszero.visitors.models import Visitor
from tests import cast

SUBJECTS = ["Boots", "Invoice", ""]


@dataclass
class Person:
    """One of the two, at her mail program, at a form, and in her browser."""

    name: str
    mail: cast.Shopper
    browser: cast.Browser
    proven: bool = False  # by a code or the shop's word


@dataclass
class World:
    shop: cast.Shop
    people: list[Person]
    sent: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def words(self, who: Person) -> str:
        self.sent.append(f"{who.name} {next(self.numbers)}")
        return self.sent[-1]


def mails(world: World, who: Person, other: Person, pick: int) -> None:
    who.mail.writes(world.shop, world.words(who), SUBJECTS[pick % 3])


def answers(world: World, who: Person, other: Person, pick: int) -> None:
    """Presses reply on a mail of ours about something of her own; what others asked in her name she leaves alone."""
    ours = Entry.objects.filter(inbound=False, deliveries__address=who.mail.address).order_by("id")
    mine = [e for e in ours if authors(Message.objects.get(entry=e).conversation) == {who.name}]
    if mine:
        who.mail.answers(world.shop, mine[pick % len(mine)], world.words(who))


def chats(world: World, who: Person, other: Person, pick: int) -> None:
    who.browser.chats(world.shop, world.words(who), new_matter=pick % 3 == 0)


def fills(world: World, who: Person, other: Person, pick: int) -> None:
    """With her own address, with none, or with somebody else's; from a new browser or the one with the chat."""
    browser = who.browser if pick % 4 == 3 else cast.Browser(who.name)
    named = [who.mail.address, other.mail.address, ""][pick % 3]
    browser.fills(world.shop, world.words(who), subject=SUBJECTS[pick % 2], email=named)


def is_answered(world: World, who: Person, other: Person, pick: int) -> None:
    rows = list(Conversation.objects.filter(root=None).order_by("id"))
    try:
        if rows:
            cast.answer(rows[pick % len(rows)], "We are looking into it.", world.shop.maya)
    except Refused:
        return  # a form without an address


def proves(world: World, who: Person, other: Person, pick: int) -> None:
    """Enters the six digits from her own mailbox in the chat."""
    known = HandleRow.objects.filter(kind="visitor", address=who.browser.address).select_related("customer").first()
    if known:
        proven = Handle("email", who.mail.address, who.name)
        actions.recognise(known.customer, proven, reason="proven by a code", by=SYSTEM)
        who.proven = True


def signs_in(world: World, who: Person, other: Person, pick: int) -> None:
    """The shop says who she is: from here on her words come from its own number of her, and that is her address."""
    who.browser.signs_in(f"s-{who.name}")
    chats(world, who, other, pick)
    proves(world, who, other, pick)


def is_taken_apart(world: World, who: Person, other: Person, pick: int) -> None:
    standing = list(CustomerMerge.objects.filter(undone_at=None).order_by("id"))
    if standing:
        actions.take_apart(standing[pick % len(standing)], by=world.shop.maya.actor)


STEPS = [mails, answers, chats, fills, is_answered, proves, signs_in, is_taken_apart]
_step = st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.integers(0, 11))


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # shrinking database work takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_step, min_size=4, max_size=12))
def test_nothing_is_lost_and_nothing_of_one_stands_with_the_other(db: None, steps: list[Any]) -> None:
    with _forgotten():
        world = _world()
        for does, who, pick in steps:
            person, other = world.people[who], world.people[1 - who]
            does(world, person, other, pick)
            assert reactions.__name__  # importing them has registered them
            consume(listeners["conversations.answered-claim"])
            _holds(world)


def _world() -> World:
    shop = cast.juniper()
    people = [Person("ada", cast.ada(), cast.Browser("ada")), Person("ben", cast.ben(), cast.Browser("ben"))]
    for each in people:
        Visitor.objects.create(
            merchant=shop.merchant, line=shop.chat, address=each.browser.address, secret_hash=each.name
        )
    consume(listeners["conversations.answered-claim"])
    return World(shop, people)


def authors(row: Conversation) -> set[str]:
    inside = Message.objects.filter(inbound=True, conversation_id__in=[row.now_id, *_below(row.now_id)])
    return {text.split()[0] for text in inside.values_list("entry__text", flat=True)}


def _below(number: int) -> list[int]:
    return list(Conversation.objects.filter(root=number).values_list("id", flat=True))


def _holds(world: World) -> None:
    said = [text.split("\n")[0] for text in Message.objects.filter(inbound=True).values_list("entry__text", flat=True)]
    assert sorted(said) == sorted(world.sent), "each thing said is one message"
    for row in Conversation.objects.filter(root=None):
        assert len(authors(row)) <= 1, f"{row.id} holds words of both"
    for customer in Customer.objects.filter(root=None):
        family = [customer.id, *Customer.objects.filter(root=customer).values_list("id", flat=True)]
        rows = Conversation.objects.filter(customer_id__in=family, root=None)
        wrote = set().union(*(authors(row) for row in rows)) if rows else set()
        assert len(wrote) <= 1, f"{customer.id} is both"
    for who in world.people:
        _reads_only_own(world, who)
        if not who.proven:
            assert _is(who.browser.address) is None or _is(who.browser.address) != _is(who.mail.address)


def _is(address: str) -> int | None:
    known = HandleRow.objects.filter(address=address).select_related("customer").first()
    return known.customer.now_id if known else None


def _reads_only_own(world: World, who: Person) -> None:
    page = newest(Reader(world.shop.chat, "visitor", (who.browser.address,)))
    assert page
    for each in page.said:
        assert each.entry.thread.key == f"from:{who.browser.address}"
        assert not each.entry.inbound or each.entry.text.startswith(who.name)


@contextmanager
def _forgotten() -> Iterator[None]:
    """What happens inside is undone at the end, whatever it was."""
    with transaction.atomic():
        place = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(place)
