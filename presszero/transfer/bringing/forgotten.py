"""People who were erased here. A file from before does not bring them back, and the report says so of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_noop

from presszero.customers.models import Customer
from presszero.privacy.erasing.remembered import Address, erased_at
from presszero.privacy.models import Erasure

from ..models import Import
from ..vocabulary import ConversationFound, PersonFound, Where
from .hand import Hand, Outcome
from .known import NOBODY, customers_by_handle, handles_of, targets

ERASED = gettext_noop("This person was erased here, and is not brought back.")

People = Sequence[tuple[Where, PersonFound]]
Matters = Sequence[tuple[Where, ConversationFound]]


def people_left(hand: Hand, people: People) -> list[tuple[Where, PersonFound]]:
    """Those who may come in. Whoever came back by themselves since is there, and is met as anybody is."""
    numbers = targets(hand, "person", [found.external_id for _, found in people])
    gone = erased_at(hand.merchant.id, [handle for _, found in people for handle in found.handles])
    here = customers_by_handle(hand, gone)
    erased = _erased(hand, numbers)
    left = []
    for where, found in people:
        by_address = any(handle in gone and handle not in here for handle in found.handles)
        if not by_address and numbers.get(found.external_id) not in erased:
            left.append((where, found))
            continue
        hand.note(where, "person", Outcome.LEFT_OUT, reason=ERASED, **_numbered(hand, found, numbers))
    return left


def matters_left(hand: Hand, matters: Matters) -> list[tuple[Where, ConversationFound]]:
    """Conversations that may come in: not those that an erased person began before."""
    numbers = targets(hand, "person", [found.requester.external_id for _, found in matters])
    gone = erased_at(hand.merchant.id, [handle for _, found in matters for handle in _addresses(found)])
    erased = _erased(hand, numbers)
    left = []
    for where, found in matters:
        ended = [gone[handle] for handle in handles_of(found.requester) if handle in gone]
        known = found.requester.external_id in hand.forgotten or numbers.get(found.requester.external_id) in erased
        if known or any(_began(found, at) for at in ended):
            hand.note(where, "conversation", Outcome.LEFT_OUT, reason=ERASED)
        else:
            left.append((where, _without(hand, where, found, gone)))
    return left


def _numbered(hand: Hand, found: PersonFound, known: Mapping[str, int]) -> dict[str, object]:
    """Their number is kept without anything else: their conversations name them by it. A look keeps nothing."""
    fresh = bool(found.external_id) and found.external_id not in known and found.external_id not in hand.forgotten
    hand.forgotten |= {found.external_id} - {""}
    keeps = fresh and hand.job.state == Import.State.RUNNING
    return {"external_id": found.external_id, "target_id": NOBODY} if keeps else {}


def _without(hand: Hand, where: Where, found: ConversationFound, gone: Mapping[Address, datetime]) -> ConversationFound:
    """Somebody else's conversation without what an erased person wrote in it."""
    kept = []
    for message in found.messages:
        ended = [gone[handle] for handle in handles_of(message.author) if handle in gone]
        if any(message.at is None or message.at <= at for at in ended):
            hand.note(where, "message", Outcome.LEFT_OUT, reason=ERASED)
        else:
            kept.append(message)
    return found if len(kept) == len(found.messages) else replace(found, messages=tuple(kept))


def _addresses(found: ConversationFound) -> Iterator[Address]:
    yield from handles_of(found.requester)
    for message in found.messages:
        yield from handles_of(message.author)


def _began(found: ConversationFound, erased: datetime) -> bool:
    """Whether it began before then; one without a time did."""
    times = [at for at in (found.created_at, *(message.at for message in found.messages)) if at]
    return min(times, default=erased) <= erased


def _erased(hand: Hand, numbers: Mapping[str, int]) -> set[int | None]:
    """Of these customers, those that are erased; and NOBODY, who was left out before."""
    rows = Customer.objects.filter(merchant=hand.merchant, id__in=set(numbers.values()))
    family = {number: root or number for number, root in rows.values_list("id", "root_id")}
    done = Erasure.objects.filter(Q(customer_id__in=family) | Q(customer_id__in=family.values()))
    gone = set(done.filter(merchant=hand.merchant, done_at__isnull=False).values_list("customer_id", flat=True))
    return {NOBODY, *(number for number, root in family.items() if number in gone or root in gone)}
