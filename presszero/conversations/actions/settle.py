"""Resolve, reopen, snooze, wake, assign, and the details."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.team.models import Membership
from presszero.team.sight import sight_of
from presszero.timeline.actions import record

from ..facts import (
    ConversationAssigned,
    ConversationChanged,
    ConversationReopened,
    ConversationResolved,
    ConversationSnoozed,
    ConversationWoken,
)
from ..models import Assignment, Conversation, Follower, Resolution, Snooze, Topic
from .held import ChangedMeanwhile, about, held, sum_up
from .spam import end_spam, not_spam

State = Conversation.State


@transaction.atomic
def resolve(conversation: Conversation, *, by: Actor, topic: Topic | None = None) -> Conversation:
    """The matter is settled. Resolving what is resolved changes nothing."""
    row = held(conversation)
    if row.state == State.RESOLVED:
        return row
    _end_snooze(row, by)
    end_spam(row, by)
    row.topic = topic or row.topic
    Resolution.objects.create(merchant_id=row.merchant_id, conversation=row, topic=row.topic, by=by.code)
    _save(row, state=State.RESOLVED, waiting_since=None, due_at=None, work_at=None)
    record(ConversationResolved(**about(row), by=by, topic_id=row.topic_id))
    return row


@transaction.atomic
def reopen(conversation: Conversation, *, by: Actor) -> Conversation:
    """Back to open, from resolved, snoozed or spam."""
    row = held(conversation)
    if row.state == State.SPAM:
        row = not_spam(row, by=by)
    if row.state == State.OPEN:
        return row
    if row.state == State.SNOOZED:
        _end_snooze(row, by)
        record(ConversationWoken(**about(row), by=by))
    else:
        standing = Resolution.objects.filter(merchant_id=row.merchant_id, conversation=row, reopened_at=None)
        standing.update(reopened_at=timezone.now(), reopened_by=by.code)
        record(ConversationReopened(**about(row), by=by))
    return _save(row, state=State.OPEN, snoozed_until=None)


@transaction.atomic
def unresolve(conversation: Conversation, *, by: Actor) -> Conversation:
    """As if it had never been resolved: whoever waited waits again. Nothing for what is not resolved."""
    row = held(conversation)
    if row.state != State.RESOLVED:
        return row
    standing = Resolution.objects.filter(merchant_id=row.merchant_id, conversation=row, reopened_at=None)
    standing.update(reopened_at=timezone.now(), reopened_by=SYSTEM.code)  # so that it settles nothing
    row.state = State.OPEN
    record(ConversationReopened(**about(row), by=by))
    return sum_up(row)


@transaction.atomic
def snooze(conversation: Conversation, until: datetime | None, *, by: Actor) -> Conversation:
    """Out of sight until a time, or until they write (`until` None). Their writing ends it in either case."""
    if until is not None and until <= timezone.now():
        raise Refused(_("This time has passed already."), _("Pick a later one."))
    row = held(conversation)
    if row.state == State.RESOLVED:
        raise Refused(_("This is resolved."), _("Open it again first."))
    if row.state == State.SPAM:
        raise Refused(_("This is spam."), _("Say that it is not first."))
    _end_snooze(row, by)
    Snooze.objects.create(merchant_id=row.merchant_id, conversation=row, until=until, by=by.code)
    record(ConversationSnoozed(**about(row), by=by, until_epoch=int(until.timestamp()) if until else None))
    return _save(row, state=State.SNOOZED, snoozed_until=until)


def wake_up(conversation: Conversation, *, by: Actor) -> Conversation:
    """Ends a snooze early."""
    return reopen(conversation, by=by)


def wake_due(now: datetime, limit: int = 200) -> int:
    """Opens every conversation whose snooze has run out; how many. The clock calls this."""
    due = Conversation.objects.filter(state=State.SNOOZED, snoozed_until__lte=now, root=None)
    return sum(_wake(row, now) for row in due.order_by("snoozed_until")[:limit])


@transaction.atomic
def _wake(conversation: Conversation, now: datetime) -> int:
    row = held(conversation)
    if row.state != State.SNOOZED or not row.snoozed_until or row.snoozed_until > now:
        return 0
    reopen(row, by=SYSTEM)
    return 1


@transaction.atomic
def assign(
    conversation: Conversation, to: Membership | None, *, by: Actor, reason: str = "", version: int | None = None
) -> Conversation:
    """Gives it to a member, or back to everyone. With `version`, only if nobody changed it meanwhile."""
    row = held(conversation)
    if version is not None and row.version != version:
        raise ChangedMeanwhile(_("Somebody else changed this a moment ago."), _("Have a look, and decide again."))
    if to is not None and (to.merchant_id != row.merchant_id or to.left_at):
        raise Refused(_("They are not on this team."))
    if row.assignee_id == (to.id if to else None):
        return row
    if to is not None and not to.sees_all and sight_of(to).role_in(row.team_id) is None:
        raise Refused(
            _("%(name)s does not see this queue.") % {"name": to.first_name}, _("Move it to one of their teams first.")
        )
    Assignment.objects.create(merchant_id=row.merchant_id, conversation=row, to=to, by=by.code, reason=reason)
    record(ConversationAssigned(**about(row), by=by, member_id=to.id if to else None))
    return _save(row, assignee=to)


@transaction.atomic
def set_subject(conversation: Conversation, subject: str, *, by: Actor) -> Conversation:
    """What it is called from now on; at most 300 characters, on one line."""
    row = _save(held(conversation), subject=one_line(subject, 300))
    record(ConversationChanged(**about(row), by=by))
    return row


@transaction.atomic
def set_priority(conversation: Conversation, priority: int, *, by: Actor) -> Conversation:
    """How urgent it is: a Conversation.Priority. Raises Refused for anything else."""
    if priority not in Conversation.Priority.values:
        raise Refused(_("There is no such priority."))
    row = _save(held(conversation), priority=priority)
    record(ConversationChanged(**about(row), by=by))
    return row


@transaction.atomic
def set_topic(conversation: Conversation, topic: Topic | None, *, by: Actor) -> Conversation:
    """What it is about, or nothing we have a name for."""
    row = _save(held(conversation), topic=topic)
    record(ConversationChanged(**about(row), by=by))
    return row


def follow(conversation: Conversation, member: Membership) -> None:
    """The member hears of everything that happens here."""
    Follower.objects.get_or_create(
        merchant_id=conversation.merchant_id, conversation_id=conversation.now_id, member=member
    )


def unfollow(conversation: Conversation, member: Membership) -> None:
    """The member hears no more of it than anybody else."""
    Follower.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id=conversation.now_id, member=member
    ).delete()


def _end_snooze(row: Conversation, by: Actor) -> None:
    standing = Snooze.objects.filter(merchant_id=row.merchant_id, conversation=row, ended_at=None)
    standing.update(ended_at=timezone.now(), ended_by=by.code)
    row.snoozed_until = None


def _save(row: Conversation, **changes: object) -> Conversation:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return row
