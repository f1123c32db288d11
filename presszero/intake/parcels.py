"""What a carrier says by webhook, kept: in a lane's order, and harmless when it comes again."""

from __future__ import annotations

import logging

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.core.sealing import CannotOpen
from presszero.fulfilment.carriers.connecting import ails, for_adapter, well
from presszero.fulfilment.carriers.door import carrier_id
from presszero.fulfilment.carriers.registry import UnknownCarrier, adapter
from presszero.fulfilment.hearing import heard
from presszero.fulfilment.models import Carrier
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received

from .orders import NotTaken, mask_store

log = logging.getLogger(__name__)


def understand_parcel(row: Received) -> None:
    """Keeps every scan that one webhook tells. Raises NotTaken, and says so on the carrier's own page."""
    rows = Carrier.objects.filter(merchant_id=row.merchant_id, id=carrier_id(row.line_id))
    carrier = rows.select_related("merchant").first()
    if carrier is None or carrier.paused_at is not None:
        raise NotTaken(_("The carrier this came from is not connected any more."))
    try:
        _hear_all(row, carrier)
    except NotTaken as why:
        why.store = carrier.name
        ails(carrier, str(why))
        raise
    well(carrier)


def _hear_all(row: Received, carrier: Carrier) -> None:
    try:
        body = body_of(row)
        for told in adapter(carrier.kind).parse(body, row.headers, for_adapter(carrier)):
            heard(row.merchant_id, carrier, told)
    except (Unreadable, UnknownCarrier, CannotOpen) as why:
        raise NotTaken(str(why)) from why
    except (DataError, IntegrityError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as why:
        log.exception("received %d", row.id)
        raise NotTaken(_("This could not be read (%(kind)s).") % {"kind": type(why).__name__}) from why
    with transaction.atomic():
        mask_store(row, body)
        Received.objects.filter(merchant_id=row.merchant_id, id=row.id, split_at=None).update(split_at=timezone.now())
