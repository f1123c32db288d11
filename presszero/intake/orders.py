"""What a store says by webhook, taken into the books: in a lane's order, and harmless when it comes again.

Stores have no second step as messages have: what they say is about one thing and needs nobody else's rows. What cannot
be read is set aside where people see it, with the store's name.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Store
from presszero.commerce.reading import BadNews
from presszero.commerce.stores.registry import UnknownStore, adapter
from presszero.commerce.vocabulary import News, StoreOrder
from presszero.core.cards import masked, possible
from presszero.core.sealing import CannotOpen
from presszero.mailroom.actions import body_of, put_body
from presszero.mailroom.models import Received

log = logging.getLogger(__name__)

# Numbers that a program made: an order's id may look like a card's number, and without it nothing can be found again.
_MADE = ("id", "ids", "url", "token", "key", "number", "sku", "barcode", "gid", "href", "uri")
_DEEP = 30


class NotTaken(Exception):
    """It belongs into the quarantine; the text says why, `store` what the shop is called."""

    store = ""


def understand_store(row: Received) -> None:
    """Takes everything one webhook says. Raises NotTaken."""
    store = Store.objects.filter(merchant_id=row.merchant_id, id=-row.line_id).first()
    if store is None:
        raise NotTaken(_("The store this came from is gone."))
    try:
        _take_all(row, store)
    except NotTaken as why:
        why.store = store.name
        raise


def mask_store(row: Received, body: bytes) -> None:
    """Takes card numbers out of the words in a webhook's bytes. Ids stay, so that it can be tried again."""
    if not possible(body.decode("utf-8", "replace")):
        return
    try:
        kept, count = _masked(json.loads(body), "", _DEEP)
    except (ValueError, RecursionError):
        return
    if count:
        put_body(row, json.dumps(kept).encode(), at=timezone.now())


def _take_all(row: Received, store: Store) -> None:
    try:
        body = body_of(row)
        found = adapter(store.kind).parse(body, row.headers, store.for_adapter())
        for news in found:
            take(row.merchant_id, store, _without_cards(news))
    except (Unreadable, UnknownStore, CannotOpen, BadNews) as why:
        raise NotTaken(str(why)) from why
    except (DataError, IntegrityError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as why:
        log.exception("received %d", row.id)
        raise NotTaken(_("This could not be read (%(kind)s).") % {"kind": type(why).__name__}) from why
    mask_store(row, body)
    Received.objects.filter(merchant_id=row.merchant_id, id=row.id, split_at=None).update(split_at=timezone.now())


def _without_cards(news: News) -> News:
    """Buyers write card numbers into the note of an order as they do into mails."""
    return replace(news, note=masked(news.note)[0]) if isinstance(news, StoreOrder) and news.note else news


def _masked(given: Any, name: str, depth: int) -> tuple[Any, int]:
    if isinstance(given, str):
        made = name.rpartition("_")[2].lower() in _MADE or given.startswith(("gid://", "http://", "https://"))
        return (given, 0) if made else masked(given)
    if depth == 0 or not isinstance(given, list | dict):
        return given, 0
    if isinstance(given, list):
        pairs = [_masked(each, name, depth - 1) for each in given]
        return [kept for kept, _ in pairs], sum(count for _, count in pairs)
    found = {key: _masked(each, key, depth - 1) for key, each in given.items()}
    return {key: kept for key, (kept, _) in found.items()}, sum(count for _, count in found.values())
