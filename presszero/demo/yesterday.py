"""What the demo shop's yesterday was like, so that the page about it has something to tell.

The mails come in by the pipeline with yesterday's hour on them, and are answered and settled by the verbs everybody
uses. Those take their time from the clock, so what they wrote is put back afterwards to when it is told to have been.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from presszero.channels.adapters.email import scan
from presszero.channels.models import Entry, Line
from presszero.conversations import actions
from presszero.conversations.actions.answer import Answer
from presszero.conversations.models import Conversation, Message, Resolution, Topic
from presszero.core.actor import Actor
from presszero.mailroom.incoming import Incoming, storable_id
from presszero.mailroom.lanes import lane
from presszero.team.models import Membership

from . import stories
from .cast import Person
from .writing import Letter, compose, vouched


@dataclass(frozen=True)
class Matter:
    """`clock` is hour and minute of the day; `answered` and `reopened` are minutes after it, None for never."""

    who: Person
    clock: tuple[int, int]
    subject: str
    topic: str
    answered: int | None
    helper: str = "Maya"
    reopened: int | None = None


_S = stories
YESTERDAY = (
    Matter(_S.PRIYA, (7, 40), "Parcel says delivered, it is not", "Late delivery", 82),
    Matter(_S.TOM, (8, 15), "Where are my boots?", "Late delivery", 49, "Tomas"),
    Matter(_S.GRACE, (8, 52), "39 is too small", "Wrong size", 21),
    Matter(_S.PAUL, (9, 4), "Invoice for my company", "Invoice", 4),
    Matter(_S.KLARA, (9, 31), "Passt der Ridge in Weite H?", "Product question", 12),
    Matter(_S.NOA, (10, 6), "Tracking stands still", "Late delivery", 3, "Tomas", 140),
    Matter(_S.OSKAR, (10, 48), "Can the sole be replaced?", "Repair", 33),
    Matter(_S.JUN, (11, 20), "Send back the brown pair", "Return", 9),
    Matter(_S.SAM, (12, 2), "One lace is missing", "", 5, "Tomas"),
    Matter(_S.LENA, (13, 15), "Still waiting for the Fells", "Late delivery", 27),
    Matter(_S.INES, (14, 40), "Gift, wrong size, no receipt", "Wrong size", 58),
    Matter(_S.PRIYA, (16, 5), "Which wax for suede?", "Product question", 2, "Tomas"),
    Matter(_S.TOM, (17, 30), "Refund not there yet", "Return", 190),
    Matter(_S.GRACE, (19, 12), "Delivery on Saturday?", "Late delivery", 14, "Tomas"),
    Matter(_S.PAUL, (20, 55), "Water comes in", "Repair", None),
)
WEEK_BEFORE = tuple(YESTERDAY[n] for n in (1, 3, 4, 7, 8, 9, 11, 12))


_ANSWER = "Thank you for writing. I have looked into it and put it right; write back any time."


def arrivals(line: Line) -> list[Incoming]:
    """The mails of yesterday, and of the same day a week before, as they came in."""
    return [
        incoming(line, matter, days_ago) for days_ago, matters in _DAYS for matter in sorted(matters, key=_by_clock)
    ]


@transaction.atomic
def work(line: Line) -> None:
    """What the team did with them, at the time it is told to have done it."""
    team = {m.first_name: m for m in Membership.objects.filter(merchant=line.merchant).select_related("person")}
    topics = {topic.name: topic for topic in Topic.objects.filter(merchant=line.merchant)}
    for days_ago, matters in _DAYS:
        for matter in matters:
            row = Conversation.objects.get(merchant=line.merchant, subject=subject(matter, days_ago))
            if matter.topic:
                actions.set_topic(row, topics[matter.topic], by=team[matter.helper].actor)
            if matter.answered is not None:
                settle(row, matter, moment(line, matter, days_ago), team[matter.helper])


def settle(row: Conversation, matter: Matter, came: datetime, by: Membership) -> None:
    """Answered and resolved; where they wrote again, opened and resolved once more."""
    said = actions.reply(row, Answer(_ANSWER, uuid.uuid4()), by=by)
    at = came + timedelta(minutes=matter.answered or 0)
    Message.objects.filter(id=said.id).update(at=at)
    Entry.objects.filter(id=said.entry_id).update(at=at)
    actions.resolve(row, by=by.actor)
    _put_back(row, at)
    if matter.reopened is not None:
        again = came + timedelta(minutes=matter.reopened)
        actions.reopen(row, by=Actor("customer", row.customer_id))
        Resolution.objects.filter(conversation=row).update(reopened_at=again)
        actions.resolve(row, by=by.actor)
        _put_back(row, again + timedelta(minutes=20))
    Conversation.objects.filter(id=row.id).update(first_reply_at=at, last_at=at)


def _put_back(row: Conversation, at: datetime) -> None:
    Resolution.objects.filter(conversation=row, reopened_at=None).update(at=at)


def incoming(line: Line, matter: Matter, days_ago: int) -> Incoming:
    """The mail that a matter began with."""
    at = moment(line, matter, days_ago)
    words = f"Hello,\n\n{matter.subject.rstrip('?')}. Could you have a look, please?\n\n{matter.who.name}"
    raw = vouched(compose(matter.who, Letter(words, subject(matter, days_ago), line.address), at), matter.who)
    headers = {"via": "smtp", "envelope_from": matter.who.address, "envelope_to": line.address, "peer": "127.0.0.1"}
    external_id = storable_id(scan.external_id(raw))
    number = lane(line.id, scan.lane_key(raw))
    return Incoming(line.merchant_id, line.id, external_id, number, headers, raw, received_at=at)


def subject(matter: Matter, days_ago: int) -> str:
    """Last week's were about last week's orders, and so are matters of their own."""
    return matter.subject if days_ago == 1 else f"{matter.subject} ({1000 + 7 * days_ago})"


def moment(line: Line, matter: Matter, days_ago: int) -> datetime:
    zone = ZoneInfo(line.merchant.timezone)
    day = datetime.now(zone).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(*matter.clock), zone).astimezone(UTC)


def _by_clock(matter: Matter) -> tuple[int, int]:
    return matter.clock


_DAYS = ((8, WEEK_BEFORE), (1, YESTERDAY))
