"""Verbs of and about visitors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint, new_token
from presszero.core.text import one_line

from . import queries
from .cookie import LASTS
from .identity import NotBelieved, Signed
from .models import ShownToken, Visitor

PAGES = 10


@dataclass(frozen=True, slots=True)
class Where:
    """What the shop's page tells of itself: nothing of it is believed, it is only shown."""

    url: str = ""
    title: str = ""
    language: str = ""
    cart: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor, and the secret for its cookie; "" when the cookie it has goes on."""

    visitor: Visitor
    secret: str


@transaction.atomic
def visit(line: Line, secret: str, where: Where, *, at: datetime) -> Visit:
    """Goes on as the visitor whose cookie this is, or begins as a new one."""
    known = queries.visitor_of(line, secret)
    visitor, made = (known, "") if known else _begun(line)
    visitor.language = one_line(where.language, 12) or visitor.language
    _stands(visitor, where, at)
    return Visit(visitor, made)


@transaction.atomic
def told_page(visitor: Visitor, where: Where, *, at: datetime) -> None:
    """The shop's page says where they are now and what is in the cart."""
    _stands(Visitor.objects.select_for_update().get(merchant_id=visitor.merchant_id, id=visitor.id), where, at)


@transaction.atomic
def identify(visitor: Visitor, signed: Signed, *, at: datetime) -> Visit:
    """Takes the shop's word for who they are. Somebody else than before at the same browser is another visitor.

    A token works for the browser that showed it first. Raises NotBelieved.
    """
    row = Visitor.objects.select_for_update().get(merchant_id=visitor.merchant_id, id=visitor.id)
    row, made = (row, "") if row.shopper in ("", signed.shopper) else _begun_after(row, at)
    shown, _ = ShownToken.objects.get_or_create(
        merchant_id=row.merchant_id,
        fingerprint=signed.fingerprint,
        defaults={"visitor": row, "expires_at": signed.until},
    )
    if shown.visitor_id != row.id or row.ended_at:
        raise NotBelieved
    row.shopper, row.signed_until = signed.shopper, max(signed.until, row.signed_until or signed.until)
    # The first address stays: a later one must not make us forget that there was another.
    row.shopper_email, row.name = row.shopper_email or signed.email, signed.name or row.name
    row.seen_at = at
    row.save()
    return Visit(row, made)


def begin_anew(visitor: Visitor, *, at: datetime) -> Visit:
    """Ends this one, and begins another on its line: what was said before stays with whoever said it."""
    fresh, made = _begun_after(visitor, at)
    return Visit(fresh, made)


def call_themselves(visitor: Visitor, name: str) -> None:
    """They typed their name. One that the shop signed stands."""
    name = one_line(name, 120)
    if name and not visitor.shopper:
        Visitor.objects.filter(merchant_id=visitor.merchant_id, id=visitor.id).update(name=name)
        visitor.name = name


def end(visitor: Visitor, *, at: datetime) -> None:
    """Signed out, blocked or forgotten: its cookie opens nothing any more."""
    Visitor.objects.filter(merchant_id=visitor.merchant_id, id=visitor.id, ended_at=None).update(ended_at=at)


def forget(at: datetime) -> int:
    """Browsers whose cookie has run out, and tokens that nobody could show again. How many rows; some at a time."""
    tokens = ShownToken.objects.filter(expires_at__lt=at - timedelta(hours=1))
    gone = Visitor.objects.filter(seen_at__lt=at - timedelta(seconds=LASTS))
    found = [rows.filter(id__in=list(rows.values_list("id", flat=True)[:1000])).delete()[0] for rows in (tokens, gone)]
    return sum(found)


def _begun(line: Line) -> tuple[Visitor, str]:
    secret = new_token(256)
    made = Visitor.objects.create(
        merchant_id=line.merchant_id,
        line=line,
        address=f"v-{uuid.uuid4().hex}",
        secret_hash=fingerprint(secret),
    )
    return made, secret


def _begun_after(before: Visitor, at: datetime) -> tuple[Visitor, str]:
    end(before, at=at)
    made, secret = _begun(before.line)
    made.language, made.pages, made.cart = before.language, before.pages[-1:], before.cart
    return made, secret


def _stands(visitor: Visitor, where: Where, at: datetime) -> None:
    url = _plain_url(where.url, visitor.line.settings.get("sites") or [])
    page = {"url": url, "title": one_line(where.title, 200), "at": at.isoformat()}
    if url and not (visitor.pages and visitor.pages[-1]["url"] == url):
        visitor.pages = [*visitor.pages, page][-PAGES:]
    visitor.cart = _cart(where.cart) or visitor.cart
    visitor.seen_at = at
    visitor.save(update_fields=["language", "pages", "cart", "seen_at"])


def _plain_url(url: str, sites: list[str]) -> str:
    """A page of the merchant's own, without its query and fragment, which hold what is nobody's business."""
    try:
        found = urlsplit(one_line(url, 2000))
    except ValueError:
        return ""
    origin = f"{found.scheme}://{found.netloc}".lower()
    return f"{origin}{found.path}"[:500] if origin in sites else ""


def _cart(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """{"items": 2, "total": "148.00", "currency": "GBP"}, or None for what is no cart."""
    items, total, currency = given.get("items"), given.get("total"), given.get("currency")
    try:
        worth = Decimal(str(total))
    except InvalidOperation:
        return None
    if type(items) is not int or not 0 <= items < 10_000 or not worth.is_finite() or not 0 <= worth < 10**9:
        return None
    if not isinstance(currency, str) or not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        return None
    return {"items": items, "total": f"{worth:.2f}", "currency": currency.upper()}
