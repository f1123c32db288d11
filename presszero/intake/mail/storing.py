"""Mails that share a commit: whatever piled up while the last one ran goes into the next."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.utils import Error as DatabaseError
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from presszero.channels.models import Line
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming

log = logging.getLogger(__name__)

GROUP_MAILS = 50
GROUP_BYTES = 8 * 1024 * 1024
HEARD_EVERY = 30.0  # seconds between notes of when a line was last heard

_Waiting = tuple[list[Incoming], "Future[None]"]


class Storing:
    """One thread and its database connection. A mail's rows are stored together or not at all."""

    def __init__(self, write: Callable[[Sequence[Incoming]], object] | None = None) -> None:
        self._write = write or receive
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mail-storing", daemon=True)
        self._thread.start()

    def store(self, rows: Iterable[Incoming]) -> Future[None]:
        """Done once they are committed; fails with Django's database error."""
        answer: Future[None] = Future()
        self._queue.put((list(rows), answer))
        return answer

    def close(self) -> None:
        """Stores what waits, and ends."""
        self._queue.put(None)
        self._thread.join(30)

    def _run(self) -> None:
        ending = False
        while not ending:
            group, ending = self._next_group()
            if group:
                self._store(group)
        connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        group: list[_Waiting] = []
        size = 0
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            size += sum(len(row.body) for row in waiting[0])
            if len(group) >= GROUP_MAILS or size >= GROUP_BYTES:
                return group, False
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _store(self, group: list[_Waiting]) -> None:
        """All in one commit; when the group is refused, one by one, so that a bad mail fails alone."""
        try:
            self._commit([row for rows, _ in group for row in rows])
        except (OperationalError, InterfaceError) as why:
            _fail(group, why)
        except Exception as why:
            if len(group) == 1:
                log.exception("A mail could not be stored.")
                _fail(group, why)
            else:
                for one in group:
                    self._store([one])
        else:
            for _, answer in group:
                answer.set_result(None)

    def _commit(self, rows: list[Incoming]) -> None:
        close_old_connections()
        try:
            with transaction.atomic():
                self._write(rows)
                _note_heard({row.line_id for row in rows})
        except DatabaseError:
            connection.close()
            raise


def _note_heard(lines: set[int]) -> None:
    now = timezone.now()
    due = Line.objects.filter(id__in=lines).exclude(heard_at__gt=now - timedelta(seconds=HEARD_EVERY))
    due.update(heard_at=now)


def _fail(group: list[_Waiting], why: Exception) -> None:
    for _, answer in group:
        answer.set_exception(why)
