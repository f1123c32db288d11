"""Long work in slices: a worker takes a row in hand by a lease, goes on with it for a moment, and looks up.

What is in hand stays where it was between two slices. A lease that ran out says that its process is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Export, Import

LEASE = timedelta(seconds=45)
SLICE = 2.0  # seconds
M = TypeVar("M", Import, Export)


class InHand:
    """What this process is in the middle of, by the ids of its rows."""

    def __init__(self) -> None:
        self._steps: dict[int, Iterator[None]] = {}

    def claimed(self, rows: QuerySet[M]) -> M | None:
        """The first of these that waits, or is ours. Another's is left alone until its lease ran out."""
        free = Q(leased_until=None) | Q(leased_until__lte=timezone.now()) | Q(id__in=list(self._steps))
        with transaction.atomic():
            found = rows.select_for_update(skip_locked=True).filter(free).order_by("id").first()
            if found:
                rows.filter(id=found.id).update(leased_until=timezone.now() + LEASE)
        return found

    def go_on(self, number: int, begin: Callable[[], Iterator[None]]) -> None:
        """A slice of it. Whatever it raises ends it."""
        steps = self._steps.pop(number, None) or begin()
        ends = time.monotonic() + SLICE
        while time.monotonic() < ends:
            try:
                next(steps)
            except StopIteration:
                return
        self._steps[number] = steps

    def let_go(self) -> None:
        """Nothing is asked of us: whatever was in hand was stopped."""
        for steps in self._steps.values():
            if hasattr(steps, "close"):
                steps.close()
        self._steps.clear()
