"""Merge and split, both undoable. Merging rewrites nothing; splitting moves places, and remembers where they were."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.timeline.actions import record

from ..facts import ConversationMerged, ConversationSplit, ConversationUnmerged, ConversationUnsplit
from ..models import Conversation, Merge, Message, Move, Note, ThreadPlace
from .held import about, family, held, sum_up

State = Conversation.State


@transaction.atomic
def merge(loser: Conversation, winner: Conversation, *, by: Actor) -> Merge:
    """From now on `loser` is part of `winner`. Raises Refused when they are one already, or of two customers."""
    lost, won = _both(loser, winner)
    if lost.id == won.id:
        raise Refused("These two are one conversation already.")
    if lost.customer.now_id != won.customer.now_id:
        raise Refused(
            "These belong to two customers.", "If the two customers are one person, merge the customers first."
        )
    made = Merge.objects.create(
        merchant_id=lost.merchant_id, loser=lost, winner=won, loser_state=lost.state, by=by.code
    )
    below = Conversation.objects.filter(Q(id=lost.id) | Q(root=lost), merchant_id=lost.merchant_id)
    below.update(root=won)
    if lost.state == State.OPEN and won.state != State.OPEN and lost.waiting_since:
        won.state, won.snoozed_until = State.OPEN, None
    won.due_at = min((d for d in (lost.due_at, won.due_at) if d), default=None)
    sum_up(won)
    record(ConversationMerged(**about(won), by=by, merged_id=lost.id, merge_id=made.id))
    return made


@transaction.atomic
def unmerge(merge: Merge, *, by: Actor) -> Conversation:
    """Takes a merge back, whatever was merged before or after. The conversation that stands on its own again."""
    made = Merge.objects.select_for_update().get(merchant_id=merge.merchant_id, id=merge.id)
    if made.undone_at:
        raise Refused("This was taken back already.")
    made.undone_at, made.undone_by = timezone.now(), by.code
    made.save(update_fields=["undone_at", "undone_by"])
    freed = _all_below(made)
    rows = Conversation.objects.filter(merchant_id=made.merchant_id)
    list(rows.select_for_update().filter(id__in=[*freed, made.winner_id]).order_by("id"))
    rows.filter(id__in=freed - {made.loser_id}).update(root_id=made.loser_id)
    rows.filter(id=made.loser_id).update(root=None, state=made.loser_state)
    whole = held(Conversation.objects.get(merchant_id=made.merchant_id, id=made.winner_id))
    sum_up(whole)
    record(ConversationUnmerged(**about(whole), by=by, merged_id=made.loser_id, merge_id=made.id))
    return sum_up(rows.get(id=made.loser_id))


@transaction.atomic
def split(conversation: Conversation, messages: Sequence[Message], notes: Sequence[Note], *, by: Actor) -> Conversation:
    """Moves messages and notes into a conversation of their own, same customer. Raises Refused for none, or for all."""
    source = held(conversation)
    ids = family(source)
    chosen = [m for m in messages if m.merchant_id == source.merchant_id and m.conversation_id in ids]
    beside = [n for n in notes if n.merchant_id == source.merchant_id and n.conversation_id in ids]
    total = Message.objects.filter(merchant_id=source.merchant_id, conversation_id__in=ids).count()
    if not chosen or len(chosen) == total:
        raise Refused("Pick some of the messages, not none and not all.")
    target = _beside(source, chosen[0])
    _move(source, target, chosen, beside, by)
    _follow_threads(chosen, target)
    sum_up(target)
    sum_up(source)
    record(ConversationSplit(**about(source), by=by, target_id=target.id))
    return target


@transaction.atomic
def unsplit(target: Conversation, *, by: Actor) -> Conversation:
    """Puts what was split off back where it stood; what came to the new conversation since comes along."""
    part = held(target)
    moves = list(
        Move.objects.filter(merchant_id=part.merchant_id, target_id=part.id, undone_at=None).select_related(
            "message", "note", "source"
        )
    )
    if not moves:
        raise Refused("Nothing was split off into this conversation.")
    source = held(Conversation.objects.get(merchant_id=part.merchant_id, id=moves[0].source_id))
    for move in moves:
        if move.message:
            Message.objects.filter(merchant_id=part.merchant_id, id=move.message.id).update(conversation=move.source)
        if move.note:
            Note.objects.filter(merchant_id=part.merchant_id, id=move.note.id).update(conversation=move.source)
    Move.objects.filter(id__in=[m.id for m in moves]).update(undone_at=timezone.now(), undone_by=by.code)
    ThreadPlace.objects.filter(merchant_id=part.merchant_id, conversation=part).update(conversation=source)
    if part.state == State.OPEN and source.state != State.OPEN:
        source.state, source.snoozed_until = State.OPEN, None
    Conversation.objects.filter(Q(id=part.id) | Q(root=part), merchant_id=part.merchant_id).update(root=source)
    sum_up(source)
    record(ConversationUnsplit(**about(source), by=by, target_id=part.id))
    return source


def _both(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """Both locked, the lower id first, so that two opposite merges wait for each other and do not deadlock."""
    first, second = sorted((one, other), key=lambda c: c.now_id)
    rows = {c.id: row for c, row in ((first, held(first)), (second, held(second)))}
    return rows[one.id], rows[other.id]


def _all_below(made: Merge) -> set[int]:
    into: dict[int, list[int]] = {}
    standing = Merge.objects.filter(merchant_id=made.merchant_id, undone_at=None)
    root = Conversation.objects.get(merchant_id=made.merchant_id, id=made.loser_id).root_id
    members = Conversation.objects.filter(merchant_id=made.merchant_id, root_id=root).values("id")
    for loser, winner in standing.filter(loser__in=members).values_list("loser_id", "winner_id"):
        into.setdefault(winner, []).append(loser)
    found, todo = {made.loser_id}, [made.loser_id]
    while todo:
        below = [c for c in into.get(todo.pop(), []) if c not in found]
        found.update(below)
        todo.extend(below)
    return found


def _beside(source: Conversation, first: Message) -> Conversation:
    entry = first.entry
    return Conversation.objects.create(
        merchant_id=source.merchant_id,
        customer_id=source.customer_id,
        line_id=entry.thread.line_id,
        subject=(entry.subject or source.subject)[:300],
        priority=source.priority,
        assignee_id=source.assignee_id,
    )


def _move(
    source: Conversation, target: Conversation, messages: Sequence[Message], notes: Sequence[Note], by: Actor
) -> None:
    batch = uuid.uuid4()
    common = {"merchant_id": source.merchant_id, "split": batch, "target": target, "by": by.code}
    moves = [Move(source_id=m.conversation_id, message=m, **common) for m in messages]
    moves += [Move(source_id=n.conversation_id, note=n, **common) for n in notes]
    Move.objects.bulk_create(moves)
    Message.objects.filter(id__in=[m.id for m in messages], merchant_id=source.merchant_id).update(conversation=target)
    Note.objects.filter(id__in=[n.id for n in notes], merchant_id=source.merchant_id).update(conversation=target)


def _follow_threads(moved: Sequence[Message], target: Conversation) -> None:
    """A thread feeds whichever conversation holds its newest message."""
    for thread_id in {m.entry.thread_id for m in moved}:
        newest = Message.objects.filter(merchant_id=target.merchant_id, entry__thread_id=thread_id)
        if newest.order_by("-at", "-id").values_list("conversation_id", flat=True).first() == target.id:
            ThreadPlace.objects.filter(merchant_id=target.merchant_id, thread_id=thread_id).update(conversation=target)
