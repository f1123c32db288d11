"""One person's traces in every place the product keeps any: thirty and more words that occur nowhere else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Entry, StrayReport
from presszero.commerce.actions.attaching import attach
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order, Store
from presszero.commerce.vocabulary import (
    Address,
    StoreCart,
    StoreLine,
    StoreOrder,
    StorePayment,
    StoreRefund,
    StoreShipment,
)
from presszero.conversations.actions import note, save_draft, upload
from presszero.conversations.actions.side import Asking, ask, know
from presszero.conversations.models import Conversation, SideThread
from presszero.core.sealing import CannotOpen
from presszero.customers import actions as customers
from presszero.customers.models import Customer, Handle, OwnField
from presszero.intake.split import quarantine
from presszero.mailroom.actions import body_of, receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.models import Received
from presszero.visitors.models import Visitor
from tests import parcels
from tests.cast import Browser, Shop, answer, deliver


@dataclass
class Planted:
    """Who it is, and every word that must be gone."""

    shop: Shop
    settle: Callable[[], object]  # until what came is understood
    words: list[str] = field(default_factory=list)
    customer: Customer | None = None
    warehouse: str = ""  # what somebody else said besides; it stays

    def mark(self) -> str:
        """Another word that occurs nowhere else; letters only, as names and addresses are."""
        number = len(self.words)
        self.words.append(f"zq{uuid.uuid4().hex[:10].translate(str.maketrans('0123456789', 'ghijklmnop'))}{number}x")
        return self.words[-1]

    def conversation(self) -> Conversation:
        assert self.customer is not None
        return Conversation.objects.filter(customer=self.customer, root=None).earliest("id")


def plant(shop: Shop, settle: Callable[[], object]) -> Planted:
    """Lets a person write, be written to and be spoken of, everywhere."""
    planted = Planted(shop, settle)
    first, last, address = planted.mark(), planted.mark(), f"{planted.mark()}@example.com"
    _writes(planted, f"{first} {last}", address)
    planted.customer = Handle.objects.get(merchant=shop.merchant, address=address).customer
    _chats_and_fills(planted, f"{first} {last}")
    _is_spoken_of(planted)
    _buys(planted, f"{first} {last}", address)
    _is_asked_about(planted, f"{first} {last}", address)
    _is_set_aside(planted, address)
    return planted


def traces(planted: Planted, logs: str = "") -> list[str]:
    """Where any of the words still is: tables, files, raw bytes, spool and logs."""
    found = []
    for where, text in _everything(logs):
        low = text.lower()
        found += [f"{where}: {word}" for word in planted.words if word.lower() in low]
    return sorted(set(found))


def _writes(planted: Planted, name: str, address: str) -> None:
    shop = planted.shop
    mail = EmailMessage(SMTP)
    mail["From"], mail["To"] = f"{name} <{address}>", shop.line.address
    mail["Subject"], mail["Message-ID"] = f"Late {planted.mark()}", f"<{planted.mark()}@mail.example>"
    mail["Reply-To"], mail["X-Mark"] = f"{planted.mark()}@example.net", planted.mark()
    mail.set_content(f"Where is {planted.mark()}?\n\nOn Monday, Ada wrote:\n> {planted.mark()}\n")
    mail.add_alternative(f"<p>Where is <b>{planted.mark()}</b>?</p>", subtype="html")
    content, filename = planted.mark(), f"{planted.mark()}.txt"
    mail.add_attachment(content.encode(), maintype="text", subtype="plain", filename=filename)
    deliver(shop.line, mail.as_bytes())
    planted.settle()


def _chats_and_fills(planted: Planted, name: str) -> None:
    shop = planted.shop
    her = Browser(name)
    planted.words.append(her.address)
    her.chats(shop, f"Hello {planted.mark()}")
    form = Browser(f"{name} {planted.mark()}")
    planted.words.append(form.address)
    form.fills(
        shop, f"Once more {planted.mark()}", subject=planted.mark(), email=f"{planted.mark()}@example.org",
        fields=[["Street", planted.mark()]], wish={"words": planted.mark(), "matters": 3},
    )  # fmt: skip
    planted.settle()
    Visitor.objects.create(
        merchant=shop.merchant, line=shop.chat, address=her.address, secret_hash=uuid.uuid4().hex, name=planted.mark(),
        pages=[{"url": f"https://shop.example/{planted.mark()}", "title": planted.mark(), "at": "2026-11-22"}],
    )  # fmt: skip
    assert planted.customer is not None
    for row in Handle.objects.filter(merchant=shop.merchant, address__in=[her.address, form.address]):
        customers.merge(row.customer, planted.customer, by=shop.maya.actor, reason=f"same as {planted.mark()}")


def _is_spoken_of(planted: Planted) -> None:
    shop, row, talk = planted.shop, planted.customer, planted.conversation()
    assert row is not None
    OwnField.objects.create(merchant=shop.merchant, key=f"shoe-{row.id}", label="Shoe")
    customers.describe(row, {f"shoe-{row.id}": planted.mark()}, by=shop.maya.actor)
    customers.note(row, f"Careful, {planted.mark()}", by=shop.maya.actor)
    note(talk, f"She called: {planted.mark()}", by=shop.maya, client_id=uuid.uuid4())
    answer(talk, f"Hello {{{{ customer.first_name }}}}, {planted.mark()}", shop.maya)
    save_draft(talk, "reply", f"Dear {planted.mark()}", by=shop.maya)
    upload(talk, f"{planted.mark()}.txt", planted.mark().encode(), by=shop.maya)
    Conversation.objects.filter(id=talk.id).update(fields={"delivery": planted.mark()})
    customers.consent(row, "email", "marketing", True, by=shop.maya.actor)
    StrayReport.objects.create(
        merchant=shop.merchant, line_id=shop.line.id, provider_id="p1", state="failed",
        reason=f"No mailbox {planted.words[2]}@example.com",
    )  # fmt: skip


def _buys(planted: Planted, name: str, address: str) -> None:
    """An order that a connected shop told of, one that waits under their address, and a cart."""
    shop, at = planted.shop, timezone.now()
    given = {"merchant": shop.merchant, "brand": shop.brand, "address": "juniper.example", "name": "Juniper"}
    store = Store.objects.create(**given, kind="shopify", currency="GBP")
    home = Address(name, planted.mark(), planted.mark(), "", "YO1", planted.mark(), "", "GB", planted.mark())
    line = StoreLine("Juniper boots", 1, 18900, 18900, "l")
    order = StoreOrder(
        planted.mark(), "#1042", "GBP", 18900, at, (line,), email=address, name=f"{name} {planted.mark()}",
        payments=(StorePayment(18900, "captured", at, "p", "card", f"Visa {planted.mark()}", planted.mark()),),
        refunds=(StoreRefund(100, at, "r", reason=planted.mark()),),
        shipments=(StoreShipment("s", tracking=planted.mark(), tracking_url=f"https://x.example/{planted.mark()}"),),
        ship_to=home, bill_to=home, note=planted.mark(), account=planted.mark(),
    )  # fmt: skip
    made = take(shop.merchant.id, store, order)
    assert isinstance(made, Order) and planted.customer is not None
    planted.words.remove(order.external_id)  # the shop's number of it stays, for the books
    attach(made, planted.customer, shop.maya.actor, f"Called from {planted.mark()}")
    planted.words.pop()  # why a member did something is written down for good
    take(shop.merchant.id, store, replace(order, external_id="waits", number="#1043"))
    scan = {"stage": "attempted", "at": at.isoformat(), "words": f"Not {planted.mark()}", "place": planted.mark()}
    parcels.tells(shop, {"tracking": order.shipments[0].tracking, "scans": [scan]})
    assert made.shipments.get().scans.filter(place=scan["place"]).exists()
    take(shop.merchant.id, store, StoreCart(planted.mark(), "GBP", 18900, (line,), address))


def _is_asked_about(planted: Planted, name: str, address: str) -> None:
    shop, talk = planted.shop, planted.conversation()
    warehouse = know(shop.merchant, "warehouse", "Depot", f"depot{talk.id}@depot.example")
    asking = Asking(f"Is the parcel of {planted.mark()} there?", uuid.uuid4(), subject=f"Parcel {planted.mark()}")
    side: SideThread = ask(talk, warehouse, asking, by=shop.maya)
    planted.warehouse = f"It left the depot at noon, thread {side.id}."
    Entry.objects.create(
        merchant=shop.merchant, thread=side.thread, inbound=True, sender_kind="email", sender_name="Depot",
        sender_address=warehouse.address, text=f"{planted.warehouse} For {name}, {address}.", at=timezone.now(),
    )  # fmt: skip


def _is_set_aside(planted: Planted, address: str) -> None:
    shop = planted.shop
    line = shop.form
    receive(
        [
            Incoming(
                line.merchant_id, line.id, f"x:{planted.mark()}", -2, {"from": address}, f"not json {address}".encode()
            )
        ]
    )
    row = Received.objects.filter(merchant=shop.merchant, line_id=line.id).latest("id")
    quarantine(row, f"Cannot be read: {address}", sender=address, subject=planted.mark())


def _everything(logs: str) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row
    for row in Received.objects.all():
        try:
            yield "raw bytes", body_of(row).decode("utf-8", "replace")
        except CannotOpen:
            continue
    for root in {Path(settings.MEDIA_ROOT), Path(settings.HOME) / "spool"}:
        for file in root.rglob("*"):
            if file.is_file():
                yield f"file {file.name}", f"{file.name} {file.read_bytes().decode('utf-8', 'replace')}"
    yield "logs", logs
