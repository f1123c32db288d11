"""A channel that takes whatever it is given, and remembers it."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from pytest_django import Settings

from presszero.channels import outbox, registry
from presszero.channels.adapter import Abilities, LineSettings
from presszero.channels.models import Delivery, Entry, Line, Thread
from presszero.channels.vocabulary import Outgoing, Sent
from presszero.conversations.actions.by_itself import begin_at_rest
from presszero.conversations.models import Message
from presszero.core.actor import SYSTEM
from presszero.customers.actions import add_handle
from presszero.customers.models import Customer
from tests import cast


@dataclass
class Texts:
    """Texts to telephones: an adapter of the kind "sms"."""

    kind = "sms"
    handle_kind = "phone"
    can: Abilities = field(default_factory=Abilities)
    taken: list[str] = field(default_factory=list)

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        writing()
        self.taken.append(out.to[0].address)
        return Sent("accepted", f"p-{out.our_id}")


@pytest.fixture
def texts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Texts]:
    made, module = Texts(), ModuleType("texts_for_tests")
    module.adapter = made
    monkeypatch.setitem(sys.modules, "texts_for_tests", module)
    settings.CHANNELS = {**settings.CHANNELS, "sms": "texts_for_tests"}
    registry.adapter.cache_clear()
    yield made
    registry.adapter.cache_clear()


@dataclass
class Stage:
    """The shop with a line for texts, and Ada with a British number."""

    shop: cast.Shop
    line: Line
    ada: Customer

    def writes_first(self, purpose: str = "service", to: Customer | None = None) -> Delivery:
        """Something that we write first, in the outbox and due."""
        person, now = to or self.ada, timezone.now()
        talk = begin_at_rest(person, self.line, "News", by=SYSTEM)
        thread = Thread.objects.create(merchant=self.shop.merchant, line=self.line, token=uuid.uuid4().hex)
        entry = Entry.objects.create(
            merchant=self.shop.merchant, thread=thread, inbound=False, text="News of your order", at=now
        )
        (row,) = outbox.enqueue(entry, self.line, [("phone", "+447700900123")], not_before=now)
        Message.objects.create(merchant=self.shop.merchant, conversation=talk, entry=entry, at=now, inbound=False)
        Delivery.objects.filter(id=row.id).update(purpose=purpose)
        return row

    def answers(self, heard: Message, text: str = "It leaves today.") -> Delivery:
        """An answer by text to what she said, in the outbox and due."""
        row = self.writes_first(purpose="")
        Entry.objects.filter(id=row.entry_id).update(text=text, actor="member:1", thread=heard.entry.thread)
        Message.objects.filter(entry_id=row.entry_id).update(conversation=heard.conversation)
        return row

    def hears(self, text: str) -> Message:
        """Ada texts us."""
        now = timezone.now()
        talk = begin_at_rest(self.ada, self.line, "Text", by=SYSTEM)
        thread = Thread.objects.create(merchant=self.shop.merchant, line=self.line, token=uuid.uuid4().hex)
        entry = Entry.objects.create(
            merchant=self.shop.merchant, thread=thread, inbound=True, text=text, at=now,
            sender_kind="phone", sender_address="+447700900123",
        )  # fmt: skip
        return Message.objects.create(merchant=self.shop.merchant, conversation=talk, entry=entry, at=now, inbound=True)


@pytest.fixture(scope="session")
def rsa_key() -> str:
    """A key to sign mail with, in PEM."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    plain = serialization.NoEncryption()
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
    ).decode()


@pytest.fixture
def stage(texts: Texts, db: None) -> Stage:
    shop = cast.juniper()
    line = Line.objects.create(merchant=shop.merchant, brand=shop.brand, kind="sms", address="+44", name="Juniper")
    ada = cast.ada().known(shop)
    add_handle(ada, "phone", "+447700900123", by=SYSTEM)
    return Stage(shop, line, ada)
