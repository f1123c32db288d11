"""Whether a store is well: what it last said when it was not, shown to the merchant until it is."""

from __future__ import annotations

from django.db import transaction

from ..actions.taking import disconnected
from ..models import Store


@transaction.atomic
def ails(store: Store, sentence: str) -> None:
    """Keeps what is wrong; told once, until it is well again."""
    disconnected(store, sentence)


def well(store: Store) -> None:
    """It answered. One statement at most, and none where nothing was wrong."""
    Store.objects.filter(merchant_id=store.merchant_id, id=store.id).exclude(trouble="", trouble_since=None).update(
        trouble="", trouble_since=None
    )
