"""The line is theirs: as they said it before, else a ready answer of the merchant's, else ours; in her language."""

from __future__ import annotations

from presszero.conversations.models import Macro
from presszero.offers import actions
from presszero.offers.models import Chance, Suggestion
from presszero.offers.wording import Thing, line

from .stage import Stage, said

LACES = Thing("Laces", "https://juniper.example/laces", "Boots")


def words(play: Stage, thing: Thing = LACES) -> str:
    return line(play.row, thing, play.world.shop.maya)


def test_ours_when_there_is_nothing_else_and_in_her_language(play: Stage) -> None:
    assert words(play) == (
        "By the way, many who chose Boots took Laces as well. Here it is: https://juniper.example/laces"
    )
    assert words(play, Thing("Laces", "")) == "By the way, you may like Laces."


def test_a_ready_answer_that_speaks_of_it_comes_first(play: Stage) -> None:
    text = "{{ agent.first_name }} likes {{ offer.product }}: {{ offer.link }}"
    Macro.objects.create(merchant=play.world.merchant, name="Next", text=text)
    assert words(play) == "Maya likes Laces: https://juniper.example/laces"
    assert words(play, Thing("Laces", "")) == "By the way, you may like Laces."  # no link to put there


def test_how_they_said_it_last_time_without_what_was_the_other_customers(play: Stage) -> None:
    ben = play.world.person("Ben Ruiz", language="en")
    row = play.world.matter(ben)
    coat, boots = play.world.thing("Coat"), play.world.things["Boots"]
    chance = Chance.objects.create(
        merchant=play.world.merchant, conversation=row, customer=ben, draw=0.5, held_out=False, share=0.1, mood="read"
    )
    products = [{"product": coat.id, "variant": 1, "after": boots.id, "bought": 3, "of": 9}]
    used = Suggestion.objects.create(merchant=play.world.merchant, chance=chance, products=products)
    actions.use(used, play.world.shop.maya.actor)
    Suggestion.objects.update(used_at=play.row.created_at.replace(year=2020))
    text = "Glad to hear it!\nTo your Boots, our Coat is a friend: https://shop.example/pay/SECRETTOKEN."
    said(row, text, inbound=False, actor=play.world.shop.maya.actor.code)
    assert words(play) == "To your Boots, our Laces is a friend: https://juniper.example/laces."
    assert "chose" in line(play.row, LACES, play.world.shop.tomas)  # Tomas has said nothing yet


def test_a_line_that_names_the_other_customer_is_not_taken_over(play: Stage) -> None:
    test_how_they_said_it_last_time_without_what_was_the_other_customers(play)
    ben = play.world.person("Ben Again", language="en")
    Chance.objects.update(customer=ben)
    Chance.objects.get().conversation.messages.all().delete()
    row = Chance.objects.get().conversation
    said(row, "Ben, our Coat is nice.", inbound=False, actor=play.world.shop.maya.actor.code)
    assert "chose" in words(play)
