"""What waits for somebody reaches their devices, sealed, once, and only while it is theirs to know."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from presszero.alerts.actions import BadDevice, Subscription, add_device, choose, forget, try_out
from presszero.alerts.keys import public_key
from presszero.alerts.models import Alert, Device, PushKey
from presszero.alerts.policy import is_quiet
from presszero.alerts.pushing import push_due
from presszero.alerts.raising import tell_of_promises
from presszero.conversations.actions import assign, note
from presszero.conversations.models import Conversation, Looking, Message
from presszero.core.refusal import Refused
from presszero.promises.models import Promise
from presszero.team.models import Membership
from tests import cast

from .conftest import device, react, signed_in
from .service import PushService, Subscriber

pytestmark = pytest.mark.slow

Subscribe = Callable[..., Subscriber]


@pytest.fixture
def boots(shop: cast.Shop) -> Conversation:
    """Ada's matter, which Maya has."""
    row = cast.the(cast.ada().writes(shop, "My secret is plum.", "Order 1042")).conversation
    assign(row, shop.maya, by=shop.maya.actor)
    react()
    return row


def test_who_wrote_is_told_to_whoever_has_it_and_nothing_of_what_they_wrote(
    shop: cast.Shop, subscribe: Subscribe
) -> None:
    maya, tomas = subscribe(shop.maya), subscribe(shop.tomas)
    row = cast.the(cast.ada().writes(shop, "My secret is plum.", "Secret order")).conversation
    assign(row, shop.maya, by=shop.maya.actor)
    react()
    _again(shop, row)
    assert push_due() > 0
    assert push_due() == 0
    (told,) = maya.told
    assert told["title"] == "Ada wrote"
    assert told["url"] == f"/conversations/{row.id}"
    assert "secret" not in str(told).lower()
    assert tomas.told == []


def test_the_request_is_signed_by_our_own_key_and_collapses_by_conversation(
    shop: cast.Shop, boots: Conversation, subscribe: Subscribe
) -> None:
    maya = subscribe(shop.maya)
    _again(shop, boots)
    push_due()
    ((headers, body),) = maya.requests
    assert b"Ada" not in body
    assert headers["topic"] == f"c{boots.id}"
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    token, _, key = headers["authorization"].removeprefix("vapid t=").partition(", k=")
    assert key == public_key()
    raw = jwt.utils.base64url_decode(key)
    claims = jwt.decode(
        token,
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw),
        algorithms=["ES256"],
        audience="http://127.0.0.1",
    )
    assert claims["sub"].startswith("mailto:")
    assert PushKey.objects.count() == 1
    assert b"PRIVATE" not in bytes(PushKey.objects.get().sealed)


def _again(shop: cast.Shop, row: Conversation) -> None:
    """They write again in the same matter."""
    first = Message.objects.filter(conversation=row).select_related("entry").order_by("id")[0].entry
    cast.ada().writes(shop, "Are you there?", "Re: Order 1042", In_Reply_To=f"<{first.message_id}>")
    react()


def test_several_of_one_conversation_are_one(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya)
    _again(shop, boots)
    _again(shop, boots)
    while push_due():
        pass
    assert len(maya.told) == 1
    assert Alert.objects.filter(pushed_at=None).count() == 0


def test_what_is_open_in_front_of_them_is_not_told(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya)
    Looking.objects.create(merchant=shop.merchant, conversation=boots, member=shop.maya, at=timezone.now())
    _again(shop, boots)
    push_due()
    assert maya.told == []


def test_nothing_is_on_until_asked_for(shop: cast.Shop, boots: Conversation, service: PushService) -> None:
    browser = service.browser()
    device(shop.maya, browser)
    _again(shop, boots)
    push_due()
    assert browser.told == []
    assert not Alert.objects.exists()
    with pytest.raises(Refused, match="Nothing is turned on"):
        try_out(shop.maya)


def test_a_mention_and_an_assignment_name_the_colleague(
    shop: cast.Shop, boots: Conversation, subscribe: Subscribe
) -> None:
    maya = subscribe(shop.maya)
    note(boots, "@Maya have a look?", by=shop.tomas, client_id=uuid.uuid4())
    react()
    push_due()
    assert maya.told[-1]["title"] == "Tomas asks you to look"
    other = cast.the(cast.ben().writes(shop, "Hello", "Hi")).conversation
    assign(other, shop.maya, by=shop.tomas.actor)
    react()
    push_due()
    assert maya.told[-1]["title"] == "Tomas gave you a conversation"
    assign(boots, shop.maya, by=shop.maya.actor)  # taking it oneself is no news
    react()
    assert push_due() == 0


def test_what_nobody_has_is_told_to_those_who_watch_and_may_see_it(shop: cast.Shop, subscribe: Subscribe) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Vale", shop.queue("Wholesale"))
    tomas, sees_less = subscribe(shop.tomas, unassigned=True), subscribe(noor, unassigned=True)
    shop.line.team = returns
    shop.line.save()
    row = cast.the(cast.ben().writes(shop, "Hello", "Hi")).conversation
    Conversation.objects.filter(id=row.id).update(team=returns)
    react()
    push_due()
    assert [told["title"] for told in tomas.told] == ["Ben wrote"]
    assert sees_less.told == []


def test_how_much_it_says_is_theirs_to_choose(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya, says="nothing")
    _again(shop, boots)
    push_due()
    choose(shop.maya, {"says": "words"})
    _again(shop, boots)
    push_due()
    assert [told["title"] for told in maya.told] == ["A customer wrote", "Ada wrote"]
    assert maya.told[1]["body"] == "Order 1042: Are you there?"


def test_quiet_hours_may_go_over_midnight() -> None:
    at = timezone.now().replace(hour=23, minute=0)
    assert is_quiet(time(22), time(7), at)
    assert is_quiet(time(22), time(7), at.replace(hour=6))
    assert not is_quiet(time(22), time(7), at.replace(hour=7))
    assert not is_quiet(None, time(7), at)


def test_in_quiet_hours_nothing_rings(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya, quiet_from=time(0, 0), quiet_to=time(23, 59, 59))
    _again(shop, boots)
    assert push_due() == 1
    assert maya.told == []


def test_a_promise_that_is_due_is_told_once(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya)
    now = timezone.now()
    Promise.objects.filter(conversation=boots).delete()
    Promise.objects.create(
        merchant=shop.merchant, conversation=boots, due_at=now + timedelta(minutes=10), by=shop.maya.actor.code
    )
    assert [tell_of_promises(now), tell_of_promises(now)] == [1, 0]
    push_due()
    assert maya.told[0]["title"] == "An answer is due soon"


@pytest.mark.parametrize("answer", [404, 410, 403])
def test_a_device_that_is_gone_is_forgotten(
    shop: cast.Shop, boots: Conversation, subscribe: Subscribe, answer: int
) -> None:
    maya = subscribe(shop.maya)
    maya.answers = answer
    _again(shop, boots)
    push_due()
    assert not Device.objects.exists()


def test_a_push_service_that_is_busy_is_asked_again_a_few_times(
    shop: cast.Shop, boots: Conversation, subscribe: Subscribe
) -> None:
    maya = subscribe(shop.maya)
    maya.answers = 503
    _again(shop, boots)
    for _ in range(6):
        Alert.objects.update(not_before=timezone.now())
        push_due()
    assert len(maya.requests) == 4
    assert Device.objects.exists()
    assert not Alert.objects.filter(pushed_at=None).exists()


def test_whoever_signed_out_or_left_is_told_nothing(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya)
    known = Device.objects.get()
    type(known.session).objects.filter(id=known.session_id).update(ended_at=timezone.now())
    _again(shop, boots)
    push_due()
    assert maya.told == []
    device(shop.maya, maya)  # the same browser, signed in again
    assert Device.objects.count() == 1
    Membership.objects.filter(id=shop.maya.id).update(left_at=timezone.now())
    _again(shop, boots)
    push_due()
    assert maya.told == []


def test_what_they_may_no_longer_see_is_not_told(shop: cast.Shop, subscribe: Subscribe) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Vale", returns)
    browser = subscribe(noor)
    row = cast.the(cast.ada().writes(shop, "Hello", "Order 1042")).conversation
    Conversation.objects.filter(id=row.id).update(team=returns, assignee=noor)
    react()
    _again(shop, row)
    Conversation.objects.filter(id=row.id).update(team=None, assignee=None)  # taken away before it was told
    assert push_due() > 0
    assert browser.told == []


def test_old_news_is_no_news(shop: cast.Shop, boots: Conversation, subscribe: Subscribe) -> None:
    maya = subscribe(shop.maya)
    _again(shop, boots)
    Alert.objects.update(at=timezone.now() - timedelta(minutes=11))
    push_due()
    assert maya.told == []
    Alert.objects.update(at=timezone.now() - timedelta(days=8))
    forget(timezone.now())
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("endpoint", "p256dh"),
    [
        ("ftp://push.example/1", ""),
        ("https://user@push.example/1", ""),
        ("https://push.example/1", "not a key"),
        ("javascript:alert(1)", ""),
    ],
)
def test_what_is_no_push_service_is_refused(shop: cast.Shop, service: PushService, endpoint: str, p256dh: str) -> None:
    given = service.browser().subscription
    with pytest.raises(BadDevice):
        asked = Subscription(endpoint, p256dh or given.p256dh, given.auth)
        add_device(shop.maya, signed_in(shop.maya), asked, "Firefox")
    assert not Device.objects.exists()
