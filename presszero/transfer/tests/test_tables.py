"""Everything out: whole, safe to open, and back in as it was."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.audit.models import Record
from presszero.commerce.bulk import bring
from presszero.commerce.models import Credit
from presszero.commerce.tests.orders import ADAS
from presszero.conversations.models import Conversation, Macro, Message, SavedView, Tag, Tagged, Topic
from presszero.core.refusal import Refused
from presszero.core.sheets import plain
from presszero.customers.models import Consent, Customer, Handle, OwnField
from presszero.team.models import Team
from presszero.transfer import exporting, tables
from presszero.transfer.models import Export
from tests import cast
from tests.walls.everything import browser

from .bringing import brought, run

pytestmark = pytest.mark.django_db

NASTY = ["=cmd|' /C calc'!A0", "+491701234567", "-2+3", "@SUM(1)", "\tx", "a;=1+1", "x,@y\n-z", "＝1", "'t Hart", '"q"']


def bytes_of(made: Export) -> bytes:
    with default_storage.open(made.storage_key) as file:
        return bytes(file.read())


def rows_of(content: bytes) -> list[dict[str, str]]:
    """As a spreadsheet sees it."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def taken(shop: cast.Shop, what: str) -> bytes:
    return bytes_of(exporting.write_now(exporting.ask(what, by=shop.team["rosa"])))


@pytest.fixture
def nasty(shop: cast.Shop) -> cast.Shop:
    """A shop where every name and word is a formula."""
    OwnField.objects.create(merchant=shop.merchant, key="size", label="=SIZE()")
    for n, words in enumerate(NASTY):
        ada = cast.Shopper("Ada", f"ada{n}@example.com")
        message = cast.the(ada.writes(shop, f"{words}\n{words}", " ".join(words.split()) + f" {n}"))
        customer = message.conversation.customer
        Customer.objects.filter(id=customer.id).update(name=words, fields={"size": words})
        Handle.objects.create(merchant=shop.merchant, customer=customer, kind="phone", address=f"+4917012345{n:02}")
        tag = Tag.objects.create(merchant=shop.merchant, name=f"{words} {n}")
        Tagged.objects.create(merchant=shop.merchant, conversation=message.conversation, tag=tag, by="system")
        Macro.objects.create(merchant=shop.merchant, name=f"{words} {n}", text=words)
        Topic.objects.create(merchant=shop.merchant, name=f"{words} {n}")
        Team.objects.create(merchant=shop.merchant, name=f"{words} {n}")
    return shop


def test_e1_no_cell_of_any_table_begins_a_formula(nasty: cast.Shop) -> None:
    packed = zipfile.ZipFile(io.BytesIO(taken(nasty, "everything")))
    assert set(packed.namelist()) >= {f"{key}.csv" for key in ("customers", "messages", "macros", "tags", "audit")}
    seen = 0
    for name in packed.namelist():
        words = packed.read(name).decode("utf-8-sig")
        assert packed.read(name).startswith(b"\xef\xbb\xbf") and "\r\n" in words
        for separator in ",;\t":
            for row in csv.reader(io.StringIO(words, newline=""), delimiter=separator):
                for cell in row:
                    seen += 1
                    assert not cell.lstrip(' "').startswith(("=", "+", "@", "\t", "＝")), (name, separator, cell)
    assert seen > 500


def test_customers_go_out_and_come_back_as_they_were(nasty: cast.Shop) -> None:
    before = sorted(Customer.objects.values_list("name", "fields__size"))
    handles = set(Handle.objects.values_list("kind", "address"))
    other = cast.thistle()
    other.team["rosa"] = other.team["mallory"]
    OwnField.objects.create(merchant=other.merchant, key="size", label="Size")
    job = run(brought(other, "csv", taken(nasty, "customers"), "customers", "customers.csv"))
    assert job.counts["person"] == {"new": len(NASTY)}, list(job.rows.values("reason", "raw"))
    back = Customer.objects.filter(merchant=other.merchant)
    # A name is one line: what stood around it is the name still.
    one_line = sorted((" ".join(name.split()), " ".join(size.split())) for name, size in before)
    assert sorted(back.values_list("name", "fields__size")) == one_line
    assert set(Handle.objects.filter(merchant=other.merchant).values_list("kind", "address")) == handles


def test_addresses_and_consents_go_out_and_come_back_as_they_were(shop: cast.Shop) -> None:
    ada = cast.the(cast.ada().writes(shop, "Hello", "Hello")).conversation.customer
    Handle.objects.create(merchant=shop.merchant, customer=ada, kind="phone", address="+442071838750")
    for ago, given in ((2, True), (1, False)):
        _says(ada, given, timezone.now() - timedelta(days=ago))
    other = cast.thistle()
    other.team["rosa"] = other.team["mallory"]
    files = {about: taken(shop, about) for about in ("customers", "handles", "consents")}
    early = run(brought(other, "csv", files["consents"], "consents", "consents.csv"))
    assert early.counts["person"] == {"rejected": 2}, "whose they are had not come in yet"
    for about, content in files.items():
        run(brought(other, "csv", content, about, f"{about}.csv"))
    again = run(brought(other, "csv", files["consents"], "consents", "consents.csv"))
    assert again.counts["person"] == {"known": 2}
    assert _allowed(other) == _allowed(shop)


def test_what_somebody_said_since_is_not_undone_by_an_old_file(shop: cast.Shop) -> None:
    ada = cast.the(cast.ada().writes(shop, "Hello", "Hello")).conversation.customer
    _says(ada, False, timezone.now())
    address = Handle.objects.get(customer=ada).address
    old = f"customer_email,channel,purpose,given,at\n{address},email,marketing,yes,2020-01-01T10:00:00Z\n"
    run(brought(shop, "csv", old.encode(), "consents", "consents.csv"))
    assert list(Consent.objects.values_list("given", flat=True)) == [False]


def _says(customer: Customer, given: bool, at: datetime) -> None:
    Consent.objects.create(
        merchant=customer.merchant,
        customer=customer,
        channel="email",
        purpose="marketing",
        given=given,
        at=at,
        source="web form",
        wording="News, once a month.",
        by="visitor",
    )


def _allowed(of: cast.Shop) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    handles = Handle.objects.filter(merchant=of.merchant).values_list("kind", "address")
    rows = Consent.objects.filter(merchant=of.merchant).order_by("id")
    return sorted(handles), list(rows.values_list("channel", "purpose", "given", "at", "source", "wording"))


def test_messages_go_out_and_come_back_as_they_were(nasty: cast.Shop) -> None:
    def said(shop: cast.Shop) -> list[tuple[str, str, object]]:
        rows = Message.objects.filter(merchant=shop.merchant)
        return sorted(rows.values_list("conversation__subject", "entry__text", "at"))

    other = cast.thistle()
    other.team["rosa"] = other.team["mallory"]
    job = run(brought(other, "csv", taken(nasty, "messages"), "conversations", "messages.csv"))
    assert job.counts["message"]["new"] == len(NASTY)
    assert [(s, t.strip(), at) for s, t, at in said(nasty)] == said(other)


def test_every_cell_reads_back_exactly(nasty: cast.Shop) -> None:
    rows = rows_of(taken(nasty, "macros"))
    assert {plain(row["text"]) for row in rows} == set(NASTY)


def test_secrets_never_go_out(shop: cast.Shop) -> None:
    shop.line.keep_secrets({"password": "open-sesame"})
    shop.line.settings = {"imap": {"user": "planted-user"}}
    shop.line.save()
    with zipfile.ZipFile(io.BytesIO(taken(shop, "everything"))) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist())
    assert shop.line.address.encode() in whole
    for secret in (b"open-sesame", b"planted-user", shop.line.token.encode()):
        assert secret not in whole


def test_a2_only_the_shops_own_rows_go_out(nasty: cast.Shop) -> None:
    other = cast.thistle()
    cast.the(cast.ben().writes(other, "A word of theirs: kumquat", "Theirs"))
    with zipfile.ZipFile(io.BytesIO(taken(nasty, "everything"))) as packed:
        assert not any(b"kumquat" in packed.read(name) for name in packed.namelist())


def test_a_million_rows_would_come_in_batches(shop: cast.Shop, django_assert_max_num_queries: object) -> None:
    Tag.objects.bulk_create(Tag(merchant=shop.merchant, name=f"tag {n}") for n in range(2500))
    with django_assert_max_num_queries(6):
        assert sum(1 for _ in tables.table("tags").rows(tables.Scope(shop.merchant))) == 2500


def test_a4_a_link_is_for_admins_ends_and_can_be_revoked(shop: cast.Shop) -> None:
    rosa, other = shop.team["rosa"], cast.thistle()
    made = exporting.write_now(exporting.ask("tags", by=rosa))
    link = f"/settings/export/{made.id}/file/{exporting.signature(made)}"
    got = browser(rosa).get(link)
    assert got.status_code == 200 and b"name" in b"".join(got.streaming_content)
    assert got["Cache-Control"] == "private, no-store" and got["Referrer-Policy"] == "no-referrer"
    assert Record.objects.filter(verb="export.download", subject=f"export:{made.id}").count() == 1
    wrong = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert browser(rosa).get(wrong).status_code == 404
    assert browser(rosa).get(link.replace(f"/{made.id}/", f"/{made.id + 1}/")).status_code == 404
    assert browser(other.team["mallory"]).get(link).status_code == 404
    assert browser(shop.tomas).get(link).status_code == 403
    assert browser(None).get(link).status_code == 302
    Export.objects.filter(id=made.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser(rosa).get(link).status_code == 404
    Export.objects.filter(id=made.id).update(expires_at=timezone.now() + timedelta(days=1))
    assert browser(rosa).post(f"/settings/export/{made.id}/revocation").status_code == 302
    assert browser(rosa).get(link).status_code == 404
    assert not default_storage.exists(made.storage_key)


def test_the_conversations_of_a_view_go_out_alone(shop: cast.Shop) -> None:
    late = cast.the(cast.ada().writes(shop, "It is late", "Late")).conversation
    cast.the(cast.ben().writes(shop, "Other", "Other"))
    Conversation.objects.filter(id=late.id).update(priority=4)
    node = {"all": [{"field": "priority", "op": "is", "value": 4}]}
    view = SavedView.objects.create(merchant=shop.merchant, name="Urgent", by=shop.team["rosa"], filter=node)
    assert browser(shop.team["rosa"]).post("/settings/export/files", {"view": view.id}).status_code == 302
    made = exporting.write_now(Export.objects.get())
    with zipfile.ZipFile(io.BytesIO(bytes_of(made))) as packed:
        assert [row["subject"] for row in rows_of(packed.read("conversations.csv"))] == ["Late"]
        assert [row["text"] for row in rows_of(packed.read("messages.csv"))] == ["It is late"]


def test_a3_whoever_sees_a_part_takes_out_no_more(shop: cast.Shop) -> None:
    hidden = cast.the(cast.ada().writes(shop, "Hidden", "Hidden")).conversation
    rosa = shop.team["rosa"]
    rosa.sees_all = False
    rosa.save()
    screen = browser(rosa)
    assert screen.post("/settings/export/files", {"what": "messages"}).status_code == 422
    assert screen.post("/settings/export/files", {"conversations": [hidden.id]}).status_code == 302
    assert Export.objects.get().choices == {"conversations": []}


def test_a_table_there_is_not_is_refused(shop: cast.Shop) -> None:
    with pytest.raises(Refused):
        exporting.ask("passwords", by=shop.team["rosa"])


def test_consents_and_audit_are_among_the_tables(shop: cast.Shop) -> None:
    customer = cast.the(cast.ada().writes(shop, "Hello", "Hello")).conversation.customer
    Consent.objects.create(
        merchant=shop.merchant, customer=customer, channel="email", purpose="marketing", given=True, source="x", by="y"
    )
    assert rows_of(taken(shop, "consents"))[0]["given"] == "yes"
    assert rows_of(taken(shop, "audit"))[0]["verb"] == "export.make"


def test_orders_go_out_with_amounts_and_nothing_that_can_be_spent(shop: cast.Shop) -> None:
    made = bring(shop.merchant.id, None, [replace(ADAS, note="=cmd()")], source="sheet", by=shop.maya.actor)
    assert made.new == 1
    ada = Customer.objects.create(merchant=shop.merchant, name="Ada")
    given = {"merchant": shop.merchant, "customer": ada, "kind": "code", "currency": "GBP", "by": "system"}
    Credit.objects.create(**given, key="k", code="SECRET-CODE", amount=500, left=500)
    with zipfile.ZipFile(io.BytesIO(taken(shop, "everything"))) as packed:
        read = {name: rows_of(packed.read(f"{name}.csv")) for name in ("orders", "order_lines", "payments", "credits")}
        assert b"SECRET-CODE" not in b"".join(packed.read(name) for name in packed.namelist())
    (order,) = read["orders"]
    assert (order["number"], order["total"], order["currency"], order["paid"]) == ("#1042", "19490", "GBP", "paid")
    assert order["note"] == "'=cmd()" and json.loads(order["ship_to"])["city"] == "York"
    assert [(line["order_id"], line["title"]) for line in read["order_lines"]] == [
        (order["id"], "Juniper boots"),
        (order["id"], "Wool laces"),
    ]
    assert read["payments"][0]["label"] == "Visa •••• 4242" and read["credits"][0]["left"] == "500"
