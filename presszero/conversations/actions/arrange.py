"""Merge and split, both undoable. Merging rewrites nothing; splitting moves places, and remembers where they were."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.merging import everyone_below
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.timeline.actions import record

from ..facts import ConversationMerged, ConversationSplit, ConversationUnmerged, ConversationUnsplit
from ..models import Conversation, Merge, Message, Move, Note, Resolution, Snooze, ThreadPlace
from ..queries.answering import family
from ..queries.waiting import waiting
from .held import about, sum_up
from .spam import end_spam

State = Conversation.State
_ARRANGING = 0x5E4E  # advisory lock class of merges and splits, by merchant


@transaction.atomic
def merge(loser: Conversation, winner: Conversation, *, by: Actor, reason: str = "") -> Merge:
    """From now on `loser` is part of `winner`. Raises Refused when they are one already, or of two customers."""
    lost, won = together(loser, winner)
    if lost.id == won.id:
        raise Refused(_("These two are one conversation already."))
    if lost.customer.now_id != won.customer.now_id:
        raise Refused(
            _("These belong to two customers."), _("If the two customers are one person, merge the customers first.")
        )
    made = _join(lost, won, won, by, reason)
    if lost.state == State.OPEN and won.state != State.OPEN and lost.waiting_since:
        _bring_back(won, by)
    sum_up(won)
    record(ConversationMerged(**about(won), by=by, merged_id=lost.id, merge_id=made.id))
    return made


@transaction.atomic
def unmerge(merge: Merge, *, by: Actor) -> Conversation:
    """Takes a merge back, whatever was merged before or after. The conversation that stands on its own again."""
    _alone(merge.merchant_id)
    made = Merge.objects.get(merchant_id=merge.merchant_id, id=merge.id)
    if made.undone_at:
        raise Refused(_("This was taken back already."))
    made.undone_at, made.undone_by = timezone.now(), by.code
    made.save(update_fields=["undone_at", "undone_by"])
    freed = _all_below(made)
    winner = Conversation.objects.get(merchant_id=made.merchant_id, id=made.winner_id)
    rows = Conversation.objects.filter(merchant_id=made.merchant_id)
    _locked(made.merchant_id, [*freed, winner.now_id])
    rows.filter(id__in=freed - {made.loser_id}).update(root_id=made.loser_id)
    rows.filter(id=made.loser_id).update(root=None, state=made.loser_state)
    whole = rows.get(id=winner.now_id)
    if whole.id == made.winner_id and whole.state == State.OPEN:
        _rest_again(whole, made.winner_state)
    sum_up(whole)
    record(ConversationUnmerged(**about(whole), by=by, merged_id=made.loser_id, merge_id=made.id))
    return sum_up(rows.get(id=made.loser_id))


@transaction.atomic
def split(conversation: Conversation, messages: Sequence[Message], notes: Sequence[Note], *, by: Actor) -> Conversation:
    """Moves messages and notes into a conversation of their own, same customer. Raises Refused for none, or for all."""
    (source,) = together(conversation)
    inside = {"merchant_id": source.merchant_id, "conversation_id__in": family(source)}
    chosen = Message.objects.filter(**inside, id__in=[m.id for m in messages]).select_related("entry__thread")
    picked, total = list(chosen.order_by("at", "id")), Message.objects.filter(**inside).count()
    if not picked or len(picked) == total:
        raise Refused(_("Pick some of the messages, not none and not all."))
    target = _beside(source, picked[0])
    _move(target, picked, list(Note.objects.filter(**inside, id__in=[n.id for n in notes])), by)
    _follow_threads(picked, target)
    sum_up(target)
    sum_up(source)
    record(ConversationSplit(**about(source), by=by, target_id=target.id))
    return target


@transaction.atomic
def unsplit(target: Conversation, *, by: Actor) -> Conversation:
    """Puts what was split off back where it stood; what came to the new conversation since comes along."""
    _alone(target.merchant_id)
    moves = list(
        Move.objects.filter(merchant_id=target.merchant_id, target_id=target.id, undone_at=None)
        .select_related("message__entry", "source")
        .order_by("id")
    )
    if not moves:
        raise Refused(_("Nothing was split off into this conversation."))
    sources = {move.source_id: move.source for move in moves}
    part, source, *others = together(target, *sources.values())
    if part.id != target.id:
        raise Refused(_("This is part of another conversation now."), _("Take that merge back first."))
    here = Message.objects.filter(merchant_id=part.merchant_id, conversation=part)
    came_since = here.filter(inbound=True, at__gt=moves[0].at).exists()
    _move_back(part, moves, by)
    _join(part, moves[0].source, source, by)
    if came_since and part.state == State.OPEN and source.state != State.OPEN:
        _bring_back(source, by)
    for row in {row.id: row for row in (source, *others)}.values():
        sum_up(row)
    record(ConversationUnsplit(**about(source), by=by, target_id=part.id))
    return source


def _move_back(part: Conversation, moves: Sequence[Move], by: Actor) -> None:
    """Each to where it stood, if it is still here; a thread feeds the place its words went back to."""
    here = {"merchant_id": part.merchant_id, "conversation": part}
    for move in moves:
        if move.note_id:
            Note.objects.filter(**here, id=move.note_id).update(conversation=move.source_id)
        if move.message and Message.objects.filter(**here, id=move.message.id).update(conversation=move.source_id):
            ThreadPlace.objects.filter(**here, thread_id=move.message.entry.thread_id).update(
                conversation=move.source_id
            )
    done = Move.objects.filter(merchant_id=part.merchant_id, id__in=[m.id for m in moves])
    done.update(undone_at=timezone.now(), undone_by=by.code)


def _alone(merchant_id: int) -> None:
    """One merge or split of a merchant at a time: which rows to lock depends on what is part of what."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ARRANGING, merchant_id % 2**31])


def together(*conversations: Conversation) -> list[Conversation]:
    """What each is part of today, locked in the order of their ids, so that nobody waits for each other in a circle.

    Raises Refused when one is not of the first one's merchant.
    """
    merchant_id = conversations[0].merchant_id
    _alone(merchant_id)
    known = Conversation.objects.filter(merchant_id=merchant_id, id__in=[c.id for c in conversations])
    now = {row.id: row.now_id for row in known}
    if not all(c.id in now and c.merchant_id == merchant_id for c in conversations):
        raise Refused(_("There is no such conversation."))
    rows = _locked(merchant_id, now.values())
    return [rows[now[c.id]] for c in conversations]


def _locked(merchant_id: int, ids: Iterable[int]) -> dict[int, Conversation]:
    rows = Conversation.objects.select_for_update(no_key=True).filter(merchant_id=merchant_id, id__in=set(ids))
    return {row.id: row for row in rows.order_by("id")}


def _join(lost: Conversation, into: Conversation, whole: Conversation, by: Actor, why: str = "") -> Merge:
    """`lost` becomes part of `into`, which is itself, or is part of, `whole`."""
    made = Merge.objects.create(
        merchant_id=lost.merchant_id,
        loser=lost,
        winner=into,
        loser_state=lost.state,
        winner_state=_resting_state(whole),
        at=timezone.now(),
        by=by.code,
        reason=one_line(why, 300),
    )
    below = Conversation.objects.filter(Q(id=lost.id) | Q(root=lost), merchant_id=lost.merchant_id)
    below.update(root=whole)
    return made


def _resting_state(row: Conversation) -> str:
    """Its state, or the one it had before an earlier merge that still stands brought it back."""
    if row.state != State.OPEN:
        return str(row.state)
    earlier = Merge.objects.filter(merchant_id=row.merchant_id, winner=row, undone_at=None).order_by("-id")
    return earlier.values_list("winner_state", flat=True).first() or State.OPEN.value


def _bring_back(row: Conversation, by: Actor) -> None:
    """Open again, and the resolution or snooze that stood is ended. The caller saves."""
    now = timezone.now()
    mine = {"merchant_id": row.merchant_id, "conversation": row}
    Resolution.objects.filter(**mine, reopened_at=None).update(reopened_at=now, reopened_by=by.code)
    Snooze.objects.filter(**mine, ended_at=None).update(ended_at=now, ended_by=by.code)
    end_spam(row, by)
    row.state, row.snoozed_until = State.OPEN, None


def _rest_again(row: Conversation, before: str) -> None:
    """A merge had brought it back; with nothing new in it, it rests as it did before. The caller saves."""
    mine, ids = {"merchant_id": row.merchant_id, "conversation": row}, family(row)
    waits = waiting(row, ids)
    since = Message.objects.filter(merchant_id=row.merchant_id, conversation_id__in=ids)
    if before == State.RESOLVED:
        last = Resolution.objects.filter(**mine).order_by("-id").first()
        if last and last.reopened_at and not waits and not since.filter(at__gt=last.reopened_at).exists():
            Resolution.objects.filter(merchant_id=row.merchant_id, id=last.id).update(reopened_at=None, reopened_by="")
            row.state = State.RESOLVED
    elif before == State.SNOOZED and (waits is None or waits.conversation_id == row.id):
        nap = Snooze.objects.filter(**mine).order_by("-id").first()
        over = nap is None or nap.ended_at is None or (nap.until is not None and nap.until <= timezone.now())
        if nap and not over and not since.filter(at__gt=nap.ended_at).exists():
            Snooze.objects.filter(merchant_id=row.merchant_id, id=nap.id).update(ended_at=None, ended_by="")
            row.state, row.snoozed_until = State.SNOOZED, nap.until


def _all_below(made: Merge) -> set[int]:
    standing = Merge.objects.filter(merchant_id=made.merchant_id, undone_at=None)
    root = Conversation.objects.get(merchant_id=made.merchant_id, id=made.loser_id).root_id
    members = Conversation.objects.filter(merchant_id=made.merchant_id, root_id=root).values("id")
    return everyone_below(made.loser_id, standing.filter(loser__in=members).values_list("loser_id", "winner_id"))


def _beside(source: Conversation, first: Message) -> Conversation:
    entry = first.entry
    return Conversation.objects.create(
        merchant_id=source.merchant_id,
        customer_id=source.customer_id,
        line_id=entry.thread.line_id,
        subject=(entry.subject or source.subject)[:300],
        priority=source.priority,
        assignee_id=source.assignee_id,
        team_id=source.team_id,
    )


def _move(target: Conversation, messages: Sequence[Message], notes: Sequence[Note], by: Actor) -> None:
    common = {"merchant_id": target.merchant_id, "split": uuid.uuid4(), "target": target, "by": by.code}
    moves = [Move(source_id=m.conversation_id, message=m, **common) for m in messages]
    moves += [Move(source_id=n.conversation_id, note=n, **common) for n in notes]
    Move.objects.bulk_create(moves)
    Message.objects.filter(id__in=[m.id for m in messages], merchant_id=target.merchant_id).update(conversation=target)
    Note.objects.filter(id__in=[n.id for n in notes], merchant_id=target.merchant_id).update(conversation=target)


def _follow_threads(moved: Sequence[Message], target: Conversation) -> None:
    """A thread feeds whichever conversation holds its newest message."""
    for thread_id in {m.entry.thread_id for m in moved}:
        newest = Message.objects.filter(merchant_id=target.merchant_id, entry__thread_id=thread_id)
        if newest.order_by("-at", "-id").values_list("conversation_id", flat=True).first() == target.id:
            ThreadPlace.objects.filter(merchant_id=target.merchant_id, thread_id=thread_id).update(conversation=target)
