"""Where a caller is in a menu: small, frozen, and written down as JSON between two requests of a hosted call."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NEW = "new"  # nothing was said yet
CONSENT = "consent"  # asked whether the call may be recorded
PLAYING = "playing"
CHOOSING = "choosing"
COLLECTING = "collecting"
ASKING = "asking"  # something is being found out
WAITING = "waiting"  # for a person
KEEPING = "keeping"  # their place is being written down
NUMBER = "number"  # they key in where to call
KEPT = "kept"  # told when they are called
GREETING = "greeting"  # before the tone
RECORDING = "recording"
TALKING = "talking"  # with a person; keys are theirs
CLOSING = "closing"  # last words
ENDED = "ended"
PHASES = (
    NEW, CONSENT, PLAYING, CHOOSING, COLLECTING, ASKING, WAITING, KEEPING, NUMBER, KEPT, GREETING, RECORDING, TALKING,
    CLOSING, ENDED,
)  # fmt: skip
IN_MENU = frozenset({NEW, CONSENT, PLAYING, CHOOSING, COLLECTING, ASKING})


@dataclass(frozen=True, slots=True)
class State:
    phase: str = NEW
    node: str = ""
    language: str = "en"
    parked: bool = False  # in a queue: people are being rung
    queue: int = 0  # which
    offers: bool = True  # being called back may be offered there
    place: int = 0
    seconds: int = 0
    nobody: str = ""  # the plan, when nobody is there: callback · voicemail · say
    asks: str = ""  # what is being collected: order · postcode · …
    typed: str = ""
    tries: int = 0  # at this node
    misses: int = 0  # things looked up that were not found
    hops: int = 0  # nodes gone through
    failures: int = 0
    end: str = ""  # why the call ends when the last words are said
    values: Mapping[str, str] = field(default_factory=dict)  # collected and looked up; put into what is heard

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def read(cls, json: object) -> State:
        """Of what `to_json` wrote. What an older version wrote reads too: what is missing is as at the beginning."""
        given = json if isinstance(json, Mapping) else {}
        usual = cls()
        kept = {
            name: given[name] for name in _NAMES if name in given and type(given[name]) is type(getattr(usual, name))
        }
        return cls(**kept)


_NAMES = tuple(f.name for f in dataclasses.fields(State))
