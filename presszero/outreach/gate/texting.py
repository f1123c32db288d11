"""A text that answers: whoever told us STOP gets none, and who only has a matter open is not woken by night.

What they said last decides. It is looked for where it may still lie unread, too: a STOP that came in a second ago stops
what is about to go, whoever of us two was first in some queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from presszero.channels.asking import NO, YES, Word
from presszero.channels.models import Delivery, Entry
from presszero.conversations.models import Message
from presszero.conversations.queries import family
from presszero.customers.consenting import hold
from presszero.mailroom.models import Arrival

from ..models import Suppression
from ..saying_stop import means_help, means_stop
from ..suppressing import standing
from .asking import asked, person_of

CONFIRMS, HELPS = "stop", "help"  # an Entry.automatic: our one word after STOP, and what HELP is answered
CONFIRMED_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
ANSWERS_FOR = timedelta(days=3)  # after they called or texted, a text of ours is an answer to it
_WORDS = 10  # of theirs that are looked at, newest first
SERVICE = "service"


def may_answer(delivery: Delivery, at: datetime) -> Word:
    """The outbox's question of an answer by text, in the transaction that would send it."""
    entry = delivery.entry
    if entry.automatic == CONFIRMS:
        late = at - entry.at > CONFIRMED_WITHIN
        return Word(NO, _("A word after STOP has five minutes, and they are over.")) if late else Word(YES)
    person = person_of(delivery)
    if person is not None:
        hold(person)
    if entry.automatic == HELPS:
        return Word(YES)
    if has_stopped(delivery.merchant_id, delivery.kind, delivery.address):
        return Word(NO, _("They asked for no more texts. If they write START, texts go again."), rule="opted_out")
    return Word(YES) if _they_began(delivery, at) else asked(delivery, SERVICE, at)


def has_stopped(merchant_id: int, kind: str, address: str) -> bool:
    """Whether their last word from there was STOP; a question of theirs after it may be answered."""
    row = standing(merchant_id, kind, address)
    for words, when in _said(merchant_id, kind, address):
        if means_stop(words, by_text=True):
            return not _lifted_since(merchant_id, kind, address, when)
        if not means_help(words):
            return row is not None and row.at > when
    return row is not None


def _lifted_since(merchant_id: int, kind: str, address: str, when: datetime) -> bool:
    """They told one of us otherwise."""
    rows = Suppression.objects.filter(merchant_id=merchant_id, kind=kind, address=address)
    return rows.filter(lifted_at__gt=when).exists()


def _said(merchant_id: int, kind: str, address: str) -> Iterator[tuple[str, datetime]]:
    """Their words from there, newest first: those nobody has read yet, then those in conversations."""
    waiting = Arrival.objects.filter(merchant_id=merchant_id, done_at=None, payload__sender__address=address)
    yield from ((str(row.payload.get("new_text", "")), row.arrived_at) for row in waiting.order_by("-id")[:_WORDS])
    entries = Entry.objects.filter(merchant_id=merchant_id, inbound=True, sender_kind=kind, sender_address=address)
    yield from entries.order_by("-id").values_list("text", "at")[:_WORDS]


def _they_began(delivery: Delivery, at: datetime) -> bool:
    """Whether they turned to us lately in this matter: by telephone, or in any way where a person of ours answers."""
    placed = Message.objects.filter(merchant_id=delivery.merchant_id, entry_id=delivery.entry_id)
    matter = placed.select_related("conversation").order_by("id").first()
    if matter is None:
        return False
    theirs = Message.objects.filter(
        merchant_id=delivery.merchant_id,
        inbound=True,
        at__gte=at - ANSWERS_FOR,
        conversation_id__in=family(matter.conversation),
    )
    by_person = delivery.entry.actor.startswith("member") and not delivery.entry.automatic
    return (theirs if by_person else theirs.filter(entry__sender_kind=delivery.kind)).exists()
