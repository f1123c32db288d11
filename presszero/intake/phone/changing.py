"""The caller's side holds, resumes, or moves to another address: a new description under a call that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ng import MediaFailed
from .sdp import mirrored

if TYPE_CHECKING:
    from .calls import LiveCall


async def changed(call: LiveCall, sdp: str) -> None:
    """Whoever they talk to notices nothing; what cannot be done is said to them, and all stays as it was."""
    try:
        said = await _described_anew(call, sdp)
    except MediaFailed:
        call.exchange.sip.refuse(call.leg, 488, "Not Acceptable Here")
        return
    call.sdp = sdp
    call.exchange.sip.accept(call.leg, said)


async def _described_anew(call: LiveCall, sdp: str) -> str:
    end = call.ends.with_caller()
    if end is None:
        return await call.media.anchor(sdp)
    await call.media.offer(end.tag, sdp, browser=end.is_browser)
    return mirrored(call.exchange.sip.said(call.leg), sdp)
