"""Many who ask at the same moment whether an address may be told: one of them is let."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from presszero.promises.actions import may_tell
from presszero.promises.models import Acknowledged

ASKING = 8


@pytest.mark.django_db(transaction=True)
def test_m12_of_many_shops_that_would_tell_a_victim_at_once_one_does() -> None:
    together = Barrier(ASKING)
    now = timezone.now()

    def ask(number: int) -> bool:
        try:
            together.wait(20)
            with transaction.atomic():
                return may_tell(f"Victim+{number}@Example.net", now)
        finally:
            connection.close()

    with ThreadPoolExecutor(ASKING) as pool:
        allowed = list(pool.map(ask, range(ASKING)))
    assert allowed.count(True) == 1
    assert Acknowledged.objects.count() == 1
