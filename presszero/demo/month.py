"""Six weeks of service in the demo shop, so that the page for whoever pays for it has something to tell.

The mails come in by the pipeline with the days on them, and everything after is done by the verbs everybody uses. Those
that take their time from the clock are put back to when it is told to have been, as in the days of `yesterday`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from presszero.channels.models import Line
from presszero.conversations import actions
from presszero.conversations.models import Conversation, Topic
from presszero.core.money import Money
from presszero.insights import rates
from presszero.insights.serving import serve
from presszero.insights.working import MOST, beat
from presszero.mailroom.incoming import Incoming
from presszero.offers import actions as offers
from presszero.offers import bought
from presszero.offers.models import Chance, Suggestion
from presszero.remedies.actions import give
from presszero.remedies.models import Remedy
from presszero.remedies.vocabulary import Asked
from presszero.team.models import Membership

from .cast import TOMAS, Person
from .orders import Bought, bring_in
from .yesterday import Matter, incoming, moment, settle, subject


@dataclass(frozen=True)
class Past:
    """A matter so many `days` ago, and the `minutes` that hands were at work in it.

    `had` and `next` are what they had bought before and bought afterwards, by sku; `credit` in pence; `offer`: shown ·
    used · "".
    """

    days: int
    matter: Matter
    minutes: int
    had: str
    next: str = ""
    credit: int = 0
    offer: str = ""


# None on the weekdays of yesterday, whose page tells what is usual on them.
# days ago | hour | who | about | topic | who answered | after minutes | minutes of work | bought before
# and where there is any: | bought after | credit in pence | what became of the suggestion
_TOLD = """
44 | 9:12 | Edie Marsh | The laces are frayed | Repair | Maya | 35 | 5 | FELL-BLACK-38 | WAX |  | used
42 | 11:03 | Callum Reid | Boots a week late | Late delivery | Maya | 18 | 9 | FELL-BROWN-42 |  | 1200
41 | 14:40 | Anouk Visser | Is the coat warm enough? | Product question | Maya | 7 | 3 | GALE-OLIVE-S
39 | 8:25 | Femi Adler | Too narrow for me | Wrong size | Maya | 40 | 6 | MOOR-CHESTNUT-43 |  |  | shown
37 | 16:08 | Rhys Bowen | Where is my parcel? | Late delivery | Tomas | 12 | 7 | FELL-BROWN-43
35 | 10:30 | Signe Dahl | A bill in my company's name | Invoice | Maya | 9 | 2 | TARN-SLATE-39
34 | 13:55 | Hamza Qureshi | How do I wax them? | Product question | Maya | 5 | 4 | FELL-BLACK-43 | WAX |  | used
32 | 9:47 | Nell Archer | The sole comes off | Repair | Maya | 55 | 11 | MOOR-CHESTNUT-38 |  | 2500
30 | 12:20 | Viktor Holm | One size up, please | Wrong size | Maya | 22 | 5 | TARN-SAND-43 | SOCKS-OAT-L
28 | 15:35 | Leila Aziz | Does it keep the rain out? | Product question | Maya | 6 | 3 | SQUALL-YELLOW-ONESIZE
27 | 8:50 | Owen Pryce | Still not here | Late delivery | Tomas | 30 | 8 | FELL-BLACK-42 | WAX |  | used
25 | 10:05 | Marta Nowak | I would like to return one pair | Return | Maya | 14 | 4 | TARN-SAND-38 | FELL-BROWN-38
24 | 17:15 | Dev Kapoor | Which socks? | Product question | Maya | 4 | 3 | FELL-BROWN-41 | SOCKS-HEATHER-L |  | used
21 | 9:28 | Isla Grant | The wrong colour came | Wrong size | Maya | 16 | 6 | FELL-BLACK-39 |  | 1000 | shown
20 | 11:44 | Jonas Weber | Tracking says delivered | Late delivery | Maya | 26 | 10 | MOOR-CHESTNUT-42
19 | 14:02 | Tess Morley | A buckle is loose | Repair | Tomas | 33 | 7 | PACK-OLIVE | FLASK
17 | 16:39 | Amir Haddad | Money back when? | Return | Maya | 11 | 5 | FELL-BLACK-41
16 | 8:14 | Greta Lind | Half sizes? | Product question | Maya | 8 | 2 | TARN-SLATE-40 | WAX |  | used
13 | 12:51 | Fraser Kidd | Parcel went to the neighbour | Late delivery | Maya | 21 | 6 | FELL-BROWN-44 |  |  | shown
11 | 10:18 | Yuki Tanabe | Invoice once more | Invoice | Maya | 3 | 1 | GAITERS-GREEN-M
9 | 13:06 | Bram Kok | Left boot squeaks | Repair | Maya | 44 | 9 | FELL-BLACK-44 | WAX | 500 | used
6 | 15:22 | Zadie Frost | Gift wrap forgotten | Late delivery | Tomas | 17 | 4 | GALE-NAVY-M |  | 800
4 | 9:39 | Pieter Maas | Sole too stiff | Product question | Maya | 13 | 5 | MOOR-CHESTNUT-44 | BRUSH |  | used
3 | 11:27 | Carys Lloyd | Size 40 or 41? | Wrong size | Maya | 10 | 3 | FELL-BROWN-40 |  |  | shown
"""


def _past(told: str) -> Past:
    cells = [cell.strip() for cell in told.split("|")]
    days, clock, who, about, topic, helper, answered, minutes, had, *more = cells
    after, credit, offer = [*more, "", "", ""][:3]
    hour, minute = clock.split(":")
    person = Person(who, f"{who.lower().replace(' ', '.')}@example.net")
    matter = Matter(person, (int(hour), int(minute)), about, topic, int(answered), helper)
    return Past(int(days), matter, int(minutes), had, after, int(credit or 0), offer)


PAST = tuple(map(_past, _TOLD.strip().splitlines()))
ORDERS = (
    *(Bought(f"07{n:02}", each.matter.who, each.days + 12, ((each.had, 1),)) for n, each in enumerate(PAST)),
    *(
        Bought(f"08{n:02}", each.matter.who, each.days - 2, ((each.next, 1),), "arrived" if each.days > 7 else "new")
        for n, each in enumerate(PAST)
        if each.next
    ),
)


def arrivals(line: Line) -> list[Incoming]:
    """The mails, as they came in."""
    return [incoming(line, each.matter, each.days) for each in PAST]


@transaction.atomic
def work(line: Line) -> None:
    """Answered and settled, with hands at work for as long as is told. Oldest first, as hands go with the clock."""
    team = {m.first_name: m for m in Membership.objects.filter(merchant=line.merchant).select_related("person")}
    topics = {topic.name: topic for topic in Topic.objects.filter(merchant=line.merchant)}
    for each in PAST:
        row, by = _row(line, each), team[each.matter.helper]
        actions.set_topic(row, topics[each.matter.topic], by=by.actor)
        settle(row, each.matter, moment(line, each.matter, each.days), by)
        began = _settled_at(line, each) - timedelta(minutes=each.minutes)
        for seconds in range(0, each.minutes * 60, MOST):
            beat(by, [(row.id, MOST)], began + timedelta(seconds=seconds))


@transaction.atomic
def sum_up(line: Line) -> None:
    """What an hour costs, what was given, and what was suggested and bought: once the goods and orders stand there."""
    shop = line.merchant
    tomas = Membership.objects.select_related("person").get(merchant=shop, person__email=TOMAS.address)
    bring_in(shop, ORDERS)
    bought.count_whole(shop, timezone.now())
    since = (datetime.now(UTC) - timedelta(days=120)).date()
    for what, minor in ((rates.HOUR, 2600), (rates.MONTH, 4900), (rates.contact("email"), 4)):
        rates.set_rate(shop, what, Money(minor, shop.currency), since, by=tomas.actor)
    for each in PAST:
        if each.credit:
            _give(_row(line, each), each, _settled_at(line, each), tomas)
        if each.offer:
            _suggest(_row(line, each), each, _settled_at(line, each), tomas)
    for each in PAST:
        serve(shop.id, _row(line, each).id)


def _give(row: Conversation, each: Past, at: datetime, by: Membership) -> None:
    amount = Money(each.credit, row.merchant.currency)
    asked = Asked("credit", row.merchant_id, row.customer_id, row.id, amount=amount)
    made = give(asked, by.actor, f"demo-month-{each.days}", each.matter.subject)
    Remedy.objects.filter(id=made.id).update(at=at, given_at=at, done_at=at)


def _suggest(row: Conversation, each: Past, at: datetime, by: Membership) -> None:
    """All was well, so the lot was drawn; whoever fell to those held out was shown nothing."""
    offers.say_well(row, by.actor)
    Chance.objects.filter(merchant=row.merchant, conversation=row).update(at=at)
    made = offers.suggest_in(row, timezone.now())
    if made is None:
        return
    offers.shown(made)
    if each.offer == "used":
        offers.use(made, by.actor)
    used = {"used_at": at} if each.offer == "used" else {}
    Suggestion.objects.filter(id=made.id).update(at=at, shown_at=at, **used)


def _row(line: Line, each: Past) -> Conversation:
    rows = Conversation.objects.select_related("merchant", "customer").filter(merchant=line.merchant)
    return rows.get(subject=subject(each.matter, each.days))


def _settled_at(line: Line, each: Past) -> datetime:
    return moment(line, each.matter, each.days) + timedelta(minutes=each.matter.answered or 0)
