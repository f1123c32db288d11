"""An order made here for a customer, who pays it by its link: in the connected shop, or on our own page.

making → open → paid, expired or cancelled; failed when the shop will not make it, pending while a bank takes its days.
Money that came is never turned away: a draft that is paid late, or twice, is paid, and says so to whoever looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import SYSTEM, Actor
from presszero.core.money import MOST, Money
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.customers.models import Customer
from presszero.timeline.actions import record, wake

from .. import facts
from ..models import DraftOrder, Order, PayAccount, Store, Variant
from ..payments.door import WAKES
from ..policy import BY_ITSELF
from ..stores.registry import UnknownStore, adapter
from ..vocabulary import Address
from . import money
from .typing import TypedLine, TypedOrder, type_order

LASTS = timedelta(days=7)
MOST_LINES = 50
MOST_PIECES = 1000
LIVE = ("making", "open", "pending")
BY_LINK = "paid by the link we sent"  # Order.attached_because


@dataclass(frozen=True, slots=True)
class DraftLine:
    """So many of a variant. `price` of one in minor units; None: the price of the day."""

    variant_id: int
    quantity: int = 1
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """What came, and where it goes, as the provider's page asked."""

    came: money.Came
    kind: str  # of the pay account
    name: str = ""
    ship_to: Address | None = None


@dataclass
class Offer:
    """What lines come to, before anything is kept."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    store: Store | None = None  # whose shop makes it; None: our own page
    currency: str = ""
    subtotal: int = 0


def offer(merchant_id: int, lines: Sequence[DraftLine], store: Store | None = None) -> Offer:
    """Prices of the day, and whether there is enough. Raises Refused with what to do."""
    if not lines:
        raise Refused(_("There is nothing in this order."), _("Add what they want."))
    if len(lines) > MOST_LINES:
        raise Refused(_("There are more than %(most)s lines in it.") % {"most": MOST_LINES})
    rows = Variant.objects.filter(merchant_id=merchant_id, id__in=[each.variant_id for each in lines])
    found = rows.select_related("product", "store").in_bulk()
    made = Offer()
    for each in lines:
        variant = found.get(each.variant_id)
        if variant is None:
            raise Refused(_("One of these things is not in your catalogue any more."), _("Choose it again."))
        _check(variant, each.quantity)
        price = variant.price if each.price is None else each.price
        if not 0 <= price <= MOST:
            raise Refused(_("This is no price."), _("Type it as in 18.40."))
        title = f"{variant.product.title} · {variant.title}" if variant.title else variant.product.title
        made.variants.append(variant)
        said = {"title": title[:300], "sku": variant.sku, "quantity": each.quantity, "price": price}
        made.lines.append({"variant": variant.id, **said})
        made.subtotal += price * each.quantity
    if len({variant.currency for variant in made.variants}) > 1:
        raise Refused(_("The prices of these things are in different currencies."), _("Make one order for each."))
    made.currency = made.variants[0].currency
    made.store = store or maker(made.variants)
    return made


def maker(variants: Sequence[Variant]) -> Store | None:
    """The shop that can make an order of all of these; None where it is our own page that is paid."""
    stores = {variant.store_id: variant.store for variant in variants}
    only = next(iter(stores.values())) if len(stores) == 1 else None
    if only is None or only.paused_at or not all(variant.external_id for variant in variants):
        return None
    try:
        return only if "draft" in adapter(only.kind).can.asks else None
    except UnknownStore:
        return None


@transaction.atomic
def draft(
    customer: Customer, conversation_id: int | None, lines: Sequence[DraftLine], by: Actor, key: str, *,
    store: Store | None = None, shipping: int = 0, discount: int = 0, note: str = "",
) -> DraftOrder:  # fmt: skip
    """Makes it; the same key again is the same draft. The shop is asked by a worker, never within the transaction.

    A shop adds shipping and tax itself: `shipping` and `discount` are of our own page. Raises Refused.
    """
    key = one_line(key, 64)
    known = DraftOrder.objects.filter(merchant_id=customer.merchant_id, key=key).first()
    if known is not None and known.customer_id == customer.id:
        return known
    if not key or known is not None:
        raise Refused(_("This page is too old to keep an order."), _("Load it again."))
    made = offer(customer.merchant_id, lines, store)
    if made.store is None:
        _can_be_paid_here(customer.merchant_id)
    total = made.subtotal + shipping - discount
    if shipping < 0 or not 0 <= discount <= made.subtotal or not 0 < total <= MOST:
        raise Refused(_("This comes to nothing that can be paid."), _("Look at the prices and the discount."))
    now = timezone.now()
    row = DraftOrder(
        merchant_id=customer.merchant_id, store=made.store, key=key, customer=customer, lines=made.lines,
        conversation_id=conversation_id, currency=made.currency, total=total, shipping=shipping, discount=discount,
        note=clean(note, 500).strip(), by=by.code, expires_at=now + LASTS,
    )  # fmt: skip
    row.state, row.not_before = ("making", now) if made.store else ("open", None)
    row, is_new = _kept(row)
    if is_new:
        changed(row, by)
        audit("draft.made", f"draft:{row.id}", by=by, merchant=customer.merchant, after=_values(row))
        wake(WAKES)
    return row


@transaction.atomic
def sent(row: DraftOrder, by: Actor, at: datetime | None = None) -> None:
    """A message with the link went out. Once."""
    rows = DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id, sent_at=None)
    if rows.update(sent_at=at or timezone.now()):
        record(facts.DraftSent(**about(row), by=by, draft_id=row.id))


@transaction.atomic
def opened(row: DraftOrder) -> None:
    """Somebody looks at its page. Once; and only after it was sent, so that our own look is none."""
    rows = DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id, opened_at=None, sent_at__isnull=False)
    if rows.update(opened_at=timezone.now()):
        record(facts.DraftOpened(**about(row), by=Actor("customer", row.customer_id), draft_id=row.id))


@transaction.atomic
def cancel(row: DraftOrder, by: Actor, reason: str = "") -> DraftOrder:
    """Its link can be paid no more; a page at the shop or the provider is closed by a worker. Once."""
    row = held(row)
    if row.state == "paid":
        raise Refused(_("It is paid already."), _("Give the money back instead."))
    if row.state == "pending":
        raise Refused(_("The bank is taking the money just now."), _("Give it back once it has come."))
    if row.state != "cancelled":
        row.state, row.not_before = "cancelled", timezone.now()
        row.save(update_fields=["state", "not_before"])
        changed(row, by)
        audit("draft.cancelled", f"draft:{row.id}", by=by, merchant=row.merchant, after=_values(row), why=reason)
        wake(WAKES)
    return row


def expire_due(now: datetime) -> int:
    """Ends those whose days are over; how many. One whose page at the provider stands open a little longer waits."""
    due = DraftOrder.objects.filter(state__in=("making", "open"), expires_at__lte=now).order_by("expires_at")
    return sum(_expire(row, now) for row in due[:100])


@transaction.atomic
def paid(row: DraftOrder, what: Paid, by: Actor = SYSTEM) -> Order:
    """It was paid: becomes an order of the customer's, once, whatever the provider repeats.

    A second payment is kept on the same order and shown, so that it can be given back.
    """
    row = held(row)
    late, again = row.state in ("cancelled", "expired"), row.order_id is not None
    order = Order.objects.select_for_update().get(merchant_id=row.merchant_id, id=row.order_id or 0) if again else None
    order = order or _becomes(row, what, by)
    if not money.came(order, what.came, by):
        return order
    if late:
        row.trouble = _("It was paid after it had ended. Send it, or give the money back.")
    if again:
        row.trouble = _("It was paid twice. Give %(sum)s back.") % {"sum": what.came.amount.says()}
    elif what.came.amount != Money(row.total, row.currency):
        row.trouble = _("%(sum)s came, which is not what was asked for.") % {"sum": what.came.amount.says()}
    row.order, row.state, row.paid_at = order, "paid", row.paid_at or what.came.at
    row.pay_account_kind = row.pay_account_kind or what.kind
    row.save()
    if not again:
        record(facts.DraftPaid(**about(row), by=by, order_id=order.id, draft_id=row.id))
        audit("draft.paid", f"draft:{row.id}", by=by, merchant=row.merchant, after=_values(row))
    else:
        changed(row, by)
    return order


@transaction.atomic
def paid_in_shop(row: DraftOrder, order: Order) -> None:
    """The shop tells of the order that a draft became, and that it is paid. Again is harmless."""
    row = held(row)
    order = Order.objects.select_for_update().get(merchant_id=order.merchant_id, id=order.id)
    if order.customer_id is None and order.attached_because in BY_ITSELF and order.forgotten_at is None:
        order.customer_id, order.attached_because = row.customer_id, BY_LINK
        order.save(update_fields=["customer_id", "attached_because"])
        proven = facts.OrderAttached(
            merchant_id=row.merchant_id, by=SYSTEM, order_id=order.id, customer_id=row.customer_id, proven=False
        )
        record(proven)
    if row.state == "paid" or order.paid not in ("paid", "part_refunded", "refunded"):
        return
    row.order, row.state, row.paid_at, row.not_before = order, "paid", timezone.now(), None
    row.save(update_fields=["order", "state", "paid_at", "not_before"])
    record(facts.DraftPaid(**about(row), by=SYSTEM, order_id=order.id, draft_id=row.id))


def held(row: DraftOrder) -> DraftOrder:
    """The row as it is now; nobody else changes it until this transaction ends."""
    return DraftOrder.objects.select_for_update().get(merchant_id=row.merchant_id, id=row.id)


def about(row: DraftOrder) -> dict[str, Any]:
    """What every fact of ours says."""
    return {"merchant_id": row.merchant_id, "customer_id": row.customer_id, "conversation_id": row.conversation_id}


def changed(row: DraftOrder, by: Actor) -> None:
    """Told to the desk. The caller has a transaction open."""
    record(facts.DraftChanged(**about(row), by=by, draft_id=row.id, state=row.state))


def reference(row: DraftOrder) -> str:
    """What somebody who pays by transfer writes, so that whoever looks into the account knows it again."""
    return f"{row.merchant.slug[:3].upper()}-{row.id}"


def for_sale(row: DraftOrder) -> bool:
    """Whether what is in it can still be had: looked at once more before somebody pays."""
    wanted = {each["variant"]: int(each["quantity"]) for each in row.lines if each.get("variant")}
    found = Variant.objects.filter(merchant_id=row.merchant_id, id__in=wanted).select_related("product")
    return len(found) == len(wanted) and all(_enough(variant, wanted[variant.id]) for variant in found)


def _kept(row: DraftOrder) -> tuple[DraftOrder, bool]:
    """The row, or the one that a second click made at the same moment."""
    made = DraftOrder.objects.bulk_create([row], ignore_conflicts=True)[0]
    kept = DraftOrder.objects.select_related("merchant").get(merchant_id=row.merchant_id, key=row.key)
    return kept, kept.token == made.token


def _becomes(row: DraftOrder, what: Paid, by: Actor) -> Order:
    """The order, attached by hand-over: we gave them the link, and whoever held it paid (decision 13).

    What no longer fits the catalogue is sold all the same, by its title: it is paid for.
    """
    order = None
    for variants in (True, False):
        try:
            with transaction.atomic():
                order = type_order(row.merchant, _typed(row, what, variants), by)
            break
        except Refused as why:
            if not variants:
                raise
            row.trouble = str(why)
    assert order is not None
    order.key, order.attached_because = row.key, BY_LINK
    order.save(update_fields=["key", "attached_because"])
    return order


def _typed(row: DraftOrder, what: Paid, variants: bool) -> TypedOrder:
    lines = tuple(
        TypedLine(
            each["title"], each["quantity"], each["price"], each.get("variant") if variants else None, each["sku"]
        )
        for each in row.lines
    )
    return TypedOrder(
        f"draft:{row.key}"[:120], row.currency, lines, row.customer, name=what.name, ship_to=what.ship_to,
        shipping=row.shipping, discount=row.discount, tax=row.tax, note=row.note, placed_at=what.came.at, source="page",
    )  # fmt: skip


@transaction.atomic
def _expire(seen: DraftOrder, now: datetime) -> int:
    row = held(seen)
    if row.state not in ("making", "open") or row.expires_at > now or (row.pay_until and row.pay_until > now):
        return 0
    row.state, row.not_before = "expired", now
    row.save(update_fields=["state", "not_before"])
    changed(row, SYSTEM)
    return 1


def _check(variant: Variant, quantity: int) -> None:
    name = f"{variant.product} {variant.title}".strip()
    if not 1 <= quantity <= MOST_PIECES:
        raise Refused(_("“%(name)s” needs a number of pieces.") % {"name": name}, _("Type how many they want."))
    if variant.gone_at or variant.product.gone_at or not variant.product.active:
        raise Refused(_("“%(name)s” is not for sale any more.") % {"name": name}, _("Choose something else."))
    if not _enough(variant, quantity):
        left = max(variant.stock or 0, 0)
        raise Refused(_("There are only %(left)s of “%(name)s” left.") % {"left": left, "name": name}, _("Take fewer."))


def _enough(variant: Variant, quantity: int) -> bool:
    if variant.gone_at or variant.product.gone_at or not variant.product.active:
        return False
    return variant.stock is None or variant.sells_without_stock or variant.stock >= quantity


def _can_be_paid_here(merchant_id: int) -> None:
    if not PayAccount.objects.filter(merchant_id=merchant_id, paused_at=None).exists():
        raise Refused(
            _("There is no way yet for them to pay it."), _("An admin can add one in the settings, under Being paid.")
        )


def _values(row: DraftOrder) -> dict[str, Any]:
    """For the audit record: nothing personal."""
    return {"total": row.total, "currency": row.currency, "state": row.state, "customer": row.customer_id}
