"""Whom a batch is for: one message to each customer whose order, or whose talk with us, fits what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from presszero.commerce.models import Order, OrderLine
from presszero.conversations.models import Tagged
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from presszero.promises.models import Gap, Promise

MOST = 20_000  # people in one batch
STATES = ("not", "part", "sent", "delivered")
Pick = tuple[int, int | None]  # a customer as they are today, and the order that the message is about


@dataclass(frozen=True, slots=True)
class Whom:
    """What was chosen; nothing chosen is nobody. Of orders the newest that fits counts."""

    state: str = ""  # commerce.models.orders.Sent: not · part · sent · delivered
    days: int = 0  # ordered within so many days; 0 any time
    product: int = 0  # a product's id
    country: str = ""  # ISO 3166, of the parcel
    doubtful: bool = False  # the promised day is at risk, or passed
    differs: bool = False  # what they expect differs from the plan
    tag: int = 0  # a conversation of theirs carries it
    language: str = ""  # of the customer

    @property
    def by_order(self) -> bool:
        return bool(self.state or self.days or self.product or self.country or self.doubtful or self.differs)

    @property
    def chosen(self) -> bool:
        return self.by_order or bool(self.tag)

    def as_kept(self) -> dict[str, Any]:
        """As the batch's row keeps it: without what was not chosen."""
        return {name: value for name, value in asdict(self).items() if value}


def whom_of(given: Mapping[str, Any]) -> Whom:
    """From a form, or from what a row keeps. Raises Refused for what is not to be chosen."""
    state = str(given.get("state", ""))
    if state and state not in STATES:
        raise Refused(_("There are no such orders."), _("Choose how far the order is."))
    return Whom(
        state=state,
        days=_number(given.get("days"), 3650),
        product=_number(given.get("product"), 2**62),
        country=one_line(str(given.get("country", "")), 2).upper(),
        doubtful=bool(given.get("doubtful")),
        differs=bool(given.get("differs")),
        tag=_number(given.get("tag"), 2**62),
        language=one_line(str(given.get("language", "")), 12),
    )


def people(merchant: Merchant, whom: Whom, at: datetime) -> list[Pick]:
    """Everybody once, in the order they came to us. Raises Refused for nobody chosen, and for too many."""
    if not whom.chosen:
        raise Refused(_("It is not said whom to write to."), _("Choose at least one thing that they have in common."))
    picks = _by_order(merchant, whom, at) if whom.by_order else {}
    if whom.tag:
        tagged = _tagged(merchant, whom.tag)
        picks = {who: order for who, order in picks.items() if who in tagged} if whom.by_order else tagged
    if whom.language:
        picks = {who: picks[who] for who in _speaking(merchant, whom.language, picks)}
    if len(picks) > MOST:
        raise Refused(_("These are more than %(n)d people.") % {"n": MOST}, _("Choose fewer of them at a time."))
    return sorted(picks.items())


def _by_order(merchant: Merchant, whom: Whom, at: datetime) -> dict[int, int | None]:
    rows = _fitting(merchant, whom, at).order_by("placed_at", "id")
    found = rows.values_list("customer_id", "customer__root_id", "id")[: MOST * 5]
    return {root or who: order for who, root, order in found}


def _fitting(merchant: Merchant, whom: Whom, at: datetime) -> QuerySet[Order]:
    rows = Order.objects.filter(merchant=merchant, customer__isnull=False, cancelled_at=None, forgotten_at=None)
    if whom.state:
        rows = rows.filter(sent=whom.state)
    if whom.days:
        rows = rows.filter(placed_at__gte=at - timedelta(days=whom.days))
    if whom.country:
        rows = rows.filter(ship_to__country=whom.country)
    if whom.product:
        lines = OrderLine.objects.filter(merchant=merchant, variant__product_id=whom.product)
        rows = rows.filter(id__in=lines.values("order_id"))
    if whom.doubtful:
        late = Q(state="at_risk") | Q(state="broken", kept_at=None, withdrawn_at=None, renegotiated_at=None)
        promises = Promise.objects.filter(late, merchant=merchant, kind="delivery", order__isnull=False)
        rows = rows.filter(id__in=promises.values("order_id"))
    if whom.differs:
        gaps = Gap.objects.filter(merchant=merchant, closed_at=None, order__isnull=False)
        rows = rows.filter(id__in=gaps.values("order_id"))
    return rows


def _tagged(merchant: Merchant, tag: int) -> dict[int, int | None]:
    rows = Tagged.objects.filter(merchant=merchant, tag_id=tag, removed_at=None)
    found = rows.values_list("conversation__customer_id", "conversation__customer__root_id")
    return {root or who: None for who, root in found}


def _speaking(merchant: Merchant, language: str, picks: Mapping[int, int | None]) -> list[int]:
    rows = Customer.objects.filter(merchant=merchant, id__in=list(picks), language__startswith=language)
    return list(rows.values_list("id", flat=True))


def _number(given: Any, most: int) -> int:
    said = str(given or "")
    return min(int(said), most) if said.isdecimal() and said.isascii() and len(said) < 19 else 0
