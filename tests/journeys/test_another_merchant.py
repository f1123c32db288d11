"""Mallory works for another merchant, and sees nothing of this one."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from presszero.channels.models import Attachment, Entry
from presszero.conversations.models import Conversation, Message
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

_LISTEN = """(conversation) => {
    window.heard = [];
    for (const where of ["/live/desk", `/live/desk?conversation=${conversation}`]) {
        const stream = new EventSource(where);
        stream.addEventListener("message", (event) => heard.push(event.data));
    }
}"""


def test_a3_another_merchants_agent_finds_nothing_by_any_way(
    shop: Shop, other_shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    mail = ada.mail(shop, "My secret is marzipan.", "Order 1042")
    mail.add_attachment(b"secret bytes", maintype="application", subtype="pdf", filename="secret.pdf")
    ada.house.take_mail(mail, shop.line.address)
    maya = sit_down(shop.maya).go_to("Unassigned").open("Order 1042").reads("marzipan")
    mallory = sit_down(other_shop.team["mallory"])

    for view in ("Mine", "Waiting longest", "Unassigned", "Team", "Snoozed", "Resolved"):
        mallory.go_to(view)
        expect(mallory.row("Order 1042")).to_have_count(0)
    for words in ("marzipan", "1042", "Kowalski", ada.address):
        mallory.page.goto(f"/search?q={words}")
        expect(mallory.page.get_by_text("Nothing found")).to_be_visible()

    conversation = Conversation.objects.get(merchant=shop.merchant)
    entry = Entry.objects.get(merchant=shop.merchant, inbound=True)
    file = Attachment.objects.get(merchant=shop.merchant)
    message = Message.objects.get(merchant=shop.merchant, inbound=True)
    for address in (
        f"/conversations/{conversation.id}",
        f"/conversations/{conversation.id}/live",
        f"/conversations/{conversation.id}/merge-candidates?q=",
        f"/customers/{conversation.customer_id}",
        f"/customers/{conversation.customer_id}/panel",
        f"/entries/{entry.id}/html",
        f"/entries/{entry.id}/folded",
        f"/attachments/{file.token}",
    ):
        assert maya.page.request.get(address).status == 200, address
        refused = mallory.page.request.get(address)
        assert refused.status == 404, address
        assert "marzipan" not in refused.text() and "Kowalski" not in refused.text()
    for method, address in (
        ("POST", f"/conversations/{conversation.id}/replies"),
        ("PUT", f"/conversations/{conversation.id}/resolution"),
        ("DELETE", f"/messages/{message.id}"),
    ):
        token = mallory.page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
        asked = mallory.page.request.fetch(
            address, method=method, headers={"X-CSRFToken": token, "Origin": mallory.house.origin, "HX-Request": "true"}
        )
        assert asked.status == 404, address
    conversation.refresh_from_db()
    assert conversation.state == "open" and Message.objects.filter(merchant=shop.merchant, inbound=True).count() == 1


def test_a5_another_merchants_news_never_reach_her_live_stream(
    shop: Shop, other_shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    mallory = sit_down(other_shop.team["mallory"])
    maya = sit_down(shop.maya).go_to("Unassigned")
    ada.posts(shop, "Hello?", "Order 1041")
    maya.open("Order 1041")
    with mallory.forgiving():  # the conversation is refused, which the console tells
        mallory.page.evaluate(_LISTEN, str(Conversation.objects.get(merchant=shop.merchant).id))
        time.sleep(1)
        ada.posts(shop, "My secret is marzipan.", "Order 1042")
        expect(maya.row("Order 1042")).to_be_visible()
        time.sleep(1.5)
        assert mallory.page.evaluate("heard") == []
    ada.posts(other_shop, "This one is for you.", "Hello")
    until(lambda: mallory.page.evaluate("heard"), 10, "her own news")
