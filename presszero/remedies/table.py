"""The authority table in plain words: who may give what, as a merchant would say it. Pure, in the active language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from presszero.core.money import Money

from .policy import ANY
from .vocabulary import Kind
from .wording import says

WHO: Mapping[str, Callable[[], str]] = {
    "agent": lambda: _("Agents"),
    "lead": lambda: _("Leads"),
    "admin": lambda: _("Admins"),
    "assistant": lambda: _("The assistant"),
    "rule": lambda: _("Rules"),
    "api": lambda: _("Programs"),
}
WHAT: Mapping[str, Callable[[], str]] = {
    ANY: lambda: _("anything"),
    Kind.REFUND: lambda: _("a refund"),
    Kind.REPLACE: lambda: _("a replacement"),
    Kind.CREDIT: lambda: _("store credit"),
    Kind.GIFT_CARD: lambda: _("a gift card"),
    Kind.CODE: lambda: _("a discount code"),
    Kind.CANCEL: lambda: _("a cancellation"),
    Kind.ADDRESS: lambda: _("another address"),
    Kind.EXPEDITE: lambda: _("faster delivery"),
    Kind.RETURN: lambda: _("a return label"),
    Kind.EXCHANGE: lambda: _("an exchange"),
    Kind.PRICE_MATCH: lambda: _("a price match"),
    Kind.GOODWILL: lambda: _("goodwill"),
}
# What a rule is called where exceptions are counted: policy.Rule.
RULES: Mapping[str, Callable[[], str]] = {
    "allowed": lambda: _("not theirs to give"),
    "each": lambda: _("more at once"),
    "share": lambda: _("more of an order’s value"),
    "order": lambda: _("more on one order"),
    "customer": lambda: _("more to one customer in 30 days"),
    "day": lambda: _("more in a day"),
    "month": lambda: _("more in 30 days"),
    "unsure": lambda: _("worth not known"),
}


class Row(Protocol):
    """What a row of the table says, whether it is kept already or not. See models.Limit."""

    allowed: bool
    currency: str
    each: int | None
    share: int | None
    order: int | None
    customer_month: int | None
    day: int | None
    month: int | None
    worth_from: int | None
    may_pass: bool
    may_grant: bool


def sentence(row: Row, who: str, what: str) -> str:
    """ "Agents may give a refund up to £50.00 at once, £150.00 a day." """
    values = {"who": who, "what": what}
    if not row.allowed:
        said = _("%(who)s may not give %(what)s.") % values
    else:
        said = f"{', '.join([_begins(row, values), *_limits(row)])}."
    return " ".join([said, *_more(row)])


def who_of(role: str) -> str:
    """A role, or a machine, as many people."""
    return WHO[role]() if role in WHO else role


def what_of(kind: str, own_name: str = "") -> str:
    """A kind in the middle of a sentence; the merchant's own by its name."""
    return WHAT[kind]() if kind in WHAT else f"“{own_name or kind}”"


def _begins(row: Row, values: Mapping[str, str]) -> str:
    if row.each is None:
        return _("%(who)s may give %(what)s, whatever it comes to") % values
    return _("%(who)s may give %(what)s up to %(sum)s at once") % {**values, "sum": _sum(row, row.each)}


def _limits(row: Row) -> list[str]:
    words = (
        (row.day, _("%(sum)s a day")),
        (row.month, _("%(sum)s in 30 days")),
        (row.order, _("%(sum)s on one order")),
        (row.customer_month, _("%(sum)s to one customer in 30 days")),
    )
    found = [said % {"sum": _sum(row, minor)} for minor, said in words if minor is not None]
    if row.share is not None:
        found.append(_("%(percent)s %% of an order’s value") % {"percent": row.share})
    return found


def _more(row: Row) -> list[str]:
    found = []
    if row.worth_from:
        found.append(_("This is for customers who spent %(sum)s or more.") % {"sum": _sum(row, row.worth_from)})
    if row.allowed and row.may_pass:
        found.append(_("Beyond it they may make an exception, with a reason."))
    if row.allowed and row.may_grant:
        found.append(_("They answer colleagues who ask for more."))
    return found


def _sum(row: Row, minor: int) -> str:
    return says(Money(minor, row.currency))
