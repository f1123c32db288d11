"""A filter as a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .grammar import Condition, Filter, Group

# What stands between a field and its value.
WORDS: Mapping[str, str | Promise] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "any_of": gettext_lazy("is any of"),
    "none_of": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "contains_not": gettext_lazy("does not contain"),
    "starts_with": gettext_lazy("starts with"),
    "more_than": gettext_lazy("is more than"),
    "less_than": gettext_lazy("is less than"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is on or after"),
    "within": gettext_lazy("is within"),
    "longer_ago_than": gettext_lazy("is longer ago than"),
    "is_set": gettext_lazy("is set"),
    "is_empty": gettext_lazy("is empty"),
}
_TYPED = ("text", "texts")


def says(filter: Filter) -> str:
    """Readable by whoever did not write it: "Tag is VIP and Priority is more than normal"."""
    if not any(True for _each in filter.conditions()):
        return _("every conversation")
    return _part(filter.root, outermost=True)


def _part(part: Group | Condition, outermost: bool = False) -> str:
    if isinstance(part, Condition):
        return said(part)
    inside = [_one_or_run(each) for each in _runs(part)]
    if len(inside) < 2:
        return "".join(inside)
    words = (_(" and ") if part.every else _(" or ")).join(inside)
    return words if outermost else f"({words})"


def _runs(group: Group) -> list[list[Group | Condition]]:
    """Its parts in order; neighbours of "any" that ask the same of one field stand together."""
    runs: list[list[Group | Condition]] = []
    for each in group.parts:
        last = runs[-1][-1] if runs else None
        if isinstance(each, Group):
            if each.parts:
                runs.append([each])
        elif not group.every and isinstance(last, Condition) and _alike(last, each):
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _alike(one: Condition, other: Condition) -> bool:
    return one.field.name == other.field.name and one.op == other.op and len(one.shown) == len(other.shown) == 1


def _one_or_run(run: list[Group | Condition]) -> str:
    alike = [each for each in run if isinstance(each, Condition)]
    if len(alike) < 2:
        return _part(run[0])
    first = alike[0]
    values = _(" or ").join(_quoted(first, each.shown[0]) for each in alike)
    return _("%(field)s %(op)s %(value)s") % {"field": first.field.label, "op": WORDS[first.op], "value": values}


def _quoted(part: Condition, value: str) -> str:
    return _("“%(words)s”") % {"words": value} if part.operator.takes in _TYPED else value


def said(part: Condition) -> str:
    """One condition: "Subject contains “invoice”"."""
    values = ", ".join(_quoted(part, each) for each in part.shown)
    parts = {"field": part.field.label, "op": WORDS[part.op], "value": values}
    return (_("%(field)s %(op)s %(value)s") if values else _("%(field)s %(op)s")) % parts
