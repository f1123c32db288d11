"""A customer whom another program, a file or a colleague knows before they ever write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.vocabulary import Handle as Address
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from .actions import add_handle, describe, lock_addresses
from .facts import CustomerCreated
from .models import Customer, Handle


class Known(Refused):
    """One of the addresses is somebody's already. `customer_id` says whose."""

    def __init__(self, customer_id: int) -> None:
        super().__init__(_("This address belongs to another customer."), _("Use that customer, or leave it out."))
        self.customer_id = customer_id


@transaction.atomic
def add(merchant: Merchant, values: Mapping[str, str], handles: Sequence[Address], *, by: Actor) -> Customer:
    """Somebody new, with at least one address; it counts as claimed. `values` as `actions.describe` takes them.

    Raises Known when an address is taken, Refused for none.
    """
    if not handles:
        raise Refused(_("A customer needs an address."), _("Add one."))
    wanted = {(each.kind, each.address): each for each in handles}
    lock_addresses(merchant.id, wanted)
    for kind, address in wanted:
        taken = Handle.objects.filter(merchant=merchant, kind=kind, address=address).exclude(proof="refuted").first()
        if taken:
            raise Known(taken.customer_id)
    made = Customer.objects.create(merchant=merchant, name=one_line(values.get("name", ""), 200))
    record(CustomerCreated(merchant_id=merchant.id, by=by, customer_id=made.id))
    for each in wanted.values():
        add_handle(made, each.kind, each.address, by=by, name=each.name)
    return describe(made, values, by=by)
