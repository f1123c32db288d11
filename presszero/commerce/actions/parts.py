"""The parts of an order, made the same as the whole that came: known ones changed, new ones made, the others gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)
Values = Mapping[str, Any]


@dataclass
class Put(Generic[M]):
    """What became of them. `before` holds the values that changed, by the row's id."""

    rows: list[M] = field(default_factory=list)  # as they are now, in the order they came
    made: list[M] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: list[M] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.made or self.before or self.gone)

    def was(self, row: M, name: str) -> Any:
        """A field before; None for a row that is new."""
        if row in self.made:
            return None
        return self.before.get(row.pk, {}).get(name, getattr(row, name))


def put(model: type[M], owned: Values, known: Sequence[M], wanted: Sequence[Values]) -> Put[M]:
    """Makes `known` the same as `wanted`; `owned` are the fields all of them share."""
    found = Put[M]()
    pairs, found.gone = _matched(known, wanted)
    for row, values in pairs:
        if row is None:
            row = model(**owned, **values)
            found.made.append(row)
        elif differing := {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}:
            found.before[row.pk] = differing
            for name in differing:
                setattr(row, name, values[name])
            row.save(update_fields=list(differing))
        found.rows.append(row)
    model._default_manager.bulk_create(found.made)
    _remove(model, owned, found.gone)
    return found


def _matched(known: Sequence[M], wanted: Sequence[Values]) -> tuple[list[tuple[M | None, Values]], list[M]]:
    """By the store's id of it; those without one in their order."""
    left: dict[str, list[M]] = defaultdict(list)
    for row in known:
        left[getattr(row, "external_id", "")].append(row)
    pairs = []
    for values in wanted:
        same = left[values.get("external_id", "")]
        pairs.append((same.pop(0) if same else None, values))
    return pairs, [row for rows in left.values() for row in rows]


def _remove(model: type[M], owned: Values, gone: Sequence[M]) -> None:
    if gone:
        merchant_id = owned["merchant_id"]
        model._default_manager.filter(merchant_id=merchant_id, id__in=[row.pk for row in gone]).delete()
