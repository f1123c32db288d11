"""Writes a batch of conversations: each table once. No fact, no delivery, no turn: it has all happened already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from secrets import token_hex

from django.utils import timezone
from django.utils.translation import gettext_noop

from presszero.channels.models import Entry, Line, Participant, Thread
from presszero.conversations.actions.held import sum_up
from presszero.conversations.models import Conversation, Message, Note, ThreadPlace
from presszero.core.refusal import Refused
from presszero.core.text import snippet
from presszero.customers.models import Handle

from ..models import ImportRow
from ..vocabulary import MessageFound
from . import standing
from .attachments import attach
from .hand import Hand, Outcome
from .known import Colleague
from .matters import Around, Matter, Matters, sort_out

NO_LINE = gettext_noop("Connect a mail line first: what is brought in is answered from there.")
TEAM_UNKNOWN = gettext_noop("There is no team of this name here.")
State = Conversation.State


def bring(hand: Hand, matters: Matters) -> None:
    sorted_out, around = sort_out(hand, matters)
    fresh = [each for each in sorted_out if each.conversation_id is None]
    met = _met(hand, [each for each in sorted_out if each.conversation_id is not None and each.fresh])
    before = {each: row.version for each, (_thread, row) in met.items()}
    places = {**met, **_made(hand, fresh)}
    written = _written(hand, sorted_out, places, around)
    standing.write(hand, fresh, {each: places[each][1] for each in fresh})
    _sum_up(hand, sorted_out, places, written)
    for each in sorted_out:
        if each.conversation_id is None:
            _noted(hand, each, places[each][1])
        else:
            _noted_again(hand, each, places[each][1] if each in places else None, before.get(each))


def _made(hand: Hand, fresh: Sequence[Matter]) -> dict[Matter, tuple[Thread, Conversation]]:
    line = line_of(hand)
    threads = [
        Thread(
            merchant=hand.merchant,
            line=line,
            token=token_hex(16),
            key=thread_key(hand, each),
            subject=each.found.subject,
            created_at=_began(hand, each),
        )
        for each in fresh
    ]
    Thread.objects.bulk_create(threads)
    rows = [_row(hand, each, line) for each in fresh]
    Conversation.objects.bulk_create(rows)
    pairs = list(zip(threads, rows, strict=True))
    ThreadPlace.objects.bulk_create(ThreadPlace(merchant=hand.merchant, thread=t, conversation=c) for t, c in pairs)
    Participant.objects.bulk_create(_participants(hand, fresh, threads, line))
    return dict(zip(fresh, pairs, strict=True))


def thread_key(hand: Hand, each: Matter) -> str:
    return f"import:{hand.job.source}:{each.found.external_id}"[:300]


def line_of(hand: Hand) -> Line:
    """Where answers go out. Raises Refused when there is no line at all."""
    lines = Line.objects.filter(merchant=hand.merchant).order_by("id")
    line = hand.job.line or lines.filter(kind="email").first() or lines.first()
    if line is None:
        raise Refused(NO_LINE)
    hand.job.line = line
    return line


def _row(hand: Hand, each: Matter, line: Line) -> Conversation:
    found, began = each.found, _began(hand, each)
    said = [m for m in each.fresh if m.public]
    ended = max([m.at for m in said if m.at], default=began)
    newest = said[-1] if said else None
    return Conversation(
        merchant=hand.merchant,
        customer_id=each.customer_id,
        line=line,
        subject=found.subject[:300],
        state=State(found.state) if found.state in State.values else State.RESOLVED,
        priority=found.priority,
        topic_id=hand.topic(found.topic)[0] if found.topic else None,
        assignee_id=each.assignee_id,
        team_id=hand.team(found.team) if found.team else None,
        fields=hand.own_fields("conversation", found.fields),
        created_at=began,
        last_at=min(ended, timezone.now()),
        snippet=snippet(newest.text) if newest else "",
        last_channel=line.kind,
    )


def _began(hand: Hand, each: Matter) -> datetime:
    times = [m.at for m in each.fresh if m.at]
    return min([each.found.created_at or min(times, default=hand.job.created_at), timezone.now()])


def _participants(hand: Hand, fresh: Sequence[Matter], threads: Sequence[Thread], line: Line) -> Iterator[Participant]:
    """The customer, by an address that the line can write to."""
    kind = "email" if line.kind == "email" else ""
    rows = Handle.objects.filter(merchant=hand.merchant, kind=kind, customer_id__in=[e.customer_id for e in fresh])
    addresses = {row.customer_id: row for row in rows.exclude(proof="refuted").order_by("-id")}
    for each, thread in zip(fresh, threads, strict=True):
        if row := addresses.get(each.customer_id):
            yield Participant(
                merchant=hand.merchant,
                thread=thread,
                kind=row.kind,
                address=row.address,
                name=row.name,
                standing=Participant.Standing.CUSTOMER,
            )


def _met(hand: Hand, known: Sequence[Matter]) -> dict[Matter, tuple[Thread, Conversation]]:
    """Where more of a conversation goes that is here already: into its thread, wherever that stands today."""
    keys = {thread_key(hand, each): each for each in known}
    rows = ThreadPlace.objects.filter(merchant=hand.merchant, thread__key__in=keys).select_related("thread")
    places = {row.thread.key: row for row in rows}
    numbers = [row.conversation_id for row in places.values()]
    there = {row.id: row for row in Conversation.objects.filter(merchant=hand.merchant, id__in=numbers)}
    return {
        each: (places[key].thread, there[places[key].conversation_id]) for key, each in keys.items() if key in places
    }


Written = dict[Matter, list[tuple[MessageFound, bool]]]


def _written(
    hand: Hand, matters: Sequence[Matter], places: dict[Matter, tuple[Thread, Conversation]], around: Around
) -> Written:
    """Entries, messages and notes. What was public of each, and whether it came to us."""
    entries: list[Entry] = []
    told: list[tuple[Matter, MessageFound]] = []
    notes: list[tuple[Matter, MessageFound, Note]] = []
    written: Written = {each: [] for each in matters}
    for each in matters:
        if each not in places:
            continue
        thread, row = places[each]
        last = _began(hand, each)
        for message in each.fresh:
            last = min(message.at or last, timezone.now())
            them = around.colleague(message.author, hand.members())
            if not message.public:
                notes.append((each, message, _note(hand, row, message, them, last)))
                continue
            inbound = _inbound(each, message, them)
            first = not written[each] and each.conversation_id is None
            written[each].append((message, inbound))
            entries.append(_entry(hand, thread, message, (inbound, them, last, each.found.subject if first else "")))
            told.append((each, message))
    Entry.objects.bulk_create(entries)
    Note.objects.bulk_create([note for _, _, note in notes])
    Message.objects.bulk_create(
        Message(
            merchant=hand.merchant,
            conversation=places[each][1],
            entry=entry,
            at=entry.at,
            inbound=entry.inbound,
            reason="from the archive",
        )
        for (each, _), entry in zip(told, entries, strict=True)
    )
    attach(hand, [(each.where, message, entry) for (each, message), entry in zip(told, entries, strict=True)])
    for (each, message), entry in zip(told, entries, strict=True):
        hand.note(each.where, "message", Outcome.NEW, external_id=message.external_id, target_id=entry.id)
    for each, message, note in notes:
        hand.note(each.where, "note", Outcome.NEW, external_id=message.external_id, target_id=note.id)
    return written


def _inbound(each: Matter, message: MessageFound, them: Colleague | None) -> bool:
    """Theirs or ours. Where the file does not say: a colleague's words are ours, everybody else's are theirs."""
    if message.inbound is not None:
        return message.inbound
    asked = message.author.external_id and message.author.external_id == each.found.requester.external_id
    return bool(asked) or them is None


def _entry(
    hand: Hand, thread: Thread, message: MessageFound, how: tuple[bool, Colleague | None, datetime, str]
) -> Entry:
    inbound, them, at, subject = how
    author = message.author
    email = author.email or (them.email if them else "")
    return Entry(
        merchant=hand.merchant,
        thread=thread,
        inbound=inbound,
        sender_kind="email" if email else "",
        sender_address=email[:320],
        sender_name=(author.name or (them.name if them else "") or email)[:200],
        actor=f"member:{them.member_id}" if them and them.member_id and not inbound else "",
        subject=subject[:998],
        text=message.text,
        html=message.html if inbound else "",  # ours is shown as we built it, so it never comes from elsewhere
        at=at,
        sent_at=message.at,
    )


def _note(hand: Hand, row: Conversation, message: MessageFound, them: Colleague | None, at: datetime) -> Note:
    member_id = them.member_id if them and them.member_id else None
    name = message.author.name or (them.name if them else "") or message.author.email
    text = message.text if member_id or not name else f"{name}: {message.text}"
    return Note(merchant=hand.merchant, conversation=row, by_id=member_id, text=text, at=at)


def _sum_up(
    hand: Hand, matters: Sequence[Matter], places: dict[Matter, tuple[Thread, Conversation]], written: Written
) -> None:
    """What is settled is summed up here, in one statement; what is open is asked who waits, as after any change."""
    settled = []
    for each in matters:
        if each not in places:
            continue
        row = places[each][1]
        if each.conversation_id is not None or row.state in (State.OPEN, State.SNOOZED):
            sum_up(row)
            continue
        said = written[each]
        row.last_inbound = said[-1][1] if said else True
        row.first_reply_at = next((m.at for m, inbound in said if not inbound and m.at), None)
        settled.append(row)
    Conversation.objects.bulk_update(settled, ["last_inbound", "first_reply_at"])


def _noted(hand: Hand, each: Matter, row: Conversation) -> None:
    said = {"external_id": each.found.external_id, "target_id": row.id, "version": row.version}
    hand.note(each.where, "conversation", Outcome.NEW, **said)
    if each.found.team and hand.team(each.found.team) is None:
        said = {"team": each.found.team}
        hand.note(each.where, "conversation_part", Outcome.LEFT_OUT, reason=TEAM_UNKNOWN, raw=said)


def _noted_again(hand: Hand, each: Matter, row: Conversation | None, before: int | None) -> None:
    """More of one that is here. Taking it back looks whether it moved on since the last that this file said of it."""
    if row is None:
        hand.note(each.where, "conversation", Outcome.KNOWN)
        return
    rows = ImportRow.objects.filter(merchant=hand.merchant, job=hand.job, kind="conversation", target_id=row.id)
    said = {"target_id": row.id, "version": row.version, "raw": {"before": before}}
    mine = rows.update(version=row.version)
    hand.note(each.where, "conversation", Outcome.CHANGED, **({} if mine else said))
