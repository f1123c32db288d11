"""Bringing the spool back into the database, in order, once that answers again."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from .commits import Commits, Outcome
from .database import DatabaseAway
from .spool import Spool, left_behind

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25  # seconds between looks at an empty spool
LONGEST_PAUSE = 2.0
ORPHANS_EVERY = 30.0


async def replay_for_ever(spool: Spool, commits: Commits, root: Path) -> None:
    """Empties the spool whenever something is in it, and adopts what killed processes left."""
    look_at_orphans = 0.0
    clock = asyncio.get_running_loop().time
    while True:
        try:
            if spool.active:
                await replay(spool, commits)
            if clock() >= look_at_orphans:
                look_at_orphans = clock() + ORPHANS_EVERY
                await adopt(root, commits)
        except Exception:  # the next look may go better; what is on disk stays there
            log.exception("The spool could not be replayed.")
        await asyncio.sleep(LOOK_EVERY)


async def adopt(root: Path, commits: Commits) -> None:
    """Replays the folders of processes that are gone."""
    for slot in left_behind(root):
        await replay(Spool(slot, limit=0), commits)


async def replay(spool: Spool, commits: Commits) -> int:
    """Everything in the spool, into the database; how many rows. Waits for the database as long as it takes."""
    count, pause = 0, 0.05
    while batch := await spool.next_batch():
        try:
            outcomes = await commits.commit(batch.rows) if batch.rows else []
        except DatabaseAway:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = 0.05
        for row, outcome in zip(batch.rows, outcomes, strict=True):
            if outcome is Outcome.REFUSED:
                spool.set_aside(row)
        spool.replayed(batch)
        count += len(batch.rows)
    if count:
        log.warning("%d arrivals came back from the spool.", count)
    return count
