"""Somebody at the web form, with Django's test client: what tests of the form have in common."""

from __future__ import annotations

import html
import re
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from presszero.channels.models import Line
from presszero.frontdoor.form import ticket as tickets
from tests.cast import Shop

ADA: dict[str, Any] = {"name": "Ada Kowalski", "email": "ada@example.com", "text": "Where are my boots?"}
TOPICS = [
    {
        "name": "Late delivery",
        "fields": [
            {"key": "order", "label": "Order number", "kind": "order", "required": True, "help": "On your invoice."},
            {"key": "due", "label": "When was it due?", "kind": "date"},
        ],
    },
    {
        "name": "Wrong size",
        "fields": [
            {"key": "size", "label": "Your size", "kind": "number", "required": True},
            {"key": "foot", "label": "Which foot?", "kind": "choice", "choices": ["Left", "Right"]},
            {"key": "worn", "label": "Have you worn them?", "kind": "yes_no", "required": True},
            {"key": "more", "label": "What else?", "kind": "long"},
        ],
    },
    {"name": "Something else", "fields": []},
]


def form_of(shop: Shop, **settings: Any) -> Line:
    """The shop's form, with topics and a site that may frame it."""
    line = shop.form
    line.settings = {"topics": TOPICS, "sites": ["https://juniper.example"], **settings}
    line.save()
    return line


class Browser:
    """A browser at a line's form. Time passes between drawing and sending, as it does for people."""

    def __init__(self, line: Line, ip: str = "203.0.113.20", waits: float = 20) -> None:
        self.line, self.waits = line, waits
        self.client = Client(REMOTE_ADDR=ip, HTTP_ORIGIN="http://testserver")
        self.address = f"/form/{line.token}"

    def open(self, more: str = "") -> str:
        return self.client.get(self.address + more).content.decode()

    def ticket(self) -> str:
        """A slip that was drawn a while ago."""
        return tickets.draw(self.line.id, timezone.now() - timedelta(seconds=self.waits)).signed

    def send(self, **words: Any) -> HttpResponse:
        """Sends the form; `files` is a list of (name, bytes)."""
        given = {"ticket": self.ticket(), "do": "send", "topic": "Something else", **ADA, **words}
        files = [SimpleUploadedFile(name, content) for name, content in given.pop("files", [])]
        given = {name: value for name, value in given.items() if value is not None}
        answer: HttpResponse = self.client.post(self.address, {**given, **({"files": files} if files else {})})
        return answer


def worked(ticket: str) -> str:
    """What a browser's bit of work comes to."""
    number = 0
    while int.from_bytes(sha256(f"{ticket}:{number}".encode()).digest()[:4]) >> (32 - tickets.BITS):
        number += 1
    return str(number)


def text_of(answer: HttpResponse | str) -> str:
    page = answer if isinstance(answer, str) else answer.content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def value(page: str, name: str) -> str:
    """What stands in an input or a text area of a drawn form."""
    found = re.search(rf'<input[^>]*value="([^"]*)"[^>]*\bname="{re.escape(name)}"', page)
    found = found or re.search(rf'<textarea[^>]*\bname="{re.escape(name)}"[^>]*>\n?([^<]*)<', page)
    found = found or re.search(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*value="([^"]*)"', page)
    assert found, f"there is no {name} on the page"
    return html.unescape(found[1])


def seconds(work: Any) -> float:
    """Processor time of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began
