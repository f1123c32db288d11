"""An erased person is nowhere, what others said stays, and the proof says nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.audit.actions import chain, verify
from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.customers.models import Customer, Handle
from presszero.mailroom.models import Received
from presszero.privacy.actions import OnHold, Request, call_off, erase, erase_again, erase_due, hold, lift
from presszero.privacy.models import Erasure, Tombstone
from presszero.timeline.models import Event
from tests.cast import ada, ben, deliver, juniper, the, thistle, work
from tests.planting import plant, traces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_gd2_gd10_nothing_is_left_of_thirty_markers_and_more() -> None:
    shop = juniper()
    other = the(ben().writes(shop, "Where is my parcel?"))
    planted = plant(shop, work)
    assert len(planted.words) >= 30
    before = traces(planted)
    missing = [word for word in planted.words if not any(word in each for each in before)]
    assert not missing, "these were planted nowhere"
    events = Event.objects.count()

    made = erase(planted.customer, Request("email", "call"), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    made.refresh_from_db()
    assert not traces(planted), made.counts
    assert made.left == 0 and made.done_at and made.counts["messages"] >= 5

    kept = Entry.objects.get(text__startswith=planted.warehouse)  # somebody else's words, without the name
    assert "[…]" in kept.text
    other.entry.refresh_from_db()
    assert other.entry.text == "Where is my parcel?"
    assert Event.objects.count() == events + 2  # asked, erased; nothing of the past was rewritten
    chain(shop.merchant)
    assert verify(shop.merchant) is None


def test_gd3_whoever_asks_must_be_known_to_be_the_one() -> None:
    shop = juniper()
    customer = the(ada().writes(shop, "Forget me")).conversation.customer
    for request in (Request("email", "not_needed"), Request("email", "address"), Request("email", "nonsense")):
        with pytest.raises(Refused):
            erase(customer, request, by=shop.tomas.actor)
    assert not Erasure.objects.exists() and Customer.objects.get(id=customer.id).name == "Ada Kowalski"


def test_it_waits_a_day_and_can_be_called_off() -> None:
    shop = juniper()
    customer = the(ada().writes(shop, "Forget me")).conversation.customer
    made = erase(customer, Request(), by=shop.tomas.actor)
    assert erase(customer, Request(), by=shop.tomas.actor) == made
    assert erase_due(timezone.now() + timedelta(hours=23)) == 0
    call_off(made, by=shop.tomas.actor)
    assert erase_due(timezone.now() + timedelta(days=2)) == 0
    assert Handle.objects.filter(address="ada@example.com").exists()


def test_gd4_a_legal_hold_keeps_everything() -> None:
    shop = juniper()
    customer = the(ada().writes(shop, "I will sue")).conversation.customer
    waiting = erase(customer, Request(), by=shop.tomas.actor)
    standing = hold(customer, "Court case 12", by=shop.tomas.actor)
    with pytest.raises(OnHold):
        erase(customer, Request(), by=shop.tomas.actor)
    assert erase_due(timezone.now() + timedelta(days=2)) == 0 and Entry.objects.get().text == "I will sue"
    lift(standing, by=shop.tomas.actor)
    assert erase_due(timezone.now() + timedelta(days=2)) == 1
    waiting.refresh_from_db()
    assert waiting.done_at and Entry.objects.get().text == ""


def test_a_restored_copy_erases_them_again_and_a_new_word_of_theirs_does_not() -> None:
    shop = juniper()
    customer = the(ada().writes(shop, "Forget me")).conversation.customer
    born = Handle.objects.get(address="ada@example.com").created_at
    erase(customer, Request(), by=shop.tomas.actor, at_once=True)
    erase_due(timezone.now())
    Tombstone.objects.all().delete()  # the backup knows of none; the file beside the database does
    Handle.objects.create(merchant=shop.merchant, customer=customer, kind="email", address="ada@example.com")
    Handle.objects.update(created_at=born)
    Customer.objects.filter(id=customer.id).update(name="Ada Kowalski")
    assert erase_again(timezone.now()) == 1 and erase_due(timezone.now()) == 1
    assert not Handle.objects.filter(address="ada@example.com").exists() and Erasure.objects.filter(again=True).exists()

    the(ada().writes(shop, "Hello again"))
    assert erase_again(timezone.now()) == 0
    assert Customer.objects.filter(name="Ada Kowalski").exists()


def test_a_mail_fetched_once_more_stays_erased() -> None:
    shop = juniper()
    mail = ada().mail(shop, "Forget me").as_bytes()
    deliver(shop.line, mail, via="imap")
    customer = the(work()).conversation.customer
    erase(customer, Request(), by=shop.tomas.actor, at_once=True)
    erase_due(timezone.now())
    assert deliver(shop.line, mail, via="imap")  # the mailbox still has it
    work()
    assert Entry.objects.exclude(text="").count() == 0 and Conversation.objects.count() == 1
    assert all(bytes(row.body) == b"" for row in Received.objects.all())


def test_another_merchants_same_address_is_left_alone() -> None:
    shop, other = juniper(), thistle()
    customer = the(ada().writes(shop, "Forget me")).conversation.customer
    ada().writes(other, "Not you")
    erase(customer, Request(), by=shop.tomas.actor, at_once=True)
    erase_due(timezone.now())
    assert Entry.objects.get(merchant=other.merchant).text == "Not you"
    assert Handle.objects.get(merchant=other.merchant).address == "ada@example.com"
