"""What cannot be understood is kept in sight: why, the raw bytes, another try, and an end."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from presszero.conversations.models import Message
from presszero.mailroom.models import Quarantine, Received
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until


def nested(depth: int, to: str, subject: str = "Parcel") -> bytes:
    """A mail of parts within parts."""
    head = f"From: Ada <ada@example.com>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <deep@mail.example>\r\n"
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return f"{head}MIME-Version: 1.0\r\n{parts}Content-Type: text/plain\r\n\r\nHello\r\n".encode()


def test_a_mail_that_cannot_be_read_is_seen_saved_tried_again_and_discarded(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    raw = nested(400, shop.line.address)
    ada.house.take_mail(raw, shop.line.address)
    ada.posts(shop, "A good one after it.", "After it")
    desk = sit_down(shop.tomas).go_to("Unassigned")
    expect(desk.row("After it")).to_be_visible()  # the line goes on
    until(Quarantine.objects.filter(merchant=shop.merchant).exists, what="that the other one is held back")
    desk.views.get_by_role("link", name="Held back").click()
    held = desk.page.get_by_role("row").filter(has_text="nested more than 30 deep")
    expect(held).to_be_visible()

    with desk.page.expect_download() as saving:
        held.get_by_role("link", name="Raw").click()
    assert saving.value.path().read_bytes() == raw
    asked = desk.page.request.get(saving.value.url)
    assert asked.headers["content-type"] == "application/octet-stream"
    assert asked.headers["content-disposition"].startswith("attachment")

    held.get_by_role("button", name="Try again").click()
    desk.is_told("Trying again.")
    until(lambda: Quarantine.objects.filter(merchant=shop.merchant, closed_at=None, tries=2).exists())
    desk.page.reload()
    expect(held).to_contain_text("2 tries")
    held.get_by_role("button", name="Discard").click()
    desk.is_told("Discarded.")
    expect(held).to_have_count(0)
    desk.page.reload()
    expect(desk.page.get_by_text("Nothing is held back")).to_be_visible()
    assert Message.objects.filter(merchant=shop.merchant, inbound=True).count() == 1
    assert Received.objects.filter(merchant=shop.merchant).count() == 2  # the bytes stay on record
