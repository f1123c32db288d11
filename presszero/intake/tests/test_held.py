"""Who holds a customer or an order wants the conversation next: whatever holds that must not wait for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from presszero.conversations.actions.arrange import together
from presszero.conversations.actions.held import held
from presszero.conversations.models import Conversation
from presszero.customers import actions as customers
from presszero.intake.understanding import found
from presszero.promises.actions import promise
from presszero.promises.models import Gap, Promise
from tests import cast

HOUR = timedelta(hours=1)


def understood(row: Conversation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(found._FAMILIES, {"merchant": row.merchant_id, "roots": [row.customer_id]})


def recognised(row: Conversation) -> None:
    customers._locked(row.merchant_id, [row.customer_id])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hold", [understood, recognised])
def test_a_promise_is_written_while_the_customer_is_held(hold: Callable[[Conversation], None]) -> None:
    """Each would wait for the other for ever, were a customer held against rows that only name them."""
    shop = cast.juniper()
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        hold(row)
        by = shop.maya.actor
        pool.submit(meanwhile, lambda: promise(held(row), timezone.now() + HOUR, entry=None, by=by)).result()
    assert Promise.objects.filter(conversation=row).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hold", [held, together])
def test_a_gap_is_written_while_the_conversation_is_held(hold: Callable[[Conversation], object]) -> None:
    """Its order is held by whoever compares; a promise about it wants the order with the conversation held."""
    shop = cast.juniper()
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        hold(row)
        gap = Gap(merchant=shop.merchant, customer_id=row.customer_id, conversation=row, kind="late")
        pool.submit(meanwhile, gap.save).result()
    assert Gap.objects.filter(conversation=row).count() == 1


def meanwhile(write: Callable[[], object]) -> None:
    """In another process, as it were."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            write()
    finally:
        connection.close()
