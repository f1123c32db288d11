"""The same shop at a provider: the app over HTTP, the provider's phones over SIP, and members at telephones."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import override_settings

from presszero.calls.hosted import duty
from presszero.calls.models import Leg
from presszero.channels.models import Line
from presszero.routing.actions import be_here
from presszero.routing.models import Presence
from tests.journeys.phone.office import NUMBER, Place
from tests.ports import free_ports
from tests.telephones import Telephone, rtpengine
from tests.waiting_async import no_more_rows, rows

from .house import TOKEN, QuietHandler
from .over_sip import SipProvider, Wire, WirePhone

MEMBER = 440.0  # Hz: a member's voice
WORKS_EVERY = 0.2  # seconds: the worker's rounds


class Desks:
    """Members at telephones, one each: the provider's own program in their page, as far as sound goes."""

    def __init__(self, wire: Wire) -> None:
        self.answers: Callable[[Leg], bool] = lambda leg: True
        self._wire = wire
        self._telephones: dict[int, Telephone] = {}  # by member
        self._of_leg: dict[int, Telephone] = {}

    def of(self, leg: Leg) -> Telephone | None:
        """Where this end rings; nowhere while they do not answer."""
        if not leg.member_id or not self.answers(leg):
            return None
        if leg.member_id not in self._telephones:
            made = Telephone(self._wire.address, tone=MEMBER)
            self._telephones[leg.member_id] = self._wire.do(made.open())
        self._of_leg[leg.id] = self._telephones[leg.member_id]
        return self._of_leg[leg.id]

    async def heard(self, leg: int) -> float:
        found = self._of_leg.get(leg)
        silent = found is None or found.ear.silent() or time.monotonic() - max(found.ear.last.values()) > 0.3
        pitch, share = (0.0, 0.0) if silent or found is None else found.ear.pitch()
        return pitch if share > 0.3 else 0.0

    def close(self) -> None:
        for each in self._telephones.values():
            self._wire.tell(each.close)


class Provided(Place):
    """A shop whose calls come through a provider. What callers do with an Office they do here."""

    def __init__(self, provider: SipProvider, wire: Wire) -> None:
        self.address, self.provider, self.agents = wire.address, provider, Desks(wire)
        self._called: dict[str, Telephone] = {}  # by number
        provider.answer_calls(wire, self._rings)

    async def calls(self, called: str = NUMBER, **more: Any) -> Telephone:
        phone = await Telephone(self.address, **more).open()
        assert await phone.call(called) == 200
        return phone

    async def called(self, number: str, **more: Any) -> Telephone:
        phone = self._called[number] = await Telephone(self.address, number=number, **more).open()
        return phone

    async def open_still(self) -> int:
        phones = [each for each in self.provider.phones if each.status in ("ringing", "in-progress")]
        return len(phones) + len(self.provider.rooms)

    def kept(self, storage_key: str) -> bytes:
        with default_storage.open(storage_key) as file:
            return bytes(file.read())

    def _rings(self, phone: WirePhone) -> Telephone | None:
        if not phone.called.startswith("client:"):
            return self._called.get(phone.called)
        number = re.search(r"/legs/(\d+)", phone.url)
        leg = Leg.objects.select_related("call", "member").filter(id=number[1] if number else 0).first()
        return self.agents.of(leg) if leg else None


class Rounds(threading.Thread):
    """Moves the provider's phones on and does the worker's duty, in turn. `trouble`: what went wrong."""

    def __init__(self, provider: SipProvider, duties: Callable[[], object]) -> None:
        super().__init__(name="provider", daemon=True)
        self._provider, self._duties, self._over = provider, duties, threading.Event()
        self.trouble: list[Exception] = []

    def run(self) -> None:
        worked = 0.0
        while not self._over.is_set():
            try:
                with contextlib.suppress(queue.Empty):
                    self._provider.wire.events.get(timeout=0.02)()
                self._provider.settle()
                if time.monotonic() - worked > WORKS_EVERY:
                    self._duties()
                    worked = time.monotonic()
            except Exception as why:
                self.trouble.append(why)
        connections.close_all()

    def stop(self) -> None:
        self._over.set()
        self.join(10)


@contextlib.asynccontextmanager
async def provided(folder: Path) -> AsyncIterator[Provided]:
    """The shop's one telephone line is at a provider for as long as the block runs."""
    ng, keys = free_ports(2)
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(_app())
        stack.enter_context(override_settings(HTTP_MAY_REACH=["127.0.0.0/8"]))
        await asyncio.to_thread(stack.enter_context, rtpengine(folder, ng, keys))
        line = await rows(lambda: Line.objects.get(kind="phone"))
        provider = SipProvider(f"AC{line.merchant_id:032x}", TOKEN, settings.ORIGIN, lambda path: web)
        stack.callback(provider.close)
        await rows(_at_the_provider, line, provider)
        wire = Wire(folder, ng, keys, line.address)
        stack.callback(wire.close)
        made, rounds = Provided(provider, wire), Rounds(provider, _duties)
        stack.callback(made.agents.close)
        rounds.start()
        open_desks = asyncio.create_task(_keep_desks_open())
        try:
            yield made
        finally:
            open_desks.cancel()
            await asyncio.to_thread(rounds.stop)
            await no_more_rows()
        assert not rounds.trouble, rounds.trouble


def _duties() -> None:
    duty.work()
    duty.fetch()


def _at_the_provider(line: Line, provider: SipProvider) -> None:
    line.settings = {"driver": "hosted", "provider": "twilio", "account": provider.account, "api": provider.api}
    line.keep_secrets({"auth_token": provider.token})
    line.save()
    root = f"{settings.ORIGIN}/hosted/{line.token}"
    provider.voice_url, provider.status_url = f"{root}/voice", f"{root}/status"
    provider.fallback_url = f"{settings.ORIGIN}/safe/{line.token}"


async def _keep_desks_open() -> None:
    while True:
        await rows(_seen)
        await asyncio.sleep(20)


def _seen() -> None:
    for each in Presence.objects.select_related("member"):
        be_here(each.member)


@contextlib.contextmanager
def _app() -> Iterator[str]:
    """The app over real HTTP, one request at a time, with a connection of its own: "host:port"."""
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=QuietHandler)

    def serve() -> None:
        server.serve_forever(poll_interval=0.02)
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
