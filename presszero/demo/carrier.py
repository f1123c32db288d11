"""The demo's telephone carrier: whom the shop calls has a telephone on the Pretend page, which rings. Demo only.

The demo shop's line hands its calls to it by SIP, as to any carrier. What rings lies in a file, a number a file; what
the page says of it (they answer, they hang up) lies beside it. The sound goes by the same rtpengine, as a call of its
own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import threading
import time
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypedDict

from presszero.channels.models import Line
from presszero.core.phones import e164
from presszero.host.home import home, make
from presszero.host.ports import NG
from presszero.intake.phone import sip
from presszero.intake.phone.gate import Gate, Trunk
from presszero.intake.phone.media import Media
from presszero.intake.phone.ng import MediaFailed, Ng
from presszero.intake.phone.serve import missing

from .cast import CUSTOMERS, SHOP_SLUG

LOOKS = 0.15  # seconds between two looks at what pages say
HERE = 6.0  # seconds for which a page that asked counts as open
LONGEST = 65_536  # bytes of a description

_ID = re.compile(r"[0-9a-f]{16}\Z")
_NUMBER = re.compile(r"\+\d{6,15}\Z")


class Ring(TypedDict):
    """What a page learns: `sdp` is the shop's offer. state: rings or talks; over once it has ended."""

    id: str
    caller: str
    state: str
    sdp: str


# --- what the page's own requests do ---


def ringing(number: str) -> Ring | None:
    """What rings at a number, or is talked about there; and the page that asks counts as open."""
    (_folder() / f"{_digits(number)}.here").touch()
    with contextlib.suppress(OSError, ValueError):
        found: Ring = json.loads((_folder() / f"{_digits(number)}.ring").read_bytes())
        return found
    return None


def says(ring: str, sdp: str) -> None:
    """The page answers with its description, or hangs up with none. Raises ValueError for what is no ring's name."""
    if not _ID.match(ring) or len(sdp) > LONGEST:
        raise ValueError("There is no such call.")
    _write(_folder() / f"{ring}.said", {"sdp": sdp})


# --- the carrier ---


@dataclass
class _Call:
    leg: str  # of SIP, and the name of what rings
    number: str
    media: Media
    talks: bool = False


class Carrier:
    """Runs until `stop`, on an event loop of its own."""

    def __init__(self, port: int) -> None:
        self._calls: dict[str, _Call] = {}  # by SIP leg
        self._gate = Gate(b"the demo's carrier")
        self._sip = sip.Sip(sip.Where("127.0.0.1", port), self._gate, self._heard)
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, stop: threading.Event) -> None:
        self._ng = await Ng.open(("127.0.0.1", NG.port))
        self._sip.open()
        try:
            while not stop.is_set():
                await asyncio.sleep(LOOKS)
                self._open_for({*_here(), *(who.phone for who in CUSTOMERS if who.phone)})
                for call in list(self._calls.values()):
                    await self._look(call)
        finally:
            for call in list(self._calls.values()):
                self._sip.hang_up(call.leg)
            await asyncio.gather(*self._under_way, return_exceptions=True)
            self._sip.close()
            self._ng.close()

    def _open_for(self, numbers: set[str]) -> None:
        ours = (ip_network("127.0.0.0/8"),)
        self._gate.open_for([Trunk(at, number[1:], ours) for at, number in enumerate(sorted(numbers), 1)])

    def _heard(self, event: sip.Heard) -> None:
        if isinstance(event, sip.Invited):
            self._do(self._rings(event))
        elif isinstance(event, sip.Ended) and (call := self._calls.pop(event.leg, None)):
            self._do(self._over(call))

    def _do(self, doing: Any) -> None:
        task = asyncio.ensure_future(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _rings(self, invited: sip.Invited) -> None:
        number = f"+{_digits(invited.called)}"
        if any(call.number == number for call in self._calls.values()):
            self._sip.refuse(invited.leg, 486, "Busy Here")
            return
        call = _Call(invited.leg, number, Media(self._ng, f"pretend-{invited.leg}"))
        self._calls[invited.leg] = call
        try:
            sdp = await call.media.offer("page", invited.sdp, browser=True)
        except MediaFailed:
            self._calls.pop(invited.leg, None)
            self._sip.refuse(invited.leg, 503, "Service Unavailable")
            return
        self._sip.ring(invited.leg)
        _write(_place(call), Ring(id=call.leg, caller=invited.caller, state="rings", sdp=sdp))

    async def _look(self, call: _Call) -> None:
        """What the page said since; one that is gone hangs up."""
        said = _folder() / f"{call.leg}.said"
        try:
            sdp = str(json.loads(said.read_bytes())["sdp"])
            said.unlink()
        except (OSError, ValueError):
            if call.talks and call.number not in _here():
                self._sip.hang_up(call.leg)
            return
        if not sdp:
            self._end(call)
            return
        try:
            answer = await call.media.join("page", sdp)
        except MediaFailed:
            self._end(call)
            return
        call.talks = True
        self._sip.answer(call.leg, answer)
        with contextlib.suppress(OSError, ValueError):
            _write(_place(call), {**json.loads(_place(call).read_bytes()), "state": "talks", "sdp": ""})

    def _end(self, call: _Call) -> None:
        if call.talks:
            self._sip.hang_up(call.leg)
        else:
            self._sip.refuse(call.leg, 603, "Decline")
        if self._calls.pop(call.leg, None):
            self._do(self._over(call))

    async def _over(self, call: _Call) -> None:
        _place(call).unlink(missing_ok=True)
        (_folder() / f"{call.leg}.said").unlink(missing_ok=True)
        await call.media.end()


def begin(stop: threading.Event) -> threading.Thread | None:
    """The carrier on a thread of its own, and the demo's line calls through it; None where no telephone runs here."""
    if os.environ.get("PRESSZERO_PHONE") == "0" or missing():
        return None
    port = _free()
    for left in _folder().iterdir():
        left.unlink(missing_ok=True)
    line = Line.objects.filter(merchant__slug=SHOP_SLUG, kind="phone", settings__driver="sip").order_by("id").first()
    if line is None:
        return None
    line.settings["trunk"] = {**line.settings.get("trunk", {}), "host": "127.0.0.1", "port": port}
    line.save(update_fields=["settings"])
    thread = threading.Thread(target=lambda: asyncio.run(Carrier(port).run(stop)), name="carrier", daemon=True)
    thread.start()
    return thread


def _here() -> set[str]:
    """Numbers whose page is open."""
    since = time.time() - HERE
    return {f"+{path.stem}" for path in _folder().glob("*.here") if path.stat().st_mtime > since}


def _place(call: _Call) -> Path:
    return _folder() / f"{_digits(call.number)}.ring"


def _folder() -> Path:
    return make(home() / "pretend" / "calls")


def _digits(number: str) -> str:
    found = e164(number) or (f"+{number}" if not number.startswith("+") else number)
    if not _NUMBER.match(found):
        raise ValueError("There is no such number.")
    return found[1:]


def _write(path: Path, words: Any) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(words))
    os.replace(unfinished, path)


def _free() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
