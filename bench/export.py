"""Taking 200,000 messages out as one table, as the worker writes it: rows a second beside a bare COPY of the same rows,
and how much more memory the writing process takes than it began with.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from .ground import CODE, Ground
from .million import filled
from .row import Row, at_most
from .shop import Shop

MESSAGES = 200_000
BASE = 100_000_000  # far from the million's ids
SECONDS = 120
MORE_MEMORY = 64  # MB

_BARE = """
COPY (SELECT m.conversation_id, m.id, c.subject, u.name, m.at, e.inbound, e.sender_name, e.sender_address, e.text,
    e.folded
  FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = m.conversation_id
  JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
  WHERE m.merchant_id = %s ORDER BY m.id) TO STDOUT (FORMAT csv)
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the time it takes, and the memory."""
    shop = filled(ground, say, MESSAGES, BASE)
    bare = _copied(ground, shop)
    say("one process writes them")
    words = [sys.executable, "-m", "bench.export", str(shop.member_ids[0])]
    ran = subprocess.run(words, cwd=CODE, env=ground.environment(), capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    rate = found["rows"] / found["seconds"]
    note = (
        f"{found['rows']:,} messages, {found['size'] / 1e6:,.0f} MB of CSV, {rate:,.0f} a second; "
        f"a bare COPY of the same rows took {bare:.1f} s."
    )
    yield at_most("export: messages", found["seconds"], SECONDS, "s", note, digits=1)
    yield at_most("export: memory", found["more"] / 1e6, MORE_MEMORY, "MB", "At its peak, more than before it began.")


def _copied(ground: Ground, shop: Shop) -> float:
    """Seconds."""
    begun = time.monotonic()
    statement = _BARE.replace("%s", str(shop.merchant_id)).encode()
    with ground.connect() as connection, connection.cursor() as cursor, cursor.copy(statement) as rows:
        for _piece in rows:
            pass
    return time.monotonic() - begun


def write(member_id: int) -> None:
    """One table of messages, asked for by this member; what it took, as JSON."""
    import django

    django.setup()
    from presszero.team.models import Membership
    from presszero.transfer import exporting

    by = Membership.objects.select_related("merchant").get(id=member_id)
    exporting.write_now(exporting.ask("tags", by=by))  # what the first one loads stays
    made = exporting.ask("messages", by=by)
    before, begun = _peak(), time.monotonic()
    made = exporting.write_now(made)
    took = time.monotonic() - begun
    print(json.dumps({"rows": made.done, "size": made.size, "seconds": took, "more": _peak() - before}))


def _peak() -> int:
    """Bytes this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    write(int(sys.argv[1]))
