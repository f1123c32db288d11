"""Connecting a sender of tracking news, letting it go, and whether it is well."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.channels.signing import new_secret
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen, new_token
from presszero.core.text import clean, one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record, wake

from ..facts import CarrierTrouble
from ..models import Carrier
from .adapter import CarrierAdapter, CarrierSettings
from .registry import adapter

DOOR = "lines"  # the channel that tells the door to look at its lines, stores, accounts and carriers anew
SHORTEST = 16  # characters of a secret that somebody made up


def connect(merchant: Merchant, kind: str, name: str, values: Mapping[str, str], by: Actor) -> Carrier:
    """Whoever sends to `door_of` it, signed with its secret, is believed. Raises Refused; UnknownCarrier."""
    way = adapter(kind)
    row = Carrier(merchant=merchant, kind=kind, name=one_line(name, 120) or way.name)
    row.keep_secrets({"secret": _secret(way, values)})
    if Carrier.objects.filter(merchant=merchant, kind=kind, name=row.name, paused_at=None).exists():
        raise Refused(_("There is one called “%(name)s” already.") % {"name": row.name}, _("Call this one otherwise."))
    try:
        with transaction.atomic():
            _make_room(row)
            row.save()
            audit("carrier.connect", f"carrier:{row.id}", by=by, merchant=merchant, after=_values(row))
            wake(DOOR)
    except IntegrityError as why:
        raise Refused(_("Somebody connected it just now."), _("Load the page again.")) from why
    return row


@transaction.atomic
def renew_secret(carrier: Carrier, values: Mapping[str, str], by: Actor) -> Carrier:
    """Another secret; the old one still holds until the next is made, so that nothing is missed in between."""
    way = adapter(carrier.kind)
    row = Carrier.objects.select_for_update(of=("self",)).get(merchant_id=carrier.merchant_id, id=carrier.id)
    row.keep_secrets({"secret": _secret(way, values), "old_secret": _known(row)})
    row.trouble, row.trouble_since = "", None
    row.save(update_fields=["sealed", "trouble", "trouble_since"])
    audit("carrier.secret", f"carrier:{row.id}", by=by, merchant=row.merchant, after=_values(row))
    wake(DOOR)
    return row


@transaction.atomic
def disconnect(carrier: Carrier, by: Actor) -> None:
    """Nothing is believed any more, and the secret is forgotten. What it told stays; its address is nobody's."""
    rows = Carrier.objects.filter(merchant_id=carrier.merchant_id, id=carrier.id)
    rows.update(paused_at=timezone.now(), sealed=b"", token=new_token(192), trouble="", trouble_since=None)
    audit("carrier.disconnect", f"carrier:{carrier.id}", by=by, merchant=carrier.merchant, before=_values(carrier))
    wake(DOOR)


def door_of(carrier: Carrier) -> str:
    """Where it is told to send its news."""
    return f"{settings.ORIGIN}/in/{carrier.kind}/{carrier.token}"


def for_adapter(carrier: Carrier) -> CarrierSettings:
    """Raises CannotOpen."""
    zone = carrier.merchant.timezone
    return CarrierSettings(carrier.id, carrier.kind, carrier.name, carrier.settings, carrier.secrets, zone)


@transaction.atomic
def ails(carrier: Carrier, sentence: str) -> None:
    """Something it sent could not be read. Told once, until it is well again."""
    rows = Carrier.objects.filter(merchant_id=carrier.merchant_id, id=carrier.id)
    rows.update(trouble=one_line(sentence, 500))
    if rows.filter(trouble_since=None).update(trouble_since=timezone.now()):
        record(CarrierTrouble(merchant_id=carrier.merchant_id, by=SYSTEM, carrier_id=carrier.id))


def well(carrier: Carrier) -> None:
    """It was understood. No statement where nothing was wrong."""
    if carrier.trouble:
        rows = Carrier.objects.filter(merchant_id=carrier.merchant_id, id=carrier.id)
        rows.update(trouble="", trouble_since=None)


def _secret(way: CarrierAdapter, values: Mapping[str, str]) -> str:
    if way.makes_secret:
        return new_secret()
    given = clean(values.get("secret", ""), 400).strip()
    if len(given) < SHORTEST:
        sentence = _("A secret has at least %(n)d characters.") % {"n": SHORTEST}
        raise Refused(sentence, _("Copy it from %(name)s, or make up a longer one.") % {"name": way.name})
    return given


def _known(row: Carrier) -> str:
    try:
        return row.secrets.get("secret", "")
    except CannotOpen:
        return ""


def _make_room(row: Carrier) -> None:
    """One that was let go keeps its scans under its name; a new one of that name is another."""
    gone = Carrier.objects.filter(merchant_id=row.merchant_id, kind=row.kind, name=row.name).exclude(paused_at=None)
    for old in gone:
        old.name = one_line(f"{row.name} ({old.id})", 120)
        old.save(update_fields=["name"])


def _values(row: Carrier) -> dict[str, str]:
    return {"kind": row.kind, "name": row.name}
