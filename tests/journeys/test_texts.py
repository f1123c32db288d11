"""She wrote by mail, then texts: one conversation, answered by text from the desk, delivered; and STOP is heeded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from presszero.calls import actions
from presszero.calls.menu.vocabulary import Park
from presszero.calls.models import Call
from presszero.channels.adapters.sms.tests.provider import ACCOUNT, ADA, NUMBER, TOKEN, Provider, running
from presszero.channels.models import Line
from presszero.channels.twilio_signing import signed
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers.actions import add_handle
from presszero.customers.models import Handle
from presszero.routing.actions import be_ready
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import House, until


class Telephone:
    """Ada's, on a network whose provider the shop has an account with."""

    def __init__(self, house: House, shop: Shop, network: Provider, base: str) -> None:
        self.network = network
        line = Line(merchant=shop.merchant, kind="sms", address=NUMBER, name=shop.merchant.name, brand=shop.brand)
        line.settings = {"account_sid": ACCOUNT, "api_base": base}
        line.keep_secrets({"auth_token": TOKEN})
        line.save()
        self.door = f"{house.origin}/in/sms/{line.token}"

    def texts(self, words: str) -> None:
        sid = self.network.gets(words).sid
        given = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": ADA, "To": NUMBER, "Body": words, "NumMedia": "0"}
        self._post(self.door, given)

    def reads(self, words: str) -> None:
        """It arrives, and the network says so."""
        text = until(lambda: [text for text in self.network.sent if text.body == words], 20, words)[0]
        given = {"MessageSid": text.sid, "MessageStatus": "delivered", "AccountSid": ACCOUNT, "To": ADA}
        self._post(text.callback, given)

    def _post(self, url: str, fields: dict[str, str]) -> None:
        headers = {"X-Twilio-Signature": signed(url, fields.items(), TOKEN)}
        with urlopen(Request(url, urlencode(fields).encode(), headers), timeout=20) as answer:
            assert answer.read().endswith(b"<Response/>"), "any other words would be texted to her"


def calls(shop: Shop) -> None:
    """She calls, as a gateway tells us of it, and presses 0; it rings at whoever is ready."""
    given = {"merchant": shop.merchant, "brand": shop.brand, "name": "Telephone", "settings": {"driver": "sip"}}
    line, now, uid = Line.objects.create(kind="phone", address="+442079460018", **given), timezone.now(), uuid.uuid4()
    be_ready(shop.maya, True)
    call = actions.ring_in(actions.Moment(line, "sip", f"{uid}", uid, ADA), actions.plan_of(line, now), now)
    until(lambda: Call.objects.filter(id=call.id).exclude(conversation=None).exists(), 20, "the call's place")
    actions.carry_out(call.id, Park(0, "zero", "hello"), timezone.now())


@pytest.fixture
def telephone(house: House, shop: Shop) -> Iterator[Telephone]:
    network = Provider()
    with running(network) as base:
        yield Telephone(house, shop, network, base)


def test_mail_then_texts_then_a_call_is_one_conversation_and_stop_is_the_end_of_texts(
    shop: Shop, ada: Customer, telephone: Telephone, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Where are my boots?", "Order 1042")
    her = until(lambda: list(Handle.objects.filter(merchant=shop.merchant, address=ada.address)), 20, "her mail")[0]
    add_handle(her.customer, "phone", ADA, by=SYSTEM)

    maya = sit_down(shop.maya)
    maya.go_to("Unassigned").open("Order 1042")
    maya.reads("Where are my boots?")
    telephone.texts("Me again, from my phone")
    maya.reads("Me again, from my phone")

    page = maya.page
    page.reload()  # the composer answers where they wrote last
    maya.is_live()
    expect(page.locator("#way")).to_have_attribute("data-channel", "sms")
    maya.answer_box.fill("On its way 👋")
    expect(page.locator("[data-segments]")).to_have_text("1 text · 57 left")
    maya.answer_box.fill("On its way, with you on Friday.")
    expect(page.locator("[data-segments]")).to_have_text("1 text · 129 left")
    maya.answer_box.press("Control+Enter")
    telephone.reads("On its way, with you on Friday.")
    expect(maya.message("with you on Friday").get_by_text("delivered")).to_be_visible()

    calls(shop)
    card = page.get_by_role("article", name="calls")
    expect(card).to_contain_text("Ada Kowalski")  # by her number: a hint
    expect(card).to_contain_text("Order 1042")  # her open matter
    expect(maya.talk.get_by_text("The number says it is Ada Kowalski: a hint, not proof.")).to_be_visible()
    assert Conversation.objects.filter(merchant=shop.merchant, root=None).count() == 1

    telephone.texts("Stop")
    until(lambda: [text for text in telephone.network.sent if "START" in text.body], 20, "the one word after STOP")
    page.reload()
    maya.is_live()
    expect(page.locator("#way-says")).to_contain_text("told us STOP")
    maya.answer_box.fill("One more thing")
    maya.answer_box.press("Control+Enter")
    expect(maya.message("One more thing").get_by_text("not delivered")).to_be_visible()
    assert [text.body for text in telephone.network.sent if text.body == "One more thing"] == []
