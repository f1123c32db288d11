"""Who a visitor is: what the shop signed, what a code proved, and what they only say."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from presszero.conversations.models import Conversation
from presszero.customers.codes import post_code
from presszero.customers.models import Claim, Customer, CustomerNote, Handle, Merge
from presszero.customers.queries import family
from presszero.intake import duties
from presszero.team import mail
from presszero.visitors.models import Visitor
from tests import cast

from .window import Window, answers


def customer_of(address: str) -> Customer:
    row = Handle.objects.select_related("customer__root").get(address=address)
    return row.customer.root or row.customer


def test_a_shopper_who_talked_before_signing_in_loses_nothing(window: Window, shop: cast.Shop) -> None:
    window.opens()
    asked = window.writes(shop, "Hello")
    answers(asked, "Good morning", shop)
    assert window.signs_in("1001", name="Ada")["address"] == "s-1001"
    assert window.texts == ["Hello", "Good morning"]
    after = window.writes(shop, "It is me")
    assert after.conversation_id == asked.conversation_id
    assert set(window.texts) == {"Hello", "Good morning", "It is me"}
    assert customer_of("s-1001") == customer_of(window.visitor.address)
    assert customer_of("s-1001").name == "Ada"


def test_a_shopper_finds_what_she_said_signed_in_from_another_browser(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.signs_in("1001")
    window.writes(shop, "From my phone")
    other = Window(window.line)
    other.opens()
    assert other.texts == []
    other.signs_in("1001")
    assert other.texts == ["From my phone"]
    before = other.writes(shop, "From my desk")
    assert before.conversation.customer == customer_of("s-1001")


def test_an_address_the_shop_made_sure_of_joins_the_mails_from_there(window: Window, shop: cast.Shop) -> None:
    mail = cast.the(cast.ada().writes(shop, "Where is order 1042?", "Order 1042"))
    Handle.objects.filter(address="ada@example.com").update(proof="seen")
    window.opens()
    window.signs_in("1001", email="ada@example.com", email_verified=True)
    assert customer_of("s-1001") == customer_of("ada@example.com")
    assert "made sure" in Merge.objects.get().reason
    assert window.texts == []
    assert mail.conversation.customer_id in family(customer_of("s-1001"))


def test_only_a_code_from_there_proves_an_address(window: Window, shop: cast.Shop) -> None:
    cast.the(cast.ada().writes(shop, "Where is order 1042?", "Order 1042"))
    window.opens()
    asked = window.writes(shop, "Hello, I wrote to you.")
    assert window.gets("POST", "address", {"email": "Ada@Example.com ", "name": "Ada"})["claimed"] == "ada@example.com"
    assert customer_of(window.visitor.address) != customer_of("ada@example.com")
    assert Claim.objects.get().customer == customer_of(window.visitor.address)
    assert window.proves("ada@example.com") == {"proven": "ada@example.com"}
    assert customer_of(window.visitor.address) == customer_of("ada@example.com")
    assert Claim.objects.get().proven_at
    assert window.texts == ["Hello, I wrote to you."]
    after = window.writes(shop, "Now you know me.")
    assert Conversation.objects.get(id=asked.conversation_id).now_id == after.conversation.now_id


def test_an_address_can_be_left_before_the_first_word(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.gets("POST", "address", {"email": "ada@example.com", "name": "Ada"})
    assert window.opens()["claimed"] == "ada@example.com"
    asked = window.writes(shop, "Hello")
    assert asked.conversation.customer == Claim.objects.get().customer
    assert Handle.objects.filter(address=window.visitor.address).count() == 1
    assert asked.conversation.customer.name == "Ada"


def test_what_is_no_address_says_so_and_keeps_nothing(window: Window, shop: cast.Shop) -> None:
    window.opens()
    for wrong in ("", "ada", "ada@", "a@b", "a b@example.com", "a@example.com\nBcc: b@x.example", shop.line.address):
        answer = window.asks("POST", "address", {"email": wrong})
        assert answer.status_code == 422 and answer.json()["error"] and answer.json()["next"]
        assert window.asks("POST", "code", {"email": wrong}).status_code == 422
    assert not Claim.objects.exists() and not Customer.objects.exists()


def test_the_claim_of_another_browser_is_not_told_here(window: Window, shop: cast.Shop) -> None:
    other = Window(window.line)
    for each in (window, other):
        each.opens()
    other.proves("ada@example.com")
    window.proves("ada@example.com")
    other.gets("POST", "address", {"email": "secret@example.com"})
    assert customer_of(window.visitor.address) == customer_of(other.visitor.address)
    assert window.opens()["claimed"] == "ada@example.com"


def test_the_next_person_at_this_computer_sees_nothing(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.signs_in("1001", name="Ada", email="ada@example.com")
    window.writes(shop, "My secret")
    answer = window.asks("DELETE", "identity")
    assert answer.status_code == 200
    assert next(iter(answer.cookies.values()))["max-age"] == 0
    assert window.asks("GET", "transcript").status_code == 401
    fresh = window.opens()
    assert (fresh["signed"], fresh["name"], fresh["claimed"], fresh["matter"]) == (False, "", "", None)
    assert window.texts == []


def test_somebody_else_signing_in_gets_a_window_of_their_own(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "Said before")
    window.signs_in("1001", name="Ada")
    window.writes(shop, "Ada's secret")
    assert window.signs_in("2002", name="Ben")["address"] == "s-2002"
    assert window.texts == []
    window.writes(shop, "Ben here")
    assert customer_of("s-1001") != customer_of("s-2002")
    assert window.texts == ["Ben here"]


def test_a_browser_proven_as_ada_is_not_ben_when_ben_signs_in(window: Window, shop: cast.Shop) -> None:
    adas = Window(window.line)
    adas.opens()
    adas.signs_in("1001", email="ada@example.com", email_verified=True)
    window.opens()
    window.writes(shop, "Ada at a friend's")
    window.proves("ada@example.com")
    assert window.signs_in("2002")["address"] == "s-2002"
    assert customer_of("s-2002") != customer_of("s-1001")
    assert window.texts == []


def test_after_the_hour_the_browser_reads_only_its_own_again(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "Unsigned")
    window.signs_in("1001")
    window.writes(shop, "Signed")
    Visitor.objects.update(signed_until=timezone.now() - timedelta(seconds=1))
    assert window.texts == ["Unsigned"]
    assert window.opens()["signed"] is False


def test_the_shop_changing_the_address_of_a_shopper_joins_nothing_by_itself(window: Window, shop: cast.Shop) -> None:
    cast.the(cast.ben().writes(shop, "Hello", "Hi"))
    Handle.objects.filter(address="ben@example.org").update(proof="verified")
    window.opens()
    window.signs_in("1001", email="ada@example.com", email_verified=True)
    for _ in range(2):
        window.signs_in("1001", email="ben@example.org", email_verified=True)
    assert customer_of("s-1001") != customer_of("ben@example.org")
    assert Claim.objects.get(address="ben@example.org").proven_at is None
    assert "another address than before" in CustomerNote.objects.get().text


def test_an_address_of_another_shopper_is_not_taken_from_them(window: Window, shop: cast.Shop) -> None:
    first = Window(window.line)
    first.opens()
    first.signs_in("1001", email="ada@example.com", email_verified=True)
    window.opens()
    window.signs_in("2002", email="ada@example.com", email_verified=True)
    assert customer_of("s-1001") != customer_of("s-2002")
    assert "another customer of the shop" in CustomerNote.objects.get().text


def test_signing_in_again_and_again_changes_nothing_more(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "Hello")
    for _ in range(3):
        window.signs_in("1001", name="Ada", email="ada@example.com", email_verified=True)
    assert Merge.objects.count() == 0
    assert sorted(Handle.objects.values_list("address", flat=True)) == sorted(
        ["ada@example.com", "s-1001", window.visitor.address]
    )


def test_the_worker_knows_the_letter_with_the_code() -> None:
    assert post_code in duties.LETTERS
    assert post_code.queue == mail.QUEUE
