"""Addresses that are not written to first: they bounced, complained, were somebody else's, or said so.

A suppression outlives the person's erasure: what is kept then is a keyed hash of the address in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from presszero.audit.actions import record as audit
from presszero.core.actor import Actor
from presszero.core.sealing import blind
from presszero.merchants.models import Merchant

from .models import Suppression

Address = tuple[str, str]  # (kind, address)
WHY = ("bounce", "complaint", "wrong", "person")
_HASHED = "hash:"


@transaction.atomic
def suppress(merchant: Merchant, kind: str, address: str, why: str, *, by: Actor) -> Suppression:
    """From now on nothing is written first to this address. The same twice is once; the first reason stays."""
    address = address.strip().lower()
    hashed = Suppression.objects.filter(
        merchant=merchant, kind=kind, address=_digest(kind, address), lifted_at=None
    ).first()
    if hashed:
        return hashed
    made, is_new = Suppression.objects.get_or_create(
        merchant=merchant, kind=kind, address=address, lifted_at=None, defaults={"why": why, "by": by.code}
    )
    if is_new and by.kind == "member":
        audit("suppression.made", f"suppression:{made.id}", by=by, merchant=merchant, after={"kind": kind, "why": why})
    return made


@transaction.atomic
def lift(row: Suppression, *, by: Actor) -> None:
    """It may be written to again."""
    standing = Suppression.objects.filter(merchant_id=row.merchant_id, id=row.id, lifted_at=None)
    if standing.update(lifted_at=timezone.now(), lifted_by=by.code) and by.kind == "member":
        before = {"kind": row.kind, "why": row.why}
        audit("suppression.lifted", f"suppression:{row.id}", by=by, merchant=row.merchant, before=before)


def shown(row: Suppression) -> str:
    """The address as the list has it; "" of somebody who was erased."""
    return "" if row.address.startswith(_HASHED) else row.address


def heard_from(merchant_id: int, kind: str, address: str, *, by: Actor) -> None:
    """Somebody wrote from there: it is not dead, so what bounced may be tried again. Other reasons stand."""
    for row in Suppression.objects.filter(
        merchant_id=merchant_id, kind=kind, address=address.lower(), why="bounce", lifted_at=None
    ):
        lift(row, by=by)


def suppressed(merchant_id: int, addresses: Iterable[Address]) -> dict[Address, str]:
    """Those of these that are not written to, and why; one statement."""
    asked = {spelling: (kind, address) for kind, address in addresses for spelling in _spellings(kind, address)}
    if not asked:
        return {}
    rows = Suppression.objects.filter(
        merchant_id=merchant_id, lifted_at=None, address__in=[address for _kind, address in asked]
    )
    found = rows.order_by("-id").values_list("kind", "address", "why")
    return {asked[kind, address]: why for kind, address, why in found if (kind, address) in asked}


def standing(merchant_id: int, kind: str, address: str) -> Suppression | None:
    """The one that keeps us from writing first to this address now."""
    spelled = [found for _kind, found in _spellings(kind, address)]
    rows = Suppression.objects.filter(merchant_id=merchant_id, kind=kind, address__in=spelled, lifted_at=None)
    return rows.order_by("-id").first()


def forget(merchant_id: int, addresses: Iterable[Address]) -> int:
    """An erasure: the address goes, that it is not written to stays. How many rows."""
    count = 0
    for kind, address in set(addresses):
        rows = Suppression.objects.filter(merchant_id=merchant_id, kind=kind, address=address.lower())
        count += rows.update(address=_digest(kind, address))
    return count


def _spellings(kind: str, address: str) -> tuple[Address, Address]:
    return (kind, address.lower()), (kind, _digest(kind, address))


def _digest(kind: str, address: str) -> str:
    return _HASHED + blind(f"{kind}:{address.lower()}", "suppression")
