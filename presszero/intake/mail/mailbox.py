"""Storing what a mailbox holds: the cursor moves in the transaction that stores the mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from presszero.channels.adapters.email import scan
from presszero.channels.adapters.email.imap import Account, Fetched, Folder, NotHandedOver, stand_in
from presszero.channels.models import Line, Mailbox
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Received

WINDOW = timedelta(days=7)  # looked through again every day, and when the numbering changed
SKEW = timedelta(minutes=30)  # that the mail server's clock may be behind ours
MAX_REFUSALS = 3  # times a server may keep a mail back before we note it and go on


class Superseded(Exception):
    """Another watcher of the same mailbox went on in our place."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A mail line with a mailbox, as its watcher needs it."""

    merchant_id: int
    line_id: int
    address: str
    account: Account
    since: datetime  # the line's first day: older mail is history


Alive = Callable[[], None]  # told after each step; raises Superseded to stop


class Reading:
    """One look into a mailbox after another, on one connection."""

    def __init__(self, watched: Watched, folder: Folder, alive: Alive, refusals: dict[int, int]) -> None:
        """`refusals` counts, across connections, how often the server kept a UID back."""
        self._watched, self._folder, self._alive, self._refusals = watched, folder, alive, refusals
        self._handled_until: datetime | None = None

    def catch_up(self) -> int:
        """Fetches and stores everything after the cursor; how many mails were seen. Raises what imap.Failure names."""
        now = timezone.now()
        self._begin(now)
        last = self._cursor().last_uid
        seen = 0
        for group in self._folder.batches(self._folder.uids_after(last)):
            self._alive()
            seen += self._store(group, last)
            last = group[-1]
        Line.objects.filter(id=self._watched.line_id).update(checked_at=now)
        self._look_again(now)
        return seen

    def _begin(self, now: datetime) -> None:
        """Puts the cursor where reading starts, for a new mailbox and for one whose numbering changed."""
        cursor = self._cursor()
        checked_at = Line.objects.values_list("checked_at", flat=True).filter(id=self._watched.line_id).first()
        if cursor.uid_validity == self._folder.uid_validity:
            renumbered = checked_at and cursor.rescanned_at and cursor.rescanned_at > checked_at
            self._handled_until = checked_at - SKEW if checked_at and renumbered else None
            return
        if cursor.uid_validity:  # everything until the last good look was stored, whatever number it has now
            self._handled_until = checked_at - SKEW if checked_at else None
            since = min(now, checked_at or now) - WINDOW
        else:
            since = now - timedelta(days=max(self._watched.account.history_days, 0))
        end = self._folder.next_uid()  # asked first: what comes from now on is found below, or comes after it
        everything = not cursor.uid_validity and self._watched.account.history_days < 0
        first = min(self._folder.uids_after(0) if everything else self._folder.uids_since(since.date()), default=end)
        Mailbox.objects.filter(id=cursor.id).update(
            uid_validity=self._folder.uid_validity, last_uid=first - 1, rescanned_at=now
        )

    def _cursor(self) -> Mailbox:
        found, _ = Mailbox.objects.get_or_create(
            merchant_id=self._watched.merchant_id, line_id=self._watched.line_id, folder=self._watched.account.folder
        )
        return found

    def _store(self, uids: Sequence[int], last: int) -> int:
        mails = self._fetched(uids)
        self._alive()
        with transaction.atomic():
            moved = Mailbox.objects.filter(
                merchant_id=self._watched.merchant_id,
                line_id=self._watched.line_id,
                folder=self._watched.account.folder,
                uid_validity=self._folder.uid_validity,
                last_uid=last,
            ).update(last_uid=uids[-1])
            if not moved:
                raise Superseded
            self._receive(mails)
        self._folder.put_away([mail.uid for mail in mails])
        return len(mails)

    def _fetched(self, uids: Sequence[int]) -> list[Fetched]:
        """What the server hands over; a mail it keeps back for good is stored as a note that says so."""
        given_up = [uid for uid in uids if self._refusals.get(uid, 0) >= MAX_REFUSALS]
        try:
            found = self._folder.fetch([uid for uid in uids if uid not in given_up])
        except NotHandedOver as why:
            for uid in why.uids:
                self._refusals[uid] = self._refusals.get(uid, 0) + 1
            raise
        sentence = "The mail server lists a mail here that it does not hand over. Please look into the mailbox itself."
        notes = [Fetched(uid, stand_in(b"", f"{sentence} (Number {uid}.)"), None) for uid in given_up]
        return [*found, *notes]

    def _receive(self, mails: Sequence[Fetched]) -> None:
        receive([self._incoming(mail) for mail in mails])
        if mails:
            Line.objects.filter(id=self._watched.line_id).update(heard_at=timezone.now())

    def _incoming(self, mail: Fetched) -> Incoming:
        watched = self._watched
        headers = storable_headers({"via": "imap", "folder": watched.account.folder, "envelope_to": _envelope_to(mail)})
        number = lane(watched.line_id, scan.lane_key(mail.raw))
        external_id = storable_id(scan.external_id(mail.raw))
        backfill = is_history(mail.came, watched.since - SKEW, self._handled_until)
        return Incoming(watched.merchant_id, watched.line_id, external_id, number, headers, mail.raw, backfill)

    def _look_again(self, now: datetime) -> None:
        """Once a day through the last week: a mail that slipped by is found by its Message-ID not being stored."""
        cursor = self._cursor()
        if cursor.rescanned_at and now - cursor.rescanned_at < timedelta(days=1):
            return
        uids = [uid for uid in self._folder.uids_since((now - WINDOW).date()) if uid <= cursor.last_uid]
        ids = self._folder.message_ids(uids)
        missed = [uid for uid in uids if not self._is_stored(ids.get(uid, ""))]
        for group in self._folder.batches(missed):
            self._alive()
            with transaction.atomic():
                self._receive(self._fetched(group))
        Mailbox.objects.filter(id=cursor.id).update(rescanned_at=now)

    def _is_stored(self, message_id: str) -> bool:
        """Without a Message-ID only the bytes could tell: it counts as missing, and is known again by its hash."""
        if not message_id:
            return False
        rows = Received.objects.filter(merchant_id=self._watched.merchant_id, line_id=self._watched.line_id)
        return rows.filter(external_id__startswith=storable_id(f"{message_id[:130]}:")).exists()


def is_history(came: datetime | None, since: datetime, handled_until: datetime | None) -> bool:
    """Mail from before the line, or, after the mailbox was numbered anew, from before our last good look."""
    if came is None:
        return False
    return came < since or (handled_until is not None and came < handled_until)


def _envelope_to(mail: Fetched) -> str:
    return scan.header(mail.raw, "Delivered-To") or scan.header(mail.raw, "X-Original-To")
