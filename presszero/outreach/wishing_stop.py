"""Sentences that seem to say stop: kept for a person of ours to read, and decided by them in one click.

The law takes any reasonable way of saying it (47 CFR 64.1200(a)(10)), by whatever channel; no machine should guess it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.channels.models import Entry
from presszero.conversations.actions.by_itself import note_by_itself
from presszero.conversations.models import Message
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.customers.consenting import PURPOSES, Said, say
from presszero.customers.queries import today

from .models import StopWish
from .suppressing import suppress

EVERY_CHANNEL = ""
SAYS = {
    "person": "They seem to ask for no more messages.",
    "wrong": "They seem to say that this is not their number or address.",
}


@transaction.atomic
def notice(message: Message, why: str) -> StopWish:
    """Keeps it, once, with a note in the conversation. `why`: person · wrong."""
    entry = message.entry
    made, is_new = StopWish.objects.get_or_create(
        merchant_id=message.merchant_id,
        message=message,
        defaults={
            "customer": today(message.conversation.customer),
            "kind": entry.sender_kind,
            "address": entry.sender_address,
            "why": why,
        },
    )
    if is_new:
        _warn(entry, [SAYS[why]])
        others = StopWish.objects.filter(merchant_id=made.merchant_id, customer_id=made.customer_id, settled_at=None)
        if not others.exclude(id=made.id).exists():
            note_by_itself(message.conversation, _note(why), by=SYSTEM)
    return made


@transaction.atomic
def settle(wish: StopWish, meant_it: bool, *, by: Actor) -> None:
    """A person read it. If they meant it, nothing is written first to them any more. Raises Refused the second time."""
    row = StopWish.objects.select_for_update().get(merchant_id=wish.merchant_id, id=wish.id)
    if row.settled_at is not None:
        raise Refused(_("Somebody decided this already."))
    same = StopWish.objects.filter(merchant_id=row.merchant_id, customer_id=row.customer_id, why=row.why)
    for each in same.filter(settled_at=None).select_related("message__entry"):  # they said it more than once
        each.settled_at, each.settled_by, each.meant_it = timezone.now(), by.code, meant_it
        each.save(update_fields=["settled_at", "settled_by", "meant_it"])
        _warn(each.message.entry, [])
    audit("stop_wish.settled", f"stop_wish:{row.id}", by=by, merchant=row.merchant, after={"meant_it": meant_it})
    if not meant_it:
        return
    suppress(row.merchant, row.kind, row.address, row.why, by=by)
    if row.why == "person":  # somebody else's address says nothing about what this customer wants elsewhere
        for purpose in PURPOSES:
            say(row.customer, Said(EVERY_CHANNEL, purpose, False, "their own words", row.message.entry.text), by=by)


def waiting(merchant_id: int, customers: Iterable[int]) -> set[int]:
    """Those of these customers whose words wait to be read by one of us."""
    rows = StopWish.objects.filter(merchant_id=merchant_id, customer_id__in=list(customers), settled_at=None)
    return set(rows.values_list("customer_id", flat=True))


def of_entry(merchant_id: int, entry_id: int) -> StopWish | None:
    """The one that waits to be decided about these words."""
    rows = StopWish.objects.filter(merchant_id=merchant_id, message__entry_id=entry_id, settled_at=None)
    return rows.select_related("message__entry", "merchant", "customer").first()


def _warn(entry: Entry, more: list[str]) -> None:
    """What stands above the words until somebody decided."""
    row = Entry.objects.select_for_update().get(merchant_id=entry.merchant_id, id=entry.id)
    row.warnings = [*(said for said in row.warnings if said not in SAYS.values()), *more]
    row.save(update_fields=["warnings"])


def _note(why: str) -> str:
    if why == "wrong":
        return _("They seem to say that this is not their number or address. Read it above, and decide.")
    return _("They seem to ask for no more messages. Read it above, and decide. Until then we do not write first.")
