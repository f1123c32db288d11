"""What they bought: the amounts stay for the books, and nothing says who it was or where it went, but the country."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from presszero.commerce.models import Cart, DraftOrder, Order, Payment, Refund, Return, Shipment
from presszero.fulfilment.models import Scan, StrayScan
from presszero.fulfilment.policy import plain_number
from presszero.promises.forgetting import forget as forget_promises
from presszero.remedies.models import LeadAnswer, Passed, Remedy, Task

from .person import Person

_BATCH = 500
_SHORTEST_NUMBER = 8  # characters


def bought(person: Person) -> int:
    """Their orders, those that waited under their address, carts, drafts, and what was given to them; how many orders.

    Whoever says these orders again, says them of nobody.
    """
    ids = list(orders_of(person).values_list("id", flat=True))
    for start in range(0, len(ids), _BATCH):
        blank(person.merchant_id, ids[start : start + _BATCH])
    own = {"merchant_id": person.merchant_id, "customer_id__in": person.customers}
    Cart.objects.filter(_under(person) | Q(customer_id__in=person.customers), merchant_id=person.merchant_id).delete()
    DraftOrder.objects.filter(**own).update(note="", trouble="")
    _given(own)
    forget_promises(person.merchant_id, person.customers, person.conversations, ids)
    return len(ids)


def orders_of(person: Person) -> QuerySet[Order]:
    """Theirs, and those that wait under an address of theirs."""
    waiting = Q(customer=None) & (_under(person) | Q(phone__in=_addresses(person, "phone")))
    return Order.objects.filter(Q(customer_id__in=person.customers) | waiting, merchant_id=person.merchant_id)


def tracking_numbers(person: Person) -> list[str]:
    """Of their parcels; a number of a few digits would be found everywhere, and is left out."""
    own = {"merchant_id": person.merchant_id, "order__in": orders_of(person)}
    found = Shipment.objects.filter(**own).values_list("tracking", flat=True)
    return sorted({number for number in found if len(number) >= _SHORTEST_NUMBER})


def blank(merchant_id: int, ids: list[int]) -> None:
    """Takes everything personal out of these orders."""
    rows = Order.objects.filter(merchant_id=merchant_id, id__in=ids).order_by("id")
    changed = []
    for row in rows.select_for_update(of=("self",)) if ids else ():
        row.email = row.phone = row.name = row.note = row.store_customer = row.attached_because = ""
        row.ship_to, row.bill_to = _country(row.ship_to), _country(row.bill_to)
        row.forgotten_at = row.forgotten_at or timezone.now()
        changed.append(row)
    names = ["email", "phone", "name", "note", "store_customer", "attached_because", "ship_to", "bill_to"]
    Order.objects.bulk_update(changed, [*names, "forgotten_at"], batch_size=_BATCH)
    parts: dict[str, Any] = {"merchant_id": merchant_id, "order_id__in": ids}
    Payment.objects.filter(**parts).update(label="", instrument="")
    Refund.objects.filter(**parts).update(reason="")
    _unscan(merchant_id, ids)
    Shipment.objects.filter(**parts).update(tracking="", tracking_url="")
    Return.objects.filter(**parts).update(reason="", tracking="", label_url="")


def _unscan(merchant_id: int, ids: list[int]) -> None:
    """A carrier's words say who signed, and where: of its scans the stages and moments stay."""
    parcels = Shipment.objects.filter(merchant_id=merchant_id, order_id__in=ids)
    numbers = {plain_number(each) for each in parcels.values_list("tracking", flat=True)} - {""}
    StrayScan.objects.filter(merchant_id=merchant_id, tracking__in=numbers).delete()
    Scan.objects.filter(merchant_id=merchant_id, shipment__in=parcels).update(words="", place="")


def _given(own: dict[str, Any]) -> None:
    """Remedies keep their sums; the reasons that people wrote go, and what was asked of the ones that are over."""
    rows = Remedy.objects.filter(**own)
    rows.exclude(state__in=("asked", "given", "doing", "task", "unknown")).update(asked={}, before={})
    rows.update(reason="", outcome="", says="", url="")
    of_these = {"merchant_id": own["merchant_id"], "remedy__in": rows.values("id")}
    LeadAnswer.objects.filter(**of_these).update(words="", answer="")
    Passed.objects.filter(**of_these).update(reason="")
    Task.objects.filter(**of_these).exclude(done_at=None).update(text="")


def _under(person: Person) -> Q:
    return Q(email__in=_addresses(person, "email"))


def _addresses(person: Person, kind: str) -> list[str]:
    return [address.lower() if kind == "email" else address for known, address in person.addresses if known == kind]


def _country(address: dict[str, str]) -> dict[str, str]:
    return {key: value if key == "country" else "" for key, value in address.items()} if address.get("country") else {}
