"""Giving a remedy: decided once, under locks, and then done. The same key is the same remedy."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import clean

from ..authority import Authority, authority_of, whom_to_ask
from ..holding import hold
from ..meaning import Meant, Whose, meaning, order_value, whose, worth
from ..models import Passed, Remedy, State
from ..physics import GOODS, Impossible
from ..policy import Case, Decision, Wanted, decide, with_next_step
from ..saying import preview_of
from ..standing import given
from ..vocabulary import Asked
from ..ways import can_undo, way_of
from .writing import drafted, earlier, put_under_way, written


class OverAuthority(Refused):
    """It is beyond what they may give at once. `decision` says which limit, and what can be done."""

    status = 403

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.sentence, decision.next_step)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. `way`: store · here · told · task; `amount` None where it comes to nothing or is not said."""

    says: list[str]
    amount: Money | None
    decision: Decision
    way: str
    can_undo: bool


def preview(asked: Asked, by: Actor) -> Preview:
    """What it would do and whether they may; nothing is changed. Raises MayNot only."""
    try:
        found = whose(asked)
        meant = meaning(asked, found)
    except Impossible as why:
        return Preview([], None, why.decision, "", False)
    who = authority_of(by, asked.merchant_id, found.conversation)
    row = drafted(meant, by)
    way = way_of(row)
    decision = decision_of(meant, who, by)
    return Preview(preview_of(row, meant, way), meant.amount or None, decision, way, can_undo(row))


@transaction.atomic
def give(asked: Asked, by: Actor, key: str, reason: str = "", pass_rule: bool = False) -> Remedy:
    """Gives it now, or raises: OverAuthority, Impossible, MayNot; Refused for a key that was used for something else.

    `pass_rule` makes an exception where they may, and needs a reason.
    """
    found, who, again = opened(asked, by, key)
    if again:
        return again
    meant = meaning(asked, found)
    decision = decision_of(meant, who, by)
    if not decision.allowed:
        may_be_passed(decision, reason, pass_rule)
    row = written(drafted(meant, by, reason), key, State.GIVEN, who.code, decision.under)
    note_passed(row, decision, clean(reason, 500), by)
    return put_under_way(row, by)


def opened(asked: Asked, by: Actor, key: str) -> tuple[Whose, Authority, Remedy | None]:
    """Everything held that a decision looks at; and the remedy that this key made before."""
    again = earlier(asked, key)
    found = whose(asked)
    who = authority_of(by, asked.merchant_id, found.conversation)
    if again:
        return found, who, again
    hold(found, who.code, asked.kind in GOODS)
    return whose(asked), who, earlier(asked, key)


def decision_of(meant: Meant, who: Authority, by: Actor) -> Decision:
    """With everything that counts at this moment."""
    found = meant.whose
    sums = given(who.code, found.ids, found.order, timezone.now(), found.merchant.id)
    case = Case(worth(found), sums, order_value(found))
    decided = decide(Wanted(meant.asked.kind, meant.weighs, meant.sure), who.rows, case)
    if decided.allowed:
        return decided
    return with_next_step(decided, whom_to_ask(found.merchant.id, meant.asked.kind, by))


def note_passed(row: Remedy, decision: Decision, reason: str, by: Actor) -> None:
    """An exception for each limit that was passed: counted by rule, and told."""
    for each in decision.beyond:
        Passed.objects.create(
            merchant_id=row.merchant_id,
            remedy=row,
            rule=each.rule[:60],
            sentence=each.sentence[:300],
            needed=each.needed,
            reason=reason,
            by=by.code,
        )


def may_be_passed(decision: Decision, reason: str, pass_rule: bool) -> None:
    """Raises OverAuthority, or Refused where the reason is missing."""
    if not pass_rule or not decision.may_pass:
        raise OverAuthority(decision)
    if not clean(reason).strip():
        raise Refused(_("An exception needs a reason."), _("Say in a few words why."))
