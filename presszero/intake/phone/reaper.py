"""Calls that nobody ends: a caller who vanished without a BYE, sound that stopped, a media session that is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from .calls import LiveCall
from .media import CALLER
from .ng import MediaFailed, MediaSilent

log = logging.getLogger(__name__)

SILENT = 90.0  # seconds without a packet from the caller; a telephone on mute still sends
UNANSWERED = 100.0  # seconds a call may take to be connected at all
LONGEST = 6 * 3600.0  # seconds of any call


@dataclass(slots=True)
class _Seen:
    packets: int
    since: float


class Reaper:
    """`look` at all calls every few seconds."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    async def look(self, calls: Iterable[LiveCall]) -> None:
        now = time.monotonic()
        present = list(calls)
        for call in present:
            why = await self._why_over(call, now)
            if why and not call.over:
                log.warning("A call is ended: %s.", why)
                call.hang_up("lost")
            elif not call.over and call.connected:
                with suppress(MediaFailed):  # it ended meanwhile; the others are looked at all the same
                    await call.ends.check(now)
        self._seen = {call.media.uid: seen for call in present if (seen := self._seen.get(call.media.uid))}

    async def _why_over(self, call: LiveCall, now: float) -> str:
        if now - call.began > LONGEST:
            return "it lasts for hours"
        if not call.connected:
            return "it was never connected" if now - call.began > UNANSWERED else ""
        if call.leg and not call.exchange.sip.is_open(call.leg):
            return "its SIP dialog is gone"
        try:
            packets = (await call.media.heard(CALLER)).packets
        except MediaSilent:
            return ""  # rtpengine is busy, or away; that says nothing of the call
        except MediaFailed:
            return "its media session is gone"
        seen = self._seen.get(call.media.uid)
        if seen is None or seen.packets != packets:
            self._seen[call.media.uid] = _Seen(packets, now)
            return ""
        return "nothing was heard of the caller" if now - seen.since > SILENT else ""
