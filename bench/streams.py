"""Open widgets: what one costs the edge, how soon all of them hear, and whether all of them come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from .ground import Ground
from .row import Row, at_most
from .shop import open_shop
from .usage import cpu, resident
from .widgets import Widgets, entries, happen, open_chat

STREAMS = 2_000
WARM = 20  # what the first ones load stays
A_STREAM = 35  # kB
NUDGE = 1_000  # milliseconds until the last one heard
BACK = 10  # seconds until the last one is back, and has heard what it missed
ROUNDS = 3
SETTLE = 3


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Three rows, of one edge process; the third of a second one that comes after it."""
    shop = open_shop(ground)
    chat = open_chat(shop, STREAMS)
    ids = entries(shop, chat)
    with ground.connect() as connection:
        connection.execute("ANALYZE")  # as a database at work has done by itself
    everybody = range(STREAMS)
    with ground.edge() as (port, running):
        widgets = Widgets(port, chat)
        widgets.open(range(WARM))
        _all_heard(widgets, range(WARM))
        time.sleep(SETTLE)
        before = resident(running.pid)
        begun = time.perf_counter()
        widgets.open(range(WARM, STREAMS))
        _all_heard(widgets, everybody)
        say(f"{STREAMS} widgets are open after {time.perf_counter() - begun:.1f} s")
        time.sleep(SETTLE)
        after = resident(running.pid)
        spent = cpu(running.pid)
        took = [_nudge(ground, shop.merchant_id, widgets, ids) for _ in range(ROUNDS)]
        spent = (cpu(running.pid) - spent) / ROUNDS * 1000
        say(f"the edge: {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB with them; the last heard in {took} ms")
        later = resident(running.pid)
    cost = (max(after, later) - before) / (STREAMS - WARM) / 1000
    note = f"{STREAMS} open widgets; resident memory of the edge, after {ROUNDS} nudges of all too."
    yield at_most("streams: memory", cost, A_STREAM, "kB", note, digits=1)
    note = f"From the commit of {STREAMS} answers until the last of {STREAMS} widgets was told; the worst of {ROUNDS}."
    note += f" The edge's CPU: {spent:.0f} ms each."
    say(note)
    yield at_most("streams: nudge", max(took), NUDGE, "ms", note)
    yield _back(ground, shop.merchant_id, widgets, ids)


def _nudge(ground: Ground, merchant_id: int, widgets: Widgets, ids: list[int]) -> int:
    widgets.heard.clear()
    committed = happen(ground, merchant_id, ids)
    _all_heard(widgets, range(STREAMS))
    return round((max(widgets.heard.values()) - committed) * 1000)


def _back(ground: Ground, merchant_id: int, widgets: Widgets, ids: list[int]) -> Row:
    """The edge went; answers were given meanwhile; another one starts, and everybody comes back at once."""
    widgets.close()
    happen(ground, merchant_id, ids)
    with ground.edge() as (port, _):
        again = Widgets(port, widgets.chat, last_ids=widgets.last_ids)
        begun = time.perf_counter()
        again.open(range(STREAMS))
        _all_heard(again, range(STREAMS))
        took = max(again.heard.values()) - begun
        again.close()
    note = f"All {STREAMS} at once to a new process, each with what it heard last; none missed what was said meanwhile."
    return at_most("streams: back", took, BACK, "s", note, digits=1)


def _all_heard(widgets: Widgets, numbers: range) -> None:
    if not widgets.hear_all(numbers):
        raise RuntimeError(f"{len(set(numbers) - widgets.heard.keys())} of {len(numbers)} widgets were never told.")
