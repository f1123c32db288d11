"""The demo shop, and playing its customers."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.smtp import SMTP
from django.test import Client
from django.utils import timezone

from presszero.commerce import queries
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation, Message, SideThread
from presszero.customers.models import Customer
from presszero.demo import mailbox, month
from presszero.demo.cast import ADA, BEN, MALLORY, MAYA, PASSWORD, SHOP_ADDRESS, SHOP_SLUG
from presszero.demo.orders import ORDERS
from presszero.demo.seed import seed
from presszero.demo.writing import Letter, compose, vouched
from presszero.demo.yesterday import WEEK_BEFORE, YESTERDAY
from presszero.insights.days import month_before
from presszero.insights.gathering import month_of
from presszero.insights.queries import day_of
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Merchant
from presszero.outreach.models import Outreach
from presszero.promises.models import Gap, Promise
from presszero.team.actions import Browser, sign_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRESSZERO_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_demo_shop_opens_once_with_every_state_in_it(home: Path) -> None:
    seed()
    shop = Merchant.objects.get(slug=SHOP_SLUG)
    before = Message.objects.count()
    assert {c.state for c in Conversation.objects.filter(merchant=shop)} == {"open", "snoozed", "resolved"}
    assert Conversation.objects.filter(merchant=shop, root=None).count() >= 14
    assert Quarantine.objects.get(merchant=shop, closed_at=None).sender == "offers@bulk.example"
    boots = Conversation.objects.get(merchant=shop, subject="Boots still not here")
    assert boots.messages.count() == 3 and boots.waiting_since and boots.assignee
    asked = SideThread.objects.get(merchant=shop)
    assert (asked.conversation_id, asked.waits_for) == (boots.id, "us"), "the warehouse has answered"
    assert not Conversation.objects.filter(merchant=shop, subject="Hedge shears").exists()
    _bought(shop)
    _promised(shop)
    seed()
    assert len(ORDERS) + len(month.ORDERS) == Order.objects.filter(merchant=shop).count()
    _six_weeks(shop)
    assert Message.objects.count() == before and Merchant.objects.count() == 2


def _promised(shop: Merchant) -> None:
    """Every state but one once, something that differs, and one who heard of it from us first."""
    states = {row.state for row in Promise.objects.filter(merchant=shop)}
    assert states == {"open", "at_risk", "kept", "broken", "renegotiated"}
    assert Gap.objects.filter(merchant=shop, closed_at=None).exists()
    assert Outreach.objects.get(merchant=shop).state == "answered"


def _six_weeks(shop: Merchant) -> None:
    """What service took and gave in them, and what was bought after it; they touch three months at the most."""
    first = timezone.localdate().replace(day=1)
    firsts = (first, month_before(first), month_before(month_before(first)))
    months = [month_of(shop, each, timezone.now()) for each in firsts]
    assert sum(each.labour for each in months) > 4_000 and sum(each.gave for each in months) == 6_000
    assert sum(each.unpriced for each in months) == 0
    assert sum(each.after(30).kept for each in months) > 10_000
    assert months[0].shown + len(months[0].trial) > 5


def _bought(shop: Merchant) -> None:
    """Ada's three orders, of which 1042 is late; the shelves; and what guests bought, which is nobody's."""
    ada = Customer.objects.get(merchant=shop, handles__address=ADA.address, root=None)
    panel = queries.panel(ada)
    late = panel.orders[0]
    assert [each.order.number for each in panel.orders] == ["#1042", "#0987", "#0911"]
    assert (late.order.sent, late.shipments[0].state, len(late.lines)) == ("sent", "in_transit", 3)
    assert late.order.promised_by and late.order.promised_by < timezone.localdate()
    assert all(line.variant_id for line in late.lines)
    assert panel.worth.orders == 3
    (replaced,) = Order.objects.filter(merchant=shop, kind="replacement")
    assert replaced.origin and replaced.origin.number == "#1071" and replaced.total == 0
    assert queries.find_variants(shop.id, "fell brown 41")[0].stock == 2
    assert Order.objects.filter(merchant=shop, customer=None, email="mira@kent.example").count() == 2
    assert {each.paid for each in Order.objects.filter(merchant=shop)} >= {"pending", "paid", "part_refunded", "voided"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_password_the_banner_shows_opens_the_desk(home: Path) -> None:
    seed()
    for who in (MAYA, MALLORY):
        assert sign_in(who.address, PASSWORD, Browser("127.0.0.1", "t"), timezone.now())


def test_a_mail_program_answers_as_mail_programs_do() -> None:
    first = compose(ADA, Letter("Where is it?", "Boots", SHOP_ADDRESS))
    first["Reply-To"] = "help+token@juniper.example"
    answer = compose(ADA, Letter("Thanks", answers=mailbox.Mail("1", "inbox", first)))
    assert answer["In-Reply-To"] == first["Message-ID"] and answer["Subject"] == "Re: Boots"
    assert answer["To"] == "help+token@juniper.example" and "> Where is it?" in answer.get_content()


def test_a_name_cannot_write_headers() -> None:
    made = vouched(compose(ADA, Letter("x", "Hi\r\nBcc: everybody@example.com", SHOP_ADDRESS)), ADA)
    assert b"\nBcc:" not in made


def test_mailboxes_keep_mails_apart_and_the_oldest_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "KEPT", 3)
    for number in range(5):
        mailbox.keep("ADA@example.com ", f"Subject: {number}\r\n\r\nx".encode())
    assert [m.subject for m in mailbox.mails(ADA.address)] == ["4", "3", "2"]
    assert mailbox.mails(BEN.address) == []


@pytest.mark.parametrize("name", ["../../secret-key", "1-abc", "", "1234567890123-abcdefgh", "..%2f"])
def test_only_mails_of_the_mailbox_can_be_named(home: Path, name: str) -> None:
    assert mailbox.mail(ADA.address, "inbox", name) is None and mailbox.mail(ADA.address, "..", name) is None


@pytest.fixture
def post_office(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("PRESSZERO_PRETEND_PORT", str(port))
    stop = threading.Event()
    running = threading.Thread(target=mailbox.run, args=(stop,))
    running.start()
    for _ in range(100):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield port
    stop.set()
    running.join(5)


def test_what_the_shop_sends_lands_in_the_customers_mailbox(post_office: int) -> None:
    with smtplib.SMTP("127.0.0.1", post_office) as server:
        server.sendmail("help@juniper.example", [ADA.address], b"Subject: On its way\r\n\r\nFriday noon.")
    [found] = mailbox.mails(ADA.address)
    assert (found.subject, found.text.strip()) == ("On its way", "Friday noon.")


@pytest.mark.django_db
def test_outside_the_demo_there_is_no_such_page() -> None:
    assert Client().get("/pretend").status_code == 404
    assert Client().post("/pretend/letters", {"text": "x"}).status_code == 404


@pytest.mark.django_db
def test_the_page_shows_the_mail_as_a_customer_sees_it(home: Path, settings: object) -> None:
    settings.DEMO = True
    name = mailbox.keep(ADA.address, b"Subject: <i>Hi\r\nContent-Type: text/html\r\n\r\n<b>Yes</b><script>x</script>")
    page = Client().get(f"/pretend?as={ADA.address}&open={name}").content.decode()
    assert "&lt;i&gt;Hi" in page and f"/pretend/mails/inbox/{name}/html" in page
    inside = Client().get(f"/pretend/mails/inbox/{name}/html?as={ADA.address}")
    assert "<b>Yes</b>" in inside.content.decode() and "<script" not in inside.content.decode()
    assert "sandbox" in inside.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_letter_goes_through_the_real_door(home: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door here is a real SMTP server that keeps what it is given."""
    settings.DEMO = True
    got: list[bytes] = []

    class Door:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            got.append(envelope.content)
            return "250 OK"

    with _door(Door(), monkeypatch):
        sent = Client().post("/pretend/letters", {"as": BEN.address, "subject": "Wrong size", "text": "Again!"})
    assert sent.status_code == 302 and b"Subject: Wrong size" in got[0] and b"dmarc=pass" in got[0]
    assert mailbox.mails(BEN.address)[0].folder == "sent"


@pytest.mark.django_db
def test_a_closed_door_is_said_and_the_words_are_not_lost(
    home: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(free.getsockname()[1]))
    answer = Client().post("/pretend/letters", {"as": BEN.address, "subject": "x", "text": "y"})
    assert answer.status_code == 422 and b"does not answer" in answer.content and mailbox.mails(BEN.address) == []


@contextmanager
def _door(handler: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0))
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(server.sockets[0].getsockname()[1]))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_yesterday_has_something_to_tell(home: Path) -> None:
    seed()
    shop = Merchant.objects.get(slug=SHOP_SLUG)
    now = timezone.now()
    yesterday = now.astimezone(ZoneInfo(shop.timezone)).date() - timedelta(days=1)
    day = day_of(shop, yesterday, now)
    # What arrived "today" may have come before midnight, when the shop is opened in the small hours.
    assert day.count("all") >= len(YESTERDAY) and day.count("new") >= len(YESTERDAY)
    assert day.count("first:5m") >= 4 and day.count("first:none") >= 1 and day.count("reopened") >= 1
    assert len(day.helped) == 2
    assert day_of(shop, yesterday - timedelta(weeks=1), now).count("all") == len(WEEK_BEFORE)
