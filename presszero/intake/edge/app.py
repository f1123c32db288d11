"""The edge as one ASGI application: which address goes where, and what starts and stops with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Sequence

from django.conf import settings

from presszero.mailroom.incoming import Incoming

from . import chat, door, live, live_chat, safe_phone
from .callers import Proxies
from .chat import Chat, Gate
from .commits import Commits
from .database import DatabaseAway, Seat, conninfo
from .door import Door
from .exchange import NEVER_KEPT, TEXT, Gone, Receive, Refusal, Scope, Send, answer, refuse
from .known import Visitors
from .limits import Limits
from .lines import Lines
from .listen import listen
from .live import Live
from .live_chat import LiveChat
from .nudges import Nudges
from .presence import Presence
from .relay import Relay
from .replay import replay_for_ever
from .safe_phone import SafePhone
from .spool import Spool, take_slot
from .streams import Streams
from .tail import Tail
from .taking import Taking
from .talks import Talks
from .topics import Happened
from .writing import Writing

log = logging.getLogger(__name__)

SPOOL_MEGABYTES = 512


class Edge:
    """Made once a process; everything that needs the event loop begins in `start`."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def start(self) -> None:
        """Begins everything. The database need not be there yet."""
        address = conninfo(settings.DATABASES["default"])
        self._root = settings.HOME / "spool"
        limit = int(os.environ.get("PRESSZERO_SPOOL_MB", SPOOL_MEGABYTES)) * 1024 * 1024
        self._seats = light, heavy, self._looks, tailing, rights, nudging, knowing, being = [
            Seat(address) for _ in range(8)
        ]
        self._spool = Spool(take_slot(self._root), limit)
        self._nudges = Nudges(nudging, "arrivals")
        self._lines = Lines(self._looks)
        self._light, self._heavy = Commits(light, self._spool, self._stored), Commits(heavy, self._spool, self._stored)
        self._streams = Streams()
        self._talks = Talks()
        self._tail = Tail(tailing, self._happened)
        self._live = Live(rights, self._streams, self._tail)
        taking = Taking(self._light, self._heavy, self._lines.heard)
        self._door = Door(self._lines, taking)
        self._safe_phone = SafePhone(self._lines)
        proxies = Proxies(os.environ.get("PRESSZERO_TRUSTED_PROXIES", ""))
        gate = Gate(proxies, self._lines, Visitors(knowing), Limits())
        self._presence, self._writing = Presence(being, self._talks), Writing(being, self._talks)
        self._chat = Chat(gate, taking, self._presence)
        self._live_chat = LiveChat(gate, self._talks, self._tail, self._presence)
        self._relay = _way_to_the_app(proxies)
        self._keep_running(address)

    async def drain(self) -> None:
        """Lets every open page go, with a hint when to come back; what is being stored is stored."""
        self._live.closing = self._live_chat.closing = True
        self._streams.end_all("closing")
        self._talks.end_all("closing")
        await self._light.drained()
        await self._heavy.drained()

    async def stop(self) -> None:
        """Ends everything `start` began."""
        await self.drain()
        await self._nudges.drained()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._spool.close()
        if self._relay:
            await self._relay.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.gather(*(seat.close() for seat in self._seats), return_exceptions=True)

    def _keep_running(self, address: str) -> None:
        nudges = {
            "timeline": lambda said: self._tail.nudge(),
            "lines": lambda said: self._lines.outdated(),
            "looking": self._somebody_looks,
        }
        for_ever = [
            self._light.run(),
            self._heavy.run(),
            self._lines.keep_fresh(),
            self._tail.run(),
            self._live.watch(),
            self._live_chat.watch(),
            self._presence.run(),
            self._writing.run(),
            self._nudges.run(),
            replay_for_ever(self._spool, self._light, self._root),
            listen(address, nudges),
        ]
        self._tasks = [asyncio.create_task(coroutine) for coroutine in for_ever]
        for task in self._tasks:
            task.add_done_callback(_report)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._route(scope, receive, send)
        except Refusal as why:
            await _last_words(send, why)
        except Gone:
            return
        except Exception:  # what went wrong is for the log, never for whoever asked
            log.exception("%s failed.", scope["path"].split("/")[1])
            await _last_words(send, Refusal(500))

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(door.PREFIX):
            await self._door(scope, receive, send)
        elif path == live.PATH:
            await self._live(scope, receive, send)
        elif path.startswith(live_chat.PREFIX):
            await self._live_chat(scope, receive, send)
        elif asked := chat.asked_of(path):
            await self._chat(*asked, scope, receive, send)
        elif path.startswith(safe_phone.PREFIX):
            await self._safe_phone(scope, receive, send)
        elif path == "/up":
            await self._up(send)
        elif path.startswith("/live/") or self._relay is None:
            raise Refusal(404)
        else:
            await self._relay(scope, receive, send)

    async def _up(self, send: Send) -> None:
        try:
            await self._looks.run("SELECT 1")
        except DatabaseAway as why:
            raise Refusal(503, (b"retry-after", b"5")) from why
        await answer(send, 200, b"up\n", [TEXT, NEVER_KEPT])

    def _stored(self, rows: Sequence[Incoming]) -> None:
        self._nudges.nudge()

    def _happened(self, events: Sequence[Happened]) -> None:
        self._streams.happened(events)
        self._talks.happened(events)

    def _somebody_looks(self, said: str) -> None:
        """`merchant:conversation`, from the desk, and from edges with a visitor."""
        merchant, _, conversation = said.partition(":")
        if merchant.isdecimal() and conversation.isdecimal():
            self._streams.tell(int(merchant), {f"looking:{conversation}"})
            self._writing.nudge(int(merchant), int(conversation))

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _way_to_the_app(proxies: Proxies) -> Relay | None:
    if os.environ.get("PRESSZERO_RELAY") == "0":
        return None
    port = os.environ.get("PRESSZERO_APP_PORT") or "8001"
    return Relay(f"http://127.0.0.1:{port}", proxies)


async def _last_words(send: Send, why: Refusal) -> None:
    with contextlib.suppress(Exception):  # the answer had begun, or nobody is there to hear it
        await refuse(send, why)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        log.critical("A part of the edge ended; the process must be started again.", exc_info=task.exception())
        os.abort()
