"""The cast with a browser each, a push service that can be watched, and a worker's ear."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from presszero.alerts import reactions as _registered
from presszero.alerts.actions import add_device, choose
from presszero.alerts.models import Device
from presszero.team.actions import Browser, start_session
from presszero.team.models import Membership, Session
from presszero.timeline.reactions import consume_all
from tests import cast

from .service import PushService, Subscriber

assert _registered.__doc__


def react() -> None:
    """What the worker does with the facts that this app hears."""
    while consume_all(("alerts.tell", "alerts.tell-questions")):
        pass


@pytest.fixture
def shop(db: None) -> cast.Shop:
    made = cast.juniper()
    react()  # a listener begins at the present
    return made


@pytest.fixture
def service(settings: object) -> Iterator[PushService]:
    """A push service on this machine, which only a test may reach."""
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    running = PushService()
    yield running
    running.stop()


@pytest.fixture
def subscribe(service: PushService) -> Callable[..., Subscriber]:
    """A member allows alerts in a browser of theirs, and chooses what to be told."""

    def made(member: Membership, **chosen: object) -> Subscriber:
        choose(member, {"push": True, **chosen})
        browser = service.browser()
        device(member, browser)
        return browser

    return made


def device(member: Membership, browser: Subscriber) -> Device:
    return add_device(member, signed_in(member), browser.subscription, "Firefox, Linux")


def signed_in(member: Membership) -> Session:
    return start_session(member.person, Browser("203.0.113.7", "Firefox"), timezone.now()).session
