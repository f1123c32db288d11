"""The shop and its people, as these tests need them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.merchants.models import Merchant
from presszero.team import actions
from presszero.team.gate import COOKIE
from presszero.team.models import Membership, Person, Role
from presszero.team.passwords import hashed

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "juniper berries and rain"
BROWSER = actions.Browser("203.0.113.7", "Firefox")

REAL = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

_secret: list[str] = []


class LightArgon2(Argon2PasswordHasher):
    """The same hash at a hundredth of the cost, for tests that are about something else."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1


@pytest.fixture(autouse=True)
def light_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.LightArgon2"]


def secret() -> str:
    """The password's hash, made once for a run: hashing is slow on purpose."""
    if not _secret:
        _secret.append(hashed(PASSWORD))
    return _secret[0]


@pytest.fixture
def shop(db: None) -> Merchant:
    return Merchant.objects.create(name="Juniper & Co.", slug="juniper", timezone="Europe/London")


@pytest.fixture
def other_shop(db: None) -> Merchant:
    return Merchant.objects.create(name="Thistle", slug="thistle")


def hire(merchant: Merchant, name: str, role: Role) -> Membership:
    email = f"{name.lower()}@{merchant.slug}.example"
    person, _made = Person.objects.get_or_create(email=email, defaults={"name": name, "password": secret()})
    return Membership.objects.create(merchant=merchant, person=person, role=role)


@pytest.fixture
def maya(shop: Merchant) -> Membership:
    return hire(shop, "Maya", Role.AGENT)


@pytest.fixture
def tomas(shop: Merchant) -> Membership:
    return hire(shop, "Tomas", Role.LEAD)


@pytest.fixture
def olga(shop: Merchant) -> Membership:
    """The shop's admin."""
    return hire(shop, "Olga", Role.ADMIN)


@pytest.fixture
def rob(shop: Merchant) -> Membership:
    """May only read."""
    return hire(shop, "Rob", Role.READ_ONLY)


@pytest.fixture
def mallory(other_shop: Merchant) -> Membership:
    return hire(other_shop, "Mallory", Role.ADMIN)


@pytest.fixture
def as_member() -> Callable[[Membership], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(member: Membership) -> Client:
        browser = Client()
        browser.cookies[COOKIE] = actions.start_session(member.person, BROWSER, timezone.now()).token
        return browser

    return sign_in
