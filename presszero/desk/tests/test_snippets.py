"""Ready words while one writes: by ";word", in the customer's language, filled in."""

from __future__ import annotations

from presszero.conversations.models import Conversation, Macro, MacroText
from presszero.customers.models import Customer
from tests import cast

from .conftest import At, words


def _hello(shop: cast.Shop) -> Macro:
    made = Macro.objects.create(
        merchant=shop.merchant, name="Greeting", shortcut="hello", text="Hello {{ customer.first_name }}"
    )
    MacroText.objects.create(merchant=shop.merchant, macro=made, language="de", text="Hallo {{ customer.first_name }}")
    return made


def test_a_word_offers_what_it_stands_for_filled_in(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    _hello(shop)
    Macro.objects.create(merchant=shop.merchant, name="Goodbye", text="Bye")
    shown = words(maya.asks(f"/conversations/{boots.id}/snippets", q="hel"))
    assert ";hello" in shown and "Hello Ada" in shown and "Bye" not in shown


def test_the_customers_language_picks_the_words(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    _hello(shop)
    Customer.objects.filter(id=boots.customer_id).update(language="de-AT")
    assert "Hallo Ada" in words(maya.asks(f"/conversations/{boots.id}/snippets", q="hello"))
    assert "Hallo Ada" in words(maya.asks(f"/conversations/{boots.id}/macros", q="greet"))
    Customer.objects.filter(id=boots.customer_id).update(language="fr")
    assert "Hello Ada" in words(maya.asks(f"/conversations/{boots.id}/snippets", q="hello"))


def test_the_one_whose_shortcut_it_is_comes_first(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    Macro.objects.create(merchant=shop.merchant, name="A way to say hello", text="Good day")
    _hello(shop)
    shown = words(maya.asks(f"/conversations/{boots.id}/snippets", q="hello"))
    assert shown.index("Hello Ada") < shown.index("Good day")


def test_what_only_acts_is_no_snippet(shop: cast.Shop, maya: At, boots: Conversation) -> None:
    Macro.objects.create(merchant=shop.merchant, name="Done", shortcut="done", steps=[{"do": "resolve"}])
    assert "Done" not in words(maya.asks(f"/conversations/{boots.id}/snippets", q="done"))


def test_another_merchants_ready_words_are_not_ours(maya: At, boots: Conversation) -> None:
    _hello(cast.thistle())
    assert "Hello" not in words(maya.asks(f"/conversations/{boots.id}/snippets", q="hello"))
