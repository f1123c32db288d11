"""Steps that lay a conversation to rest or wake it: resolve, reopen, snooze, spam."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.customers.blocking import lift_block
from presszero.customers.models import Block

from ..actions.held import held, sum_up
from ..actions.settle import reopen, resolve, snooze, unresolve
from ..actions.spam import block_sender, mark_spam, not_spam
from ..models import Conversation
from .step import Before, MovedOn

State = Conversation.State


def resolved(row: Conversation, nothing: None, by: Actor) -> Before:
    before = _state(row)
    if before["state"] == State.RESOLVED:
        return {}
    resolve(row, by=by)
    return before


def resolved_back(row: Conversation, before: Before, by: Actor) -> None:
    _still(row, State.RESOLVED)
    unresolve(row, by=by)
    _rest_as(row, before, by)


def reopened(row: Conversation, nothing: None, by: Actor) -> Before:
    before = _state(row)
    if before["state"] == State.OPEN:
        return {}
    reopen(row, by=by)
    return before


def reopened_back(row: Conversation, before: Before, by: Actor) -> None:
    _still(row, State.OPEN)
    _rest_as(row, before, by)


def snoozed(row: Conversation, seconds: float | None, by: Actor) -> Before:
    before = _state(row)
    until = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    if before == {"state": State.SNOOZED, "until": None} and until is None:
        return {}
    snooze(row, until, by=by)
    return {**before, "now": until.isoformat() if until else None}


def snoozed_back(row: Conversation, before: Before, by: Actor) -> None:
    now = held(row)
    _still(row, State.SNOOZED)
    if (now.snoozed_until.isoformat() if now.snoozed_until else None) != before["now"]:
        raise MovedOn(_("Somebody put it aside anew since."))
    reopen(row, by=by)
    _rest_as(row, before, by)


def spam(row: Conversation, blocking: bool, by: Actor) -> Before:
    changed = held(row).state != State.SPAM
    mark_spam(row, by=by)
    made = block_sender(row, by=by, reason=_("Marked as spam")) if blocking else None
    return {"marked": changed, "block": made.id if made else None} if changed or made else {}


def spam_back(row: Conversation, before: Before, by: Actor) -> None:
    if before["marked"]:
        _still(row, State.SPAM)
        not_spam(row, by=by)
    block = Block.objects.filter(merchant_id=row.merchant_id, id=before["block"]).first()
    if block:
        lift_block(block, by=by)


def no_spam(row: Conversation, nothing: None, by: Actor) -> Before:
    if held(row).state != State.SPAM:
        return {}
    return {"now": not_spam(row, by=by).state}


def no_spam_back(row: Conversation, before: Before, by: Actor) -> None:
    _still(row, before["now"])
    mark_spam(row, by=by)


def _state(row: Conversation) -> Before:
    now = held(row)
    return {"state": now.state, "until": now.snoozed_until.isoformat() if now.snoozed_until else None}


def _still(row: Conversation, state: str) -> None:
    if held(row).state != state:
        raise MovedOn(_("It is not as it was left: somebody went on with it since."))


def _rest_as(row: Conversation, before: Before, by: Actor) -> None:
    """From open to what it was; whoever waited before waits again, and a snooze that has run out stays over."""
    if before["state"] == State.RESOLVED:
        resolve(row, by=by)
    elif before["state"] == State.SPAM:
        mark_spam(row, by=by)
    elif before["state"] == State.SNOOZED:
        until = datetime.fromisoformat(before["until"]) if before["until"] else None
        if until is None or until > timezone.now():
            snooze(row, until, by=by)
    else:
        sum_up(held(row))
