"""A push goes to the address that a browser gave: an attacker may give any, and reaches nothing of ours by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from presszero.alerts.actions import BadDevice, add_device, choose, try_out
from presszero.alerts.models import Alert, Device
from presszero.alerts.pushing import push_due
from tests import cast

from .conftest import signed_in
from .service import PushService

INSIDE = (
    "https://127.0.0.1/push",
    "https://[::1]/push",
    "https://169.254.169.254/latest",
    "https://2130706433/push",
    "https://[::ffff:10.0.0.1]/push",
)


@pytest.mark.parametrize("endpoint", INSIDE)
def test_s1_a_push_never_reaches_into_a_private_network(
    shop: cast.Shop, service: PushService, settings: object, endpoint: str
) -> None:
    settings.HTTP_MAY_REACH = []
    choose(shop.maya, {"push": True})
    asked = replace(service.browser().subscription, endpoint=endpoint)
    add_device(shop.maya, signed_in(shop.maya), asked, "Firefox")
    try_out(shop.maya)
    assert push_due() == 1
    assert not Device.objects.exists()
    assert Alert.objects.get().pushed_at is not None


def test_s1_only_https_is_taken_where_nothing_private_was_opened(
    shop: cast.Shop, service: PushService, settings: object
) -> None:
    browser = service.browser()
    settings.HTTP_MAY_REACH = []
    with pytest.raises(BadDevice):
        add_device(shop.maya, signed_in(shop.maya), browser.subscription, "Firefox")
    assert browser.requests == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_s2_a_push_follows_no_redirect(shop: cast.Shop, service: PushService, status: int) -> None:
    first, second = service.browser(), service.browser()
    first.answers = status
    choose(shop.maya, {"push": True})
    add_device(shop.maya, signed_in(shop.maya), first.subscription, "Firefox")
    try_out(shop.maya)
    push_due()
    assert len(first.requests) == 1
    assert second.requests == []
