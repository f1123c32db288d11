"""What a fact is, and how it becomes an event.

An app declares its facts in its own `facts.py`, a frozen dataclass each, with the sentence people read. Fields are ids,
enums, booleans and numbers: a name or an address would outlive the erasure of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from presszero.core.actor import Actor

_PLACED = {"merchant_id", "by", "at", "customer_id", "conversation_id", "order_id"}

kinds: dict[str, type[Fact]] = {}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that became true. Subclasses set `kind` and `sentence` and add small fields."""

    kind: ClassVar[str]
    sentence: ClassVar[str]  # "{by} resolved it"; translated where it is shown

    merchant_id: int
    by: Actor
    at: datetime | None = None  # None: the database's clock
    customer_id: int | None = None
    conversation_id: int | None = None
    order_id: int | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.kind in kinds:
            raise TypeError(f"Two facts are called {cls.kind!r}.")
        kinds[cls.kind] = cls

    @property
    def details(self) -> dict[str, Any]:
        """The fact's own fields, as the event's `data`."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _PLACED}
