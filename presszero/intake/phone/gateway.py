"""The process that holds live calls. Several may run, each with a name, its own SIP port and its own rtpengine."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from presszero.calls import actions
from presszero.calls.asking import WAKES
from presszero.calls.models import Call
from presszero.calls.plans import Plan
from presszero.intake.edge.database import conninfo
from presszero.intake.edge.listen import listen

from . import recordings, records, reviving, sip, telephones
from .calls import LiveCall
from .digits import Digits, Pressed
from .exchange import Exchange
from .gate import Gate
from .lane import begin, insist
from .ng import Ng
from .reaper import Reaper
from .records import Desk, PhoneLine
from .voices import Voices

log = logging.getLogger(__name__)

MOST = 2000  # calls at once; one more is told that we are busy
PLAN_WITHIN = 0.3  # seconds a caller waits for their line's menu; then it is a person, at once
STORES_WITHIN = 3.0  # seconds to write down what is over when we are asked to stop; what is left, the next one does
RINGS_EVERY, NEWS_EVERY, SAYS_EVERY, REAPS_EVERY, LINES_EVERY = 0.5, 1.0, 20.0, 5.0, 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is. `ng`: rtpengine's control port; `keys`: where it reports keys to us."""

    name: str
    sip: sip.Where
    ng: tuple[str, int]
    keys: tuple[str, int]
    address: str = "127.0.0.1"
    recordings: str = ""
    sounds: Path = Path("sounds")


class Gateway:
    """`await run(stop)`."""

    def __init__(self, given: Settings) -> None:
        self._given = given
        self._gate = Gate(secrets.token_bytes(32))
        self._calls: dict[str, LiveCall] = {}
        self._plans: dict[int, tuple[Plan | None, float]] = {}
        self._reaper = Reaper()
        self._exchange: Exchange

    async def run(self, stop: threading.Event, ready: Callable[[], None] | None = None) -> None:
        given, loop = self._given, asyncio.get_running_loop()
        desk, ng = Desk(), await Ng.open(given.ng)
        voices = Voices(given.sounds, records.recorded)
        self._exchange = exchange = Exchange(given.name, ng, desk, voices, given.recordings, given.address)
        keys, _ = await loop.create_datagram_endpoint(lambda: Digits(self._pressed), local_addr=given.keys)
        exchange.sip = sip.Sip(given.sip, self._gate, self._heard)
        held, left = await self._prepare(), recordings.recorded(given.recordings)
        exchange.sip.open()
        lost = [row for row in held if not self._revive(row)]
        left -= set(self._calls)
        begin(self._put_in_order(lost, left), "put in order what a process before left")
        tasks = [asyncio.create_task(work) for work in self._loops()]
        if ready:
            ready()
        try:
            while not stop.is_set():
                await asyncio.sleep(0.2)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            exchange.sip.close()
            if exchange.ending:
                await asyncio.wait(exchange.ending, timeout=STORES_WITHIN)
            keys.close()
            ng.close()
            voices.close()
            await asyncio.to_thread(desk.close)

    async def _prepare(self) -> list[Call]:
        """What must be known before the first packet: lines, their menus, and calls of our predecessor."""
        while True:
            try:
                await self._read_lines()
                return await self._exchange.desk.ask(records.open_calls, self._given.name)
            except Exception:
                log.exception("The gateway waits for the database.")
                await asyncio.sleep(1.0)

    def _loops(self) -> list[Any]:
        return [
            _every(LINES_EVERY, self._read_lines),
            _every(RINGS_EVERY, self._ring),
            _every(NEWS_EVERY, self._news),
            _every(SAYS_EVERY, self._say_places),
            _every(REAPS_EVERY, lambda: self._reaper.look(self._live())),
            listen(conninfo(settings.DATABASES["default"]), {WAKES: self._woken}),
        ]

    # --- what is heard ---

    def _heard(self, event: sip.Heard) -> None:
        if isinstance(event, sip.Invited):
            begin(self._invited(event), "take a call")
        elif not self._exchange.heard(event):
            log.debug("%s of a leg that nobody knows.", type(event).__name__)

    def _pressed(self, pressed: Pressed) -> None:
        told = self._exchange.keys.get((pressed.call, pressed.tag))
        if told:
            told(pressed.digit)

    async def _invited(self, invited: sip.Invited) -> None:
        line = self._exchange.lines.get(invited.trunk)
        if line is None or len(self._calls) >= MOST:
            self._exchange.sip.refuse(invited.leg, 503, "Service Unavailable")
            return
        call = self._keep(LiveCall(self._exchange, line, await self._plan(line)))
        call.come_in(invited)

    async def _plan(self, line: PhoneLine) -> Plan | None:
        """The line's menu as of a few seconds ago; None (a person, at once) when it cannot be had in time."""
        plan, read_at = self._plans.get(line.id, (None, 0.0))
        if plan is None or time.monotonic() - read_at > 2 * LINES_EVERY:
            with suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(self._read_plan(line))), PLAN_WITHIN)
        return plan

    def _woken(self, payload: str) -> None:
        call = next((call for call in self._live() if str(call.id) == payload), None)
        if call:
            begin(call.ends.look(), "do what was asked of a call")
        else:
            begin(self._news(), "look for news")

    # --- what is looked at by the clock ---

    async def _read_lines(self) -> None:
        lines = await self._exchange.desk.note(records.phone_lines)
        self._exchange.lines = {line.id: line for line in lines}
        self._gate.open_for([line.trunk for line in lines])
        for line in lines:
            await self._read_plan(line)

    async def _read_plan(self, line: PhoneLine) -> Plan | None:
        known, _ = self._plans.get(line.id, (None, 0.0))
        try:
            plan = await self._exchange.desk.note(reviving.plan_of, line.id, records.now())
        except Exception:
            log.exception("The menu of %s cannot be read; what was read before holds.", line.number)
            return known
        self._plans[line.id] = (plan, time.monotonic())
        if known is None or known.version_id != plan.version_id:
            self._exchange.voices.warm(list(reviving.prompts_of(plan)))
        return plan

    async def _ring(self) -> None:
        """Rings who is free for whoever waits, and the next one where somebody did not answer."""
        merchants = {call.line.merchant_id for call in self._live() if call.parked}
        for merchant_id in merchants:
            await self._exchange.desk.ask(actions.ring_due, merchant_id, records.now())
        if self._live():
            await self._exchange.desk.ask(actions.rung_out, records.now())

    async def _news(self) -> None:
        for call_id in await self._exchange.desk.ask(records.news_of, self._given.name):
            call = next((call for call in self._live() if call.id == call_id), None)
            begin(call.ends.look() if call else self._begin(call_id), "do what was asked of a call")

    async def _begin(self, call_id: int) -> None:
        """A call that somebody here wants to make, or one from a page."""
        row = await self._exchange.desk.ask(records.claim, call_id, self._given.name)
        if row is None:
            return
        line = self._exchange.lines.get(row.line_id)
        if line is None:
            await self._exchange.desk.ask(actions.call_ended, row.id, "failed", records.now())
            return
        call = self._keep(LiveCall(self._exchange, line, await self._plan(line), row.uid))
        call.number = row.number
        call.adopt(row.id)
        if row.kind == "talk":
            call.talk_in(str(row.dialog.get("offer") or ""))
            return
        await call.ends.look()
        if not call.ends.all:
            await telephones.call_customer_first(call.ends)

    async def _say_places(self) -> None:
        for call in [call for call in self._live() if call.parked and call.id]:
            says = await self._exchange.desk.note(actions.queue_says, call.id, records.now())
            if says is not None and call.parked:
                call.feed(says)

    def _revive(self, row: Call) -> bool:
        """Whether a call that a process before held goes on."""
        line = self._exchange.lines.get(row.line_id)
        plan = self._plans.get(row.line_id, (None, 0.0))[0]
        if line is None or not reviving.can_go_on(row):
            return False
        call = self._keep(LiveCall(self._exchange, line, plan, row.uid))
        reviving.go_on(call, row)
        return True

    async def _put_in_order(self, lost: list[Call], left: set[str]) -> None:
        """Ends calls that cannot go on, and stores what was recorded of those that are over."""
        for row in lost:
            await insist(partial(self._exchange.desk.ask, actions.call_ended, row.id, "failed", records.now()))
        if left:
            await self._exchange.desk.note(recordings.left_over, self._given.recordings, left)

    def _keep(self, call: LiveCall) -> LiveCall:
        self._calls = {uid: each for uid, each in self._calls.items() if not each.over}
        self._calls[call.media.uid] = call
        return call

    def _live(self) -> list[LiveCall]:
        return [call for call in self._calls.values() if not call.over]


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """For ever; trouble is logged and waited out."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("A round of the phone gateway failed.")
