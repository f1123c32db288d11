"""Everything of one shop, as its ZIP, brought into another: as it was, whatever the numbers are."""

from __future__ import annotations

import io
import uuid
import zipfile

import pytest

from presszero.conversations.actions import note, resolve
from presszero.conversations.models import Conversation, Message, Note, Tag, Tagged
from presszero.core.actor import SYSTEM
from presszero.customers.actions import merge
from presszero.customers.models import Consent, Customer, Handle, OwnField
from presszero.transfer import actions, exporting
from presszero.transfer.models import Import, ImportRow
from presszero.transfer.running import bring_now
from tests import cast

from .bringing import brought, run
from .test_tables import bytes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(shop: cast.Shop) -> cast.Shop:
    """Two customers who are one, and a third; a settled matter and an open one, with a note, a tag, and a consent."""
    OwnField.objects.create(merchant=shop.merchant, about="customer", key="size", label="Shoe size")
    late = cast.the(cast.ada().writes(shop, "Where are my boots?", "Boots")).conversation
    cast.answer(late, "On their way.", shop.maya)
    note(late, "She is cross.", by=shop.maya, client_id=uuid.uuid4())
    tag = Tag.objects.create(merchant=shop.merchant, name="late")
    Tagged.objects.create(merchant=shop.merchant, conversation=late, tag=tag, by="system")
    resolve(Conversation.objects.get(id=late.id), by=shop.maya.actor)
    open_one = cast.the(cast.ben().writes(shop, "Do you sell laces?", "Laces")).conversation
    elsewhere = cast.the(cast.Shopper("Ada", "ada@work.example").writes(shop, "And the bill?", "Bill")).conversation
    merge(elsewhere.customer, late.customer, by=SYSTEM)
    Customer.objects.filter(id=late.customer_id).update(fields={"size": "39"}, language="de")
    Customer.objects.filter(id=open_one.customer_id).update(name="=Ben()")
    Consent.objects.create(
        merchant=shop.merchant, customer=late.customer, channel="email", purpose="marketing", given=True, source="x",
        wording="News.", by="visitor",
    )  # fmt: skip
    return shop


def other(full: cast.Shop) -> cast.Shop:
    """Another merchant, with rows of its own so that no number is the same; Maya works there too."""
    made = cast.thistle()
    cast.the(cast.Shopper("Cleo", "cleo@example.net").writes(made, "Hello", "Ours"))
    made.team["rosa"] = made.team["mallory"]
    return made


def everything(of: cast.Shop) -> bytes:
    return bytes_of(exporting.write_now(exporting.ask("everything", by=of.team["rosa"])))


def said(of: cast.Shop) -> list[tuple[object, ...]]:
    rows = Message.objects.filter(merchant=of.merchant).exclude(conversation__subject="Ours")
    return sorted(
        (row.conversation.subject, row.inbound, row.entry.text.strip(), row.at, who(row.conversation.customer))
        for row in rows.select_related("conversation__customer__root", "entry")
    )


def who(customer: Customer) -> str:
    return (customer.root or customer).name


def people(of: cast.Shop) -> dict[str, tuple[object, ...]]:
    rows = Customer.objects.filter(merchant=of.merchant, root=None).exclude(name="Cleo")
    handles = Handle.objects.filter(merchant=of.merchant).select_related("customer__root")
    return {
        row.name: (
            row.language,
            row.fields,
            sorted(h.address for h in handles if h.customer.now_id == row.id),
            list(Consent.objects.filter(customer=row).values_list("channel", "purpose", "given", "at", "wording")),
        )
        for row in rows
    }


def states(of: cast.Shop) -> list[tuple[object, ...]]:
    rows = Conversation.objects.filter(merchant=of.merchant).exclude(subject="Ours")
    tags = Tagged.objects.filter(merchant=of.merchant).values_list("conversation__subject", "tag__name")
    waits = rows.values_list("subject", "state", "priority", "waiting_since")
    return [*sorted(waits, key=str), *sorted(tags)]


def test_everything_of_a_shop_comes_back_as_it_was(full: cast.Shop, caplog: pytest.LogCaptureFixture) -> None:
    new = other(full)
    content = everything(full)
    job = run(brought(new, "presszero", content))
    reported = ImportRow.objects.filter(job=job, outcome__in=["rejected", "left_out"])
    assert list(reported.values("kind", "reason", "raw")) == [] and job.state == "done"
    assert "a batch failed" not in caplog.text, "one number twice in a batch"
    assert people(new) == people(full)
    assert said(new) == said(full)
    assert states(new) == states(full)
    told = Note.objects.get(merchant=new.merchant)
    assert told.text == "Maya Okafor: She is cross." and told.conversation.subject == "Boots"

    again = run(brought(new, "presszero", content))
    assert not any(outcomes.get("new") or outcomes.get("changed") for outcomes in again.counts.values())

    assert job.by
    bring_now(actions.take_back(Import.objects.get(id=job.id), by=job.by))
    left = Conversation.objects.filter(merchant=new.merchant).values_list("subject", flat=True)
    assert list(left) == ["Ours"] and people(new) == {}


def test_the_same_number_of_two_shops_is_two_people(full: cast.Shop) -> None:
    new = other(full)
    content = everything(full)
    run(brought(new, "presszero", content))
    lines = {name: zipfile.ZipFile(io.BytesIO(content)).read(name) for name in ("customers.csv", "conversations.csv")}
    ben = Customer.objects.get(merchant=full.merchant, name="=Ben()")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as to:
        to.writestr("shop.csv", "mark,name\r\nsomebodyelse,Third\r\n")
        to.writestr("customers.csv", f"id,name,email\r\n{ben.id},Dora,dora@example.net\r\n")
        to.writestr("conversations.csv", lines["conversations.csv"].splitlines()[0])
    job = run(brought(new, "presszero", packed.getvalue()))
    assert job.counts["person"] == {"new": 1}
    assert Customer.objects.filter(merchant=new.merchant, name__in=["Dora", "=Ben()"]).count() == 2
