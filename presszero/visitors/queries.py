"""Reads about visitors."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.db import connection

from presszero.channels.models import Line
from presszero.core.rows import columns, row
from presszero.core.sealing import fingerprint
from presszero.merchants.models import Brand, Hours, Merchant

from .models import Visitor

_LONGEST = 200  # characters of a cookie that may be one of ours


def chat_of(token: str, secret: str) -> tuple[Line, Visitor | None] | None:
    """The chat line of this token with its merchant, brand and hours, and whose cookie this is there. One statement.

    None for a line that there is not, or that is paused.
    """
    known = fingerprint(secret) if secret and len(secret) <= _LONGEST else ""
    with connection.cursor() as cursor:
        cursor.execute(_chat(), {"token": token, "secret": known})
        values = iter(cursor.fetchone() or ())
    line = row(Line, values) if next(values, None) else None
    if line is None:
        return None
    merchant, brand, line.hours = row(Merchant, values), row(Brand, values), row(Hours, values)
    if merchant and brand:
        line.merchant, line.brand = merchant, brand
    visitor = row(Visitor, values)
    if visitor:
        visitor.line = line
    return line, visitor


def visitor_of(line: Line, secret: str) -> Visitor | None:
    """Whose cookie this is, on this line; None once it was ended."""
    if not secret or len(secret) > _LONGEST:
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


@cache
def _chat() -> str:
    return f"""
SELECT true, {columns(Line, "l")}, {columns(Merchant, "m")}, {columns(Brand, "b")}, {columns(Hours, "h")},
  {columns(Visitor, "v")}
FROM channels_line l
JOIN merchants_merchant m ON m.id = l.merchant_id
JOIN merchants_brand b ON b.merchant_id = l.merchant_id AND b.id = l.brand_id
LEFT JOIN merchants_hours h ON h.merchant_id = l.merchant_id AND h.id = l.hours_id
LEFT JOIN visitors_visitor v ON v.merchant_id = l.merchant_id AND v.line_id = l.id AND v.secret_hash = %(secret)s
  AND v.ended_at IS NULL
WHERE l.token = %(token)s AND l.kind = 'chat' AND l.paused_at IS NULL
"""  # noqa: S608 - names of our own columns
