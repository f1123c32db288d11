"""Tombstones outside the database, in a file beside it: a restored backup brings everybody back unknowing.

A line each: {"merchant", "of", "digest", "at"}. Keyed hashes only. Keep the file apart from the database's backups; on
several machines, each that erased has some of it, and any of them may be copied to where the worker runs.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from presszero.merchants.models import Merchant

from ..models import Tombstone


def write(merchant_id: int, digests: Sequence[str], at: datetime) -> None:
    """On disk when it returns."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"merchant": merchant_id, "of": "handle", "digest": d, "at": at.isoformat()}) for d in digests]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


def bring_back() -> int:
    """Puts into the database what only the file remembers; how many tombstones were missing."""
    here = set(Merchant.objects.values_list("id", flat=True))
    rows = [row for row in _read() if row["merchant"] in here]
    known = set(Tombstone.objects.filter(of="handle").values_list("merchant_id", "digest"))
    fresh = {(r["merchant"], r["digest"]): r for r in rows if (r["merchant"], r["digest"]) not in known}
    made = [
        Tombstone(merchant_id=merchant, of="handle", digest=digest, at=datetime.fromisoformat(row["at"]))
        for (merchant, digest), row in fresh.items()
    ]
    Tombstone.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def place() -> Path:
    """PRESSZERO_HOME/tombstones."""
    return Path(settings.HOME) / "tombstones"


def _read() -> Iterator[dict[str, Any]]:
    if not place().exists():
        return
    for line in place().read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # a line cut short by a crash; its erasure is done again from its row
