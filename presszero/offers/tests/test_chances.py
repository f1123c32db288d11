"""A chance is drawn when all is well, before anything is decided, once; and who is held out never sees a prompt."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.commerce.models import DraftOrder
from presszero.conversations import actions as conversations
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers import actions as customers
from presszero.customers.models import Consent
from presszero.merchants.models import Merchant
from presszero.offers import actions, chances
from presszero.offers.drawing import draw
from presszero.offers.models import Chance, Suggesting, Suggestion
from presszero.promises.models import Promise
from presszero.remedies.models import Remedy
from presszero.timeline.models import Event
from tests import cast

from .stage import HTMX, Stage, at, browser, react


def resolved(play: Stage, row: Conversation | None = None) -> Conversation:
    made = conversations.resolve(row or play.row, by=play.world.shop.maya.actor)
    react()
    return made


def nobody_is_held_out(merchant: Merchant) -> None:
    Suggesting.objects.filter(merchant=merchant).update(share=0.0)


def everybody_is_held_out(merchant: Merchant) -> None:
    Suggesting.objects.filter(merchant=merchant).update(share=1.0)


def test_fixed_thanked_and_suggested(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    assert play.get() == ""
    resolved(play)
    chance, made = Chance.objects.get(), Suggestion.objects.get()
    assert (chance.conversation_id, chance.customer_id, chance.mood) == (play.row.id, play.ada.id, "read")
    assert chance.draw == draw(Suggesting.objects.get().salt, play.ada.id)
    assert [one["product"] for one in made.products] == [play.world.things["Laces"].id]
    html = play.get()
    assert "Laces" in html
    assert "5 of 5 who bought Boots bought it next" in html
    assert Suggestion.objects.get().shown_at


def test_the_chance_is_committed_before_anything_is_decided(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    conversations.resolve(play.row, by=play.world.shop.maya.actor)
    react("offers.suggestion")
    assert not Suggestion.objects.exists()
    react("offers.chance")
    assert Chance.objects.count() == 1
    assert not Suggestion.objects.exists()
    react("offers.suggestion")
    assert Suggestion.objects.count() == 1


def test_it_is_drawn_once_whatever_happens_again(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    resolved(play)
    drawn = Chance.objects.get()
    everybody_is_held_out(play.world.merchant)
    conversations.reopen(play.row, by=play.world.shop.maya.actor)
    resolved(play)
    again = Chance.objects.get()
    assert (again.draw, again.held_out, again.at) == (drawn.draw, False, drawn.at)
    assert Suggestion.objects.count() == 1


def test_of_eligible_matters_about_a_tenth_are_held_out_by_their_hash() -> None:
    salt = "juniper"
    held = sum(draw(salt, number) < 0.1 for number in range(1, 20_001))
    assert 1850 <= held <= 2150
    assert sum((draw(salt, n) < 0.1) == (draw("other", n) < 0.1) for n in range(2000)) < 1900


def test_a_customer_stays_where_they_fell_across_merges_and_shares(play: Stage) -> None:
    everybody_is_held_out(play.world.merchant)
    twin = play.world.person("Ada K")
    play.happy()
    resolved(play)
    assert Chance.objects.get().held_out
    nobody_is_held_out(play.world.merchant)
    other = play.world.matter(twin, "Laces")
    play.happy(other)
    resolved(play, other)
    assert not Chance.objects.get(conversation=other).held_out
    customers.merge(play.ada, twin, by=SYSTEM)  # Ada was drawn first, and is part of her twin from now on
    third = play.world.matter(twin, "Third")
    play.happy(third)
    resolved(play, third)
    assert Chance.objects.get(conversation=third).held_out
    assert Chance.objects.get(conversation=third).share == 1.0
    for row in (play.row, other, third):
        assert play.get(row=row) == ""


@pytest.mark.parametrize("seed", range(3))
def test_who_is_held_out_never_sees_a_prompt(play: Stage, seed: int) -> None:
    """Through every address of the conversation, by every verb, whatever order things happen in."""
    chance = random.Random(seed)
    actions.set_how(play.world.merchant, True, 0.5, 2, play.world.shop.maya.actor)
    rows: list[Conversation] = []
    held: set[int] = set()
    while len(rows) < 6 or not 0 < len(held) < len(rows):  # a lot drawn by who they are: both kinds, however it falls
        assert len(rows) < 60, "of sixty customers half are held out"
        rows.append(_a_happy_matter(play, len(rows), chance))
        held = set(Chance.objects.filter(held_out=True).values_list("conversation_id", flat=True))
    maya = browser(play.world.shop.maya)
    for row in rows:
        html = maya.get(at(row, "suggestion"), headers=HTMX).content.decode()
        assert bool(html) == (row.id not in held)
        assert ("Laces" in html) == (row.id not in held)
        if row.id in held:
            _sees_nothing(play, row)
    assert not Suggestion.objects.filter(chance__held_out=True).exists()
    assert not Event.objects.filter(kind__in=("offer.suggested", "offer.used"), conversation_id__in=held).exists()


def _a_happy_matter(play: Stage, number: int, chance: random.Random) -> Conversation:
    """Of somebody new; said to be well, resolved and heard of in any order."""
    person = play.world.person(f"P{number}")
    play.world.order(person, ["Boots"], 300)
    row = play.world.matter(person, f"Matter {number}")
    play.happy(row)
    steps: list[Callable[[], object]] = [
        lambda: actions.say_well(row, play.world.shop.maya.actor),
        lambda: resolved(play, row),
        react,
    ]
    for step in chance.sample(steps, len(steps)) + [react]:
        step()
    return row


def _sees_nothing(play: Stage, row: Conversation) -> None:
    maya = browser(play.world.shop.maya)
    for address in ("", "live", "suggestion", "suggestion/reason", "remedies/new", "colleagues"):
        html = maya.get(at(row, address).rstrip("/"), headers=HTMX).content.decode()
        assert "Laces" not in html
        assert "data-offer" not in html
        assert "held" not in html
    assert maya.post(at(row, "suggestion"), {"product": play.world.things["Laces"].id}, headers=HTMX).status_code == 404
    assert maya.delete(at(row, "suggestion"), headers=HTMX).status_code == 404
    assert "Laces" not in maya.get(f"/customers/{row.customer_id}/panel?beside={row.id}", headers=HTMX).content.decode()


def test_why_there_is_nothing_says_the_same_to_the_held_out_and_to_those_with_nothing(play: Stage) -> None:
    everybody_is_held_out(play.world.merchant)
    play.happy()
    assert "not solved yet" in play.get("suggestion/reason")
    resolved(play)
    held = play.get("suggestion/reason")
    nobody_is_held_out(play.world.merchant)
    ben = play.world.person("Ben")
    row = play.world.matter(ben)
    play.happy(row)
    resolved(play, row)
    assert not Chance.objects.get(conversation=row).held_out
    assert play.get("suggestion/reason", row=row) == held


def _remedy(play: Stage, state: str) -> None:
    Remedy.objects.create(
        merchant=play.world.merchant, key=state, kind="refund", state=state, customer=play.ada, conversation=play.row,
        currency="GBP", says="18.40 back", by="member:1",
    )  # fmt: skip


def _promise(play: Stage, **more: object) -> None:
    due = timezone.now() - timedelta(hours=2)
    Promise.objects.create(merchant=play.world.merchant, conversation=play.row, due_at=due, by="system", **more)


AGAINST: dict[str, Callable[[Stage], object]] = {
    "a remedy that failed": lambda play: _remedy(play, "failed"),
    "a remedy nobody is sure of": lambda play: _remedy(play, "unknown"),
    "a question to a lead": lambda play: _remedy(play, "asked"),
    "a task": lambda play: _remedy(play, "task"),
    "a broken promise": lambda play: _promise(play, broken_at=timezone.now()),
    "a promise that was due": lambda play: _promise(play),
    "a broken promise that was dropped": lambda play: _promise(play, withdrawn_at=timezone.now()),
    "another open matter": lambda play: play.world.matter(play.ada, "Coat"),
    "no advertising": lambda play: Consent.objects.create(
        merchant=play.world.merchant, customer=play.ada, channel="email", purpose="marketing", given=False, by="system",
        source="agent",
    ),
    "last words that are not": lambda play: play.says("But the left one is broken!"),
    "no words since we answered": lambda play: play.world.shop and play.row.messages.order_by("-id")[0].delete(),
    "suggestions switched off": lambda play: actions.set_how(
        play.world.merchant, False, 0.1, 2, play.world.shop.maya.actor
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", AGAINST)
def test_never_with(play: Stage, what: str) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    AGAINST[what](play)
    resolved(play)
    assert not Chance.objects.exists()
    assert play.get() == ""


def test_a_promise_kept_late_does_not_stand(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    _promise(play, broken_at=timezone.now(), kept_at=timezone.now())
    resolved(play)
    assert "Laces" in play.get()


def test_what_was_shown_is_gone_once_all_is_not_well_any_more(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    resolved(play)
    assert "Laces" in play.get()
    play.says("Wait, the left one is broken.")
    assert play.get() == ""


def test_whoever_answered_may_say_that_all_is_well(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.says("My boots are late.")
    play.answers()
    resolved(play)
    maya = browser(play.world.shop.maya)
    assert play.get() == ""
    assert "all is well again" in maya.put(at(play.row, "well"), headers=HTMX).content.decode()
    react()
    assert Chance.objects.get().mood == "said"
    assert "Laces" in play.get()
    maya.delete(at(play.row, "well"), headers=HTMX)
    assert play.get() == ""


def test_put_into_the_answer_once_and_the_order_of_it_is_linked(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    resolved(play)
    laces, maya = play.world.things["Laces"], browser(play.world.shop.maya)
    laces.url = "https://juniper.example/laces"
    laces.save()
    answer = maya.post(at(play.row, "suggestion"), {"product": laces.id}, headers=HTMX)
    assert "Laces" in answer.headers["HX-Trigger"]
    assert laces.url in answer.headers["HX-Trigger"]
    assert f"drafts/new?variant={play.world.variant('Laces').id}" in answer.content.decode()
    used = Suggestion.objects.get()
    assert used.used_by == play.world.shop.maya.actor.code
    assert play.get() == ""
    assert maya.post(at(play.row, "suggestion"), {"product": laces.id}, headers=HTMX).status_code == 404
    draft = DraftOrder.objects.create(
        merchant=play.world.merchant, key="k", customer=play.ada, conversation_id=play.row.id, currency="GBP",
        total=1900,
        lines=[{"variant": play.world.variant("Laces").id, "title": "Laces", "quantity": 1, "price": 1900}],
        by=play.world.shop.maya.actor.code, expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    assert actions.link_draft(draft) is not None
    assert Suggestion.objects.get().draft_id == draft.id


def test_left_aside_it_does_not_come_back(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    resolved(play)
    assert browser(play.world.shop.maya).delete(at(play.row, "suggestion"), headers=HTMX).status_code == 200
    assert Event.objects.filter(kind="offer.dismissed").count() == 1
    assert play.get() == ""


def test_what_sold_out_meanwhile_is_not_shown(play: Stage) -> None:
    nobody_is_held_out(play.world.merchant)
    play.happy()
    resolved(play)
    variant = play.world.variant("Laces")
    variant.stock = 0
    variant.save()
    assert play.get() == ""


def test_another_merchants_agent_sees_nothing_and_says_nothing(play: Stage) -> None:
    from_elsewhere = browser(cast.thistle().team["mallory"])
    for method, address in (
        ("get", "suggestion"),
        ("post", "suggestion"),
        ("put", "well"),
        ("get", "suggestion/reason"),
    ):
        assert getattr(from_elsewhere, method)(at(play.row, address), headers=HTMX).status_code == 404


def test_chances_are_only_drawn_where_something_is_for_sale(play: Stage) -> None:
    play.happy()
    for thing in play.world.things.values():
        thing.active = False
        thing.save()
    resolved(play)
    assert not Chance.objects.exists()
    assert chances.chance_of(play.row) is None
