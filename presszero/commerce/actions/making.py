"""Drafts are made in the connected shop, and taken back there: once, outside of any transaction.

A worker holds an advisory lock on a draft while it asks. `writing_at` says whether the shop may have heard of it: then
it is looked for, and asked again only when it is surely not there.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.outbox import sending_held
from presszero.core.actor import SYSTEM
from presszero.core.locks import alone
from presszero.core.sealing import CannotOpen
from presszero.core.text import clean
from presszero.customers.models import Handle

from ..models import DraftOrder, Variant
from ..reading import link
from ..stores.registry import UnknownStore, adapter
from ..vocabulary import Ask, Done
from .drafting import changed, held

log = logging.getLogger(__name__)

LOCKS = 0xD4AF  # advisory lock class of drafts that a shop or a provider is asked about
TRIES = 12
_UNDER_WAY = timedelta(minutes=2)  # after it, an ask that left no trace is believed not to have arrived
_PAUSE = 5  # seconds, doubled by every try
_LONGEST = 600
_DUE = """
SELECT id, merchant_id FROM commerce_draftorder
WHERE not_before <= %s AND store_id IS NOT NULL AND state IN ('making', 'cancelled', 'expired')
ORDER BY not_before LIMIT 8
"""


def make_due(now: datetime | None = None) -> int:
    """One round; how many drafts were asked about."""
    if sending_held():
        return 0  # a restored copy makes nothing: what it has not made, the other one has
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now or timezone.now()])
        due = list(cursor.fetchall())
    return sum(_one(merchant_id, number) for number, merchant_id in due)


def _one(merchant_id: int, number: int) -> int:
    with alone(LOCKS, number) as got_it:
        if not got_it:
            return 0
        row = DraftOrder.objects.select_related("store", "customer", "merchant").get(merchant_id=merchant_id, id=number)
        if row.not_before is None or row.store is None or row.state not in ("making", "cancelled", "expired"):
            return 0
        _take_back(row) if row.state != "making" else _settle(row, _asked(row))
        return 1


def _asked(row: DraftOrder) -> Done:
    assert row.store is not None
    try:
        shop, settings = adapter(row.store.kind), row.store.for_adapter()
        if row.writing_at is None:
            return shop.do(settings, _ask(row), lambda: _writing(row))
        found = shop.look(settings, _ask(row))
        if found is not None:
            return found
        left = timezone.now() - row.writing_at < _UNDER_WAY
        return Done("unknown" if left else "later", reason=_("The shop has nothing of it."))
    except (UnknownStore, CannotOpen) as why:
        return Done("refused", reason=str(why))
    except Exception as why:
        log.exception("draft %d", row.id)
        row.refresh_from_db(fields=["writing_at"])
        return Done("unknown" if row.writing_at else "later", reason=type(why).__name__)


def _ask(row: DraftOrder) -> Ask:
    found = row.lines
    ids = {each["variant"] for each in found}
    names = dict(_names(row.merchant_id, ids))
    proven = Handle.objects.filter(
        merchant_id=row.merchant_id, customer_id=row.customer_id, kind="email", proof="verified"
    ).first()
    return Ask(
        "draft", row.key, currency=row.currency, email=proven.address if proven else "", reason=row.note,
        variants=tuple((names.get(each["variant"], ""), each["quantity"], each["price"]) for each in found),
    )  # fmt: skip


def _names(merchant_id: int, ids: set[int]) -> list[tuple[int, str]]:
    from_catalogue = Variant.objects.filter(merchant_id=merchant_id, id__in=ids)
    return list(from_catalogue.values_list("id", "external_id"))


def _writing(row: DraftOrder) -> None:
    row.writing_at = timezone.now()
    DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id).update(writing_at=row.writing_at)


@transaction.atomic
def _settle(seen: DraftOrder, answer: Done) -> None:
    row = held(seen)
    if answer.state == "accepted":
        row.external_id, row.pay_url, row.writing_at = answer.external_id[:120], link(answer.url), None
    if row.state != "making":  # cancelled meanwhile: the next round takes it back
        row.save()
        return
    row.tries = min(row.tries + 1, 30_000)
    row.trouble = clean(answer.reason, 500)
    if answer.state == "accepted":
        row.state, row.not_before, row.tries, row.trouble = "open", None, 0, ""
        if not row.pay_url:
            row.state, row.trouble = "failed", _("The shop made it, and gave us no link to pay.")
    elif answer.state == "refused" or (answer.state == "later" and row.tries >= TRIES):
        row.state, row.not_before = "failed", None
        row.trouble = row.trouble or _("The shop refused it.")
    else:
        row.writing_at = row.writing_at if answer.state == "unknown" else None
        row.not_before = timezone.now() + timedelta(seconds=answer.retry_after or min(_PAUSE * 2**row.tries, _LONGEST))
    row.save()
    if row.state != "making":
        changed(row, SYSTEM)


def _take_back(row: DraftOrder) -> None:
    """What nobody may pay any more is deleted in the shop, where the shop lets us."""
    assert row.store is not None
    later = None
    try:
        shop = adapter(row.store.kind)
        if row.external_id and "draft" in shop.can.undoes and not row.store.paused_at:
            done = shop.undo(row.store.for_adapter(), _ask(row), Done("accepted", row.external_id, url=row.pay_url))
            if done.state in ("later", "unknown") and row.tries < TRIES:
                later = timezone.now() + timedelta(seconds=done.retry_after or min(_PAUSE * 2**row.tries, _LONGEST))
    except (UnknownStore, CannotOpen):
        log.warning("draft %d cannot be taken back", row.id)
    rows = DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id)
    rows.update(not_before=later, tries=row.tries + 1)
