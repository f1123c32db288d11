"""What an agent's words promise, offered as chips while they type; what was taken is kept with the sending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils.translation import gettext as _

from presszero.commerce import queries as commerce
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.customers.queries import today
from presszero.merchants.models import Hours
from presszero.merchants.policy import Week
from presszero.merchants.queries import week_of
from presszero.promises.actions import Made, make, renegotiate
from presszero.promises.languages import known, written_in
from presszero.promises.models import Keeping, Kind, Promise, State
from presszero.promises.noticing import Found, noticed
from presszero.team.models import Membership

from ..giving import likeliest
from .lines import Names, by_when, kind_word, names

_SALT, _LASTS = "promise-chip", 86_400  # seconds that a page may stand open
_MOST_ORDERS = 10
_LONGEST = 20_000  # characters that are looked through: an answer is shorter
AT_ONCE = 4  # chips


@dataclass(frozen=True, slots=True)
class Chip:
    """One promise that was noticed. `same` is the same for the same promise, however the words around it change."""

    what: str
    when: str
    instead: str  # the day that stands now and would be given up, "" for none
    order: str  # its number
    quote: str
    value: str
    same: str


def chips(conversation: Conversation, text: str, member: Membership) -> list[Chip]:
    """What stands in the words; nothing where the merchant wants no noticing."""
    if not text.strip() or not notices(conversation.merchant_id):
        return []
    orders = commerce.orders_of(today(conversation.customer), _MOST_ORDERS)
    language = written_in(text) or known(conversation.customer.language) or known(member.person.language) or "en"
    every = names(member.merchant)
    now = every.now
    first = likeliest(orders, conversation.subject)
    named = sorted(orders, key=lambda order: order is not first)
    found = noticed(
        text[:_LONGEST], language=language, now=now, zone=every.zone, orders=named, week=_week(conversation)
    )
    numbers = {order.id: order.number for order in orders}
    standing = _standing(conversation.merchant_id, [each.order_id for each in found if each.order_id])
    made = [_chip(each, conversation, standing.get(each.order_id or 0), numbers, every) for each in found[:AT_ONCE]]
    return [chip for chip in made if chip]


def take(values: Sequence[str], conversation: Conversation, entry_id: int | None, by: Membership) -> list[Promise]:
    """Keeps what was taken, inside the transaction of the sending. Raises Refused, and then nothing is sent.

    A second click of the same sending keeps nothing twice.
    """
    if entry_id and Promise.objects.filter(merchant_id=conversation.merchant_id, entry_id=entry_id).exists():
        return []
    return [_taken(_read(value, conversation), conversation, entry_id, by) for value in values[:AT_ONCE]]


def notices(merchant_id: int) -> bool:
    """Whether what agents type is watched for promises."""
    found = Keeping.objects.filter(merchant_id=merchant_id).values_list("notice_words", flat=True).first()
    return found is not False


def _week(conversation: Conversation) -> Week:
    """The days on which the merchant works."""
    return week_of(Hours.objects.filter(merchant_id=conversation.merchant_id).order_by("id").first())


def _standing(merchant_id: int, orders: Iterable[int]) -> dict[int, Promise]:
    """The day that stands for each of these orders."""
    rows = Promise.objects.filter(merchant_id=merchant_id, order_id__in=list(orders), kind=Kind.DELIVERY)
    rows = rows.filter(kept_at=None, withdrawn_at=None, renegotiated_at=None)
    return {row.order_id: row for row in rows if row.order_id}


def _chip(
    found: Found, conversation: Conversation, standing: Promise | None, numbers: dict[int, str], every: Names
) -> Chip | None:
    when = by_when(found.due_at, found.whole_day, every)
    was = by_when(standing.due_at, standing.whole_day, every) if standing and found.kind == Kind.DELIVERY else ""
    if was == when:
        return None  # they were told this day already
    due = found.due_at.isoformat()
    instead = standing.id if standing and was else None
    told = [conversation.id, found.kind, due, found.whole_day, found.order_id, found.quote[:300], instead]
    return Chip(
        kind_word(found.kind, every.kinds),
        when,
        was,
        numbers.get(found.order_id or 0, ""),
        found.quote,
        signing.dumps(told, salt=_SALT, compress=True),
        f"{found.kind} {due} {found.order_id}",
    )


@dataclass(frozen=True, slots=True)
class _Told:
    kind: str
    due_at: datetime
    whole_day: bool
    order_id: int | None
    quote: str
    instead: int | None


def _read(value: str, conversation: Conversation) -> _Told:
    """What a chip of this conversation's own page says."""
    try:
        number, kind, due, whole, order, quote, instead = signing.loads(value, salt=_SALT, max_age=_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused(_("This page is out of date."), _("Load it again; your draft is kept.")) from None
    if number != conversation.id:
        raise Refused(_("This promise was noticed in another conversation."), _("Load the page again."))
    return _Told(kind, datetime.fromisoformat(due), whole, order, quote, instead)


def _taken(told: _Told, conversation: Conversation, entry_id: int | None, by: Membership) -> Promise:
    if told.instead:
        rows = Promise.objects.filter(merchant_id=conversation.merchant_id, id=told.instead)
        stands = rows.filter(state__in=[State.OPEN, State.AT_RISK, State.BROKEN]).first()
        if stands and stands.is_open:
            return renegotiate(stands, told.due_at, where="agent", by=by.actor, entry_id=entry_id, quote=told.quote)
    what = Made(
        merchant_id=conversation.merchant_id,
        customer_id=conversation.customer_id,
        kind=told.kind,
        due_at=told.due_at,
        whole_day=told.whole_day,
        where="agent",
        conversation_id=conversation.id,
        order_id=told.order_id,
        entry_id=entry_id,
        quote=told.quote,
    )
    return make(what, by.actor)
