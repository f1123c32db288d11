"""Whom we erased, as far as anything may still know: keyed hashes of addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from presszero.core.sealing import blind

from ..models import Tombstone

Address = tuple[str, str]  # (kind, address)


def handle_digest(kind: str, address: str) -> str:
    """How a tombstone knows an address."""
    return blind(f"{kind}:{address.lower()}", "tombstone")


def erased_at(merchant_id: int, addresses: Iterable[Address]) -> dict[Address, datetime]:
    """Those of these addresses whose person was erased, and when. What is older than that does not come back."""
    digests = {handle_digest(kind, address): (kind, address) for kind, address in addresses}
    if not digests:
        return {}
    rows = Tombstone.objects.filter(merchant_id=merchant_id, of=Tombstone.Of.HANDLE, digest__in=digests)
    return {digests[digest]: at for digest, at in rows.values_list("digest", "at")}
