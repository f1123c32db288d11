"""A hosted call while something happens to it: nobody else at work on it, what we know of it at the provider, its menu.

Everything of ours about a call is in `Call.dialog`: the number of the newest document (`n`) and that document, so that
a request that comes twice gets the same answer; the room and who ends it; the provider's ids of everybody's ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from presszero.calls.actions import plan_of
from presszero.calls.menu.flow import Flow
from presszero.calls.models import Call, Leg, MenuVersion, Prompt
from presszero.channels.models import Line
from presszero.core.locks import alone

from .providers import REGIONS, VOICES
from .rendering import Addresses, Speaker

DRIVER = "hosted"
SENT_AGAIN = 8  # seconds until a caller who did not come into the room is sent there once more
TURNS = 0x407F  # advisory lock class: one request at a time for each call
PATIENCE = 1.5  # seconds; after that the safe document is better than silence
OPEN = ("agent", "colleague")  # whose ends talk to the caller


@dataclass
class Held:
    """A call that is ours until the block ends; what is changed in `dialog` is written then."""

    call: Call
    line: Line
    at: datetime
    dialog: dict[str, Any] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Which room of the call is the one to be in; a transfer opens the next."""
        return int(self.dialog.get("room", 1))

    def room_name(self) -> str:
        return f"{self.call.uid.hex}-{self.room}"

    def sid_of(self, leg_id: int) -> str:
        """The provider's id of somebody's end; "" before it was rung."""
        return str(self.dialog.get("ends", {}).get(str(leg_id), ""))

    def keep_sid(self, leg_id: int, sid: str) -> None:
        self.dialog.setdefault("ends", {})[str(leg_id)] = sid

    def talking(self) -> list[Leg]:
        """Who took the call and has not left it, the first first."""
        legs = Leg.objects.filter(merchant_id=self.call.merchant_id, call=self.call, role__in=OPEN, ended_at=None)
        return list(legs.exclude(answered_at=None).order_by("answered_at", "id"))

    def may_send(self) -> bool:
        """Whether the caller is to be sent into the room now. Twice would tear them out of it again."""
        sent = self.dialog.get("sent", [0, 0])
        if sent[0] == self.room and self.at.timestamp() - sent[1] < SENT_AGAIN:
            return False
        self.dialog["sent"] = [self.room, int(self.at.timestamp())]
        return True

    def addresses(self, number: int) -> Addresses:
        """Whole addresses for a document with that number."""
        root = root_of(self.line)
        return Addresses(
            step=f"{root}/{self.call.uid}/step?n={number}",
            recording=f"{root}/recording",
            room=f"{root}/room",
            music=music_of(self.line),
            prompts=_prompts(self.call.merchant_id),
        )

    def leg_addresses(self, leg: Leg) -> Addresses:
        """For the document of somebody's own end."""
        root = root_of(self.line)
        step = f"{root}/legs/{leg.id}?room={self.room}"
        return Addresses(step, f"{root}/recording", f"{root}/room", music_of(self.line))

    def speaker(self) -> Speaker:
        return Speaker({**VOICES, **(self.line.settings.get("voices") or {})}, REGIONS)


def next_room(dialog: Mapping[str, Any]) -> dict[str, Any]:
    """What of a call's dialog changes with the room: nobody is in the next one yet, and nobody is on hold there."""
    fresh = {"present": [], "conference": "", "music": [], "asks": False}
    return {"room": int(dialog.get("room", 1)) + 1, **fresh}


class Busy(Exception):
    """Something else has been happening to this call for too long."""


@contextmanager
def held(line: Line, at: datetime, **which: object) -> Iterator[Held | None]:
    """One call of this line, alone with it; None when it has none like that. Raises Busy.

    No transaction stands around the block, and no row is locked: each of calls.actions' verbs has its own, and takes
    its locks in the order that keeps everybody from waiting for everybody.
    """
    mine = Call.objects.filter(merchant_id=line.merchant_id, line_id=line.id, driver=DRIVER)
    number = mine.filter(**which).values_list("id", flat=True).first()
    if number is None:
        yield None
        return
    with _turn(number):
        call = mine.get(id=number)
        found = Held(call, line, at, deepcopy(call.dialog))
        yield found
        if found.dialog != call.dialog:
            mine.filter(id=call.id).update(dialog=found.dialog)


@contextmanager
def _turn(number: int) -> Iterator[None]:
    """Waits for whoever is at work on the same call, for as long as a caller can be kept waiting."""
    until = time.monotonic() + PATIENCE
    while True:
        with alone(TURNS, number) as got_it:
            if got_it:
                yield
                return
        if time.monotonic() > until:
            raise Busy(f"call {number}")
        time.sleep(0.02)


def flow_of(here: Held) -> Flow:
    """The menu as it was published when the call came in, whatever was published since."""
    if here.call.version_id and here.dialog.get("n"):
        return _published(here.call.merchant_id, here.call.version_id)
    return plan_of(here.line, here.at).flow


def root_of(line: Line) -> str:
    """What the addresses of a line begin with, as the world sees them."""
    return f"{settings.ORIGIN}/hosted/{line.token}"


def music_of(line: Line) -> str:
    return str(line.settings.get("music") or f"{settings.ORIGIN}/hosted/music.wav")


@lru_cache(maxsize=500)
def _published(merchant_id: int, version_id: int) -> Flow:
    """A published menu never changes."""
    return Flow.read(MenuVersion.objects.get(merchant_id=merchant_id, id=version_id).flow)


def _prompts(merchant_id: int) -> dict[int, str]:
    rows = Prompt.objects.filter(merchant_id=merchant_id, retired_at=None).values_list("id", "token")
    return {number: f"{settings.ORIGIN}/hosted/prompts/{token}" for number, token in rows}
