"""A remedy as a step of macros, rules and bulks: {"do": "remedy", "kind": "credit", "amount": "10.00"}.

Builders write {"key", "value"} for kind and amount. It is given on the authority of whoever does the step: a member's
own, or the "rule" row of the table. What is beyond it is refused with its sentence, and the step is not done.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.commerce.models import Order, OrderLine
from presszero.commerce.policy import number_key
from presszero.conversations import steps
from presszero.conversations.filtering import Known
from presszero.conversations.filtering.choices import Choice
from presszero.conversations.models import Conversation, Message
from presszero.conversations.steps import BadSteps, Before, Verb
from presszero.core.actor import Actor
from presszero.core.money import BadMoney, Money, money
from presszero.core.refusal import Refused
from presszero.customers.queries import family, today
from presszero.merchants.models import Merchant

from .actions import give, undo
from .models import OwnRemedy, Remedy
from .owning import PREFIX
from .physics import ON_AN_ORDER
from .saying import name_of
from .vocabulary import GIVES_MONEY, Asked, Kind

# What needs nothing that only somebody who looks can say, such as another address.
_OFFERED = (
    Kind.REFUND, Kind.REPLACE, Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE, Kind.GOODWILL, Kind.CANCEL, Kind.RETURN,
    Kind.EXPEDITE,
)  # fmt: skip
_NEEDS_AMOUNT = frozenset({Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE, Kind.GOODWILL})
_NUMBER = re.compile(r"[#\w-]{0,10}\d[\w-]{0,40}")
_LAST_WORDS = 5  # messages in which an order may be named


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a step gives. `amount` as it was typed, "" for all of it; `percent` where it was a share."""

    kind: str
    amount: str = ""
    percent: int | None = None


def add() -> None:
    """Makes the verb known to whoever reads steps."""
    steps.add(
        "remedy",
        Verb(
            gettext_lazy("Give"), gettext_lazy("gives %(what)s"), "pair", "key", _perform, _undo,
            read=_read, choices=_choices,
        ),
    )  # fmt: skip


def _read(known: Known, node: Mapping[str, Any]) -> tuple[Wanted, str]:
    kind, said = node.get("kind", node.get("key")), node.get("amount", node.get("value")) or ""
    if not isinstance(kind, str) or not isinstance(said, str) or kind not in {c.value for c in _choices(known)}:
        raise BadSteps(_("What a step gives is not here any more."), _("Pick another one, or take the step out."))
    words = said.strip()
    shown = f"{name_of(kind, known.merchant_id)} {words}".strip()
    if words.endswith("%"):
        return Wanted(kind, percent=_share(words, kind)), shown
    if not words and kind in _NEEDS_AMOUNT:
        raise BadSteps(_("Say how much is given."), _("An amount, such as 10.00."))
    if words:
        _amount(words, Merchant.objects.values_list("currency", flat=True).get(id=known.merchant_id))
    return Wanted(kind, words), shown


def _share(words: str, kind: str) -> int:
    number = words.rstrip("% ").strip()
    if kind not in GIVES_MONEY | {Kind.CODE} or not number.isdecimal() or not 1 <= int(number[:4]) <= 100:
        raise BadSteps(_("A share is between 1 and 100 percent, of a refund, goodwill or a code."))
    return int(number)


def _amount(words: str, currency: str) -> Money:
    try:
        found = money(words.replace(",", "."), currency)
    except BadMoney as why:
        raise BadSteps(str(why), _("An amount, such as 10.00.")) from None
    if found.minor <= 0:
        raise BadSteps(_("An amount to give is more than nothing."))
    return found


def _choices(known: Known) -> list[Choice]:
    """Ours, and the merchant's own that can be given by an amount alone."""
    own = [
        Choice(f"{PREFIX}{row.id}", row.name)
        for row in OwnRemedy.objects.filter(merchant_id=known.merchant_id, retired_at=None).order_by("name")
        if not any(field.get("required") and field["key"] != row.amount_field for field in row.fields)
    ]
    return [*(Choice(str(kind), name_of(kind)) for kind in _OFFERED), *own]


def _perform(row: Conversation, wanted: Wanted, by: Actor) -> Before:
    made = give(_asked(row, wanted), by, _key(row, wanted, by))
    return {"remedy": made.id}


def _undo(row: Conversation, before: Before, by: Actor) -> None:
    made = Remedy.objects.filter(merchant_id=row.merchant_id, id=before["remedy"]).first()
    if made is not None:
        undo(made, by)


def _key(row: Conversation, wanted: Wanted, by: Actor) -> str:
    """A rule fires once for a reason, so a firing that comes again gives the same; a person means it anew."""
    if by.kind == "rule" and by.id:
        return f"rule-{by.id}-{row.now_id}-{wanted.kind}-{wanted.percent or wanted.amount}"[:60]
    return f"step-{uuid.uuid4().hex}"


def _asked(row: Conversation, wanted: Wanted) -> Asked:
    customer = today(row.customer)
    merchant = Merchant.objects.get(id=row.merchant_id)
    order = order_meant(row) if wanted.kind in ON_AN_ORDER else None
    percent = wanted.percent if wanted.kind == Kind.CODE else None
    own = OwnRemedy.objects.filter(merchant=merchant, id=_own_id(wanted.kind)).first()
    return Asked(
        kind=wanted.kind,
        merchant_id=row.merchant_id,
        customer_id=customer.id,
        conversation_id=row.id,
        order_id=order.id if order else None,
        amount=_money_of(wanted, order, merchant),
        lines=_all_lines(order) if order and wanted.kind in (Kind.REPLACE, Kind.RETURN) else (),
        percent=percent,
        values={own.amount_field: wanted.amount} if own and own.amount_field and wanted.amount else {},
    )


def _money_of(wanted: Wanted, order: Order | None, merchant: Merchant) -> Money | None:
    if wanted.percent is not None:
        share = Decimal(wanted.percent) / 100
        return order.money(int(order.total * share)) if order and wanted.kind != Kind.CODE else None
    if not wanted.amount or wanted.kind.startswith(PREFIX):
        return None
    found = _amount(wanted.amount, merchant.currency)
    if order and order.currency != found.currency:
        raise Refused(
            _("The order was paid in %(currency)s, and the step says an amount of %(ours)s.")
            % {"currency": order.currency, "ours": found.currency},
            _("Give it by hand."),
        )
    return found


def order_meant(row: Conversation) -> Order:
    """The order that a conversation is about: the one it names, else the only one. Raises Refused where it is open."""
    ids = family(row.customer)
    sales = Order.objects.filter(merchant_id=row.merchant_id, customer_id__in=ids, kind="sale", cancelled_at=None)
    found = list(sales.order_by("-placed_at")[:50])
    said = _numbers_said(row)
    named = [order for order in found if order.number_key in said]
    candidates = named or found
    if len(candidates) != 1:
        why = (
            _("They have no order that this could be for.") if not found else _("It is not clear which order is meant.")
        )
        raise Refused(why, _("Open the order and give it there."))
    return candidates[0]


def _numbers_said(row: Conversation) -> set[str]:
    rows = Message.objects.filter(merchant_id=row.merchant_id, conversation_id=row.id, inbound=True)
    texts = rows.order_by("-at", "-id").values_list("entry__subject", "entry__text")[:_LAST_WORDS]
    words = " ".join([row.subject, *(f"{subject} {text[:5000]}" for subject, text in texts)])
    return {number_key(found) for found in _NUMBER.findall(words)}


def _all_lines(order: Order) -> tuple[tuple[int, int], ...]:
    rows = OrderLine.objects.filter(merchant_id=order.merchant_id, order=order, quantity__gt=0)
    return tuple(rows.order_by("position", "id").values_list("id", "quantity"))


def _own_id(kind: str) -> int:
    number = kind.removeprefix(PREFIX)
    return int(number) if kind.startswith(PREFIX) and number.isdecimal() else 0
