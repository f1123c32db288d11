"""Visitors of a shop's pages, by rows of their own and with the cookie that opens them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from presszero.channels.models import Entry, Line, Thread
from presszero.conversations.models import Conversation, Message, ThreadPlace
from presszero.core.sealing import fingerprint, new_token
from presszero.customers.models import Customer
from presszero.visitors.cookie import cookie_name
from presszero.visitors.models import Visitor

from .conftest import Answer, EdgeProcess, Page, Shop


def chat_line(shop: Shop) -> Line:
    line = Line(merchant=shop.merchant, kind="chat", address=uuid.uuid4().hex, name="Chat", brand=shop.kiosk.brand)
    line.keep_secrets({"secret": "an app's secret"})
    line.save()
    return line


@dataclass
class Widget:
    """One browser with our chat open."""

    edge: EdgeProcess
    line: Line
    secret: str = field(default_factory=new_token)
    caller: str = "127.0.0.1"
    row: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.row = Visitor.objects.create(
            merchant_id=self.line.merchant_id,
            line=self.line,
            address=f"v-{uuid.uuid4().hex}",
            secret_hash=fingerprint(self.secret),
            name="Ada",
        )

    @property
    def cookie(self) -> str:
        return f"{cookie_name(self.line.token)}={self.secret}"

    @property
    def headers(self) -> dict[str, str]:
        """As its browser sends them."""
        origin = f"http://127.0.0.1:{self.edge.port}"
        return {"cookie": self.cookie, "origin": origin, "content_type": "application/json"}

    def posts(self, verb: str, body: bytes, **headers: str) -> Answer:
        return self.edge.call("POST", f"/chat/{self.line.token}/{verb}", body, **{**self.headers, **headers})

    def says(self, text: object = "Where are my boots?", **more: object) -> Answer:
        words = {"client_id": str(uuid.uuid4()), "text": text, "attachments": [], **more}
        return self.posts("messages", json.dumps(words).encode())

    def types(self) -> Answer:
        return self.posts("typing", b"")

    def opens(self, query: str = "", **headers: str) -> Page:
        """Its stream."""
        given = {"host": "x", "cookie": self.cookie, **headers}
        return Page(self.edge, f"/live/chat/{self.line.token}{query}", given, self.caller)

    def opens_quietly(self) -> Page:
        """Its stream, past the first event, which says that something may have changed."""
        page = self.opens()
        assert page.next_event() == {"changed": ["transcript"]}
        return page

    def signs_in(self, shopper: str, until: datetime | None = None) -> None:
        self.row.shopper, self.row.signed_until = shopper, until or timezone.now() + timedelta(hours=1)
        self.row.save()

    def thread(self, address: str = "") -> Thread:
        """What it said, as the thread of its own or of another address."""
        key = f"from:{address or self.row.address}"
        found, _ = Thread.objects.get_or_create(
            merchant_id=self.line.merchant_id, line=self.line, key=key, defaults={"token": uuid.uuid4().hex}
        )
        return found


def conversation(line: Line) -> Conversation:
    customer = Customer.objects.create(merchant_id=line.merchant_id)
    return Conversation.objects.create(merchant_id=line.merchant_id, customer=customer, line=line)


def feeds(thread: Thread, place: Conversation) -> None:
    ThreadPlace.objects.create(merchant_id=thread.merchant_id, thread=thread, conversation=place)


def entry(thread: Thread, *, inbound: bool = False, **fields: Any) -> Entry:
    now = timezone.now()
    return Entry.objects.create(merchant_id=thread.merchant_id, thread=thread, inbound=inbound, at=now, **fields)


def message(thread: Thread, place: Conversation) -> Message:
    words = entry(thread, text="We look into it.")
    return Message.objects.create(
        merchant_id=thread.merchant_id, conversation=place, entry=words, at=words.at, inbound=False
    )
