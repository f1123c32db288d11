"""What a provider's webhooks never told us, asked for: texts that came while nobody listened, and news of our own.

A provider gives up on a webhook at once, so after any outage the list is the only word there is. Every look goes back
a little further than the last one: what we have already is left out by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from presszero.channels import outbox
from presszero.channels.adapters.sms import account, listing, reading, sending
from presszero.channels.adapters.sms.adapter import adapter
from presszero.channels.envelope import outgoing
from presszero.channels.models import Delivery, Line
from presszero.core import http
from presszero.core.actor import SYSTEM
from presszero.core.locks import alone
from presszero.core.text import clean
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_id
from presszero.mailroom.lanes import lane

from .understanding.reports import apply

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
UNSURE_EVERY = timedelta(minutes=1)  # while it is not known whether something went
BACK = timedelta(minutes=30)  # before the last look
PICTURES_EVERY = timedelta(days=1)
NEVER_WENT = timedelta(minutes=10)  # what the provider does not list by then, it does not have
_CLOCKS = timedelta(seconds=60)  # that the provider's and ours may differ
_TRIES = 3  # of one text, by itself
_LOCKS = 0x7E17  # advisory lock class of lines being caught up with
_ASKING = "Asking for missed texts fails: "  # how the trouble of a line begins when it is this one
_OURS = Delivery.State
_FORM = {"content-type": "application/x-www-form-urlencoded", "via": "list"}


def catch_up_due(now: datetime | None = None) -> int:
    """Looks at the lines whose turn it is. Always 0, so that it rests between rounds."""
    at = now or timezone.now()
    unsure = Delivery.objects.filter(state=_OURS.UNKNOWN, line__kind="sms").values("line_id")
    due = Q(checked_at=None) | Q(checked_at__lte=at - EVERY) | Q(checked_at__lte=at - UNSURE_EVERY, id__in=unsure)
    for line in Line.objects.filter(due, kind="sms", paused_at=None).select_related("merchant"):
        with alone(_LOCKS, line.id) as got_it:
            if got_it and account.is_set_up(line.for_adapter()):
                catch_up(line, at)
                _ask_for_pictures(line, at)
    return 0


def catch_up(line: Line, at: datetime) -> int:
    """One look: how many texts it brought that we did not have. That nobody answers is the line's trouble."""
    since = (line.checked_at or line.created_at) - BACK
    try:
        found = list(adapter.listed(line.for_adapter(), since))
    except http.CannotFetch as why:
        Line.objects.filter(merchant_id=line.merchant_id, id=line.id).update(
            trouble=_ASKING + clean(str(why), 400), trouble_since=line.trouble_since or at, checked_at=F("checked_at")
        )
        return 0
    brought = _bring(line, [each for each in found if each.inbound])
    ours = [each for each in found if not each.inbound]
    _tell(line, ours)
    _resolve(line, ours, at)
    _done(line, at)
    return brought


def _bring(line: Line, found: Sequence[listing.Listed]) -> int:
    """As the webhook would have, oldest first; each that is here already is left out."""
    account_sid = str(line.settings.get("account_sid", ""))
    rows = [
        Incoming(
            line.merchant_id,
            line.id,
            storable_id(each.sid),
            lane(line.id, each.sender),
            _FORM,
            urlencode(each.as_form(account_sid)).encode(),
        )
        for each in sorted(found, key=lambda each: each.at)
        if each.state in ("received", "")
    ]
    brought = sum(receive(rows))
    if brought:
        log.info("line %d: %d texts that no webhook brought", line.id, brought)
    return brought


@transaction.atomic
def _tell(line: Line, found: Iterable[listing.Listed]) -> None:
    """News of what we know to be ours. States only move forward, so that old news changes nothing."""
    listed = {each.sid: each for each in found if each.state in reading.STATES}
    waiting = Delivery.objects.filter(merchant_id=line.merchant_id, line=line, provider_id__in=listed)
    for sid in waiting.exclude(state__in=(_OURS.READ, _OURS.CANCELLED)).values_list("provider_id", flat=True):
        each = listed[sid]
        apply(line.merchant_id, line, reading.reported(sid, each.state, each.error, recipient=each.to))


def _resolve(line: Line, found: Sequence[listing.Listed], at: datetime) -> None:
    """What was cut off: taken if the provider lists it, and sent once more if it does not."""
    unsure = Delivery.objects.filter(merchant_id=line.merchant_id, line=line, state=_OURS.UNKNOWN)
    rows = list(unsure.select_related("entry__thread", "line__brand").order_by("started_at", "id"))
    if not rows:
        return
    sids = [each.sid for each in found]
    known = Delivery.objects.filter(merchant_id=line.merchant_id, provider_id__in=sids)
    taken = set(known.values_list("provider_id", flat=True))
    free = sorted((each for each in found if each.sid not in taken), key=lambda each: each.at)
    for row in rows:
        match = next((each for each in free if _is(row, each)), None)
        if match:
            free.remove(match)
            _went(line, row, match)
        elif at - _written(row) > NEVER_WENT and row.tries < _TRIES:
            outbox.send_again(row, by=SYSTEM)


@transaction.atomic
def _went(line: Line, row: Delivery, match: listing.Listed) -> None:
    Delivery.objects.filter(merchant_id=row.merchant_id, id=row.id).update(provider_id=match.sid)
    outbox.believe_accepted(row, "The provider lists it.", by=SYSTEM)
    if match.state in reading.STATES:
        apply(line.merchant_id, line, reading.reported(match.sid, match.state, match.error, recipient=match.to))


def _is(row: Delivery, each: listing.Listed) -> bool:
    """The same words to the same number, not before we began."""
    said = " ".join(sending.words(outgoing(row)).split())
    return each.to == row.address and " ".join(each.text.split()) == said and each.at >= _written(row) - _CLOCKS


def _written(row: Delivery) -> datetime:
    found: datetime = row.written_at or row.started_at or row.changed_at
    return found


def _ask_for_pictures(line: Line, at: datetime) -> None:
    """Once a day, unless somebody set it: whether the number sends picture messages. Unsaid, it stays as it was."""
    asked = str(line.settings.get("pictures_asked") or "")
    if line.settings.get("pictures") or asked > (at - PICTURES_EVERY).isoformat():
        return
    try:
        said = adapter.capable(line.for_adapter())
    except http.CannotFetch:  # not every provider tells
        said = None
    learnt: dict[str, bool | str] = {"pictures_asked": at.isoformat()}
    learnt |= {} if said is None else {"pictures_said": said}
    with transaction.atomic():
        row = Line.objects.select_for_update().get(merchant_id=line.merchant_id, id=line.id)
        row.settings = {**row.settings, **learnt}
        row.save(update_fields=["settings"])


def _done(line: Line, at: datetime) -> None:
    rows = Line.objects.filter(merchant_id=line.merchant_id, id=line.id)
    rows.update(checked_at=at)
    rows.filter(trouble__startswith=_ASKING).update(trouble="", trouble_since=None)
