"""Somebody's part in a live call: a member in their browser or on their mobile, or a number that was brought in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from presszero.calls.models import Leg

OFFERED, TALKING, HELD, GONE = "offered", "talking", "held", "gone"
LISTENS, COLLEAGUE, AGENT = "listens", "colleague", "agent"


@dataclass(slots=True)
class End:
    """`tag` names it in the media session, never twice the same; `sip` is its SIP leg when it is a telephone."""

    leg_id: int
    member_id: int | None
    via: str
    role: str
    number: str = ""
    state: str = OFFERED
    tag: str = ""
    answer: str = ""  # its description, as it answered
    sip: str = ""
    offers: int = 0
    accepted: bool = False  # they took it before there was anything to answer
    whispers: bool = False
    heard: bool = False  # something of theirs arrived since they were joined with the customer
    seat: str = ""  # its session in the room of the call, "" while it is with the caller alone
    dialogs: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, leg: Leg) -> End:
        """`offers` goes on from its last tag: what another process offered is never offered again."""
        last = leg.tag.rpartition("-")[2]
        offers = int(last) if last.isdecimal() else 0
        return cls(leg.id, leg.member_id, leg.via, leg.role, leg.number, tag=leg.tag, answer=leg.answer, offers=offers)

    @property
    def here(self) -> bool:
        """Whether they are in the call, heard or on hold."""
        return self.state in (TALKING, HELD)

    @property
    def is_browser(self) -> bool:
        return self.via == "browser"

    def new_tag(self) -> str:
        self.offers += 1
        self.tag = f"leg{self.leg_id}-{self.offers}"
        return self.tag

    def as_json(self) -> dict[str, Any]:
        return {
            "leg": self.leg_id,
            "member": self.member_id,
            "via": self.via,
            "role": self.role,
            "state": self.state,
            "tag": self.tag,
            "answer": self.answer,
            "offers": self.offers,
            "seat": self.seat,
            "sip": self.dialogs or None,
        }
