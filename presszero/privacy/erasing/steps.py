"""The steps of an erasure, in order. Each is done in a transaction of its own and may be done again."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from presszero.calls.forgetting import forget as forget_calls
from presszero.channels.models import Entry
from presszero.customers.models import Block, Claim, Customer, CustomerNote, Handle, Merge, ProofCode
from presszero.outreach.forgetting import forget as forget_outreach
from presszero.visitors.models import Visitor

from ..models import Tombstone
from . import everywhere, graves, mailroom, orders, words
from .person import Person
from .remembered import handle_digest

more: list[Callable[[Person], int]] = []  # of apps above us, which add theirs when they are ready; each says how many


def above(person: Person) -> int:
    """What apps above keep elsewhere than in rows with a conversation's or customer's id."""
    return everywhere.elsewhere(person) + sum(step(person) for step in more)


def remember(person: Person) -> int:
    """First of all, so that what is fetched meanwhile is known: a keyed hash of each address."""
    digests = [handle_digest(kind, address) for kind, address in person.addresses]
    rows = [Tombstone(merchant_id=person.merchant_id, of=Tombstone.Of.HANDLE, digest=each) for each in digests]
    Tombstone.objects.bulk_create(rows, ignore_conflicts=True)
    graves.write(person.merchant_id, digests, timezone.now())
    return len(digests)


def themselves(person: Person) -> int:
    """The person: addresses, claims, browsers, notes about them, the name. Last: the steps before ask for it."""
    own = {"merchant_id": person.merchant_id, "customer_id__in": person.customers}
    blocks = Q()
    for kind, address in person.addresses:
        blocks |= Q(kind=kind, address__iexact=address)
    if blocks:
        Block.objects.filter(blocks, merchant_id=person.merchant_id).delete()
    addresses = [address for kind, address in person.addresses if kind == "visitor"]
    Visitor.objects.filter(Q(address__in=addresses) | Q(shopper__in=addresses), merchant_id=person.merchant_id).delete()
    ProofCode.objects.filter(merchant_id=person.merchant_id, claim__customer_id__in=person.customers).delete()
    Claim.objects.filter(**own).delete()
    Handle.objects.filter(**own).delete()
    CustomerNote.objects.filter(**own).delete()
    merges = Q(loser_id__in=person.customers) | Q(winner_id__in=person.customers)
    Merge.objects.filter(merges, merchant_id=person.merchant_id).update(reason="")
    Entry.objects.filter(merchant_id=person.merchant_id, id__in=person.entries).update(received_id=None)
    _forget_jobs(person)
    everywhere.cut_out(person)
    rows = Customer.objects.filter(merchant_id=person.merchant_id, id__in=person.customers)
    return rows.update(name="", language="", timezone="", preferred_channel="", fields={})


def _forget_jobs(person: Person) -> None:
    """Jobs carry sealed words; one that names them openly is a mistake, and goes."""
    if not person.everywhere:
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args::text ~* %s", [person.everywhere])


def written_first(person: Person) -> int:
    """What we wrote first, and what the gate said; that an address is left alone stays, as a hash."""
    return forget_outreach(person.merchant_id, person.customers, person.addresses)


def called(person: Person) -> int:
    """Their number and their voice."""
    numbers = [address for kind, address in person.addresses if kind == "phone"]
    return forget_calls(person.merchant_id, person.customers, person.conversations, numbers)


STEPS: tuple[tuple[str, Callable[[Person], int]], ...] = (
    ("remembered", remember),
    ("raw", mailroom.raw),
    ("messages", words.entries),
    ("files", words.files),
    ("conversations", words.conversations),
    ("addresses", words.addresses),
    ("orders", orders.bought),
    ("outreach", written_first),
    ("calls", called),
    ("elsewhere", above),
    ("person", themselves),
)
