"""Money that came, and money that went back, as a payment provider says: each once, whatever it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from presszero.core.actor import Actor
from presszero.core.money import MOST, Money
from presszero.core.text import one_line
from presszero.timeline.actions import record

from .. import policy, reading
from ..facts import PaymentMade, RefundMade
from ..models import Order, Payment, Refund
from ..vocabulary import StoreRefund
from .adopting import adopt


@dataclass(frozen=True, slots=True)
class Came:
    """One payment. `key` is its id at the provider: the same again is the same payment."""

    key: str
    amount: Money
    at: datetime
    method: str = "card"
    label: str = ""  # "Visa •••• 4242"
    instrument: str = ""


def came(order: Order, what: Came, by: Actor) -> bool:
    """Keeps it; whether it was new. The caller holds the order. More than was asked for is kept too: it was taken."""
    rows = Payment.objects.filter(merchant_id=order.merchant_id, order=order, external_id=one_line(what.key, 120))
    known = rows.first()
    label, instrument = reading.label(what.label), one_line(what.instrument, 120)
    if known is not None:
        if label and not known.label:
            rows.update(label=label, instrument=instrument, method=one_line(what.method, 40))
        return False
    Payment.objects.create(
        merchant_id=order.merchant_id,
        order=order,
        external_id=one_line(what.key, 120),
        method=one_line(what.method, 40),
        label=label,
        instrument=instrument,
        currency=what.amount.currency,
        amount=what.amount.minor,
        state="captured",
        at=what.at,
    )
    _add_up(order)
    record(
        PaymentMade(
            merchant_id=order.merchant_id, by=by, order_id=order.id, customer_id=order.customer_id,
            minor=what.amount.minor, currency=what.amount.currency,
        )
    )  # fmt: skip
    return True


def went_back(order: Order, said: list[StoreRefund], by: Actor) -> None:
    """Refunds of one payment as the provider lists them; ours are known by their key. The caller holds the order."""
    known = list(Refund.objects.filter(merchant_id=order.merchant_id, order=order).select_for_update())
    adopted, left = adopt(order, known, said)
    rows = {row.external_id: row for row in left if row.external_id}
    for each in adopted:
        row = rows.get(each.external_id)
        was = row.state if row else ""
        if row is None:
            row = Refund(merchant_id=order.merchant_id, order=order, external_id=each.external_id, key=each.key)
            row.currency, row.amount, row.at = order.currency, each.amount, each.at
        row.state = each.state
        row.save()
        if row.state == "done" and was != "done":
            record(
                RefundMade(
                    merchant_id=order.merchant_id, by=by, order_id=order.id, customer_id=order.customer_id,
                    minor=row.amount, currency=row.currency,
                )
            )  # fmt: skip
    _add_up(order)


def _add_up(order: Order) -> None:
    owned = {"merchant_id": order.merchant_id, "order": order}
    payments = list(Payment.objects.filter(**owned).values_list("state", "amount"))
    order.captured = min(MOST, sum(amount for state, amount in payments if state == "captured"))
    order.refunded = sum(Refund.objects.filter(**owned).exclude(state="failed").values_list("amount", flat=True))
    states = [state for state, _amount in payments]
    order.paid = policy.stands(order.total, order.captured, order.refunded, states, order.cancelled_at is not None)
    order.save(update_fields=["captured", "refunded", "paid"])
