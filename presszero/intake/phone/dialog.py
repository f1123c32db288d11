"""What a SIP dialog consists of, so that another process can go on with it after ours was killed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialog:
    """Everything a BYE needs. Addresses are written as SIP writes them; `hop` is where the next packet goes."""

    call_id: str
    local: str  # our From, with our tag
    remote: str  # their To, with their tag
    target: str  # their Contact
    contact: str  # ours
    cseq: int  # the next of ours
    hop: tuple[str, int]
    routes: tuple[str, ...] = ()
    sdp: str = ""  # theirs, as last heard
    said: str = field(default="", repr=False)  # ours, as last told

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Dialog:
        """Raises TypeError, KeyError for what was not written by `as_json`."""
        host, port = kept["hop"]
        return cls(**{**kept, "hop": (str(host), int(port)), "routes": tuple(kept["routes"])})
