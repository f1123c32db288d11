"""One line of the palette, and lines under a heading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .fuzzy import Pieces


@dataclass(frozen=True)
class Offer:
    """`url` is gone to, or asked by `method` with `values`; `menu` opens a list of its own instead."""

    pieces: Pieces
    icon: str
    url: str = ""
    method: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    menu: str = ""
    macro: int = 0  # put into the composer by the page
    score: float = 0.0

    @property
    def json(self) -> str:
        return json.dumps(dict(self.values))


@dataclass(frozen=True)
class Section:
    """`name` never changes; `label` is what people read."""

    name: str
    label: str
    offers: list[Offer]
