"""Names of groups as numbers: compared a hundred times while learning, they are looked up once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .orders import Names, Orders


@dataclass(frozen=True)
class Naming:
    """The names a history knows, sorted, by column."""

    known: dict[str, Names]

    def numbered(self, orders: Orders) -> Orders:
        """The same orders with numbers for names; one number for all that are not known."""
        return replace(orders, groups={name: _number(orders.groups[name], each) for name, each in self.known.items()})


def naming(history: Orders) -> Naming:
    return Naming({name: np.array(sorted(set(each.tolist())), dtype=object) for name, each in history.groups.items()})


def _number(names: Names, known: Names) -> Names:
    places = {name: at for at, name in enumerate(known.tolist())}
    return np.array([places.get(name, len(places)) for name in names.tolist()], dtype=np.int64)
