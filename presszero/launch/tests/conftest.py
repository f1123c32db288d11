"""Rosa, who sets a shop up, at her browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast


def at_desk(member: Membership) -> Client:
    """A browser in which somebody is signed in."""
    made = Client()
    made.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.5", "t"), timezone.now()).token
    return made


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: cast.Shop) -> Client:
    return at_desk(shop.team["rosa"])


@pytest.fixture
def tomas(shop: cast.Shop) -> Client:
    return at_desk(shop.tomas)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, where the key lies."""
    monkeypatch.setenv("PRESSZERO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def words() -> Callable[[object], str]:
    """A page's words on one line."""
    return lambda response: " ".join(response.content.decode().split())
