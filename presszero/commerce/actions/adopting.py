"""Refunds that we asked for, found again in what a store says: one effect is one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..models import Order, Refund
from ..vocabulary import StoreRefund


def adopt(order: Order, known: Sequence[Refund], said: Sequence[StoreRefund]) -> tuple[list[StoreRefund], list[Refund]]:
    """What the store says, each with the key of ours that it is; and the rows that are left, under the store's ids.

    Ours is found by its key; where the store does not hand that back, by its id; where we do not know that yet, by its
    sum.
    """
    left = list(known)
    foreign = _of_other_orders(order, said)
    found: list[StoreRefund] = []
    for each in said:
        ours = _ours(left, each, {one.external_id for one in found})
        if ours is None:
            found.append(replace(each, key="" if each.key in foreign else each.key))
            continue
        _stamp(left, ours, each.external_id)
        found.append(replace(each, key=ours.key))
    return found, left


def _ours(left: Sequence[Refund], said: StoreRefund, found: set[str]) -> Refund | None:
    by_key = (row for row in left if said.key and row.key == said.key)
    by_id = (row for row in left if said.external_id and row.external_id == said.external_id)
    by_sum = (
        row
        for row in left
        if row.key and not row.external_id and not said.key and row.amount == said.amount and said.external_id
    )
    return next((row for way in (by_key, by_id, by_sum) for row in way if row.external_id not in found - {""}), None)


def _stamp(left: list[Refund], ours: Refund, external_id: str) -> None:
    """Gives our row the store's id. One that came before under that id, and without our key, was the same refund."""
    if not external_id or ours.external_id == external_id:
        return
    for twin in [row for row in left if row is not ours and row.external_id == external_id]:
        left.remove(twin)
        twin.delete()
    Refund.objects.filter(merchant_id=ours.merchant_id, id=ours.id).update(external_id=external_id)
    ours.external_id = external_id


def _of_other_orders(order: Order, said: Sequence[StoreRefund]) -> set[str]:
    """A key that stands in two orders is believed in the first only."""
    keys = [each.key for each in said if each.key]
    if not keys:
        return set()
    rows = Refund.objects.filter(merchant_id=order.merchant_id, key__in=keys).exclude(order=order)
    return set(rows.values_list("key", flat=True))
