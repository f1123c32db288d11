"""Blocking an address, or a whole domain: what comes from there is spam until somebody lifts the block."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.channels.models import Line
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from .domains import SHARED_DOMAINS
from .models import Block

_STANDING = """
SELECT asked.kind, asked.address
FROM unnest(%(kinds)s::text[], %(addresses)s::text[]) AS asked(kind, address)
WHERE EXISTS (
  SELECT FROM customers_block b
  WHERE b.merchant_id = %(merchant)s AND b.lifted_at IS NULL AND b.kind = asked.kind
    AND b.address IN (lower(asked.address), CASE WHEN asked.kind = 'email'
      THEN '@' || lower(substring(asked.address FROM '[^@]*$')) END))
"""


@transaction.atomic
def block(merchant: Merchant, kind: str, address: str, *, by: Actor, reason: str = "") -> Block:
    """From now on what this address sends is spam. "@spam.example" is everybody of a domain. The same twice is once.

    `kind` is that of a handle: email, visitor. Raises Refused for no address, for one of our own, and for a domain
    that strangers share.
    """
    address = one_line(address, 320).lower()
    _check(merchant, kind, address)
    made, is_new = Block.objects.get_or_create(
        merchant=merchant,
        kind=kind,
        address=address,
        lifted_at=None,
        defaults={"by": by.code, "reason": one_line(reason, 300)},
    )
    if is_new:
        audit("block.made", f"block:{made.id}", by=by, merchant=merchant, after={"kind": kind}, why=made.reason)
    return made


@transaction.atomic
def lift_block(block: Block, *, by: Actor) -> None:
    """What comes from there from now on is mail like any other; what is spam already stays so."""
    standing = Block.objects.filter(merchant_id=block.merchant_id, id=block.id, lifted_at=None)
    if standing.update(lifted_at=timezone.now(), lifted_by=by.code):
        audit("block.lifted", f"block:{block.id}", by=by, merchant=block.merchant, before={"kind": block.kind})


def blocked(merchant_id: int, addresses: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these (kind, address), those that are blocked, by themselves or by their domain; one statement."""
    asked = sorted(set(addresses))
    if not asked:
        return set()
    kinds, names = [kind for kind, _address in asked], [address for _kind, address in asked]
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"merchant": merchant_id, "kinds": kinds, "addresses": names})
        return {(kind, address) for kind, address in cursor.fetchall()}


def _check(merchant: Merchant, kind: str, address: str) -> None:
    domain = address.rpartition("@")[2]
    if not address or kind == "email" and ("@" not in address or "." not in domain):
        raise Refused(_("This is no address."), _("Write somebody@example.com, or @example.com for all of a domain."))
    if kind != "email" and address.startswith("@"):
        raise Refused(_("Only mail comes from domains."), _("Block the address itself."))
    if address.startswith("@") and domain in SHARED_DOMAINS:
        raise Refused(
            _("Too many people share %(domain)s to block all of it.") % {"domain": domain},
            _("Block the address itself."),
        )
    if kind == "email" and _our_own(merchant, address):
        raise Refused(_("This is an address of ours."), _("Blocking it would hide our own mail."))


def _our_own(merchant: Merchant, address: str) -> bool:
    lines = Line.objects.filter(merchant=merchant, kind="email", address__iendswith=address)
    team = Membership.objects.filter(merchant=merchant, left_at=None, person__email__iendswith=address)
    if not address.startswith("@"):
        lines, team = lines.filter(address__iexact=address), team.filter(person__email__iexact=address)
    return lines.exists() or team.exists()
