"""Three pages of the desk in a shop with a million conversations: the CPU of app and database for each."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import TypeVar
from urllib.parse import urlencode

from .ground import Ground
from .million import LONG, long_one, million
from .row import Row, at_most
from .usage import cpu

WARM, TIMES = 30, 200
LIST, OPEN, REPLY = 15, 11, 10  # milliseconds

Say = Callable[[str], None]
C = TypeVar("C")


class Browser:
    """A signed-in member at the app's own port."""

    def __init__(self, port: int, token: str) -> None:
        self._client = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": f"pz_session={token}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}

    def get(self, path: str, **headers: str) -> bytes:
        return self._call("GET", path, None, headers)

    def post(self, path: str, **form: str) -> bytes:
        kind = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return self._call("POST", path, urlencode(form), kind)

    def _call(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self._client.request(method, path, body, {**self._headers, **headers})
        answered = self._client.getresponse()
        read = answered.read()
        if answered.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {answered.status}: {read[:300]!r}")
        return read


def measure_list(ground: Ground, say: Say) -> Iterator[Row]:
    """A page of the list: fifty of a hundred thousand open ones, in a million."""

    def ask(browser: Browser, number: int) -> None:
        if browser.get("/desk/" + ("team", "unassigned", "waiting", "mine")[number % 4]).count(b'id="c1') < 50:
            raise RuntimeError("The list does not show fifty.")

    yield _measured(ground, "list", LIST, ask, say)


def measure_open(ground: Ground, say: Say) -> Iterator[Row]:
    """What a click on a conversation of 200 messages fetches."""
    number = long_one(ground, million(ground, say))

    def ask(browser: Browser, _: int) -> None:
        if b"about the colour" not in browser.get(f"/conversations/{number}", **{"HX-Request": "true"}):
            raise RuntimeError("The conversation does not show its messages.")

    yield _measured(ground, "open", OPEN, ask, say, f"{LONG} messages; the answer to the click in a list.")


def measure_reply(ground: Ground, say: Say) -> Iterator[Row]:
    """Posting a reply to a conversation of a few messages, with the answer the page needs."""
    shop = million(ground, say)
    with ground.connect() as connection:
        rows = connection.execute(
            "SELECT id FROM conversations_conversation"
            " WHERE merchant_id = %s AND state = 'open' AND assignee_id IS NULL ORDER BY id LIMIT %s OFFSET 50",
            [shop.merchant_id, WARM + TIMES],
        ).fetchall()
    ids = [row[0] for row in rows]

    def ask(browser: Browser, number: int) -> None:
        form = {"text": "It is on its way and comes tomorrow.", "client_id": str(uuid.uuid4()), "anyway": "1"}
        browser.post(f"/conversations/{ids[number]}/replies", **form)

    yield _measured(
        ground, "reply", REPLY, ask, say, "The answer holds the conversation as it is then, and a new form."
    )
    with ground.connect() as connection:
        found = connection.execute(
            "SELECT count(*) FROM channels_delivery d WHERE merchant_id = %s", [shop.merchant_id]
        ).fetchone()
    if found != (WARM + TIMES,):
        raise RuntimeError(f"{found} deliveries for {WARM + TIMES} replies.")


def _measured(
    ground: Ground, name: str, bound: float, ask: Callable[[Browser, int], None], say: Say, note: str = ""
) -> Row:
    shop = million(ground, say)
    used, took = spent(ground, lambda port: Browser(port, shop.tokens[0]), ask)
    split = ", ".join(f"{part} {share:.1f} ms" for part, share in used.items())
    say(f"{sum(used.values()):.1f} ms of CPU ({split}), {took:.0f} ms by the clock")
    words = f"CPU: {split}; {took:.0f} ms by the clock; the mean of {TIMES}."
    return at_most(name, sum(used.values()), bound, "ms CPU", f"{words} {note}".strip(), digits=1)


def spent(ground: Ground, client: Callable[[int], C], ask: Callable[[C, int], None]) -> tuple[dict[str, float], float]:
    """What a call costs, in milliseconds: CPU of app and of database, and by the clock. The mean of many.

    `client` is told the app's port; `ask` makes the call of a number.
    """
    with ground.app() as (port, running):
        asking = client(port)
        for number in range(WARM):
            ask(asking, number)
        parts = {"app": running.pid, "database": ground.server_pid()}
        before = {part: cpu(pid) for part, pid in parts.items()}
        begun = time.monotonic()
        for number in range(WARM, WARM + TIMES):
            ask(asking, number)
        took = (time.monotonic() - begun) / TIMES * 1000
        return {part: (cpu(pid) - before[part]) / TIMES * 1000 for part, pid in parts.items()}, took
