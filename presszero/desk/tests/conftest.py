"""Maya and Tomas at the desk, with a matter of Ada's on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from presszero.conversations.models import Conversation
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast


class At:
    """A member's browser: plain requests, and HTMX's."""

    def __init__(self, member: Membership) -> None:
        self.member = member
        self.client = Client(enforce_csrf_checks=False)
        self.client.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.5", "t"), timezone.now()).token

    def open(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def asks(self, path: str, method: str = "get", **fields: Any) -> HttpResponse:
        """As HTMX would, with the fields as a form."""
        body = "&".join(f"{k}={v}" for k, v in _pairs(fields))
        send = getattr(self.client, method)
        if method == "get":
            return send(path, fields, headers={"HX-Request": "true"})
        kind = "application/x-www-form-urlencoded"
        return send(path, body, content_type=kind, headers={"HX-Request": "true"})


def _pairs(fields: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(k, v) for k, each in fields.items() for v in (each if isinstance(each, list) else [each])]


def words(response: HttpResponse) -> str:
    """The page's text without its marks, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def shop(db: None) -> cast.Shop:
    assert get_resolver().url_patterns  # read before a test stops the clock: the API makes its types of the real one
    return cast.juniper()


@pytest.fixture
def ada() -> cast.Shopper:
    return cast.ada()


@pytest.fixture
def boots(shop: cast.Shop, ada: cast.Shopper) -> Conversation:
    return cast.the(ada.writes(shop, "Order 1042 is late.", "Boots")).conversation


@pytest.fixture
def invoice(shop: cast.Shop, ada: cast.Shopper, boots: Conversation) -> Conversation:
    return cast.the(ada.writes(shop, "May I have an invoice?", "Invoice")).conversation


@pytest.fixture
def at(shop: cast.Shop) -> Callable[[str], At]:
    """The desk of somebody of the shop, by first name."""
    return lambda name: At(shop.team[name])


@pytest.fixture
def maya(at: Callable[[str], At]) -> At:
    return at("maya")


@pytest.fixture
def rosa(at: Callable[[str], At]) -> At:
    return at("rosa")
