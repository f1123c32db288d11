"""From a signed webhook to the agent's screen: 50 messages a second, 20 desks open, everything running."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import aiohttp

from presszero.channels.signing import signed_headers

from .ground import Ground
from .row import Row, at_most
from .shop import SECRET, Shop, open_shop

DESKS, SENDERS = 20, 100  # each desk has the conversation of one sender open
A_SECOND, SECONDS = 50, 20
P95 = 300  # milliseconds
SETTLE, LONGEST = 3, 30  # seconds before, and at most after

_SAID = re.compile(rb"message (\d+)\.")


@dataclass
class Story:
    """When each message was sent, and when it stood on the screen that has its conversation open."""

    sent: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)

    @property
    def expected(self) -> set[int]:
        """Messages whose conversation is open on some desk."""
        return {number for number in self.sent if number >= 0 and number % SENDERS < DESKS}


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """One row: the 95th in a hundred of the messages whose conversation is open on a desk."""
    shop = open_shop(ground, members=DESKS)
    with ExitStack() as stack:
        app, _ = stack.enter_context(ground.app())
        edge, _ = stack.enter_context(ground.edge(PRESSZERO_APP_PORT=str(app)))
        stack.enter_context(ground.process("-m", "presszero", "serve", "worker", ready=lambda: _caught_up(ground, say)))
        story = asyncio.run(_play(ground, shop, f"http://127.0.0.1:{edge}", say))
    understood = _understood(ground, shop)
    missing = story.expected - story.seen.keys()
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(story.expected)} messages never came to their screen.")
    took = sorted((story.seen[number] - story.sent[number]) * 1000 for number in story.expected)
    p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
    note = (
        f"{A_SECOND} messages a second from {SENDERS} senders, {DESKS} desks, each with a conversation open and "
        f"fetching what it is nudged about; {len(took)} messages of open conversations; median {p50:.0f} ms; "
        f"understood within {understood:.0f} ms (p95)."
    )
    yield at_most("screen", p95, P95, "ms p95", note)


def _caught_up(ground: Ground, say: Callable[[str], None]) -> bool:
    """Whether every listener has heard what the measures before this one left in the timeline."""
    with ground.connect() as connection:
        found = connection.execute(
            "WITH last AS (SELECT coalesce(max(id), 0) AS id FROM timeline_event)"
            " SELECT count(*) FILTER (WHERE high < last.id), coalesce(max(last.id - high), 0), count(*)"
            " FROM last LEFT JOIN timeline_cursor ON true"
        ).fetchone()
    behind, by, all_of_them = (int(str(each)) for each in found or (1, 0, 0))
    if behind:
        say(f"{behind} of {all_of_them} listeners are up to {by:,} events behind")
        time.sleep(1)
    return not behind


def _understood(ground: Ground, shop: Shop) -> float:
    """How long arrivals waited to be understood, in milliseconds: the part that is not the screen's."""
    with ground.connect() as connection:
        found = connection.execute(
            "SELECT 1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - arrived_at))"
            " FROM mailroom_arrival WHERE merchant_id = %s",
            [shop.merchant_id],
        ).fetchone()
    return float(str(found[0])) if found else 0.0


async def _play(ground: Ground, shop: Shop, base: str, say: Callable[[str], None]) -> Story:
    story = Story()
    async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=0)) as session:
        for number in range(-SENDERS, 0):
            await _send(session, shop, story, number)
        ids = await _conversations(ground, shop)
        say(f"{SENDERS} conversations are there; {DESKS} desks open")
        desks = [asyncio.create_task(_desk(session, shop, story, n, ids[n])) for n in range(DESKS)]
        await asyncio.sleep(SETTLE)
        story.seen.clear()
        await _send_all(session, shop, story)
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline and story.expected - story.seen.keys():
            await asyncio.sleep(0.1)
        for desk in desks:
            desk.cancel()
        for ended in await asyncio.gather(*desks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    return story


async def _send_all(session: aiohttp.ClientSession, shop: Shop, story: Story) -> None:
    begun = time.perf_counter()
    sending = []
    for number in range(A_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
        sending.append(asyncio.create_task(_send(session, shop, story, number)))
    await asyncio.gather(*sending)


async def _send(session: aiohttp.ClientSession, shop: Shop, story: Story, number: int) -> None:
    sender = {"address": f"ada{number % SENDERS}", "name": f"Ada {number % SENDERS}"}
    body = json.dumps({"id": f"s{number}", "from": sender, "text": f"This is message {number}. Thank you!"}).encode()
    headers = signed_headers(f"s{number}", int(time.time()), body, SECRET)
    story.sent[number] = time.perf_counter()
    async with session.post(f"/in/custom/{shop.line_token}", data=body, headers=headers) as answered:
        answered.raise_for_status()


async def _conversations(ground: Ground, shop: Shop) -> list[int]:
    """Of each sender, once the first messages were understood."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with ground.connect() as connection:
            rows = connection.execute(
                "SELECT m.conversation_id FROM conversations_message m"
                " JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id WHERE m.merchant_id = %s"
                " ORDER BY substr(e.sender_address, 4)::int",
                [shop.merchant_id],
            ).fetchall()
        if len(rows) == SENDERS:
            with ground.connect() as connection:
                connection.execute("ANALYZE")  # as autovacuum has done in a shop of some days
            return [int(str(row[0])) for row in rows]
        await asyncio.sleep(0.2)
    raise RuntimeError("The first messages were not understood in time.")


async def _desk(session: aiohttp.ClientSession, shop: Shop, story: Story, number: int, conversation: int) -> None:
    """One browser: has its page open, hears, and fetches what changed, as the desk's script does."""
    cookies = {"Cookie": f"pz_session={shop.tokens[number]}"}
    async with session.get(f"/conversations/{conversation}", headers=cookies) as page:
        page.raise_for_status()
    places = {
        "list": "/desk/unassigned/rows?counts=1",  # every nudge about the list is one about the counts as well
        "conversation": f"/conversations/{conversation}/live",
    }
    due = {name: asyncio.Event() for name in places}
    fetching = [asyncio.create_task(_fetch(session, places[name], cookies, due[name], story)) for name in places]
    try:
        waits = aiohttp.ClientTimeout(total=None)
        path = f"/live/desk?conversation={conversation}"
        async with session.get(path, headers=cookies, timeout=waits) as stream:
            stream.raise_for_status()
            async for line in stream.content:
                if line.startswith(b"data: "):
                    for topic in json.loads(line[6:])["topics"]:
                        if waiting := due.get(topic.partition(":")[0]):
                            waiting.set()
        raise RuntimeError("A desk lost its stream.")
    finally:
        for task in fetching:
            task.cancel()


async def _fetch(
    session: aiohttp.ClientSession, path: str, cookies: dict[str, str], due: asyncio.Event, story: Story
) -> None:
    """One at a time; a nudge meanwhile means once more."""
    headers = {**cookies, "HX-Request": "true"}
    while True:
        await due.wait()
        due.clear()
        async with session.get(path, headers=headers) as answered:
            answered.raise_for_status()
            read = await answered.read()
        now = time.perf_counter()
        if path.endswith("/live"):
            for found in _SAID.findall(read):
                story.seen.setdefault(int(found), now)
