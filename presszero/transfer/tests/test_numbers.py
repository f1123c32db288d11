"""Numbers of somewhere else: whose they are here, in whatever order they come, and when they are taken back."""

from __future__ import annotations

import pytest

from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.customers.actions import merge
from presszero.customers.models import Consent, Customer, Handle
from presszero.transfer import actions, exporting, queries
from presszero.transfer.bringing.people import ANOTHER, TAKEN
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_now
from tests import cast

from .bringing import brought, csv, run
from .test_tables import bytes_of

pytestmark = pytest.mark.django_db

PEOPLE = ("id,name,email", "7,Ada Kowalski,ada@example.com", "8,Ben,ben@example.org")


def undone(job: Import) -> Import:
    assert job.by
    bring_now(actions.take_back(job, by=job.by))
    return Import.objects.get(id=job.id)


def reasons(job: Import) -> list[str]:
    return list(ImportRow.objects.filter(job=job, outcome="rejected").order_by("id").values_list("reason", flat=True))


def customer(address: str) -> Customer:
    return Customer.objects.get(handles__address=address)


def test_a_number_is_followed_to_whom_they_were_merged_into(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    ada, ben = customer("ada@example.com"), customer("ben@example.org")
    merge(ada, ben, by=SYSTEM)
    run(csv(shop, "handles", "customer_id,kind,address", "7,email,ada@work.example"))
    assert Handle.objects.get(address="ada@work.example").customer_id == ben.id


def test_addresses_may_come_before_their_customers(shop: cast.Shop) -> None:
    run(csv(shop, "handles", "customer_id,kind,address", "7,email,ada@example.com", "7,phone,+442079460011"))
    job = run(csv(shop, "customers", *PEOPLE))
    assert job.counts["person"] == {"changed": 1, "new": 1}
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada Kowalski", "Ben"]
    assert customer("ada@example.com").handles.count() == 2


def test_the_same_numbers_of_another_program_mix_up_nobody(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    other = csv(shop, "customers", "id,name,email", "7,Cleo,cleo@example.net", "8,Ada Kowalski,ada@example.com")
    job = run(other)
    assert reasons(job) == [ANOTHER, ANOTHER]
    assert [row[:3] for row in list(queries.report(job))[1:]] == [
        ["7", "Cleo", "cleo@example.net"],
        ["8", "Ada Kowalski", "ada@example.com"],
    ]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada Kowalski", "Ben"]
    # Without the numbers they are who their addresses say they are.
    again = csv(shop, "customers", "id,name,email", "7,Cleo,cleo@example.net", "8,Ada Kowalski,ada@example.com")
    bring_now(actions.choose(again, ["", "name", "email"]))
    again = run(Import.objects.get(id=again.id))
    assert again.counts["person"] == {"new": 1, "known": 1}


def test_a_new_name_or_a_new_address_alone_is_still_the_same_person(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    lines = ("id,name,email", "7,Ada Smith,ada@new.example", "8,Benjamin Roe,ben@example.org")
    assert run(csv(shop, "customers", *lines)).counts["person"] == {"changed": 2}
    assert customer("ada@new.example").id == customer("ada@example.com").id


def test_an_address_of_another_customer_is_said_and_stays_theirs(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    job = run(csv(shop, "handles", "customer_id,kind,address", "7,email,ben@example.org"))
    assert reasons(job) == [TAKEN] and customer("ben@example.org").name == "Ben"


def test_a_refuted_address_is_not_theirs_here_either(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    job = run(csv(shop, "handles", "customer_id,kind,address,proof", "7,email,boss@example.com,refuted"))
    assert len(reasons(job)) == 1 and not Handle.objects.filter(address="boss@example.com").exists()


def test_merged_customers_come_back_as_one(shop: cast.Shop) -> None:
    ada = cast.the(cast.ada().writes(shop, "Hello", "Hello")).conversation.customer
    ben = cast.the(cast.ben().writes(shop, "Hello", "Hello")).conversation.customer
    merge(ada, ben, by=SYSTEM)
    other = cast.thistle()
    other.team["rosa"] = other.team["mallory"]
    for about in ("customers", "handles"):
        made = exporting.write_now(exporting.ask(about, by=shop.team["rosa"]))
        assert reasons(run(brought(other, "csv", bytes_of(made), about, f"{about}.csv"))) == []
    back = Customer.objects.get(merchant=other.merchant)
    assert back.name == ben.name and back.handles.count() == 2


def test_what_was_given_to_somebody_who_was_here_is_taken_back(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    lines = ("id,name,email,Newsletter", "7,Company Ltd Kowalski,ada@work.example,yes", "8,Ben,ben@example.org,")
    wrong = run(csv(shop, "customers", *lines))
    assert Consent.objects.exists() and customer("ada@work.example").name == "Company Ltd Kowalski"
    Customer.objects.filter(name="Ben").update(name="Benjamin")
    assert undone(wrong).counts["undone"] == {"stays": 0}
    ada = customer("ada@example.com")
    assert ada.name == "Ada Kowalski" and not Consent.objects.exists()
    assert list(ada.handles.values_list("address", flat=True)) == ["ada@example.com"]
    assert customer("ben@example.org").name == "Benjamin"


def test_whoever_another_import_met_stays_and_can_be_met_again(shop: cast.Shop) -> None:
    first = run(csv(shop, "customers", *PEOPLE))
    second = run(csv(shop, "handles", "customer_id,kind,address", "7,phone,+442079460011"))
    assert undone(first).counts["undone"] == {"stays": 1}
    assert list(Customer.objects.values_list("name", flat=True)) == ["Ada Kowalski"]
    undone(second)
    assert list(Handle.objects.values_list("address", flat=True)) == ["ada@example.com"]
    assert run(csv(shop, "customers", *PEOPLE)).counts["person"] == {"known": 1, "new": 1}


def test_conversations_and_then_their_messages_are_taken_back_one_by_one(shop: cast.Shop) -> None:
    run(csv(shop, "customers", *PEOPLE))
    first = run(csv(shop, "conversations", "id,subject,customer_id,state", "3,Boots,7,open"))
    lines = [f"3,m{n},7,2024-01-01 10:0{n},Words {n}" for n in range(3)]
    second = run(csv(shop, "conversations", "id,message_id,customer_id,at,text", *lines))
    boots = Conversation.objects.get()
    assert boots.customer_id == customer("ada@example.com").id and boots.waiting_since is not None
    assert undone(second).counts["undone"] == {"stays": 0}
    assert Conversation.objects.get().subject == "Boots" and not Message.objects.exists()
    assert undone(first).counts["undone"] == {"stays": 0}
    assert not Conversation.objects.exists()


def test_messages_over_several_batches_are_taken_back_whole(shop: cast.Shop) -> None:
    lines = [f"{n % 2},m{n},ada@example.com,2024-01-01 10:00,Words {n}" for n in range(450)]
    job = run(csv(shop, "conversations", "id,message_id,customer_email,at,text", *lines))
    assert job.counts["message"] == {"new": 450} and Conversation.objects.count() == 2
    assert undone(job).counts["undone"] == {"stays": 0}
    assert not Conversation.objects.exists() and not Message.objects.exists()
