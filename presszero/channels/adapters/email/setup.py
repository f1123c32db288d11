"""How a mail line is doing: when it was last heard, whether that is unusual, what its last fetch or send said."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timesince import timesince

from presszero.channels.models import Line
from presszero.core.text import clean
from presszero.host.findings import Finding, fine, note, unknown, wrong
from presszero.mailroom.models import Received

from .policy import WEEKS, unusual_after

SILENCE = "Silence: "  # how our word in Line.trouble begins, so that only it is cleared when mail comes again
_NEWEST = 50_000  # arrivals looked at; where those span less than two weeks, what is usual is not learnt
_AT_LEAST = timedelta(hours=1)


def how_it_is(line: Line, now: datetime) -> list[Finding]:
    """For the line's set-up screen and the doctor. Reads only."""
    found = [_heard(line, now)]
    if line.settings.get("imap", {}).get("host"):
        found.append(_looked_into(line, now))
    if line.trouble:
        since = f" (since {date_format(line.trouble_since, 'DATETIME_FORMAT')})" if line.trouble_since else ""
        found.append(wrong("trouble", f"{line.trouble}{since}", "Check the settings below, and try the line again."))
    return found


def came_back(line: Line, message_id: str) -> datetime | None:
    """When a mail of ours, sent to the line itself, came in again; None as long as it did not."""
    rows = Received.objects.filter(merchant_id=line.merchant_id, line_id=line.id)
    known = rows.filter(external_id__startswith=f"{message_id}:").order_by("id")
    return known.values_list("received_at", flat=True).first()


def raise_alarms(now: datetime) -> int:
    """Sets the trouble of lines silent beyond the usual, and clears it where mail comes again. How many are new."""
    for line in Line.objects.filter(trouble__startswith=SILENCE):
        if line.heard_at and line.trouble_since and line.heard_at > line.trouble_since:
            Line.objects.filter(id=line.id, trouble=line.trouble).update(trouble="", trouble_since=None)
    quiet = Line.objects.filter(kind="email", paused_at=None, trouble="", heard_at__lt=now - _AT_LEAST)
    return sum(_alarm(line, now) for line in quiet)


def _alarm(line: Line, now: datetime) -> int:
    due = _unusual_after(line, now)
    if due is None or now < due or line.heard_at is None:
        return 0
    sentence = f"{SILENCE}no mail has come in for {timesince(line.heard_at, now)}. Usually some would have by now."
    calm = Line.objects.filter(id=line.id, trouble="", heard_at=line.heard_at)
    return calm.update(trouble=clean(sentence, 500), trouble_since=now)


def _heard(line: Line, now: datetime) -> Finding:
    if line.heard_at is None:
        return note("last heard", "Nothing has come in yet.", "Send the line a mail, or try it out below.")
    ago = f"Last heard {timesince(line.heard_at, now)} ago."
    due = _unusual_after(line, now)
    if due and now >= due:
        return wrong("last heard", f"{ago} That is longer than usual.", "Try the line out, and look into the mailbox.")
    return fine("last heard", ago)


def _looked_into(line: Line, now: datetime) -> Finding:
    if line.checked_at is None:
        return unknown("mailbox", "The mailbox has not been looked into yet.", "This takes a few seconds after saving.")
    says = f"Looked into {timesince(line.checked_at, now)} ago."
    if now - line.checked_at > timedelta(minutes=15):
        return wrong("mailbox", says, "See whether the mail process runs, and whether the password still holds.")
    return fine("mailbox", says)


def _unusual_after(line: Line, now: datetime) -> datetime | None:
    rows = Received.objects.filter(merchant_id=line.merchant_id, line_id=line.id, backfill=False)
    newest = rows.order_by("-id").values_list("received_at", flat=True)[:_NEWEST]
    since = now - timedelta(weeks=WEEKS + 1)
    return unusual_after(sorted(at for at in newest if at > since))
