"""What privacy announces. No words of anybody's in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ErasureAsked(Fact):
    kind: ClassVar[str] = "customer.erasure_asked"
    sentence: ClassVar[str] = "{by} asked for this customer to be erased"

    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class ErasureCalledOff(Fact):
    kind: ClassVar[str] = "customer.erasure_called_off"
    sentence: ClassVar[str] = "{by} called the erasure off"

    erasure_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Fact):
    kind: ClassVar[str] = "customer.erased"
    sentence: ClassVar[str] = "Everything that said who this customer was is erased"

    erasure_id: int
