"""Reads about visitors."""

from __future__ import annotations

from datetime import datetime

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint

from .models import Visitor


def visitor_of(line: Line, secret: str) -> Visitor | None:
    """Whose cookie this is, on this line; None once it was ended."""
    if not secret or len(secret) > 200:
        return None
    rows = Visitor.objects.filter(merchant_id=line.merchant_id, line=line, secret_hash=fingerprint(secret))
    return rows.filter(ended_at=None).first()


def speaks_as(visitor: Visitor, at: datetime) -> tuple[str, bool]:
    """The address that a message of theirs comes from now, and whether the shop vouches for it."""
    signed = is_signed(visitor, at)
    return (visitor.shopper if signed else visitor.address), signed


def addresses(visitor: Visitor, at: datetime) -> list[str]:
    """Whose words they may read: their own browser's, and the shopper's while they are signed in."""
    return [visitor.address, visitor.shopper] if is_signed(visitor, at) else [visitor.address]


def is_signed(visitor: Visitor, at: datetime) -> bool:
    """Whether the shop's word on who they are still holds."""
    return bool(visitor.shopper and visitor.signed_until and visitor.signed_until > at)


def signed_with_other_address(line: Line, shopper: str, email: str) -> bool:
    """Whether the shop ever signed this shopper with another e-mail address, in any browser."""
    rows = Visitor.objects.filter(merchant_id=line.merchant_id, shopper=shopper)
    return bool(email) and rows.exclude(shopper_email__in=["", email]).exists()
