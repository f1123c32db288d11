"""The sheet on which a remedy is put together: what can be given, on which order, and what was filled in so far."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.commerce import queries as commerce
from presszero.commerce.models import Order, OrderLine, Variant
from presszero.commerce.policy import number_key
from presszero.commerce.vocabulary import Address
from presszero.conversations.models import Conversation, Message
from presszero.core.money import BadMoney, Money, typed
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.queries import today
from presszero.remedies.models import OwnRemedy
from presszero.remedies.owning import PREFIX
from presszero.remedies.physics import GOODS
from presszero.remedies.saying import NAMES
from presszero.remedies.vocabulary import Asked, Kind

from .remedied import ICONS

_MOST_ORDERS = 20
_READ = 5  # of their last messages, for the number of an order
_OPEN = (Kind.REFUND, Kind.CANCEL, Kind.ADDRESS, Kind.EXPEDITE, Kind.CREDIT, Kind.GOODWILL, Kind.CODE, Kind.GIFT_CARD)
_SENT = (
    Kind.REFUND, Kind.REPLACE, Kind.CREDIT, Kind.RETURN, Kind.EXCHANGE, Kind.GOODWILL, Kind.CODE, Kind.PRICE_MATCH,
    Kind.GIFT_CARD,
)  # fmt: skip
_WITHOUT = (Kind.CREDIT, Kind.CODE, Kind.GIFT_CARD)
WITH_LINES = frozenset({Kind.REFUND, Kind.REPLACE, Kind.RETURN, Kind.EXCHANGE})
WITH_AMOUNT = frozenset({
    Kind.REFUND, Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE, Kind.GOODWILL, Kind.PRICE_MATCH, Kind.EXPEDITE,
})  # fmt: skip
WITH_DAYS = frozenset(_WITHOUT)
_PLACES = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")


class Unfinished(Refused):
    """Something has to be picked or typed first; nothing is wrong yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind that can be given, and the digit that picks it."""

    kind: str
    name: str
    icon: str
    key: str


@dataclass(slots=True)
class Sheet:
    """What stands on it. `kind` "" while nothing is picked; `lines`: line id → pieces that are picked."""

    conversation: Conversation
    orders: list[Order]
    order: Order | None
    kind: str
    kinds: list[Choice]
    order_lines: list[OrderLine] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
    variants: list[tuple[Variant, int]] = field(default_factory=list)
    own: OwnRemedy | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def currency(self) -> str:
        return self.order.currency if self.order else self.conversation.merchant.currency

    @staticmethod
    def choices(of: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What a field of an own remedy may be."""
        return [("", ""), *((one, one) for one in of.get("choices", []))]

    def has(self, what: str) -> bool:
        """Whether a kind has such fields: lines · amount · days · things · address."""
        kinds = {"lines": WITH_LINES, "amount": WITH_AMOUNT, "days": WITH_DAYS, "things": GOODS, "address": {"address"}}
        return self.kind in kinds[what]


def sheet(row: Conversation, given: QueryDict) -> Sheet:
    """As the form says, and where it says nothing, as is likeliest."""
    person = today(row.customer)
    orders = commerce.orders_of(person, _MOST_ORDERS)
    order = _order(row, orders, given)
    own = {f"{PREFIX}{one.id}": one for one in OwnRemedy.objects.filter(merchant_id=row.merchant_id, retired_at=None)}
    kinds = _kinds(order, own)
    kind = given.get("kind", "")
    known = {each.kind for each in kinds}
    made = Sheet(row, orders, order, kind if kind in known else "", kinds, own=own.get(kind), given=_words(given))
    made.key = given.get("key", "") or str(uuid.uuid4())
    if order and made.has("lines"):
        lines = OrderLine.objects.filter(merchant_id=row.merchant_id, order=order).select_related("variant__product")
        made.order_lines = list(lines.order_by("position", "id"))
        made.lines = _picked(made.order_lines, given)
    if made.has("things"):
        made.variants = _things(row.merchant_id, given)
    return made


def wanted(made: Sheet) -> Asked:
    """What is asked for by what stands on the sheet. Raises Unfinished, or Refused for an amount that is none."""
    if not made.kind:
        raise Unfinished(_("Pick what you want to give."))
    amount = _amount(made)
    lines = tuple(made.lines.items())
    if made.kind == Kind.REFUND and not (lines or amount or made.given.get("whole") or made.given.get("with_shipping")):
        raise Unfinished(_("Pick what goes back, or type an amount."))
    if made.kind in WITH_LINES and made.kind != Kind.REFUND and not lines:
        raise Unfinished(_("Pick the things it is about."))
    if made.kind in (Kind.GOODWILL, Kind.PRICE_MATCH) and amount is None:
        raise Unfinished(_("Type an amount."))
    whole = made.kind == Kind.REFUND and bool(made.given.get("whole"))
    return Asked(
        kind=made.kind,
        merchant_id=made.conversation.merchant_id,
        customer_id=made.conversation.customer_id,
        conversation_id=made.conversation.id,
        order_id=made.order.id if made.order else None,
        amount=amount,
        shipping=_shipping(made) if amount is None and not whole else 0,
        lines=() if whole else lines,
        variants=tuple((variant.id, pieces) for variant, pieces in made.variants),
        percent=_number(made.given.get("percent", "")) if made.kind == Kind.CODE and amount is None else None,
        address=_address(made) if made.kind == Kind.ADDRESS else None,
        restock=bool(made.given.get("restock")),
        days=_number(made.given.get("days", "")) if made.has("days") else None,
        values=_values(made),
    )


def likeliest(orders: Sequence[Order], words: str) -> Order | None:
    """The order whose number they named; else their newest sale."""
    said = {number_key(word) for word in words.split()}
    named = [order for order in orders if order.number_key and order.number_key in said]
    sales = [order for order in orders if order.kind == "sale"]
    return next(iter([*named, *sales, *orders]), None)


def _order(row: Conversation, orders: list[Order], given: QueryDict) -> Order | None:
    said = given.get("order")
    if said is None:
        return likeliest(orders, _what_they_said(row)) if orders else None
    return next((order for order in orders if str(order.id) == said), None)


def _what_they_said(row: Conversation) -> str:
    last = Message.objects.filter(merchant_id=row.merchant_id, conversation_id=row.id, inbound=True).order_by("-at")
    texts = last.values_list("entry__text", flat=True)[:_READ]
    return " ".join([row.subject, *(text[:4000] for text in texts)])


def _kinds(order: Order | None, own: Mapping[str, OwnRemedy]) -> list[Choice]:
    """What makes sense here, the usual first. Digits reach nine of them."""
    fitting: Sequence[str] = _WITHOUT
    if order and order.cancelled_at:
        fitting = (Kind.REFUND, *_WITHOUT)
    elif order:
        fitting = _OPEN if order.sent in ("not", "nothing") else _SENT
    named = [(str(kind), NAMES[kind](), ICONS[kind]) for kind in fitting]
    named += [(kind, one.name, "tagged") for kind, one in own.items()]
    return [Choice(*each, key=str(n) if n < 10 else "") for n, each in enumerate(named, 1)]


def _picked(lines: Sequence[OrderLine], given: QueryDict) -> dict[int, int]:
    """Pieces of each line that is picked: the only one there is, until the form says otherwise."""
    if "lines_seen" not in given:
        return {lines[0].id: lines[0].quantity} if len(lines) == 1 else {}
    chosen = set(given.getlist("line"))
    return {
        line.id: max(1, _number(given.get(f"pieces-{line.id}", "")) or line.quantity)
        for line in lines
        if str(line.id) in chosen
    }


def _things(merchant_id: int, given: QueryDict) -> list[tuple[Variant, int]]:
    """What was picked from the catalogue, in the order it was picked."""
    pairs = zip(given.getlist("variant"), given.getlist("quantity"), strict=False)
    wanted_here = {int(one): max(1, _number(many) or 1) for one, many in pairs if one.isdecimal() and len(one) < 19}
    rows = Variant.objects.filter(merchant_id=merchant_id, id__in=wanted_here).select_related("product")
    found = {variant.id: variant for variant in rows}
    return [(found[number], pieces) for number, pieces in wanted_here.items() if number in found]


def _amount(made: Sheet) -> Money | None:
    words = made.given.get("amount", "").strip()
    if not words or not made.has("amount"):
        return None
    try:
        return typed(words, made.currency, get_language() or "en")
    except BadMoney as why:
        raise Refused(str(why), _("Type it like 18.40.")) from why


def _shipping(made: Sheet) -> int:
    return made.order.shipping if made.order and made.given.get("with_shipping") else 0


def _address(made: Sheet) -> Address:
    said = {name: one_line(made.given.get(f"to_{name}", ""), 200) for name in _PLACES}
    return Address(**{**said, "country": said["country"].upper()[:2]})


def _values(made: Sheet) -> dict[str, str]:
    fields = made.own.fields if made.own else []
    return {each["key"]: one_line(made.given.get(f"own-{each['key']}", ""), 1000) for each in fields}


def _words(given: QueryDict) -> dict[str, str]:
    return {name: str(given.get(name, "")) for name in given}


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None


def place_now(order: Order | None) -> dict[str, Any]:
    """Where the order goes as it stands, for the form."""
    return dict(order.ship_to) if order and order.ship_to else {}
