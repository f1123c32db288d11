"""A browser comes, goes on, says who it is, and is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint
from presszero.merchants.models import Brand, Merchant
from presszero.visitors import queries
from presszero.visitors.actions import Where, begin_anew, call_themselves, end, forget, identify, told_page, visit
from presszero.visitors.identity import NotBelieved, Signed
from presszero.visitors.models import ShownToken, Visitor

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BOOTS = "https://juniper.example/boots"


@pytest.fixture
def line() -> Line:
    return chat_of("juniper-visits")


def chat_of(slug: str) -> Line:
    merchant = Merchant.objects.create(name=slug, slug=slug)
    brand = Brand.objects.create(merchant=merchant, name=slug)
    given = {"kind": "chat", "address": "chat", "name": "Chat", "settings": {"sites": ["https://juniper.example"]}}
    return Line.objects.create(merchant=merchant, brand=brand, **given)


def signed(shopper: str = "s-1001", mark: str = "first", **changes: Any) -> Signed:
    given = {"until": NOW + timedelta(minutes=30), "name": "Ada", "email": "", "email_verified": False}
    return Signed(shopper=shopper, fingerprint=fingerprint(mark), **(given | changes))


def test_a_new_browser_gets_a_secret_of_which_only_the_hash_is_kept(line: Line) -> None:
    made = visit(line, "", Where(), at=NOW)
    assert len(made.secret) >= 40
    assert made.visitor.secret_hash == fingerprint(made.secret)
    assert made.visitor.address.startswith("v-") and len(made.visitor.address) == 34
    assert made.secret not in str(Visitor.objects.values().get())


def test_a_known_browser_goes_on(line: Line) -> None:
    first = visit(line, "", Where(), at=NOW)
    again = visit(line, first.secret, Where(), at=NOW)
    assert (again.visitor.id, again.secret) == (first.visitor.id, "")


@pytest.mark.parametrize("secret", ["nonsense", "x" * 10_000, "\u0000", "v-"])
def test_any_other_secret_is_a_new_browser(line: Line, secret: str) -> None:
    visit(line, "", Where(), at=NOW)
    assert visit(line, secret, Where(), at=NOW).secret
    assert Visitor.objects.count() == 2


def test_the_cookie_of_another_line_opens_nothing_here(line: Line) -> None:
    other = chat_of("thistle-visits")
    theirs = visit(other, "", Where(), at=NOW)
    assert queries.visitor_of(line, theirs.secret) is None
    assert visit(line, theirs.secret, Where(), at=NOW).visitor.merchant_id == line.merchant_id


def test_pages_are_kept_without_what_stands_behind_the_question_mark(line: Line) -> None:
    visitor = visit(line, "", Where(f"{BOOTS}/fern?token=secret#reset=1", "Fern\nboots"), at=NOW).visitor
    assert [(page["url"], page["title"]) for page in visitor.pages] == [(f"{BOOTS}/fern", "Fern boots")]


def test_only_the_last_ten_pages_are_kept_and_one_read_twice_counts_once(line: Line) -> None:
    visitor = visit(line, "", Where(f"{BOOTS}/0"), at=NOW).visitor
    for n in (0, *range(12)):
        told_page(visitor, Where(f"{BOOTS}/{n}"), at=NOW)
    visitor.refresh_from_db()
    assert [page["url"] for page in visitor.pages] == [f"{BOOTS}/{n}" for n in range(2, 12)]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://evil.example/boots",
        "https://juniper.example.evil/boots",
        "https://user@juniper.example/",
        "http://juniper.example/boots",
        "https://[::1",
        "",
    ],
)
def test_a_page_that_is_not_the_shops_is_not_kept(line: Line, url: str) -> None:
    assert visit(line, "", Where(url), at=NOW).visitor.pages == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"items": 2, "total": "148", "currency": "gbp"}, {"items": 2, "total": "148.00", "currency": "GBP"}),
        ({"items": 2, "total": 148.5, "currency": "GBP"}, {"items": 2, "total": "148.50", "currency": "GBP"}),
        ({"items": "2", "total": "148", "currency": "GBP"}, None),
        ({"items": True, "total": "148", "currency": "GBP"}, None),
        ({"items": 2, "total": "NaN", "currency": "GBP"}, None),
        ({"items": 2, "total": "1e30", "currency": "GBP"}, None),
        ({"items": 2, "total": "<b>", "currency": "GBP"}, None),
        ({"items": 2, "total": "1", "currency": "<b>"}, None),
        ({}, None),
    ],
)
def test_a_cart_is_three_plain_values_or_none(line: Line, told: dict[str, Any], kept: object) -> None:
    assert visit(line, "", Where(cart=told), at=NOW).visitor.cart == kept


def test_signed_in_they_speak_as_the_shops_customer_until_the_hour_is_over(line: Line) -> None:
    visitor = visit(line, "", Where(), at=NOW).visitor
    known = identify(visitor, signed(), at=NOW).visitor
    assert queries.speaks_as(known, NOW) == ("s-1001", True)
    assert queries.addresses(known, NOW) == [visitor.address, "s-1001"]
    later = NOW + timedelta(minutes=31)
    assert queries.speaks_as(known, later) == (visitor.address, False)
    assert queries.addresses(known, later) == [visitor.address]


def test_l1_a_copy_of_a_token_opens_nothing_in_another_browser(line: Line) -> None:
    first, other = (visit(line, "", Where(), at=NOW).visitor for _ in range(2))
    identify(first, signed(), at=NOW)
    with pytest.raises(NotBelieved):
        identify(other, signed(), at=NOW)
    other.refresh_from_db()
    assert (other.shopper, other.signed_until) == ("", None)
    assert identify(first, signed(), at=NOW).visitor.id == first.id


def test_l1_a_token_shown_before_signing_out_opens_nothing_after_it(line: Line) -> None:
    first = visit(line, "", Where(), at=NOW)
    identify(first.visitor, signed(), at=NOW)
    end(first.visitor, at=NOW)
    again = visit(line, first.secret, Where(), at=NOW)
    assert again.secret and again.visitor.id != first.visitor.id
    with pytest.raises(NotBelieved):
        identify(again.visitor, signed(), at=NOW)


def test_somebody_else_at_the_same_computer_is_another_visitor(line: Line) -> None:
    adas = visit(line, "", Where(f"{BOOTS}/fern"), at=NOW).visitor
    identify(adas, signed("s-1001", "of-ada"), at=NOW)
    bens = identify(adas, signed("s-2002", "of-ben"), at=NOW)
    assert bens.secret and bens.visitor.address != adas.address
    adas.refresh_from_db()
    assert adas.ended_at
    assert (adas.shopper, bens.visitor.shopper) == ("s-1001", "s-2002")


def test_beginning_anew_leaves_what_was_said_behind(line: Line) -> None:
    first = visit(line, "", Where(language="de"), at=NOW).visitor
    fresh = begin_anew(first, at=NOW)
    assert fresh.secret and fresh.visitor.address != first.address
    assert (fresh.visitor.language, fresh.visitor.line_id) == ("de", line.id)


def test_a_name_that_the_shop_signed_is_not_typed_over(line: Line) -> None:
    visitor = visit(line, "", Where(), at=NOW).visitor
    call_themselves(visitor, "Ada")
    known = identify(visitor, signed(name=""), at=NOW).visitor
    assert known.name == "Ada"
    call_themselves(known, "The Owner")
    known.refresh_from_db()
    assert known.name == "Ada"


def test_the_shop_is_remembered_to_have_signed_another_address(line: Line) -> None:
    visitor = visit(line, "", Where(), at=NOW).visitor
    identify(visitor, signed(email="ada@example.com"), at=NOW)
    assert queries.signed_with_other_address(line, "s-1001", "new@example.com")
    assert not queries.signed_with_other_address(line, "s-1001", "ada@example.com")
    assert not queries.signed_with_other_address(line, "s-2002", "new@example.com")


def test_a_browser_whose_cookie_ran_out_is_forgotten_and_no_other(line: Line) -> None:
    old, new = (visit(line, "", Where(), at=NOW).visitor for _ in range(2))
    for each in (old, new):
        identify(each, signed(mark=each.address, until=NOW + timedelta(minutes=5)), at=NOW)
    Visitor.objects.filter(id=old.id).update(seen_at=NOW - timedelta(days=181))
    assert forget(NOW) == 2  # and the token it had shown
    assert list(Visitor.objects.all()) == [new]
    assert ShownToken.objects.count() == 1
    assert forget(NOW + timedelta(hours=2)) == 1
    assert not ShownToken.objects.exists()
