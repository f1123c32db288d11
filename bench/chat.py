"""Four hundred chats at once: from the customer's send to the agent's screen, and back. Everything runs."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import aiohttp

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop
from .usage import cpu
from .widgets import ChatLine, open_chat

CHATS, DESKS = 400, 40  # an agent has ten chats, and one of them before their eyes
A_MINUTE = 450  # messages of a big merchant's busiest hour, three times over: half of theirs, half of ours
SECONDS = 30
P95 = 200  # milliseconds
A_SCREEN = 0.03  # seconds between two that open
SETTLE, LONGEST = 3, 30  # seconds before, and at most after
TOKEN = "a" * 32

_SAID = re.compile(rb"message (-?\d+)\.")
Say = Callable[[str], None]
Read = Callable[[bytes, float], None]


@dataclass
class Leg:
    """When each message was sent, and when it stood on the other side's screen."""

    sent: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    expected: set[int] = field(default_factory=set)

    def read(self, page: bytes, at: float) -> None:
        for found in _SAID.findall(page):
            self.seen.setdefault(int(found), at)

    def percentiles(self) -> tuple[float, float]:
        """The median and the 95th in a hundred, in milliseconds. Raises RuntimeError when one never came."""
        missing = self.expected - self.seen.keys()
        if missing:
            raise RuntimeError(f"{len(missing)} of {len(self.expected)} messages never came to their screen.")
        took = sorted((self.seen[number] - self.sent[number]) * 1000 for number in self.expected)
        return took[len(took) // 2], took[int(len(took) * 0.95)]


@dataclass
class Play:
    """The shop, its visitors, and what happened to every message."""

    shop: Shop
    chat: ChatLine
    origin: str
    session: aiohttp.ClientSession = field(init=False)
    in_: Leg = field(default_factory=Leg)
    out: Leg = field(default_factory=Leg)
    places: list[int] = field(default_factory=list)  # each visitor's conversation


@dataclass(frozen=True)
class Round:
    """Half a minute at one rate, and the CPU that each part of the product used."""

    name: str
    rate: int  # messages a minute
    in_: Leg
    out: Leg
    used: str


def measure(ground: Ground, say: Say) -> Iterator[Row]:
    """Two rows at the model's rate, and two at twice that."""
    shop = open_shop(ground, members=DESKS)
    chat = open_chat(shop, CHATS)
    with ExitStack() as stack:
        app, pages = stack.enter_context(ground.app())
        edge, open_ = stack.enter_context(
            ground.edge(PRESSZERO_APP_PORT=str(app), PRESSZERO_TRUSTED_PROXIES="127.0.0.1")
        )
        worker = stack.enter_context(ground.process("-m", "presszero", "serve", "worker", ready=lambda: True))
        parts = {"app": pages.pid, "edge": open_.pid, "worker": worker.pid, "database": ground.server_pid()}
        rounds = asyncio.run(_rounds(ground, Play(shop, chat, f"http://127.0.0.1:{edge}"), say, parts))
    for each in rounds:
        for leg, words, way in ((each.in_, "in", "their send to our screen"), (each.out, "out", "our send to theirs")):
            p50, p95 = leg.percentiles()
            note = (
                f"{CHATS} chats, {DESKS} desks, {each.rate} messages a minute, from {way}, the words in it; "
                f"{len(leg.expected)} messages; median {p50:.0f} ms. CPU of a message: {each.used} ms."
            )
            yield at_most(f"{each.name}: {words}", p95, P95, "ms p95", note)


async def _rounds(ground: Ground, play: Play, say: Say, parts: dict[str, int]) -> list[Round]:
    found = []
    async with aiohttp.ClientSession(play.origin, connector=aiohttp.TCPConnector(limit=0)) as play.session:
        play.places = await _begin(ground, play, say)
        screens = await _open_screens(play)
        say(f"{CHATS} widgets and {DESKS} desks are open")
        for name, rate in (("chat", A_MINUTE), ("chat, twice", 2 * A_MINUTE)):
            play.in_, play.out = Leg(), Leg()
            before = {part: cpu(pid) for part, pid in parts.items()}
            await _round(play, rate, screens)
            each = 1000 * 60 / (rate * SECONDS)
            used = ", ".join(f"{part} {(cpu(pid) - before[part]) * each:.0f}" for part, pid in parts.items())
            say(f"{rate} a minute: {play.in_.percentiles()} in, {play.out.percentiles()} out; CPU {used} ms a message")
            found.append(Round(name, rate, play.in_, play.out, used))
        for screen in screens:
            screen.cancel()
        await asyncio.gather(*screens, return_exceptions=True)
    return found


async def _begin(ground: Ground, play: Play, say: Say) -> list[int]:
    """Everybody's first message; the conversations that came of them, in the order of the visitors."""
    for number in range(CHATS):
        await _customer_says(play, number, -1 - number)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with ground.connect() as connection:
            rows = connection.execute(
                "SELECT substr(t.key, 6), p.conversation_id FROM channels_thread t JOIN conversations_threadplace p"
                " ON p.merchant_id = t.merchant_id AND p.thread_id = t.id WHERE t.line_id = %s",
                [play.chat.id],
            ).fetchall()
        if len(rows) == CHATS:
            say(f"{CHATS} chats are there")
            found = {str(address): int(str(place)) for address, place in rows}
            with ground.connect() as connection:
                connection.execute("ANALYZE")
            return [found[address] for address in play.chat.addresses]
        await asyncio.sleep(0.2)
    raise RuntimeError("The first messages were not understood in time.")


async def _open_screens(play: Play) -> list[asyncio.Task[None]]:
    """One after another, as people come; then until each widget has read what was said before."""
    screens = []
    for number in range(CHATS):
        if number < DESKS:
            screens.append(asyncio.create_task(_desk(play, number)))
        screens.append(asyncio.create_task(_widget(play, number)))
        await asyncio.sleep(A_SCREEN)
    deadline = time.monotonic() + 2 * LONGEST
    while time.monotonic() < deadline and sum(number < 0 for number in play.out.seen) < CHATS:
        await asyncio.sleep(0.1)
    return screens


async def _round(play: Play, rate: int, screens: list[asyncio.Task[None]]) -> None:
    await asyncio.sleep(SETTLE)
    await _talk(play, rate)
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline and _missing(play):
        await asyncio.sleep(0.1)
    for screen in screens:
        if screen.done():
            screen.result()


def _missing(play: Play) -> int:
    return len(play.in_.expected - play.in_.seen.keys()) + len(play.out.expected - play.out.seen.keys())


async def _talk(play: Play, rate: int) -> None:
    """By turns a customer and an agent; every other customer is one whose chat stands on a screen."""
    begun = time.perf_counter()
    saying = []
    for number in range(rate * SECONDS // 60):
        await asyncio.sleep(max(0.0, begun + number * 60 / rate - time.perf_counter()))
        watched = random.randrange(DESKS)
        if number % 2:
            play.out.expected.add(number)
            saying.append(asyncio.create_task(_agent_says(play, random.randrange(CHATS), watched, number)))
        elif number % 4:
            play.in_.expected.add(number)
            saying.append(asyncio.create_task(_customer_says(play, watched, number)))
        else:
            saying.append(asyncio.create_task(_customer_says(play, random.randrange(DESKS, CHATS), number)))
    await asyncio.gather(*saying)


async def _customer_says(play: Play, visitor: int, number: int) -> None:
    words = {"client_id": str(uuid.uuid4()), "text": f"This is message {number}. Thank you!", "attachments": []}
    headers = {**_of(play.chat, visitor), "Origin": play.origin, "Content-Type": "application/json"}
    play.in_.sent[number] = time.perf_counter()
    path = f"/chat/{play.chat.token}/messages"
    async with play.session.post(path, data=json.dumps(words), headers=headers) as answered:
        answered.raise_for_status()


async def _agent_says(play: Play, visitor: int, desk: int, number: int) -> None:
    form = {"text": f"This is message {number}.", "client_id": str(uuid.uuid4()), "anyway": "1"}
    headers = {"Cookie": f"pz_session={play.shop.tokens[desk]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    play.out.sent[number] = time.perf_counter()
    path = f"/conversations/{play.places[visitor]}/replies"
    async with play.session.post(path, data=form, headers={**headers, "HX-Request": "true"}) as answered:
        answered.raise_for_status()


def _of(chat: ChatLine, visitor: int) -> dict[str, str]:
    """A visitor's own headers; the bench is a proxy that says where each calls from."""
    return {**chat.headers(visitor), "X-Forwarded-For": f"10.3.{visitor // 200}.{visitor % 200}"}


async def _widget(play: Play, visitor: int) -> None:
    """One customer's browser: hears, and fetches the transcript."""
    headers, due = _of(play.chat, visitor), asyncio.Event()
    path = f"/chat/{play.chat.token}/transcript"
    fetching = asyncio.create_task(_fetch(play, path, headers, due, lambda page, at: play.out.read(page, at)))
    try:
        await _hear(
            play, f"/live/chat/{play.chat.token}", headers, lambda told: due.set() if "changed" in told else None
        )
    finally:
        fetching.cancel()


async def _desk(play: Play, number: int) -> None:
    """One agent's browser: hears, and fetches what changed, as the desk's script does."""
    conversation = play.places[number]
    headers = {"Cookie": f"pz_session={play.shop.tokens[number]}", "HX-Request": "true"}
    places = {
        "list": "/desk/unassigned/rows",
        "counts": "/desk/counts",
        "conversation": f"/conversations/{conversation}/live",
        "looking": f"/conversations/{conversation}/colleagues",
    }
    due = {name: asyncio.Event() for name in places}

    def read(page: bytes, at: float) -> None:
        play.in_.read(page, at)

    fetching = [
        asyncio.create_task(
            _fetch(play, path, headers, due[name], read if name == "conversation" else lambda page, at: None)
        )
        for name, path in places.items()
    ]

    def hear(told: dict[str, list[str]]) -> None:
        for topic in told.get("topics", ()):
            if waiting := due.get(topic.partition(":")[0]):
                waiting.set()

    try:
        await _hear(play, f"/live/desk?conversation={conversation}", headers, hear)
    finally:
        for task in fetching:
            task.cancel()


async def _hear(play: Play, path: str, headers: dict[str, str], told: Callable[[dict[str, list[str]]], None]) -> None:
    async with play.session.get(path, headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as stream:
        stream.raise_for_status()
        async for line in stream.content:
            if line.startswith(b"data: "):
                told(json.loads(line[6:]))
    raise RuntimeError("A page lost its stream.")


async def _fetch(play: Play, path: str, headers: dict[str, str], due: asyncio.Event, read: Read) -> None:
    """One at a time; a nudge meanwhile means once more."""
    while True:
        await due.wait()
        due.clear()
        async with play.session.get(path, headers=headers) as answered:
            answered.raise_for_status()
            page = await answered.read()
        read(page, time.perf_counter())
