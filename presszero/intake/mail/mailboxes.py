"""A watcher for every mailbox that is fetched by IMAP, each on a thread of its own, and somebody who watches them and
listens for lines that fell silent."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from dataclasses import dataclass

from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseError
from django.utils import timezone

from presszero.channels.adapters.email import imap
from presszero.channels.adapters.email.imap import Account, Folder
from presszero.channels.adapters.email.setup import raise_alarms
from presszero.channels.models import Line
from presszero.core.sealing import CannotOpen
from presszero.core.text import clean

from .mailbox import Reading, Superseded, Watched

log = logging.getLogger(__name__)

TROUBLE = "Fetching mail: "  # how our word in Line.trouble begins, so that we clear only our own


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `slice`: a connection that says nothing is asked at least so often; far below IDLE's 29 minutes."""

    lines: float = 5.0  # between looks at which mailboxes there are
    slice: float = 60.0
    answer: float = imap.SECONDS
    silence: float = 300.0  # between looks for lines that fell silent
    hung: float = 600.0  # a watcher that shows no life for so long is replaced
    first_retry: float = 5.0
    last_retry: float = 300.0


class Mailboxes:
    """Starts, stops and replaces watchers as lines are added, changed, paused and as watchers hang."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._stop = threading.Event()
        self._watchers: dict[int, Watcher] = {}
        self._listened_at = -self._pace.silence
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends all watchers; what they were fetching is fetched again next time."""
        self._stop.set()
        self._thread.join(10)
        for watcher in self._watchers.values():
            watcher.abandon()
        for watcher in self._watchers.values():
            watcher.join(5)

    def watchers(self) -> list[Watcher]:
        return list(self._watchers.values())

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(DatabaseError):  # while it is away everything stays as it is
                self._adjust(watched_lines())
                self._listen_for_silence()
            connection.close()
            self._stop.wait(self._pace.lines)

    def _listen_for_silence(self) -> None:
        if time.monotonic() - self._listened_at >= self._pace.silence:
            self._listened_at = time.monotonic()
            raise_alarms(timezone.now())

    def _adjust(self, wanted: dict[int, Watched]) -> None:
        for line_id, watcher in list(self._watchers.items()):
            if wanted.get(line_id) != watcher.watched or watcher.hung():
                watcher.abandon()
                del self._watchers[line_id]
        for line_id, watched in wanted.items():
            if line_id not in self._watchers:
                self._watchers[line_id] = Watcher(watched, self._pace)
                self._watchers[line_id].start()


class Watcher(threading.Thread):
    """One mailbox: connect, catch up, wait, catch up …, and again from the cursor after any failure."""

    def __init__(self, watched: Watched, pace: Pace) -> None:
        super().__init__(name=f"mailbox-{watched.line_id}", daemon=True)
        self.watched = watched
        self._pace = pace
        self._ended = threading.Event()
        self._folder: Folder | None = None
        self._failures = 0
        self._refusals: dict[int, int] = {}
        self._alive_at = time.monotonic()

    def abandon(self) -> None:
        """Ends it soon, or, where it hangs, makes sure that it stores nothing more."""
        self._ended.set()
        folder = self._folder
        if folder:
            folder.cut()

    def hung(self) -> bool:
        return not self.is_alive() or time.monotonic() - self._alive_at > self._pace.hung

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._watch()
            except imap.Failure as why:
                self._failed(imap.sentence_of(why))
            except DatabaseError:
                self._failures += 1
            except Exception:
                log.exception("The mailbox of line %d", self.watched.line_id)
                self._failed("Something went wrong here. It will be tried again.")
            finally:
                self._let_go()
            self._sign_of_life()
            self._ended.wait(self._pause())

    def _watch(self) -> None:
        self._folder = Folder(self.watched.account, self._pace.answer)
        reading = Reading(self.watched, self._folder, self._still_wanted, self._refusals)
        while not self._ended.is_set():
            close_old_connections()
            with contextlib.suppress(Superseded):  # another process had the same mail: go on from where it is
                reading.catch_up()
                self._well()
            connection.close()  # nobody holds a connection while waiting
            if not self._folder.wait(self._pace.slice):
                self._ended.wait(self._pace.slice)
            self._sign_of_life()

    def _still_wanted(self) -> None:
        if self._ended.is_set():
            raise Superseded
        self._sign_of_life()

    def _sign_of_life(self) -> None:
        self._alive_at = time.monotonic()

    def _pause(self) -> float:
        if not self._failures:
            return 0.1
        longest = min(self._pace.first_retry * 2 ** (self._failures - 1), self._pace.last_retry)
        return float(longest * random.uniform(0.8, 1.2))  # noqa: S311 (jitter)

    def _well(self) -> None:
        self._failures = 0
        ours = Line.objects.filter(id=self.watched.line_id, trouble__startswith=TROUBLE)
        ours.update(trouble="", trouble_since=None)

    def _failed(self, sentence: str) -> None:
        """Known to the merchant at the second failure in a row: a single cut connection is nobody's trouble."""
        self._failures = min(self._failures + 1, 20)
        if self._ended.is_set() or self._failures < 2:
            return
        with contextlib.suppress(DatabaseError):
            line = Line.objects.filter(id=self.watched.line_id)
            line.filter(trouble_since=None).update(trouble_since=timezone.now())
            line.update(trouble=clean(TROUBLE + sentence, 500))

    def _let_go(self) -> None:
        folder, self._folder = self._folder, None
        if folder:
            folder.close()
        connection.close()


def watched_lines() -> dict[int, Watched]:
    """Every line that is not paused and has a mailbox, by its id."""
    close_old_connections()
    found = {}
    for line in Line.objects.filter(kind="email", paused_at=None, settings__has_key="imap"):
        try:
            account = Account.of(line.settings, line.secrets)
        except (CannotOpen, ValueError, TypeError, AttributeError) as why:
            sentence = clean(f"{TROUBLE}the settings are not right: {why}", 500)
            Line.objects.filter(id=line.id).update(trouble=sentence, trouble_since=timezone.now())
            continue
        if account:
            found[line.id] = Watched(line.merchant_id, line.id, line.address, account, line.created_at)
    return found
