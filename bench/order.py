"""Three workers on 20,000 arrivals of 2,000 senders: each sender's in order, and in one conversation."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from .ground import CODE, Ground
from .row import Row, at_most
from .shop import open_shop

COUNT, SENDERS, WORKERS = 20_000, 2_000, 3
LONGEST = 300  # seconds

# A message is out of order when one of the same sender that was said later stands before it.
DISORDER = """
SELECT count(*) FROM (
  SELECT split_part(e.text, ' ', 1)::int AS said,
    lag(split_part(e.text, ' ', 1)::int) OVER (PARTITION BY e.sender_address ORDER BY m.at, m.id) AS before,
    lag(split_part(e.text, ' ', 1)::int) OVER (PARTITION BY e.sender_address ORDER BY m.id) AS written_before
  FROM conversations_message m JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = %s) found
WHERE said < before OR said < written_before
"""
SPLIT_UP = """
SELECT count(*) FROM (
  SELECT e.sender_address FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = %s GROUP BY 1 HAVING count(DISTINCT m.conversation_id) > 1) found
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows that must be nought."""
    from .arrivals import deliver

    shop = open_shop(ground)
    deliver(shop, "order", COUNT, SENDERS, split=False)
    say(f"{COUNT:,} arrivals are in the mailroom; {WORKERS} workers begin")
    begun = time.monotonic()
    words = [sys.executable, "-m", "bench.order"]
    workers = [subprocess.Popen(words, cwd=CODE, env=ground.environment()) for _ in range(WORKERS)]
    for worker in workers:
        if worker.wait(LONGEST):
            raise RuntimeError(f"A worker ended with code {worker.returncode}.")
    took = time.monotonic() - begun
    note = f"{WORKERS} workers, {COUNT:,} arrivals of {SENDERS:,} senders, split and understood in {took:.0f} s."
    with ground.connect() as connection:
        stored = connection.execute(
            "SELECT count(*) FROM conversations_message WHERE merchant_id = %s", [shop.merchant_id]
        ).fetchone()
        if stored != (COUNT,):
            raise RuntimeError(f"{stored} messages of {COUNT} are there.")
        for name, statement in (("order: out of order", DISORDER), ("order: split up", SPLIT_UP)):
            (found,) = connection.execute(statement.encode(), [shop.merchant_id]).fetchone() or (COUNT,)
            yield _nought(name, int(str(found)), note)


def _nought(name: str, found: int, note: str) -> Row:
    row = at_most(name, found, 1, f"of {COUNT:,}", note)
    return Row(row.name, row.measured, "0", "", "0", found == 0, note)


def work() -> None:
    """One worker: splits and understands until nothing is left to anybody."""
    import django

    django.setup()
    from presszero.intake.messages import understand_all
    from presszero.intake.split import split_all
    from presszero.mailroom.models import Arrival, Received

    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if split_all() + understand_all() == 0:
            waiting = Received.objects.filter(split_at=None).exists() or Arrival.objects.filter(done_at=None).exists()
            if not waiting:
                return
            time.sleep(0.01)
    sys.exit(1)


if __name__ == "__main__":
    work()
