"""A question for a lead reaches the phone of whoever may answer it, and the answer whoever asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from presszero.alerts.models import Alert
from presszero.alerts.pushing import push_due
from presszero.commerce.actions.typing import TypedLine, TypedOrder, mark_paid, type_order
from presszero.conversations.models import Conversation
from presszero.remedies import actions
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import Remedy
from presszero.remedies.vocabulary import Asked
from tests import cast

from .conftest import react
from .service import Subscriber

pytestmark = pytest.mark.slow

Subscribe = Callable[..., Subscriber]


def asked(shop: cast.Shop) -> Remedy:
    """Maya asks to give back what is beyond her."""
    set_default_limits(shop.merchant)
    row = cast.the(cast.ada().writes(shop, "They never came.", "Boots")).conversation
    by, lines = shop.team["rosa"].actor, (TypedLine("Boots", 1, 18900),)
    order = mark_paid(type_order(shop.merchant, TypedOrder("k", shop.merchant.currency, lines, row.customer), by), by)
    react()
    want = Asked("refund", shop.merchant.id, row.customer_id, row.id, order.id)
    return actions.ask(want, shop.maya.actor, "a-page", "Lost on the way")


def test_whoever_may_answer_is_told_with_two_buttons_and_nobody_else(shop: cast.Shop, subscribe: Subscribe) -> None:
    maya, tomas = subscribe(shop.maya), subscribe(shop.tomas)
    made = asked(shop)
    react()
    push_due()
    (told,) = tomas.told
    assert told["url"] == f"/questions/{made.id}"
    assert [each["action"] for each in told["actions"]] == ["grant", "refuse"]
    assert "Maya" in told["title"] and "Lost" not in str(told) and "189.00" not in str(told)
    assert maya.told == []
    actions.grant(made, shop.tomas.actor)
    react()
    push_due()
    (answer,) = maya.told
    assert answer["url"] == f"/conversations/{made.conversation_id}" and "said yes" in answer["title"]


def test_what_was_answered_before_it_is_told_is_not_asked_any_more(shop: cast.Shop, subscribe: Subscribe) -> None:
    tomas = subscribe(shop.tomas)
    made = asked(shop)
    react()
    assert Alert.objects.filter(what="question", about=made.id).exists()
    actions.refuse(made, shop.team["rosa"].actor)
    push_due()
    assert tomas.told == []
    assert Conversation.objects.count() == 1
