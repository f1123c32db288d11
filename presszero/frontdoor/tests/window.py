"""The chat's window in a browser, as far as our server sees it: its cookie, its origin, its JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from presszero.channels import outbox
from presszero.channels.models import Line
from presszero.conversations.models import Message
from presszero.core.sealing import new_token
from presszero.team import mail
from presszero.visitors import queries
from presszero.visitors.cookie import cookie_name
from presszero.visitors.models import Visitor
from tests import cast

OURS = {"Origin": settings.ORIGIN, "Sec-Fetch-Site": "same-origin"}
SITE = "https://juniper.example"


def chat_line(shop: cast.Shop) -> Line:
    """The shop's chat, framed by its own pages, with a key that its server signs with."""
    line = shop.chat
    line.settings = {"sites": [SITE]}
    line.keep_secrets({"identity": new_token(256)})
    line.save()
    return line


@dataclass
class Window:
    """One browser with the chat open."""

    line: Line
    client: Client = field(default_factory=Client)

    def asks(self, method: str, what: str, given: Any = None, **headers: str) -> HttpResponse:
        body = json.dumps(given if given is not None else {})
        path = f"/chat/{self.line.token}/{what}"
        with_headers = {**OURS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if method == "GET":
            return self.client.get(path, headers=with_headers)
        return self.client.generic(method, path, body, "application/json", headers=with_headers)

    def gets(self, method: str, what: str, given: Any = None) -> dict[str, Any]:
        """What came back; it must have worked."""
        answer = self.asks(method, what, given)
        assert answer.status_code == 200, (answer.status_code, answer.content)
        return dict(json.loads(answer.content))

    def opens(self, **given: Any) -> dict[str, Any]:
        return self.gets("POST", "visit", given)

    def reads(self, before: int | None = None) -> dict[str, Any]:
        return self.gets("GET", f"transcript?before={before}" if before else "transcript")

    @property
    def texts(self) -> list[str]:
        return [each["text"] for each in self.reads()["entries"]]

    @property
    def visitor(self) -> Visitor:
        found = queries.visitor_of(self.line, self.client.cookies[cookie_name(self.line.token)].value)
        assert found, "this browser is nobody's"
        return found

    def writes(self, shop: cast.Shop, text: str, **more: Any) -> Message:
        """Sends a message, as the edge stores what this browser sends."""
        address, signed = queries.speaks_as(self.visitor, timezone.now())
        browser = cast.Browser(self.visitor.name, address, "verified" if signed else "claimed")
        return cast.the(browser.chats(shop, text, **more))

    def signs_in(self, sub: str = "1001", **changes: Any) -> dict[str, Any]:
        return self.gets("POST", "identity", {"token": signed(self.line, sub, **changes)})

    def proves(self, email: str) -> dict[str, Any]:
        self.gets("POST", "code", {"email": email})
        return self.gets("PUT", "code", {"code": newest_code()})


def signed(line: Line, sub: str = "1001", key: str = "", **changes: Any) -> str:
    """The shop's word, as its server signs it. No two are the same."""
    now = timezone.now()
    usual = {"sub": sub, "aud": line.token, "iat": now, "exp": now + timedelta(minutes=30), "jti": new_token(128)}
    return jwt.encode(usual | changes, key or line.secrets["identity"], algorithm="HS256")


def newest_code() -> str:
    job = ProcrastinateJob.objects.filter(task_name="customers.post_code").order_by("-id").first()
    assert job, "no code was sent"
    found = re.search(r"\b\d{6}\b", mail.opened(job.args["sealed"])["text"])
    assert found
    return found[0]


def answers(message: Message, text: str, shop: cast.Shop) -> Message:
    """Maya answers, and it goes out."""
    said = cast.answer(message.conversation, text, shop.maya)
    while outbox.deliver_next():
        pass
    return said
