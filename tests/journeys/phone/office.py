"""A shop with a telephone: the gateway, rtpengine beside it, and members at a page that does what a softphone does.

The page is as small as can be: it answers offers with a tone for a microphone and says what it hears. Who answers, and
when, a test decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone
from playwright.async_api import Page, async_playwright

from presszero.calls.asking import ask
from presszero.calls.models import Call, Leg, Menu, MenuVersion, Reception
from presszero.channels.models import Line
from presszero.intake.phone.ng import Ng
from presszero.routing.models import Presence
from presszero.team.models import Membership, Role
from tests import chromium
from tests.cast import Shop
from tests.lossy import Lossy
from tests.ports import free_port
from tests.telephones import Carrier, Telephone, rtpengine
from tests.waiting import crowded
from tests.waiting_async import no_more_rows, rows, until

NUMBER = "+4930123456"
DESKS_SEEN = 20.0  # seconds between two signs of life of everybody's desk
SOFTPHONE = (Path(__file__).parent / "softphone.html").read_text()
ANYWHERE = "http://127.0.0.1:9/"  # never asked: the page is handed over by the test


def telephone_line(shop: Shop, number: str = NUMBER, flow: dict[str, Any] | None = None, **trunk: Any) -> Line:
    """A line whose calls come from this machine; with a menu, if there is one."""
    given = {"driver": "sip", "trunk": {"networks": ["127.0.0.0/8"], **trunk}}
    line = Line.objects.create(
        merchant=shop.merchant, brand=shop.brand, kind="phone", address=number, name="Telephone", settings=given
    )
    answered = Reception(merchant=shop.merchant, line=line, wrap_seconds=0)
    if flow:
        answered.menu = Menu.objects.create(merchant=shop.merchant, name="Main", draft=flow)
        MenuVersion.objects.create(merchant=shop.merchant, menu=answered.menu, number=1, flow=flow, by="system")
    answered.save()
    return line


def dials_out() -> dict[str, Any]:
    """Of a trunk: calls of ours go to a carrier that an office opens."""
    return {"host": "127.0.0.1", "port": free_port()}


def on_duty(*members: Membership) -> None:
    """They sit at an open desk, ready."""
    for member in members:
        Presence.objects.update_or_create(
            merchant_id=member.merchant_id, member=member, defaults={"ready": True, "seen_at": timezone.now()}
        )


def staff(shop: Shop, count: int) -> list[Membership]:
    """So many agents beside Maya, on duty."""
    made = [shop.member(f"Agent {n}", Role.AGENT, f"agent{n}@juniper.example") for n in range(count)]
    on_duty(*made)
    return made


# What `presszero serve` does for all processes, for the one named first, and for the worker where it is named too.
SUPERVISED = """
import sys
from presszero import serving
from presszero.host.supervisor import Child, Supervisor
serving.warm_up(phone=True)
supervisor = Supervisor(lambda name, line: print(name, line, flush=True))
for name in sys.argv[1:]:
    supervisor.start(Child(name, serving.RUN[name]))
supervisor.watch()
supervisor.stop()
"""


class Gateway:
    """The process `phone` under the product's supervisor, over the tests' own database. `beside`: the worker, too."""

    def __init__(self, folder: Path, ng: int, keys: int, beside: Sequence[str] = ()) -> None:
        self._children = ["phone", *beside]
        given = connection.settings_dict
        password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        where = f"postgresql://{given['USER']}{password}@/{given['NAME']}"
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.log = folder / "gateway.log"
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"{where}?host={given['HOST']}&port={given['PORT'] or 5432}",
            "PRESSZERO_SECRET_KEY": settings.SECRET_KEY,
            "PRESSZERO_HOME": str(folder),
            "PRESSZERO_SIP_PORT": str(self.port),
            "PRESSZERO_NG_PORT": str(ng),
            "PRESSZERO_KEYS_PORT": str(keys),
            "PRESSZERO_GATEWAY": f"gateway-{self.port}",
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> Gateway:
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", SUPERVISED, *self._children]
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self._environment, stdout=log, stderr=log
            )
        await self.answers()
        return self

    def kill(self, by: signal.Signals = signal.SIGKILL) -> None:
        """kill -9 of the gateway alone, as out of memory does; its supervisor lives on."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(int(children[0]), by)

    async def answers(self, seconds: float = 90) -> None:
        """Waits until it says something to an OPTIONS."""
        phone = await Telephone(self.address).open()
        phone._target, phone._to = f"sip:{NUMBER}@127.0.0.1:{self.port}", f"<sip:{NUMBER}@127.0.0.1>"

        def asked() -> bool:
            assert self.process and self.process.poll() is None, self.said()[-3000:]
            phone._send("OPTIONS")
            return bool(phone.codes)

        try:
            await until(asked, seconds, "the start of the gateway")
        finally:
            phone.close()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Agents:
    """Members at their pages, all in one browser tab. `answers` decides whether a leg is taken."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answered: dict[int, str] = {}  # leg → the tag it was answered under
        self.answers: Callable[[Leg], bool] = lambda leg: True
        self._left: set[int] = set()
        self._task = asyncio.create_task(self._work())

    async def heard(self, leg: int) -> float:
        return float(await self.page.evaluate("leg => pitch(leg)", leg))

    async def state(self, leg: int) -> str:
        return str(await self.page.evaluate("leg => connectionState(leg)", leg))

    async def packets(self, leg: int) -> int:
        return int(await self.page.evaluate("leg => packets(leg)", leg))

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        seen, loop = 0.0, asyncio.get_running_loop()
        while True:
            if loop.time() - seen > DESKS_SEEN:
                seen = loop.time()
                await rows(lambda: Presence.objects.update(seen_at=timezone.now()))  # their desks are open
            legs = await rows(_open_legs)
            for over in self.answered.keys() - self._left - {leg.id for leg in legs}:
                self._left.add(over)
                await self.page.evaluate("leg => leave(leg)", over)
            for leg in legs:
                if self.answered.get(leg.id) != leg.tag and self.answers(leg):
                    await self._take(leg)
            await asyncio.sleep(0.05)

    async def _take(self, leg: Leg) -> None:
        again = leg.id in self.answered
        self.answered[leg.id] = leg.tag
        sdp = await self.page.evaluate("([leg, offer]) => answer(leg, offer)", [leg.id, leg.offer])
        await rows(_ask, leg.id, "resdp" if again else "answer", {"sdp": sdp})


def _open_legs() -> list[Leg]:
    open_now = Leg.objects.filter(ended_at=None, via="browser").exclude(offer="").select_related("call")
    return list(open_now.filter(call__ended_at=None).order_by("id"))


def _ask(leg_id: int, what: str, given: dict[str, Any]) -> None:
    leg = Leg.objects.select_related("call", "member").get(id=leg_id)
    assert leg.member
    ask(leg.call, what, given, leg=leg, by=leg.member.actor)


async def asks(leg_id: int, what: str, **given: Any) -> None:
    """A member's page asks something."""
    await rows(_ask, leg_id, what, given)


class Members(Protocol):
    """`answers` decides whether somebody's end is taken."""

    answers: Callable[[Leg], bool]

    async def heard(self, leg: int) -> float:
        """The pitch they hear, in Hz; 0 for silence."""


class Place(ABC):
    """Whoever carries a shop's calls, and its members."""

    agents: Members

    @abstractmethod
    async def calls(self, called: str = NUMBER, **more: Any) -> Telephone:
        """Somebody whose call is taken."""

    @abstractmethod
    async def called(self, number: str, **more: Any) -> Telephone:
        """Who is at this number: their telephone rings when we call it."""

    @abstractmethod
    async def open_still(self) -> int:
        """How much of calls is open with whoever carries them."""

    @abstractmethod
    def kept(self, storage_key: str) -> bytes:
        """A file that was stored."""

    async def talking(self, count: int = 1, seconds: float = 20) -> list[Leg]:
        """The legs of members who talk, once there are so many."""

        async def there() -> list[Leg]:
            return await rows(_talking_legs)

        return await eventually(there, lambda found: len(found) >= count, seconds)


class Office(Place):
    """Gateway, relay and, where wanted, members."""

    def __init__(self, gateway: Gateway, relay: subprocess.Popen[bytes], road: Lossy | None) -> None:
        self.gateway, self.relay, self.road = gateway, relay, road
        self.carrier: Carrier  # where the line dials out, if it does
        self.ng_port = 0  # rtpengine's own control

    async def caller(self, **more: Any) -> Telephone:
        return await Telephone(self.gateway.address, **more).open()

    async def calls(self, called: str = NUMBER, **more: Any) -> Telephone:
        phone = await self.caller(**more)
        assert await phone.call(called) == 200
        return phone

    async def called(self, number: str, **more: Any) -> Telephone:
        phone = self.carrier.phones[number] = await self.caller(number=number, **more)
        return phone

    def kept(self, storage_key: str) -> bytes:
        return (self.gateway.log.parent / "files" / storage_key).read_bytes()

    async def open_still(self) -> int:
        ng = await Ng.open(("127.0.0.1", self.ng_port))
        try:
            return len((await ng.ask("list"))["calls"])
        finally:
            ng.close()


async def eventually(look: Callable[[], Any], fits: Callable[[Any], bool], seconds: float = 15) -> Any:
    """What `look` finds, once it fits."""
    began = asyncio.get_running_loop().time()
    while not fits(found := await look()):
        assert asyncio.get_running_loop().time() - began < seconds * crowded(), (
            f"after {seconds} s it is still {found!r}"
        )
        await asyncio.sleep(0.05)
    return found


async def call_of(**by: Any) -> Call:
    return await rows(lambda: Call.objects.get(**by))


def _talking_legs() -> list[Leg]:
    rows = Leg.objects.filter(ended_at=None).exclude(talked_at=None)
    return list(rows.select_related("call").order_by("id"))


@contextlib.asynccontextmanager
async def office(
    folder: Path, *, loses: float = 0.0, agents: bool = True, worker: bool = False, carrier: bool = True
) -> AsyncIterator[Office]:
    """Everything runs for as long as the block does. loses: share of rtpengine's control packets.

    carrier: where a line dials out, somebody answers there; else that is the story's own affair.
    """
    ng, keys, road_port = free_port(), free_port(), free_port()
    relay = await asyncio.to_thread(_started, folder, ng, keys)
    road = await Lossy.open(("127.0.0.1", road_port), ("127.0.0.1", ng), loses) if loses else None
    gateway = Gateway(folder, road_port if loses else ng, keys, ["worker"] if worker else [])
    try:
        await gateway.start()
        made = Office(gateway, relay[1], road)
        made.ng_port = ng
        async with contextlib.AsyncExitStack() as stack:
            if carrier and (port := await rows(_dials_out_at)):
                made.carrier = await Carrier.open(port)
                stack.callback(made.carrier.close)
            if agents:
                made.agents = Agents(await _page(stack))
                stack.push_async_callback(made.agents.close)
            yield made
    finally:
        gateway.stop()
        if road:
            road.close()
        await asyncio.to_thread(relay[0].close)
        await no_more_rows()


def _dials_out_at() -> int:
    found = [line.settings["trunk"].get("port", 0) for line in Line.objects.filter(kind="phone")]
    return max(found, default=0)


def _started(folder: Path, ng: int, keys: int) -> tuple[contextlib.ExitStack, subprocess.Popen[bytes]]:
    stack = contextlib.ExitStack()
    return stack, stack.enter_context(rtpengine(folder, ng, keys))


async def _page(stack: contextlib.AsyncExitStack) -> Page:
    playwright = await stack.enter_async_context(async_playwright())
    flags = [*chromium.FLAGS, "--autoplay-policy=no-user-gesture-required"]
    browser = await playwright.chromium.launch(executable_path=chromium.program(), args=flags)
    stack.push_async_callback(browser.close)
    page = await browser.new_page()
    await page.route("**/*", lambda route: route.fulfill(body=SOFTPHONE, content_type="text/html"))
    await page.goto(ANYWHERE)
    return page
