"""A filter as a condition of a statement. Only our own words are in the text; every value is a parameter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from .grammar import Condition, Filter, Group
from .values import ME

NOBODY = -1  # stands for "me" where nobody looks


def where(
    filter: Filter, whose: Membership | Merchant | int, now: datetime, prefix: str = "f"
) -> tuple[str, dict[str, Any]]:
    """A condition on conversations_conversation AS c, and its parameters, whose names begin with `prefix`.

    It holds for nothing of another merchant. `whose`: the member who looks, who is "me"; else the merchant.
    """
    me = whose.id if isinstance(whose, Membership) else NOBODY
    values: dict[str, Any] = {f"{prefix}_merchant": filter.merchant_id, f"{prefix}_now": now}
    text = _part(filter.root, values, prefix, me)
    return f"(c.merchant_id = %({prefix}_merchant)s AND {text})", values


def _part(part: Group | Condition, values: dict[str, Any], prefix: str, me: int) -> str:
    if isinstance(part, Condition):
        return _condition(part, values, prefix, me)
    if not part.parts:
        return "true"
    word = " AND " if part.every else " OR "
    return "(" + word.join(_part(each, values, prefix, me) for each in part.parts) + ")"


def _condition(part: Condition, values: dict[str, Any], prefix: str, me: int) -> str:
    number = len(values)
    names = {"v": f"{prefix}{number}", "k": f"{prefix}{number}_key", "now": f"{prefix}_now"}
    values[names["v"]] = with_me(part.value, me) if part.of_me else part.value
    if part.field.key:
        values[names["k"]] = part.field.key
    places = {name: f"%({place})s" for name, place in names.items()}
    if part.operator.takes == "duration":
        places["v"] += "::interval"
    x = part.field.x.replace("{k}", places["k"])
    filled = part.operator.sql.replace("{x}", x).replace("{y}", part.field.y)
    return filled.replace("{v}", places["v"]).replace("{now}", places["now"] + "::timestamptz")


def with_me(value: Any, me: int) -> Any:
    """The value with whoever looks in the place of "me"."""
    if isinstance(value, list):
        return [me if each == ME else each for each in value]
    return me if value == ME else value
