"""A run over the whole file that changes nothing: what would be new, what is known, what would be rejected."""

from __future__ import annotations

import sqlite3
from typing import Any

from .bringing.hand import Hand, Outcome
from .bringing.registry import Looked, sort_of
from .vocabulary import Record, Rejected, Where

PREVIEW = 12  # records shown with what would become of them, of each kind


class Checker:
    """Takes batches as a run does. What stands further up in the file is remembered on disk, however much it is."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        hand.met = self._has
        self.preview: list[dict[str, Any]] = []
        self._seen = sqlite3.connect("")
        self._seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        self._seen.close()

    def take(self, batch: list[tuple[Where, Record]]) -> None:
        if sort := sort_of(batch[0][1]):
            for each in sort.check(self.hand, batch):
                self._count(each)
        for where, record in batch:
            if isinstance(record, Rejected):
                said = {"reason": record.reason, "external_id": record.external_id, "raw": record.raw}
                self.hand.note(where, record.kind, Outcome.REJECTED, **said)
        for row in self.hand.rows:
            if row.outcome == Outcome.REJECTED:
                shown = str(row.raw.get("subject", "")) if isinstance(row.raw, dict) else row.external_id
                where = Where(row.place, row.number)
                self._show(where, row.kind, shown or row.external_id, Outcome.REJECTED, row.reason)

    def _count(self, each: Looked) -> None:
        for name in each.names:
            self._first(name)
        fresh = sum(self._first(key) for key in each.same)
        outcome = Outcome.KNOWN if fresh < len(each.same) and each.outcome is Outcome.NEW else each.outcome
        self.hand.counts[each.kind][outcome.value] += 1
        self._show(each.where, each.kind, each.shown, outcome)

    def _show(self, where: Where, kind: str, shown: str, outcome: Outcome, reason: str = "") -> None:
        if sum(each["kind"] == kind for each in self.preview) < PREVIEW:
            said = {"kind": kind, "shown": shown[:120], "outcome": outcome.value, "reason": reason}
            self.preview.append({"number": where.number, "place": where.place, **said})

    def _has(self, key: str) -> bool:
        return self._seen.execute("SELECT 1 FROM seen WHERE key = ?", [key]).fetchone() is not None

    def _first(self, key: str) -> bool:
        """Remembers it; whether it was new."""
        return self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", [key]).rowcount == 1
