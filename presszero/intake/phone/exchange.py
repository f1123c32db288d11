"""What all calls of one gateway share, and who is told what happens on which SIP leg and in which media session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from .ng import Ng
from .records import Desk, PhoneLine
from .sip import Heard, Sip
from .voices import Voices

DigitHeard = Callable[[str], None]


@dataclass
class Exchange:
    """`name`: the gateway's, written into the calls it holds. `address`: where rtpengine and rooms have their sound."""

    name: str
    ng: Ng
    desk: Desk
    voices: Voices
    recordings: str = ""  # the folder rtpengine records into; "" when it cannot
    address: str = "127.0.0.1"
    sip: Sip = field(init=False)
    lines: dict[int, PhoneLine] = field(default_factory=dict)
    legs: dict[str, Callable[[Heard], None]] = field(default_factory=dict)
    keys: dict[tuple[str, str], DigitHeard] = field(default_factory=dict)  # (media session, party)
    ending: set[asyncio.Task[None]] = field(default_factory=set)  # what calls that are over still write down

    def heard(self, event: Heard) -> bool:
        """Passes on what happened on a SIP leg. False when nobody knows it."""
        told = self.legs.get(event.leg)
        if told is None:
            return False
        told(event)
        return True
