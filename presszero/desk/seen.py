"""Somebody in the chat as the agent sees them: here, typing, on which page, with what in the cart, proven or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.conversations.queries import Browser, Claimed, Reach
from presszero.conversations.ways import HERE_FOR, TYPES_FOR
from presszero.core.text import one_line
from presszero.ui.formats import money

TRAIL = 5  # pages shown


@dataclass(frozen=True)
class Page:
    """One page of the shop. `url` is "" where it is none that may be opened."""

    title: str
    url: str
    at: datetime | None


@dataclass(frozen=True)
class Seen:
    """`trail` newest first; `cart` in words, "" for none."""

    here: bool
    types: bool
    seen_at: datetime | None
    trail: list[Page]
    cart: str
    signed: bool
    claims: list[Claimed]

    @property
    def page(self) -> Page | None:
        """The page they are on now."""
        return self.trail[0] if self.here and self.trail else None

    @property
    def answered(self) -> Claimed | None:
        """Somebody answered our mail from the address they named; it may be somebody else's all the same."""
        return next((claim for claim in self.claims if claim.answered_at), None)


def seen(reach: Reach) -> Seen | None:
    """None where no browser of theirs is known and nothing is claimed."""
    browser = reach.browsers[0] if reach.browsers else None
    if browser is None:
        return Seen(False, False, None, [], "", False, reach.claims) if reach.claims else None
    now = timezone.now()
    here = browser.seen_at is not None and now - browser.seen_at <= HERE_FOR
    types = browser.typing_at is not None and now - browser.typing_at <= TYPES_FOR
    trail = [_page(each) for each in browser.pages[::-1][:TRAIL] if isinstance(each, dict)]
    return Seen(here, types, browser.seen_at, trail, _cart(browser), browser.signed, reach.claims)


def _page(told: dict[str, Any]) -> Page:
    """What the visitor's page told us, which anybody can make up: words, and an address only if it is one."""
    url = str(told.get("url") or "")
    title = one_line(str(told.get("title") or ""), 120) or url.partition("://")[2][:120] or _("A page")
    at = told.get("at")
    return Page(title, url if url.startswith(("https://", "http://")) else "", _moment(at))


def _moment(told: object) -> datetime | None:
    try:
        found = parse_datetime(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _cart(browser: Browser) -> str:
    told = browser.cart or {}
    try:
        items, total = int(told.get("items") or 0), str(told.get("total") or "")
    except (TypeError, ValueError, OverflowError):
        return ""
    if items < 1 or items > 10_000:
        return ""
    words = ngettext("%(n)d thing", "%(n)d things", items) % {"n": items}
    worth = _worth(total, str(told.get("currency") or ""))
    return _("%(things)s for %(worth)s") % {"things": words, "worth": worth} if worth else words


def _worth(total: str, currency: str) -> str:
    whole, _dot, parts = total.partition(".")
    sound = whole.isascii() and whole.isdigit() and len(whole) < 8 and (not parts or parts.isdigit()) and len(parts) < 3
    return money(f"{whole}.{parts or 0}", currency) if sound and len(currency) == 3 and currency.isalpha() else ""
