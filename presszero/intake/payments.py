"""What a payment provider says by webhook, taken into the books: in a lane's order, and harmless when repeated."""

from __future__ import annotations

import logging

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.commerce.models import PayAccount
from presszero.commerce.payments.door import account_id
from presszero.commerce.payments.hearing import hear
from presszero.commerce.payments.registry import UnknownPayment, adapter
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received

from .orders import NotTaken, mask_store

log = logging.getLogger(__name__)


def understand_payment(row: Received) -> None:
    """Takes everything one webhook says. Raises NotTaken."""
    account = PayAccount.objects.filter(merchant_id=row.merchant_id, id=account_id(row.line_id)).first()
    if account is None:
        raise NotTaken(_("The pay account this came from is gone."))
    try:
        _hear_all(row, account)
    except NotTaken as why:
        why.store = account.name
        raise


def _hear_all(row: Received, account: PayAccount) -> None:
    try:
        body = body_of(row)
        for news in adapter(account.kind).parse(body, row.headers, account.for_adapter()):
            hear(account, news)
    except (Unreadable, UnknownPayment, CannotOpen, Refused) as why:
        raise NotTaken(str(why)) from why
    except (DataError, IntegrityError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as why:
        log.exception("received %d", row.id)
        raise NotTaken(_("This could not be read (%(kind)s).") % {"kind": type(why).__name__}) from why
    mask_store(row, body)
    Received.objects.filter(merchant_id=row.merchant_id, id=row.id, split_at=None).update(split_at=timezone.now())
