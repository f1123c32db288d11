"""What happened in a conversation, and what it looked like then: as far as it was written down. Pure.

Known as of the moment: the words, their way, who wrote, tags, who had it, how many messages, how long they had waited.
Taken as they stand today: priority, topic, team, own fields, subject, the customer's name and addresses, what is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from presszero.conversations.filtering import Snapshot

from .occasions import OCCASIONS, When

Span = tuple[datetime, datetime | None]  # from, and until; None: it still holds


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `history`: it was fetched with a mailbox's past, so no rule would have heard of it."""

    id: int
    at: datetime
    inbound: bool
    text: str
    automatic: bool
    channel: str
    history: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact of the timeline."""

    kind: str
    at: datetime
    by_customer: bool
    message_id: int


@dataclass(slots=True)
class Life:
    """A conversation: how it stands, and everything written down about how it stood."""

    today: Snapshot
    said: list[Said] = field(default_factory=list)  # in order of time
    happened: list[Happened] = field(default_factory=list)
    tagged: list[tuple[int, Span]] = field(default_factory=list)
    assigned: list[tuple[int | None, datetime]] = field(default_factory=list)
    resolved: list[Span] = field(default_factory=list)
    snoozed: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which a rule would have been asked. `message` is what was written then, if it was that."""

    at: datetime
    message: Said | None = None


def moments(life: Life, when: When, since: datetime, now: datetime) -> Iterator[Moment]:
    """Every time that a rule would have been asked about it, from `since` on, in order."""
    found = _timed(life, when, now) if when.is_timed else _heard(life, when)
    yield from sorted((each for each in found if since <= each.at <= now), key=lambda each: each.at)


def as_of(life: Life, moment: Moment) -> Snapshot:
    """As it looked then."""
    at, today = moment.at, life.today
    before = [each for each in life.said if each.at <= at]
    newest = moment.message or (before[-1] if before else None)
    return replace(
        today,
        state=_state(life, at),
        tag=[tag for tag, span in life.tagged if _held(span, at)],
        assignee=_assignee(life, at),
        text=newest.text if newest else today.text,
        automatic=newest.automatic if newest else today.automatic,
        channel=newest.channel if newest else today.channel,
        inbound=newest.inbound if newest else today.inbound,
        last_at=newest.at if newest else today.last_at,
        waiting_for=_waiting(before),
        message_count=len(before),
        first_reply=today.first_reply if today.first_reply and today.first_reply <= at else None,
    )


def _heard(life: Life, when: When) -> Iterator[Moment]:
    by_id = {each.id: each for each in life.said}
    kinds = {kind: OCCASIONS[key].by_customer for key in when.on for kind in OCCASIONS[key].kinds}
    for each in life.happened:
        if each.kind not in kinds or kinds[each.kind] and not each.by_customer:
            continue
        message = by_id.get(each.message_id) or (
            life.said[0] if each.kind == "conversation.opened" and life.said else None
        )
        if message is None or not (message.history and message.inbound):
            yield Moment(each.at, message if each.kind in ("message.received", "conversation.opened") else None)


def _timed(life: Life, when: When, now: datetime) -> Iterator[Moment]:
    on, lasts = when.on[0], when.lasts or timedelta()
    if on == "daily":
        yield Moment(now)
    elif on == "due":
        if life.today.due_at is not None and life.today.state == "open":
            yield Moment(life.today.due_at + lasts)
    elif on == "snoozed":
        yield from (Moment(begun + lasts) for begun, ended in life.snoozed if (ended or now) >= begun + lasts)
    else:
        spans = _waits(life, now) if on == "waiting" else _silences(life, now)
        yield from (Moment(begun + lasts) for begun, ended in spans if ended >= begun + lasts)


def _waits(life: Life, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From the first message that nobody had answered until the answer, or until it was resolved."""
    begun: datetime | None = None
    for each in life.said:
        if each.inbound and begun is None and not each.automatic and not each.history:
            begun = each.at
        elif not each.inbound and not each.automatic and begun is not None:
            yield begun, _settled(life, begun, each.at)
            begun = None
    if begun is not None:
        yield begun, _settled(life, begun, now)


def _silences(life: Life, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From our answer until whatever was said next, or until it was resolved."""
    for n, each in enumerate(life.said):
        if not each.inbound and not each.automatic:
            ends = life.said[n + 1].at if n + 1 < len(life.said) else now
            yield each.at, _settled(life, each.at, ends)


def _settled(life: Life, begun: datetime, ends: datetime) -> datetime:
    return min([ends, *(at for at, _until in life.resolved if begun <= at < ends)])


def _state(life: Life, at: datetime) -> str:
    if any(_held(span, at) for span in life.resolved):
        return "resolved"
    return "snoozed" if any(_held(span, at) for span in life.snoozed) else "open"


def _assignee(life: Life, at: datetime) -> int | None:
    """The last it was given to by then; nobody before the first."""
    given = [to for to, when in life.assigned if when <= at]
    return given[-1] if given else None


def _waiting(before: Sequence[Said]) -> datetime | None:
    """Since when they had waited."""
    since = None
    for each in before:
        if each.automatic:
            continue
        since = (since or each.at) if each.inbound else None
    return since


def _held(span: Span, at: datetime) -> bool:
    return span[0] <= at and (span[1] is None or at < span[1])
