"""Who may give what at once, and the sentence why not. Pure: rows, sums and worth are given.

Two kinds of "no". What cannot be at all (more than was paid, another currency) is `physics`, and nobody passes it. What
is beyond somebody's authority is decided here: a lead is asked, or somebody who may makes an exception, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from presszero.core.money import Money

from .wording import says

ANY = "any"
# In the table beside the team's roles. Those of a kind are one giver, however many there are of them.
MACHINES = ("assistant", "rule", "api")


class Rule(StrEnum):
    """What may stand in the way of somebody who gives. Written down as "each:refund:agent": rule, kind, whose row."""

    ALLOWED = "allowed"  # not for them at all
    EACH = "each"
    SHARE = "share"
    ORDER = "order"
    CUSTOMER = "customer"
    DAY = "day"
    MONTH = "month"
    UNSURE = "unsure"  # nobody can say what it is worth in the merchant's currency


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A row of the authority table, see models.Limit. `whose`: a role, or "member"."""

    whose: str
    kind: str = ANY
    currency: str = "EUR"
    allowed: bool = True
    each: int | None = None
    share: int | None = None
    order: int | None = None
    customer_month: int | None = None
    day: int | None = None
    month: int | None = None
    worth_from: int | None = None
    may_pass: bool = False
    may_grant: bool = False

    @property
    def name(self) -> str:
        """What remedies decided under it are filed under: "any:agent"."""
        return f"{self.kind}:{self.whose}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be given. `weighs` in the merchant's currency; `sure`: whether anybody can say so."""

    kind: str
    weighs: Money
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What counts already, in minor units of the merchant's currency. `day` and `month`: by this giver, by kind."""

    day: Mapping[str, int] = field(default_factory=dict)
    month: Mapping[str, int] = field(default_factory=dict)
    customer_month: int = 0  # to this customer, by everybody
    order: int = 0  # on this order, by everybody


@dataclass(frozen=True, slots=True)
class Case:
    """For whom: what they are worth, what was given, and what the order was worth (None without an order)."""

    worth: int = 0  # spent with us so far, minor units of the merchant's currency
    given: Given = Given()
    order_value: int | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """One limit that is passed. `needed` is what it would have to be, minor units, or percent for a share."""

    rule: str  # "each:any:agent"
    sentence: str
    limit: Money | None = None
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome`: allowed · ask (a lead, or pass it where `may_pass`) · never (nobody can)."""

    outcome: str
    rule: str = ""  # the first that stands in the way
    sentence: str = ""
    next_step: str = ""
    limit: Money | None = None
    beyond: tuple[Beyond, ...] = ()
    may_pass: bool = False
    under: str = ""  # LimitRow.name, "" where no row was found

    @property
    def allowed(self) -> bool:
        return self.outcome == "allowed"


def decide(wanted: Wanted, rows: Sequence[LimitRow], case: Case) -> Decision:
    """Whether it may be given at once. `rows` are those of the giver and of their role.

    The most particular row counts: the member's before the role's, the kind's before "any", and of these the one for
    the customers of highest worth that theirs reaches. No row: not allowed. What weighs nothing, such as another
    address, passes under every limit; so a machine may give it only where a row names that very kind.
    """
    row = governing(wanted.kind, rows, case.worth)
    if row is None or not row.allowed or _slips_under(wanted, row):
        beyond: tuple[Beyond, ...] = (_not_allowed(wanted, row),)
    elif not wanted.sure or row.currency != wanted.weighs.currency:
        beyond = _unsure(wanted, row)
    else:
        beyond = tuple(_passed(wanted, row, rows, case))
    return _decision(row, beyond)


def governing(kind: str, rows: Sequence[LimitRow], worth: int) -> LimitRow | None:
    """The row that counts for a remedy of this kind, for a customer of this worth (minor units)."""
    reached = [row for row in rows if row.kind in (kind, ANY) and (row.worth_from or 0) <= worth]
    return max(reached, key=_particular, default=None)


def kinds_under(row: LimitRow, rows: Sequence[LimitRow], kinds: Sequence[str]) -> set[str]:
    """Of these kinds, those whose day and month are counted together with the row's: those it stands for."""
    return {kind for kind in kinds if _stands_for(kind, rows) == (row.whose, row.kind)}


def may_grant(kind: str, rows: Sequence[LimitRow], worth: int = 0) -> bool:
    """Whether they answer others who ask for a remedy of this kind."""
    row = governing(kind, rows, worth)
    return row is not None and row.allowed and row.may_grant


def with_next_step(decision: Decision, whom: str) -> Decision:
    """The same with what can be done now. `whom` is asked, by first name; "" for nobody in particular."""
    if decision.outcome != "ask":
        return decision
    ask = _("Ask %(name)s") % {"name": whom} if whom else _("Ask a lead")
    if decision.may_pass:
        return replace(decision, next_step=_("%(ask)s, or make an exception and say why.") % {"ask": ask})
    return replace(decision, next_step=f"{ask}.")


def _slips_under(wanted: Wanted, row: LimitRow) -> bool:
    return row.whose in MACHINES and row.kind == ANY and wanted.sure and not wanted.weighs.minor


def _particular(row: LimitRow) -> tuple[bool, bool, int]:
    return row.whose == "member", row.kind != ANY, row.worth_from or 0


def _stands_for(kind: str, rows: Sequence[LimitRow]) -> tuple[str, str] | None:
    """Whatever the customer is worth: two rows that differ only in that share one sum."""
    found = max((row for row in rows if row.kind in (kind, ANY)), key=lambda r: _particular(r)[:2], default=None)
    return (found.whose, found.kind) if found else None


def _decision(row: LimitRow | None, beyond: tuple[Beyond, ...]) -> Decision:
    under = row.name if row else ""
    if not beyond:
        return Decision("allowed", under=under)
    first = beyond[0]
    may_pass = row is not None and row.may_pass
    return Decision("ask", first.rule, first.sentence, "", first.limit, beyond, may_pass, under)


def _not_allowed(wanted: Wanted, row: LimitRow | None) -> Beyond:
    name = row.name if row else f"{wanted.kind}:nobody"
    return Beyond(f"{Rule.ALLOWED}:{name}", _("This is not yours to give at once."), needed=wanted.weighs.minor)


def _unsure(wanted: Wanted, row: LimitRow) -> tuple[Beyond, ...]:
    """Where there is a limit at all: whoever has none need not be told what it is worth."""
    if all(each is None for each in (row.each, row.share, row.order, row.customer_month, row.day, row.month)):
        return ()
    why = (
        _("Your limits were written down in another currency, so nobody can say whether this is within them.")
        if wanted.sure
        else _("Nobody can say yet what this is worth in your shop’s currency.")
    )
    return (Beyond(f"{Rule.UNSURE}:{row.name}", why),)


def _passed(wanted: Wanted, row: LimitRow, rows: Sequence[LimitRow], case: Case) -> list[Beyond]:
    """Every limit of the row that this would pass, what it is about first."""
    weighs, given = wanted.weighs.minor, case.given
    day, month = (_counted(sums, row, rows) for sums in (given.day, given.month))
    sums = (
        (Rule.EACH, row.each, 0),
        (Rule.SHARE, _share(row, case), given.order),
        (Rule.ORDER, row.order, given.order),
        (Rule.CUSTOMER, row.customer_month, given.customer_month),
        (Rule.DAY, row.day, day),
        (Rule.MONTH, row.month, month),
    )
    found = []
    for rule, most, before in sums:
        if most is not None and weighs and before + weighs > most:
            limit = Money(most, row.currency)
            values = {"limit": says(limit), "this": says(wanted.weighs), "given": says(Money(before, row.currency))}
            sentence = _sentence(rule, bool(before)) % {**values, "percent": row.share}
            needed = _percent(before + weighs, case) if rule == Rule.SHARE else before + weighs
            found.append(Beyond(f"{rule}:{row.name}", sentence, limit, needed))
    return found


def _counted(sums: Mapping[str, int], row: LimitRow, rows: Sequence[LimitRow]) -> int:
    return sum(sums[kind] for kind in kinds_under(row, rows, list(sums)))


def _share(row: LimitRow, case: Case) -> int | None:
    """What the percentage comes to; without an order there is nothing to take a share of."""
    return None if row.share is None or case.order_value is None else case.order_value * row.share // 100


def _percent(minor: int, case: Case) -> int | None:
    return -(-minor * 100 // case.order_value) if case.order_value else None


def _sentence(rule: Rule, some_before: bool) -> str:
    if rule == Rule.EACH:
        return _("You may give up to %(limit)s at once; this is %(this)s.")
    most = {
        Rule.SHARE: _("On one order you may give up to %(percent)s %% of it, here %(limit)s."),
        Rule.ORDER: _("On one order you may give up to %(limit)s."),
        Rule.CUSTOMER: _("One customer may be given up to %(limit)s in 30 days."),
        Rule.DAY: _("You may give up to %(limit)s in a day."),
        Rule.MONTH: _("You may give up to %(limit)s in 30 days."),
    }[rule]
    rest = _("%(given)s is given already, and this is %(this)s.") if some_before else _("This is %(this)s.")
    return f"{most} {rest}"
