"""What came before: numbers elsewhere and addresses, as the rows they became."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from presszero.customers.models import Customer, Handle

from ..models import ImportRow
from ..vocabulary import PersonFound, Who
from .hand import Hand

NOBODY = 0  # the target of a colleague there who is no member here


@dataclass(frozen=True)
class Colleague:
    """One of the team there; a member here where the address is one's."""

    name: str
    email: str
    member_id: int | None


def targets(hand: Hand, kind: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Number elsewhere → id here, of what is there already."""
    wanted = {each[:120] for each in external_ids if each}
    if not wanted:
        return {}
    rows = ImportRow.objects.filter(
        merchant=hand.merchant, source=hand.job.source, kind=kind, external_id__in=wanted, target_id__isnull=False
    )
    return {number: target for number, target in rows.values_list("external_id", "target_id") if target is not None}


@dataclass
class Face:
    """What a customer here is known by."""

    name: str
    addresses: set[str] = field(default_factory=set)

    def may_be(self, found: PersonFound) -> bool:
        """Whether nothing speaks against it: without an address in common, a word of their names must be."""
        unnamed = not self.name or self.name in self.addresses
        return unnamed or not self.addresses or bool(_words(self.name) & _words(found.name))


def faces(hand: Hand, customers: Collection[int]) -> dict[int, Face]:
    """Of these customers, by their ids; with the addresses of those who were merged into them."""
    rows = Customer.objects.filter(merchant=hand.merchant, id__in=customers)
    found = {number: Face(name) for number, name in rows.values_list("id", "name")}
    theirs = Q(customer_id__in=customers) | Q(customer__root_id__in=customers)
    listed = Handle.objects.filter(theirs, merchant=hand.merchant).exclude(proof="refuted")
    for number, root, address in listed.values_list("customer_id", "customer__root_id", "address"):
        found[root or number].addresses.add(address)
    return found


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", name.casefold()))


def customers_by_number(hand: Hand, external_ids: Iterable[str]) -> dict[str, int]:
    """Number elsewhere → the customer it is today; without those who are there no more."""
    born = targets(hand, "person", external_ids)
    rows = Customer.objects.filter(merchant=hand.merchant, id__in=born.values()).values_list("id", "root_id")
    now = {number: root or number for number, root in rows}
    return {number: now[target] for number, target in born.items() if target in now}


def colleagues(hand: Hand, external_ids: Iterable[str]) -> dict[str, Colleague]:
    wanted = {each for each in external_ids if each}
    rows = ImportRow.objects.filter(
        merchant=hand.merchant, source=hand.job.source, kind="agent", external_id__in=wanted, target_id__isnull=False
    )
    found = {}
    for external_id, said in rows.values_list("external_id", "raw"):
        email = (said or {}).get("email", "")
        found[external_id] = Colleague((said or {}).get("name", ""), email, hand.members().get(email))
    return found


def customers_by_handle(hand: Hand, handles: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(kind, address) → the customer it is today."""
    wanted: dict[str, set[str]] = {}
    for kind, address in handles:
        wanted.setdefault(kind, set()).add(address)
    if not wanted:
        return {}
    asked = Q()
    for kind, addresses in wanted.items():
        asked |= Q(kind=kind, address__in=addresses)
    rows = Handle.objects.filter(asked, merchant=hand.merchant).exclude(proof="refuted")
    listed = rows.values_list("kind", "address", "customer_id", "customer__root_id")
    return {(kind, address): root or number for kind, address, number, root in listed}


def handles_of(who: Who) -> tuple[tuple[str, str], ...]:
    found = (("email", who.email), ("phone", who.phone))
    return tuple((kind, address) for kind, address in found if address)
