"""Merge and split: nothing is lost, nothing stands in two places, and undoing gives back what was."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from presszero.conversations import actions, queries
from presszero.conversations.actions import merge, note, reopen, resolve, snooze, split, unmerge, unsplit
from presszero.conversations.models import Conversation, Merge, Message, Move, Resolution
from presszero.core.refusal import Refused
from presszero.customers.actions import merge as merge_customers
from presszero.team.models import Membership
from tests import cast

COLUMNS = (
    "state", "last_at", "last_inbound", "last_channel", "snippet", "waiting_since", "due_at", "first_reply_at",
    "snoozed_until", "root_id",
)  # fmt: skip


def again(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def columns(row: Conversation) -> dict[str, Any]:
    return {name: getattr(again(row), name) for name in COLUMNS}


def shown(row: Conversation) -> list[queries.Item]:
    """What stands in a conversation as the desk shows it."""
    row = again(row)
    anybody = Membership.objects.filter(merchant_id=row.merchant_id)[0]
    return queries.stream(row, queries.around(row, anybody), 1000)


def words(row: Conversation) -> list[int]:
    """Its messages."""
    return [item.id for item in shown(row) if item.kind == "message"]


def test_two_merged_read_as_one_and_undone_are_as_they_were(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation, invoice: Conversation
) -> None:
    cast.answer(invoice, "Here it is.", shop.maya)
    before = [columns(boots), columns(invoice), words(boots), words(invoice)]
    made = merge(boots, invoice, by=shop.maya.actor)
    assert words(invoice) == before[2] + before[3]
    assert again(boots).root_id == invoice.id
    assert again(invoice).waiting_since == before[0]["waiting_since"]  # the boots were not answered by the invoice
    unmerge(made, by=shop.maya.actor)
    assert [columns(boots), columns(invoice), words(boots), words(invoice)] == before


def test_what_waits_brings_a_resolved_one_back_and_undo_lets_it_rest(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation, invoice: Conversation
) -> None:
    resolve(invoice, by=shop.maya.actor)
    before = [columns(boots), columns(invoice)]
    made = merge(boots, invoice, by=shop.maya.actor)
    assert again(invoice).state == "open"
    unmerge(made, by=shop.maya.actor)
    assert [columns(boots), columns(invoice)] == before
    merge(boots, invoice, by=shop.maya.actor)
    assert resolve(again(invoice), by=shop.maya.actor).state == "resolved"
    assert Resolution.objects.filter(conversation=invoice, reopened_at=None).count() == 1


def test_an_answer_in_the_whole_answers_all_of_it(shop: cast.Shop, boots: Conversation, invoice: Conversation) -> None:
    merge(boots, invoice, by=shop.maya.actor)
    cast.answer(again(invoice), "Both are on their way.", shop.maya)
    row = again(invoice)
    assert row.waiting_since is None
    actions.take_back(Message.objects.get(inbound=False), by=shop.maya)
    assert again(invoice).waiting_since == Message.objects.order_by("id")[0].at


def test_matters_of_two_customers_are_not_merged(shop: cast.Shop, boots: Conversation) -> None:
    other = cast.the(cast.ben().writes(shop, "Hello", "Boots")).conversation
    with pytest.raises(Refused, match="two customers"):
        merge(other, boots, by=shop.maya.actor)
    merge_customers(other.customer, boots.customer, by=shop.maya.actor)
    assert merge(again(other), again(boots), by=shop.maya.actor).id


def test_a8_conversations_of_two_merchants_never_meet(shop: cast.Shop, boots: Conversation) -> None:
    foreign = cast.the(cast.ada().writes(cast.thistle(), "Hello", "Boots")).conversation
    before = (columns(boots), columns(foreign))
    for one, other in ((boots, foreign), (foreign, boots)):
        with pytest.raises(Refused):
            merge(one, other, by=shop.maya.actor)
    with pytest.raises(Refused):
        split(boots, list(Message.objects.filter(conversation=foreign)), [], by=shop.maya.actor)
    assert (columns(boots), columns(foreign)) == before
    assert not Merge.objects.exists() and not Move.objects.exists()


def test_a_split_off_part_answers_in_its_own_place_and_comes_back_whole(
    shop: cast.Shop, ada: cast.Shopper, boots: Conversation
) -> None:
    second = cast.the(ada.writes(shop, "And my invoice?", "Re: Boots"))
    first = Message.objects.order_by("id")[0]
    beside = note(boots, "an invoice as well", by=shop.maya, client_id=uuid.uuid4())
    before = (columns(boots), words(boots))
    part = split(boots, [second], [beside], by=shop.maya.actor)
    assert (words(boots), words(part)) == ([first.id], [second.id])
    assert [i.id for i in shown(part) if i.kind == "note"] == [beside.id]
    ours = cast.answer(again(part), "Attached.", shop.maya)
    later = cast.the(ada.answers(shop, ours.entry, "Thank you"))
    assert later.conversation_id == part.id
    unsplit(again(part), by=shop.maya.actor)
    assert sorted(words(boots)) == [first.id, second.id, ours.id, later.id]
    assert again(part).root_id == boots.id
    with pytest.raises(Refused):
        unsplit(again(part), by=shop.maya.actor)
    assert before[1] == [first.id, second.id]


def test_none_or_all_cannot_be_split_off(shop: cast.Shop, boots: Conversation) -> None:
    for picked in ([], list(Message.objects.all())):
        with pytest.raises(Refused, match="not none and not all"):
            split(boots, picked, [], by=shop.maya.actor)
    assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_opposite_merges_at_once_neither_deadlock_nor_lose(
    shop: cast.Shop, boots: Conversation, invoice: Conversation
) -> None:
    third = cast.the(cast.ada().writes(shop, "Laces?", "Laces")).conversation
    everything = set(Message.objects.values_list("id", flat=True))
    pairs = [(boots, invoice), (invoice, boots), (third, boots), (invoice, third), (boots, third)]
    trouble: list[BaseException] = []
    start = threading.Barrier(len(pairs))

    def arrange(loser: Conversation, winner: Conversation) -> None:
        start.wait()
        try:
            for _ in range(3):
                try:
                    unmerge(merge(loser, winner, by=shop.maya.actor), by=shop.maya.actor)
                except Refused:
                    continue
        except BaseException as why:
            trouble.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=arrange, args=pair) for pair in pairs]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert trouble == []
    shown = [number for row in Conversation.objects.filter(root=None) for number in words(row)]
    assert sorted(shown) == sorted(everything)
    assert not Conversation.objects.exclude(root=None).exists()


@pytest.fixture
def desk(shop: cast.Shop, ada: cast.Shopper) -> list[Conversation]:
    """Five matters of Ada's: waiting, answered, resolved, snoozed, resolved and opened again."""
    rows = []
    for n in range(5):
        rows.append(cast.the(ada.writes(shop, f"first of {n}", f"Matter {n}")).conversation)
        ada.writes(shop, f"second of {n}", f"Re: Matter {n}")
    for n in (1, 2):
        cast.answer(rows[n], "Done.", shop.maya)
    resolve(rows[2], by=shop.maya.actor)
    snooze(rows[3], timezone.now() + timedelta(days=1), by=shop.maya.actor)
    resolve(rows[4], by=shop.maya.actor)
    reopen(rows[4], by=shop.maya.actor)
    return rows


steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "split", "unmerge", "unsplit"]), st.integers(0, 30), st.integers(0, 30)
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # shrinking database work takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, order=st.randoms(use_true_random=False))
def test_any_merges_and_splits_lose_nothing_and_undo_in_any_order_to_what_was(
    shop: cast.Shop, desk: list[Conversation], steps: list[tuple[str, int, int]], order: Any
) -> None:
    with _forgotten():
        before = {row.id: columns(row) for row in desk}
        places = dict(Message.objects.values_list("id", "conversation_id"))
        done: list[Any] = []
        for verb, one, other in steps:
            _step(shop, done, verb, one, other)
            _holds(places)
        while done:
            undone = order.randrange(len(done))
            if not _undo(shop, done, undone):
                order.shuffle(done)  # part of another one now: that merge goes first
            _holds(places)
        assert dict(Message.objects.values_list("id", "conversation_id")) == places
        for row in desk:
            now = columns(row)
            if now["state"] != before[row.id]["state"]:
                # Brought back through a chain of merges: it stays in sight rather than being put away unseen.
                assert (now["state"], before[row.id]["state"] in {"resolved", "snoozed"}) == ("open", True)
                free = {"state", "waiting_since", "due_at", "snoozed_until"}
                assert {k: v for k, v in now.items() if k not in free} == {
                    k: v for k, v in before[row.id].items() if k not in free
                }
            else:
                assert now == before[row.id]


def _step(shop: cast.Shop, done: list[Any], verb: str, one: int, other: int) -> None:
    rows = list(Conversation.objects.order_by("id"))
    try:
        if verb == "merge":
            done.append(merge(rows[one % len(rows)], rows[other % len(rows)], by=shop.maya.actor))
        elif verb == "split":
            row = rows[one % len(rows)]
            inside = Message.objects.filter(conversation_id__in=queries.family(row)).order_by("id")
            picked = [m for n, m in enumerate(inside) if (other >> n) & 1]
            done.append(split(row, picked, [], by=shop.maya.actor))
        elif done:
            _undo(shop, done, one % len(done))
    except Refused:
        return


def _undo(shop: cast.Shop, done: list[Any], which: int) -> bool:
    made = done[which]
    try:
        if isinstance(made, Merge):
            unmerge(made, by=shop.maya.actor)
        else:
            unsplit(again(made), by=shop.maya.actor)
    except Refused as why:
        assert "part of another" in str(why)
        return False
    done.remove(made)
    return True


def _holds(places: dict[int, int]) -> None:
    """Each message stands in exactly one conversation, and the conversations are what the standing merges say."""
    roots = dict(Conversation.objects.values_list("id", "root_id"))
    assert all(root is None or roots[root] is None for root in roots.values())
    shown = [n for row in Conversation.objects.filter(root=None) for n in words(row)]
    assert sorted(shown) == sorted(places)
    group = {number: number for number in roots}
    for loser, winner in Merge.objects.filter(undone_at=None).values_list("loser_id", "winner_id"):
        one, other = group[loser], group[winner]
        group = {n: other if g == one else g for n, g in group.items()}
    families = {n: roots[n] or n for n in roots}
    assert len(set(families.values())) == len(set(group.values())) == len({(group[n], families[n]) for n in roots})


class _forgotten:
    """Whatever happens inside is rolled back."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *why: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(*why)
