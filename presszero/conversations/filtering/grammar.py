"""From JSON to a filter: {"all": […]}, {"any": […]} or {"field": F, "op": O, "value": V}. {} is every conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from .fields import Field, find
from .known import Known
from .known import known as known_of
from .operators import Operator
from .snapshot import kept_by
from .values import ME, BadFilter, listed, taken

__all__ = ["BadFilter", "Condition", "Filter", "Group", "read"]

DEPTH = 3  # groups inside each other
MOST = 50  # conditions of a filter


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` as it is compared, `shown` as people read it."""

    field: Field
    op: str
    operator: Operator
    value: Any
    shown: tuple[str, ...]

    @property
    def of_me(self) -> bool:
        """Whether it depends on who looks."""
        return self.field.of == "assignee" and (self.value == ME or isinstance(self.value, list) and ME in self.value)


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of what is in it. An empty one holds for everything."""

    every: bool
    parts: tuple[Group | Condition, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`node` is the JSON it was read from, as it may be kept."""

    merchant_id: int
    root: Group | Condition
    node: dict[str, Any]

    def conditions(self) -> Iterator[Condition]:
        """Every condition, in the order they were written."""
        yield from _conditions(self.root)

    @property
    def kept(self) -> frozenset[str]:
        """What a snapshot has to know to be judged by it."""
        return kept_by(each.field.name for each in self.conditions())

    @property
    def of_me(self) -> bool:
        """Whether what it finds depends on who looks: a rule cannot ask that."""
        return any(each.of_me for each in self.conditions())


def read(merchant: Merchant | int, node: object, known: Known | None = None) -> Filter:
    """The filter that the JSON says. `known` saves asking the merchant's names again. Raises BadFilter."""
    names = known or known_of(merchant)
    root = _node(names, {"all": []} if node == {} else node, DEPTH)
    found = Filter(names.merchant_id, root, dict(node) if isinstance(node, dict) else {})
    if sum(1 for _each in found.conditions()) > MOST:
        raise BadFilter(_("A filter has at most %(most)s conditions.") % {"most": MOST}, _("Take some out."))
    return found


def _node(known: Known, node: object, depth: int) -> Group | Condition:
    if not isinstance(node, dict):
        raise BadFilter(_("This is not a filter."))
    if node.keys() == {"all"} or node.keys() == {"any"}:
        return _group(known, node, depth)
    if node.keys() <= {"field", "op", "value"} and {"field", "op"} <= node.keys():
        return _condition(known, node)
    raise BadFilter(_("A part of this filter cannot be read."), _("Take it out and add it again."))


def _group(known: Known, node: dict[Any, Any], depth: int) -> Group:
    ((word, parts),) = node.items()
    if not isinstance(parts, list) or len(parts) > MOST:
        raise BadFilter(_("A filter has at most %(most)s conditions.") % {"most": MOST})
    if depth == 0:
        raise BadFilter(_("Groups stand at most three deep."), _("Make the filter simpler."))
    return Group(word == "all", tuple(_node(known, part, depth - 1) for part in parts))


def _condition(known: Known, node: dict[Any, Any]) -> Condition:
    field = find(known, node["field"])
    if field is None:
        raise BadFilter(_("A filter asks about something there is not here."), _("Pick one of the fields offered."))
    op = node["op"]
    operator = field.operators.get(op) if isinstance(op, str) else None
    if operator is None:
        raise BadFilter(_("%(field)s cannot be asked that way.") % {"field": field.label}, _("Pick another word."))
    value = taken(known, field, operator.takes, node.get("value"))
    return Condition(field, op, operator, value, _shown(known, field, value, node.get("value")))


def _shown(known: Known, field: Field, value: Any, given: object) -> tuple[str, ...]:
    """Names where numbers stand; else what was typed."""
    if value is None:
        return ()
    pairs = zip(value, given, strict=True) if isinstance(value, list) and isinstance(given, list) else [(value, given)]
    return tuple(_called(known, field, each, typed) for each, typed in pairs)


def _called(known: Known, field: Field, value: Any, typed: object) -> str:
    if field.of == "assignee" and value == ME:
        return _("me")
    if field.of in known.named:
        return known.named[field.of][value].name
    if field.of and field.of != "own":
        return listed(field.of)[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(typed).strip()


def _conditions(part: Group | Condition) -> Iterator[Condition]:
    if isinstance(part, Condition):
        yield part
        return
    for each in part.parts:
        yield from _conditions(each)
