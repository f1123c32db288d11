"""What the plugin says, what the shop's numbers come to, and how money goes back to several payments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapter import Unreadable
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.vendure import refunding
from presszero.commerce.stores.vendure.adapter import adapter
from presszero.commerce.stores.vendure.finding import Raw
from presszero.commerce.stores.vendure.money import minor, theirs
from presszero.commerce.vocabulary import Ask, Changed, News, StoreCart
from presszero.core.refusal import Refused

SAMPLES = Path(__file__).parents[1] / "samples"
STORE = StoreSettings(8, "vendure", "https://shop.example", "GBP", {}, {"secret": "s"})


def news(name: str, **more: Any) -> list[News]:
    said = json.loads((SAMPLES / f"{name}.json").read_text())["body"]
    return adapter.parse(json.dumps(said | more).encode(), {}, STORE)


def test_an_order_and_a_product_are_only_named() -> None:
    assert news("order") == [Changed("order", "12")] and news("product") == [Changed("product", "3")]
    assert news("order", what="something of a later plugin") == []


def test_a_cart_is_told_whole_and_ends() -> None:
    (cart,) = news("cart")
    assert isinstance(cart, StoreCart) and (cart.total, cart.currency, cart.ended) == (25290, "EUR", False)
    assert [(each.variant, each.quantity, each.price) for each in cart.lines] == [("1", 2, 11900), ("4", 1, 1490)]
    assert cart.updated_at == datetime(2026, 11, 21, 10, 15, 30, 123000, tzinfo=UTC)
    (gone,) = news("cart-gone")
    assert isinstance(gone, StoreCart) and (gone.ended, gone.currency) == (True, "GBP")
    for wrong in ({"at": ""}, {"at": "now"}, {"cart": {"ref": "1"}}, {"cart": 7}):
        with pytest.raises(Unreadable):
            news("cart", **wrong)


@pytest.mark.parametrize(
    ("said", "currency", "places", "ours"),
    [
        (1840, "EUR", 2, 1840),
        (1900, "JPY", 2, 19),
        (1840, "KWD", 2, 18400),
        (18400, "EUR", 3, 1840),
        (-5, "EUR", 2, -5),
    ],
)
def test_a_shop_has_its_own_digits(said: int, currency: str, places: int, ours: int) -> None:
    assert minor(said, currency, places) == ours and theirs(ours, currency, places) == said


def test_a_part_of_a_minor_unit_is_refused() -> None:
    for wrong, currency, places in ((1850, "JPY", 2), (18405, "EUR", 3), ("18", "EUR", 2), (True, "EUR", 2)):
        with pytest.raises(Unreadable):
            minor(wrong, currency, places)
    with pytest.raises(ValueError, match="more digits"):
        theirs(18401, "KWD", 2)


def paid(number: str, amount: int, *back: dict[str, Any], state: str = "Settled") -> dict[str, Any]:
    return {"id": number, "amount": amount, "state": state, "refunds": list(back)}


def back(total: int, reason: str = "", state: str = "Settled") -> dict[str, Any]:
    return {"id": "7", "total": total, "reason": reason, "state": state}


def test_what_goes_back_is_parted_over_the_payments() -> None:
    gift, card = paid("1", 1000, back(200)), paid("2", 5000, back(900, state="Failed"))
    raw = Raw({"currencyCode": "EUR", "payments": [gift, card, paid("3", 900, state="Declined")]}, 2)
    ask = Ask("refund", "k", currency="EUR", amount=3000)
    assert refunding._parts(raw, ask, 3000) == [("1", 800), ("2", 2200)]
    assert refunding._parts(raw, replace(ask, payment="2"), 5100) == [("2", 5000), ("1", 100)]
    assert sum(part for _payment, part in refunding._parts(raw, ask, 9000)) == 5800


def test_what_went_back_for_a_key_is_counted_over_its_parts() -> None:
    mine, other = back(800, "Torn [pz:k]"), back(50, "[pz:k9]")
    raw = Raw(
        {"currencyCode": "EUR", "payments": [paid("1", 1000, mine), paid("2", 900, back(70, "[pz:k.2]"), other)]}, 2
    )
    assert raw.back("k") == 870 and raw.back("k9") == 50 and raw.back("") == 0


@pytest.mark.parametrize("typed", ["https://shop.example/admin-api", "shop.example/admin", "https://SHOP.example/"])
def test_an_address_as_people_type_it(typed: str) -> None:
    assert adapter.home(typed) == "https://shop.example"


def test_pages_that_customers_are_sent_to_are_of_the_web() -> None:
    with pytest.raises(Refused, match="no page of the web"):
        adapter.check(replace(STORE, settings={"pay_page": "javascript:alert(1)"}))
