"""A row of a table, by what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from ...vocabulary import NotUnderstood
from .. import values

FIELD = "field."  # an own field by its key
OWN = "own"  # a new own field, called like the column
BAD_ADDRESS = gettext_noop("The e-mail address is not one.")
BAD_TIME = gettext_noop("The time cannot be read.")
_YES = {"1", "true", "yes", "y", "ja", "si", "sí", "x", "given", "public"}


class Row:
    """The cells, and what each means. `choices`: {"columns": [target, …], "header": [name, …]}."""

    def __init__(self, cells: Sequence[str], choices: Mapping[str, Any]) -> None:
        self._cells, self._choices = cells, choices
        self._found: dict[str, list[str]] = {}
        for target, cell in zip(choices["columns"], cells, strict=False):
            if target and cell.strip():
                self._found.setdefault(target, []).append(cell)

    def has(self, target: str) -> bool:
        """Whether anything stands there."""
        return target in self._found

    def all(self, target: str) -> list[str]:
        """What stands there, in the order of the columns that mean it."""
        return self._found.get(target, [])

    def one(self, target: str, limit: int = 300) -> str:
        """One line; "" for nothing."""
        return values.words(self._found[target][0], limit) if target in self._found else ""

    def text(self, target: str) -> str:
        """Several lines."""
        return values.text(self._found[target][0]) if target in self._found else ""

    def yes(self, target: str) -> bool:
        return self.one(target).lower() in _YES

    def address(self, target: str, *, must: bool = False) -> str:
        """An e-mail address. Raises NotUnderstood for a wrong one where it `must` be one."""
        found = values.address(self.one(target))
        if must and self.has(target) and not found:
            raise NotUnderstood(BAD_ADDRESS)
        return found

    def when(self, target: str) -> datetime | None:
        """A moment. Raises NotUnderstood for one that cannot be read."""
        found = values.when(self.one(target))
        if self.has(target) and found is None:
            raise NotUnderstood(BAD_TIME)
        return found

    def fields(self) -> dict[str, str]:
        """key or label → value: of own fields that are there, and of columns that become one."""
        made = {}
        for n, (target, cell) in enumerate(zip(self._choices["columns"], self._cells, strict=False)):
            if cell.strip() and target.startswith(FIELD):
                made[target.removeprefix(FIELD)] = values.words(cell)
            elif cell.strip() and target == OWN:
                made[self._choices["header"][n]] = values.words(cell)
        return made
