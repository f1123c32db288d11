"""The authority table: who may give what. And what other currencies are worth in the merchant's own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.core.actor import SYSTEM, Actor
from presszero.core.money import MOST, BadMoney, Money
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from ..authority import ROLES
from ..models import ExchangeRate, Limit, OwnRemedy
from ..owning import PREFIX
from ..policy import ANY, MACHINES
from ..vocabulary import Kind

AMOUNTS = ("each", "order", "customer_month", "day", "month", "worth_from")  # minor units of the merchant's currency
_VALUES = (*AMOUNTS, "share", "allowed", "may_pass", "may_grant")
# In whole units of the merchant's currency. Goods count as they were sold, so a pair of boots needs more room.
_DEFAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("agent", ANY, {"each": 50, "day": 150}),
    ("agent", Kind.REPLACE, {"each": 150, "day": 450}),
    ("agent", Kind.EXCHANGE, {"each": 150, "day": 450}),
    ("lead", ANY, {"each": 250, "may_pass": True, "may_grant": True}),
    ("admin", ANY, {"may_pass": True, "may_grant": True}),
    ("assistant", ANY, {"allowed": False, "each": 0}),
    ("rule", ANY, {"allowed": False}),
    ("api", ANY, {"allowed": False}),
)


@transaction.atomic
def set_default_limits(merchant: Merchant, by: Actor = SYSTEM) -> int:
    """What a new merchant begins with; nothing where there are limits already. How many rows."""
    if Limit.objects.filter(merchant=merchant).exists():
        return 0
    for role, kind, values in _DEFAULTS:
        made = {key: _whole(value, merchant.currency) if key in AMOUNTS else value for key, value in values.items()}
        Limit.objects.create(merchant=merchant, role=role, kind=kind, currency=merchant.currency, **made)
    write_down("limit.begin", f"merchant:{merchant.id}", by=by, merchant=merchant, after={"rows": len(_DEFAULTS)})
    return len(_DEFAULTS)


@transaction.atomic
def set_limit(merchant: Merchant, whose: str | Membership, kind: str, values: Mapping[str, Any], by: Actor) -> Limit:
    """Writes the row of a role (or machine), or of a member. `values`: any of AMOUNTS in minor units or None, share in
    percent or None, allowed, may_pass, may_grant. What is left out stays, or is the default. Raises Refused."""
    checked = _checked(values)
    _check_whose(merchant, whose, kind)
    member = whose if isinstance(whose, Membership) else None
    where = {"role": "" if member else str(whose), "member": member, "kind": kind}
    rows = Limit.objects.select_for_update().filter(merchant=merchant, **where)
    row = rows.filter(worth_from=checked.get("worth_from")).first()
    before = said(row) if row else None
    row = row or Limit(merchant=merchant, **where)
    row.currency = merchant.currency
    for name, value in checked.items():
        setattr(row, name, value)
    row.save()
    write_down("limit.set", f"limit:{row.id}", by=by, merchant=merchant, before=before, after=said(row))
    return row


@transaction.atomic
def remove_limit(limit: Limit, by: Actor) -> None:
    """What is more general counts again. Twice is once."""
    row = Limit.objects.select_for_update().filter(merchant_id=limit.merchant_id, id=limit.id).first()
    if row is None:
        return
    write_down("limit.remove", f"limit:{row.id}", by=by, merchant=row.merchant, before=said(row))
    row.delete()


@transaction.atomic
def set_rate(merchant: Merchant, currency: str, rate: Decimal, by: Actor) -> ExchangeRate:
    """`rate`: the merchant's currency for one of the other. Raises Refused."""
    try:
        Money(0, currency)
    except BadMoney as why:
        raise Refused(str(why)) from why
    if currency == merchant.currency:
        raise Refused(_("That is your own currency."))
    if not rate.is_finite() or not Decimal("0.00000001") <= rate <= 10**9:
        raise Refused(_("A rate is a number above nothing."))
    row = ExchangeRate.objects.select_for_update().filter(merchant=merchant, currency=currency).first()
    before = {"rate": str(row.rate)} if row else None
    row = row or ExchangeRate(merchant=merchant, currency=currency)
    row.rate, row.by = rate, by.code
    row.save()
    after = {"rate": str(rate)}
    write_down("rate.set", f"rate:{currency}", by=by, merchant=merchant, before=before, after=after)
    return row


@transaction.atomic
def remove_rate(rate: ExchangeRate, by: Actor) -> None:
    """Nobody can say then what that currency is worth, so limits ask a lead."""
    ExchangeRate.objects.filter(merchant_id=rate.merchant_id, id=rate.id).delete()
    write_down("rate.remove", f"rate:{rate.currency}", by=by, merchant=rate.merchant, before={"rate": str(rate.rate)})


def said(row: Limit) -> dict[str, Any]:
    """A row as the audit record keeps it."""
    whose = f"member:{row.member_id}" if row.member_id else row.role
    return {"whose": whose, "kind": row.kind, "currency": row.currency} | {name: getattr(row, name) for name in _VALUES}


def _whole(amount: int, currency: str) -> int:
    return int(10 ** _digits(currency)) * amount


def _digits(currency: str) -> int:
    return -int(Money(1, currency).decimal.as_tuple().exponent)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _VALUES:
        if name not in values:
            continue
        value = values[name]
        if name in AMOUNTS or name == "share":
            most = 100 if name == "share" else MOST
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most):
                raise Refused(_("A limit is nothing or more."), _("Leave it empty where there is none."))
        else:
            value = bool(value)
        found[name] = value
    return found


def _check_whose(merchant: Merchant, whose: str | Membership, kind: str) -> None:
    if isinstance(whose, Membership):
        if whose.merchant_id != merchant.id or whose.left_at:
            raise Refused(_("They are not on this team."))
    elif whose not in (*ROLES, *MACHINES):
        raise Refused(_("There is no such role."))
    number = kind.removeprefix(PREFIX)
    own = kind.startswith(PREFIX) and number.isdecimal()
    known = kind == ANY or kind in list(Kind)
    if not known and not (own and OwnRemedy.objects.filter(merchant=merchant, id=int(number)).exists()):
        raise Refused(_("There is no such remedy."))
