"""A message of our own through a line: it leaves, it comes in, and nobody has to answer it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from presszero.channels.models import Line
from presszero.conversations.actions import resolve
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.desk.trial import send_trial as by_mail
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_id
from presszero.mailroom.lanes import lane
from presszero.team.mail import QUEUE
from presszero.team.models import Membership
from presszero.timeline.actions import wake

from ..models import Trial
from ..trying import came_in, held_back, understood_in

PATIENCE = timedelta(minutes=2)  # for it to come back
LOST = timedelta(minutes=5)  # after which one without an outcome is nobody's any more
_EVERY = 2  # seconds between looks


@transaction.atomic
def begin_trial(line: Line, *, by: Membership, at: datetime) -> Trial:
    """Sends one soon, or says which is under way. The outcome is written down when it is known, within two minutes."""
    running = Trial.objects.filter(merchant_id=line.merchant_id, line=line, outcome="", started_at__gt=at - LOST)
    found = running.order_by("-id").first()
    if found:
        return found
    row = Trial.objects.create(merchant_id=line.merchant_id, line=line, by=by.actor.code, started_at=at)
    send_trial.defer(merchant_id=line.merchant_id, trial_id=row.id)
    wake(QUEUE)
    return row


@app.task(name="launch.send_trial", queue=QUEUE)
def send_trial(merchant_id: int, trial_id: int) -> None:
    """The job: lets it go, by the network for mail, by our own door for what comes from our own pages."""
    row = _row(merchant_id, trial_id)
    if row is None or row.left_at:
        return
    reason = _by_mail(row) if row.line.kind == "email" else _by_our_door(row)
    if reason:
        _end(row, Trial.Outcome.FAILED, reason)
        return
    Trial.objects.filter(merchant_id=merchant_id, id=row.id).update(left_at=timezone.now())
    _look_again(row)


@app.task(name="launch.follow_trial", queue=QUEUE)
def follow_trial(merchant_id: int, trial_id: int) -> None:
    """The job: has it come in and been understood?"""
    row = _row(merchant_id, trial_id)
    if row is None or row.outcome:
        return
    conversation = understood_in(row)
    if conversation:
        _settle(row, conversation)
    elif came_in(row):
        _end(row, Trial.Outcome.PASSED, "")
    elif why := held_back(row):
        _end(row, Trial.Outcome.FAILED, _("It came in and was held back: %(why)s") % {"why": why})
    elif timezone.now() - row.started_at > PATIENCE:
        _end(row, Trial.Outcome.FAILED, _("It left, and did not come in within two minutes."))
    else:
        _look_again(row)


def _by_mail(row: Trial) -> str:
    """Why it did not leave; "" when it did."""
    sent = by_mail(row.line, row.number)
    return "" if sent.left else sent.reason or _("The mail server did not take it.")


def _by_our_door(row: Trial) -> str:
    """As our own pages store what somebody sends there."""
    line, sender = row.line, row.sender
    words = {
        "sender": sender,
        "name": _("A trial"),
        "text": _("This message went from Press Zero to itself. Nobody needs to answer it."),
        "subject": _("A trial of this line"),
        "trial": True,
        "id": row.number.hex,
        "client_id": row.number.hex,
    }
    external_id, number = storable_id(row.message_id), lane(line.id, sender)
    receive([Incoming(line.merchant_id, line.id, external_id, number, {}, json.dumps(words).encode())])
    return ""


def _look_again(row: Trial) -> None:
    follow_trial.configure(schedule_in={"seconds": _EVERY}).defer(merchant_id=row.merchant_id, trial_id=row.id)


def _settle(row: Trial, conversation: Conversation) -> None:
    with transaction.atomic():
        resolve(conversation, by=SYSTEM)
        Trial.objects.filter(merchant_id=row.merchant_id, id=row.id).update(conversation_id=conversation.id)
        _end(row, Trial.Outcome.PASSED, "")


def _end(row: Trial, outcome: Trial.Outcome, reason: str) -> None:
    rows = Trial.objects.filter(merchant_id=row.merchant_id, id=row.id, outcome="")
    rows.update(outcome=outcome, reason=reason[:500], ended_at=timezone.now())


def _row(merchant_id: int, trial_id: int) -> Trial | None:
    rows = Trial.objects.filter(merchant_id=merchant_id, id=trial_id)
    return rows.select_related("line__merchant").first()
