"""The door: from a signed webhook to the answer "stored", 64 connections, one edge process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from presszero.channels.signing import signed_headers

from .ground import CODE, Ground
from .load import pack
from .row import Row, ratio_row
from .shop import SECRET, Shop, open_shop

CONNECTIONS = 64
SECONDS = 5
MOST = 40_000
ROUNDS = 3
TARGET = 0.33

SETUP = "CREATE TABLE IF NOT EXISTS bench_door (external_id uuid PRIMARY KEY, body text NOT NULL)"
# What the job needs at the least: the bytes, once, durably.
SCRIPT = f"INSERT INTO bench_door VALUES (gen_random_uuid(), '{'x' * 200}') ON CONFLICT DO NOTHING;\n"


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """One row: webhooks a second against one-row commits a second."""
    shop = open_shop(ground)
    limits, measured, slowest = [], [], 0.0
    with ground.edge() as (port, _):
        _load(port, _requests(shop, "warm", 500), 2)
        limits.append(_limit(ground))
        for number in range(ROUNDS):
            found = _load(port, _requests(shop, f"r{number}", MOST), SECONDS)
            if found["failed"]:
                raise RuntimeError(f"{found['failed']} webhooks were not stored.")
            measured.append(found["stored"] / found["seconds"])
            slowest = max(slowest, found["p99"])
            limits.append(_limit(ground))
            say(f"round {number + 1} of {ROUNDS}: {measured[-1]:,.0f} of {limits[-1]:,.0f} a second")
    _check(ground, shop)
    row = ratio_row("door", measured, limits, "/s", TARGET)
    note = (
        f"{CONNECTIONS} connections, one edge process, the load on the same cores; p99 {slowest:.0f} ms at full load."
    )
    yield Row(row.name, row.measured, row.limit, row.ratio, row.target, row.met, note)


def _limit(ground: Ground) -> float:
    return ground.pgbench(SCRIPT, clients=8, seconds=4, setup=SETUP)


def _requests(shop: Shop, mark: str, count: int) -> list[bytes]:
    now = int(time.time())
    found = []
    for number in range(count):
        sender = {"address": f"ada{number % 997}", "name": "Ada Kowalski"}
        body = json.dumps({"id": f"{mark}-{number}", "from": sender, "text": "Where is my order 1042? " * 5}).encode()
        signed = signed_headers(f"{mark}-{number}", now, body, SECRET)
        head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        first = f"POST /in/custom/{shop.line_token} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        found.append(f"{first}{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return found


def _load(port: int, requests: list[bytes], seconds: int) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.load", str(port), str(CONNECTIONS), str(seconds)]
    ran = subprocess.run(words, input=pack(requests), capture_output=True, cwd=CODE, check=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def _check(ground: Ground, shop: Shop) -> None:
    """Every one that was acknowledged is there: a fast door that loses is no door."""
    with ground.connect() as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT external_id) FROM mailroom_received WHERE line_id = %s", [shop.line_id]
        ).fetchone()
        connection.execute("TRUNCATE mailroom_received CASCADE")
    if not found or found[0] != found[1] or not found[0]:
        raise RuntimeError(f"Rows and ids differ: {found}.")
