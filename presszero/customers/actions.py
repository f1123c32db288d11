"""Verbs about customers. Each runs in one transaction and locks customers in the order of their ids.

Locked against each other only: whoever holds a conversation meanwhile may write rows that name its customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.vocabulary import Handle as Address
from presszero.channels.vocabulary import Proof
from presszero.core.actor import Actor
from presszero.core.phones import e164, region_of_zone
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from .consenting import Said, say
from .facts import CustomerChanged, CustomerMerged, CustomerUnmerged, HandleBounced, HandleProven
from .models import Claim, Consent, Customer, CustomerNote, Handle, Merge, OwnField
from .own_fields import checked
from .queries import born_to

_MERGING = 0x5E4F  # advisory lock class of merges, by merchant


class CannotMerge(Refused):
    """The two are one already, or not of one merchant."""


@transaction.atomic
def merge(loser: Customer, winner: Customer, *, by: Actor, reason: str = "") -> Merge:
    """From now on `loser` is `winner`. Nothing else is rewritten. Raises CannotMerge."""
    _alone(loser.merchant_id)
    known = Customer.objects.filter(merchant_id=loser.merchant_id, id__in=[loser.id, winner.id])
    now = {row.id: row.now_id for row in known}
    if now.keys() != {loser.id, winner.id} or now[loser.id] == now[winner.id]:
        raise CannotMerge(_("These two are the same customer already."))
    rows = _locked(loser.merchant_id, now.values())
    lost, won = rows[now[loser.id]], rows[now[winner.id]]
    made = Merge.objects.create(
        merchant_id=lost.merchant_id, loser=lost, winner=won, by=by.code, reason=one_line(reason, 300)
    )
    Customer.objects.filter(Q(id=lost.id) | Q(root=lost), merchant_id=lost.merchant_id).update(root=won)
    record(CustomerMerged(merchant_id=won.merchant_id, by=by, customer_id=won.id, merged_id=lost.id))
    return made


@transaction.atomic
def unmerge(merge: Merge, *, by: Actor) -> Customer:
    """Takes a merge back, whatever was merged before or after it. The customer that is itself again."""
    _alone(merge.merchant_id)
    made = Merge.objects.get(merchant_id=merge.merchant_id, id=merge.id)
    if made.undone_at:
        raise CannotMerge(_("This was taken back already."))
    made.undone_at, made.undone_by = timezone.now(), by.code
    made.save(update_fields=["undone_at", "undone_by"])
    freed = born_to(made)
    _locked(made.merchant_id, [*freed, made.winner_id])
    Customer.objects.filter(merchant_id=made.merchant_id, id__in=freed - {made.loser_id}).update(root_id=made.loser_id)
    Customer.objects.filter(merchant_id=made.merchant_id, id=made.loser_id).update(root=None)
    record(CustomerUnmerged(merchant_id=made.merchant_id, by=by, customer_id=made.winner_id, merged_id=made.loser_id))
    return Customer.objects.get(merchant_id=made.merchant_id, id=made.loser_id)


@transaction.atomic
def prove(handle: Handle, proof: Proof, *, by: Actor, reason: str, at: datetime | None = None) -> bool:
    """Notes that an address is more surely theirs than we knew; never less. Whether anything changed."""
    row = Handle.objects.select_for_update().get(merchant_id=handle.merchant_id, id=handle.id)
    if row.proof == Proof.REFUTED or Proof(row.proof).strength >= proof.strength:
        return False
    row.proof, row.proof_reason, row.proven_at = proof, one_line(reason, 200), at or timezone.now()
    row.save(update_fields=["proof", "proof_reason", "proven_at"])
    record(HandleProven(merchant_id=row.merchant_id, by=by, customer_id=row.customer_id, handle_id=row.id))
    return True


@transaction.atomic
def prove_theirs(customer: Customer, proven: Address, *, by: Actor, reason: str) -> Merge | None:
    """An address is proven to be this customer's. If it is somebody's already, the two are one from now on: that merge.

    What they claimed of it counts as proven. The same twice is once. An impostor's use of the address is left alone.
    """
    merchant_id = customer.merchant_id
    _alone(merchant_id)
    lock_addresses(merchant_id, [(proven.kind, proven.address)])
    rows = Handle.objects.filter(merchant_id=merchant_id, kind=proven.kind, address=proven.address)
    known = rows.exclude(proof=Proof.REFUTED).select_related("customer").first()
    here = Customer.objects.get(merchant_id=merchant_id, id=customer.id)
    roots = {here.now_id, known.customer.now_id if known else here.now_id}
    _locked(merchant_id, roots)
    if known is None:
        known = add_handle(here, proven.kind, proven.address, by=by, name=proven.name)
    prove(known, Proof.VERIFIED, by=by, reason=reason)
    members = Customer.objects.filter(Q(id__in=roots) | Q(root_id__in=roots), merchant_id=merchant_id).values("id")
    claims = Claim.objects.filter(merchant_id=merchant_id, customer_id__in=members, proven_at=None)
    claims.filter(kind=proven.kind, address=proven.address).update(proven_at=timezone.now())
    if len(roots) == 1:
        return None
    return merge(here, known.customer, by=by, reason=reason)


def lock_addresses(merchant_id: int, addresses: Iterable[tuple[str, str]]) -> None:
    """Whoever is about to make somebody with one of these (kind, address) waits until we are done, and then looks."""
    keys = sorted({f"{merchant_id} {kind} {address}" for kind, address in addresses})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT hashtextextended(key, 7) AS k FROM unnest(%s::text[]) AS key"
            " ORDER BY 1) sorted",
            [keys],
        )


@transaction.atomic
def mark_bounced(merchant_id: int, kind: str, address: str, *, by: Actor, reason: str) -> None:
    """The address is dead: the composer warns from now on. Hearing from it again clears the mark."""
    row = Handle.objects.filter(merchant_id=merchant_id, kind=kind, address=address).exclude(proof="refuted").first()
    if row and not row.bounced_at:
        row.bounced_at, row.bounce_reason = timezone.now(), clean(reason, 1000)
        row.save(update_fields=["bounced_at", "bounce_reason"])
        record(HandleBounced(merchant_id=merchant_id, by=by, customer_id=row.customer_id, handle_id=row.id))


def spelled(merchant: Merchant, kind: str, address: str) -> str:
    """An address as handles keep it: a number as the world dials it, where it can be read as one."""
    return e164(address, region_of_zone(merchant.timezone)) or address if kind == "phone" else address


@transaction.atomic
def add_handle(customer: Customer, kind: str, address: str, *, by: Actor, name: str = "") -> Handle:
    """Another address of this customer, as an agent wrote it down. Raises Refused when it is somebody's already."""
    address = spelled(customer.merchant, kind, address)
    taken = Handle.objects.filter(merchant_id=customer.merchant_id, kind=kind, address=address).exclude(proof="refuted")
    if taken.exists():
        raise Refused(_("This address belongs to another customer."), _("Open them and merge the two if they are one."))
    made = Handle.objects.create(
        merchant_id=customer.merchant_id, customer=customer, kind=kind, address=address, name=one_line(name, 200)
    )
    record(CustomerChanged(merchant_id=customer.merchant_id, by=by, customer_id=customer.id))
    return made


@transaction.atomic
def describe(customer: Customer, values: Mapping[str, str], *, by: Actor) -> Customer:
    """Changes name, language, time zone, preferred channel and own fields; other keys are ignored. Raises BadField."""
    row = Customer.objects.select_for_update(no_key=True).get(merchant_id=customer.merchant_id, id=customer.id)
    for key, limit in (("name", 200), ("language", 12), ("timezone", 60), ("preferred_channel", 20)):
        if key in values:
            setattr(row, key, one_line(values[key], limit))
    theirs = OwnField.objects.filter(merchant_id=row.merchant_id, about=OwnField.About.CUSTOMER)
    for field in theirs.filter(key__in=list(values)):
        row.fields[field.key] = checked(field, values[field.key])
    row.save()
    record(CustomerChanged(merchant_id=row.merchant_id, by=by, customer_id=row.id))
    return row


def consent(customer: Customer, channel: str, purpose: str, given: bool, *, by: Actor, wording: str = "") -> Consent:
    """A customer allows or forbids a purpose on a channel, told to one of us in these words."""
    source = "agent" if by.kind == "member" else by.kind
    return say(customer, Said(channel, purpose, given, source, wording), by=by)


def note(customer: Customer, text: str, *, by: Actor) -> CustomerNote:
    """Something the team should know about this person. Raises Refused for an empty note."""
    text = clean(text, 5000).strip()
    if not text:
        raise Refused(_("There is nothing in this note."))
    return CustomerNote.objects.create(merchant_id=customer.merchant_id, customer=customer, text=text, by=by.code)


def remove_note(note: CustomerNote, *, by: Actor) -> None:
    """Hides a note; the row stays."""
    note.removed_at = timezone.now()
    note.save(update_fields=["removed_at"])


def _alone(merchant_id: int) -> None:
    """One merge of a merchant at a time: who is part of whom decides which rows to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_MERGING, merchant_id % 2**31])


def _locked(merchant_id: int, ids: Iterable[int]) -> dict[int, Customer]:
    rows = Customer.objects.select_for_update(no_key=True).filter(merchant_id=merchant_id, id__in=set(ids))
    return {row.id: row for row in rows.order_by("id")}
