"""A message that a caller leaves: the tone, what they say after it, and whatever ends it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from presszero.calls.menu.state import RECORDING
from presszero.calls.menu.vocabulary import Record, Recorded

from .ng import MediaFailed

if TYPE_CHECKING:
    from .calls import LiveCall

log = logging.getLogger(__name__)


async def record(call: LiveCall, seconds: float) -> None:
    """From the tone until it is full; a key or hanging up ends it before."""
    try:
        await asyncio.sleep(await call.media.play(call.exchange.voices.tone()))
    except MediaFailed as why:
        log.warning("A message is recorded without a tone: %s", why)
    if call.state.phase != RECORDING:
        return  # they want a person after all
    await call.keeper.start("voicemail")
    call.keep()
    await _until_full(call, seconds)


async def record_on(call: LiveCall) -> None:
    """It was being left when another process held the call."""
    await (_until_full if call.keeper.running else record)(call, Record().seconds)


async def done(call: LiveCall) -> None:
    """They said what they wanted to say."""
    call.feed(Recorded(await call.keeper.stop()))


async def _until_full(call: LiveCall, seconds: float) -> None:
    running = call.keeper.number
    await asyncio.sleep(seconds)
    if call.keeper.number == running and call.state.phase == RECORDING:
        await done(call)
