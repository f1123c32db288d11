"""Who an address belongs to, somebody new if it is nobody's; and addresses that they say are theirs."""

from __future__ import annotations

from django.db import transaction

from presszero.channels.vocabulary import Handle as Address
from presszero.channels.vocabulary import Proof
from presszero.core.actor import Actor
from presszero.core.text import one_line
from presszero.timeline.actions import record

from . import queries
from .actions import lock_addresses, prove
from .facts import CustomerCreated
from .models import Claim, Customer, Handle


@transaction.atomic
def customer_of(merchant_id: int, address: Address, proof: Proof, reason: str = "") -> Customer:
    """Who has this address today, made if nobody does; known as surely as before, or as `proof` says if that is more.

    For addresses that we or the shop gave out. One that somebody typed finds nobody: that is a claim.
    """
    found = holder(merchant_id, address)
    if found is None:
        lock_addresses(merchant_id, [(address.kind, address.address)])
        found = holder(merchant_id, address) or _made(merchant_id, address)
    prove(found, proof, by=Actor("customer", found.customer_id), reason=reason)
    return queries.today(found.customer)


@transaction.atomic
def claim(customer: Customer, address: Address, source: str) -> Claim:
    """They say that this address is theirs. `source` is the kind of the line it was said on. The same twice is once."""
    made, new = Claim.objects.get_or_create(
        merchant_id=customer.merchant_id,
        customer=customer,
        kind=address.kind,
        address=address.address,
        defaults={"name": one_line(address.name, 200), "source": source},
    )
    if address.name and not new and made.name != one_line(address.name, 200):
        made.name = one_line(address.name, 200)
        made.save(update_fields=["name"])
    return made


def holder(merchant_id: int, address: Address) -> Handle | None:
    """The row of an address, with who it was born to; None when nobody has it, or only an impostor."""
    rows = Handle.objects.filter(merchant_id=merchant_id, kind=address.kind, address=address.address)
    return rows.exclude(proof=Proof.REFUTED).select_related("customer").first()


def _made(merchant_id: int, address: Address) -> Handle:
    name = one_line(address.name, 200)
    customer = Customer.objects.create(merchant_id=merchant_id, name=name or address.address[:200])
    record(CustomerCreated(merchant_id=merchant_id, by=Actor("customer", customer.id), customer_id=customer.id))
    return Handle.objects.create(
        merchant_id=merchant_id, customer=customer, kind=address.kind, address=address.address, name=name
    )
