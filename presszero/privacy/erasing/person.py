"""Everything that is somebody's: their ids, addresses and names, as the steps of an erasure need them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from presszero.channels.models import Entry, Line
from presszero.conversations.models import Conversation, Message, SideThread, ThreadPlace
from presszero.customers import queries as customers
from presszero.customers.models import Claim, Customer, Handle
from presszero.visitors.models import Visitor

GONE = "[…]"  # what stands where a name or address stood in somebody else's words
_SHORTEST = 6  # characters of an address that is looked for everywhere; shorter ones are only in their own places


@dataclass
class Person:
    """Found anew for every step until the last: a step that was cut off is done again."""

    merchant_id: int
    customers: list[int]
    addresses: list[tuple[str, str]]  # (kind, address)
    names: list[str]
    conversations: list[int]
    threads: list[int]
    side: list[int]  # threads with outsiders
    entries: list[int] = field(default_factory=list)

    @property
    def everywhere(self) -> str:
        """A regular expression of their addresses, for any row of the merchant's; "" when there is none."""
        return _either(address for _, address in self.addresses if len(address) >= _SHORTEST)

    @property
    def at_home(self) -> str:
        """Besides, of their names, for rows of their own conversations."""
        parts = [part for name in self.names for part in (name, *name.split()) if len(part) >= 3]
        return _either([*(address for _, address in self.addresses), *parts])

    def is_theirs(self, kind: str, address: str) -> bool:
        return (kind, address.lower()) in {(k, a.lower()) for k, a in self.addresses}


def person_of(customer: Customer) -> Person:
    """Everyone merged into them is them."""
    merchant = customer.merchant_id
    ids = customers.family(customer)
    own = Conversation.objects.filter(merchant_id=merchant, customer_id__in=ids).values_list("id", flat=True)
    below = Conversation.objects.filter(Q(root_id__in=own), merchant_id=merchant).values_list("id", flat=True)
    conversations = sorted({*own, *below})
    threads = ThreadPlace.objects.filter(merchant_id=merchant, conversation_id__in=conversations)
    side = SideThread.objects.filter(merchant_id=merchant, conversation_id__in=conversations)
    found = Person(
        merchant, ids, _addresses(merchant, ids), _names(merchant, ids), conversations,
        sorted(threads.values_list("thread_id", flat=True)), sorted(side.values_list("thread_id", flat=True)),
    )  # fmt: skip
    placed = Message.objects.filter(merchant_id=merchant, conversation_id__in=conversations)
    inside = Entry.objects.filter(merchant_id=merchant, thread_id__in=[*found.threads, *found.side])
    elsewhere = Entry.objects.filter(_wrote(found.addresses), merchant_id=merchant) if found.addresses else inside
    found.entries = sorted(
        {
            *placed.values_list("entry_id", flat=True),
            *inside.values_list("id", flat=True),
            *elsewhere.values_list("id", flat=True),
        }
    )
    return found


def _wrote(addresses: list[tuple[str, str]]) -> Q:
    said = Q()
    for kind, address in addresses:
        said |= Q(sender_kind=kind, sender_address__iexact=address)
    return said


def _addresses(merchant: int, ids: list[int]) -> list[tuple[str, str]]:
    """Theirs and claimed, and those of their browsers; never an address of the shop itself."""
    found = set(Handle.objects.filter(merchant_id=merchant, customer_id__in=ids).values_list("kind", "address"))
    found |= _claimed(merchant, ids)
    known = {address for kind, address in found if kind == "visitor"}
    for row in Visitor.objects.filter(Q(address__in=known) | Q(shopper__in=known), merchant_id=merchant):
        found |= {("visitor", row.address), ("visitor", row.shopper), ("email", row.shopper_email)}
    ours = set(Line.objects.filter(merchant_id=merchant).values_list("address", flat=True))
    return sorted((kind, address) for kind, address in found if address and address not in ours)


def _claimed(merchant: int, ids: list[int]) -> set[tuple[str, str]]:
    """What they said is theirs, but for what somebody else has: nobody is erased by another's word."""
    claims = set(Claim.objects.filter(merchant_id=merchant, customer_id__in=ids).values_list("kind", "address"))
    others = Handle.objects.filter(merchant_id=merchant, address__in=[address for _, address in claims])
    return claims - set(others.exclude(customer_id__in=ids).exclude(proof="refuted").values_list("kind", "address"))


def _names(merchant: int, ids: list[int]) -> list[str]:
    found = set(Customer.objects.filter(merchant_id=merchant, id__in=ids).values_list("name", flat=True))
    found |= set(Handle.objects.filter(merchant_id=merchant, customer_id__in=ids).values_list("name", flat=True))
    found |= set(Claim.objects.filter(merchant_id=merchant, customer_id__in=ids).values_list("name", flat=True))
    return sorted(name for name in found if name.strip())


def _either(words: Iterator[str] | list[str]) -> str:
    """PostgreSQL's and Python's spelling at once: only letters, digits and escaped marks."""
    ordered = sorted({word for word in words if word.strip()}, key=lambda word: (-len(word), word))
    return "|".join(re.sub(r"([^\w\s])", r"\\\1", word) for word in ordered)
