"""Who did it. Every verb takes one as `by`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person on the team, the customer, the assistant, a rule or program of the merchant's, or the product itself."""

    kind: str  # member · customer · assistant · rule · api · system
    id: int | None = None  # the membership's or customer's id, a program's token; of a rule the firing, which says why
    name: str = ""

    @property
    def code(self) -> str:
        """As the timeline keeps it, with no name in it: "member:7", "system"."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor("system", None, "Press Zero")


def from_code(code: str) -> Actor:
    """The reverse of `Actor.code`; the name is not kept there."""
    kind, _, number = code.partition(":")
    return Actor(kind, int(number) if number else None)
