"""Remedies that a merchant defines without code: what to fill in, what the customer reads, which program is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.channels.signing import new_secret
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import seal
from presszero.core.text import clean, one_line
from presszero.core.web import checked_address
from presszero.merchants.models import Merchant

from ..models import OwnRemedy
from ..owning import KINDS
from ..telling import SEAL

MOST = 50  # own remedies of a merchant
_MOST_FIELDS = 12
_MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class Definition:
    """`fields`: {"label", "kind" (owning.KINDS), "choices", "required", "key"}; a key is made of the label where it has
    none. `amount_field` is the key or label of the money field that limits count."""

    name: str
    says: str = ""
    fields: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    amount_field: str = ""
    message: str = ""
    webhook: str = ""


@transaction.atomic
def define(merchant: Merchant, definition: Definition, by: Actor) -> tuple[OwnRemedy, str]:
    """A new one, and its webhook's secret, which nobody sees again ("" without a webhook). Raises Refused."""
    if OwnRemedy.objects.filter(merchant=merchant, retired_at=None).count() >= MOST:
        raise Refused(_("Fifty remedies of your own are the most."), _("Retire one you no longer need."))
    row = OwnRemedy(merchant=merchant)
    _write(row, definition)
    secret = _keep_secret(row) if row.webhook else ""
    row.save()
    write_down("own_remedy.define", f"own-remedy:{row.id}", by=by, merchant=merchant, after=said(row))
    return row, secret


@transaction.atomic
def redefine(own: OwnRemedy, definition: Definition, by: Actor) -> tuple[OwnRemedy, str]:
    """Changed from now on; what was given stays as it was. A secret where a webhook is new. Raises Refused."""
    row = _held(own)
    before = said(row)
    _write(row, definition)
    secret = _keep_secret(row) if row.webhook and row.webhook != before["webhook"] else ""
    row.save()
    write_down(
        "own_remedy.change", f"own-remedy:{row.id}", by=by, merchant=row.merchant, before=before, after=said(row)
    )
    return row, secret


@transaction.atomic
def new_secret_for(own: OwnRemedy, by: Actor) -> str:
    """A new secret for its webhook; the old one signs nothing more. Raises Refused where there is no webhook."""
    row = _held(own)
    if not row.webhook:
        raise Refused(_("It tells no program."))
    secret = _keep_secret(row)
    row.save(update_fields=["sealed"])
    write_down("own_remedy.secret", f"own-remedy:{row.id}", by=by, merchant=row.merchant)
    return secret


@transaction.atomic
def retire(own: OwnRemedy, by: Actor) -> None:
    """Not offered any more; what was given keeps its name. Twice is once."""
    row = _held(own)
    if row.retired_at is None:
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at"])
        write_down("own_remedy.retire", f"own-remedy:{row.id}", by=by, merchant=row.merchant, before=said(row))


def said(row: OwnRemedy) -> dict[str, Any]:
    """As the audit record keeps it: everything but the secret."""
    names = ("name", "says", "fields", "amount_field", "message", "webhook")
    return {name: getattr(row, name) for name in names}


def _held(own: OwnRemedy) -> OwnRemedy:
    rows = OwnRemedy.objects.select_for_update(of=("self",)).select_related("merchant")
    return rows.get(merchant_id=own.merchant_id, id=own.id)


def _write(row: OwnRemedy, definition: Definition) -> None:
    given = asdict(definition)
    row.name, row.says = one_line(given["name"], 80), one_line(given["says"], 200)
    if not row.name:
        raise Refused(_("Say what it is called."))
    taken = OwnRemedy.objects.filter(merchant_id=row.merchant_id, name__iexact=row.name, retired_at=None)
    if taken.exclude(id=row.id or 0).exists():
        raise Refused(_("Another remedy is called so already."), _("Pick another name."))
    row.fields = _fields(definition.fields)
    row.amount_field = _amount_field(row.fields, definition.amount_field)
    row.message = clean(definition.message, 5000).strip()
    row.webhook = checked_address(definition.webhook)[:1000] if definition.webhook.strip() else ""


def _fields(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(given) > _MOST_FIELDS:
        raise Refused(_("Twelve fields are the most."), _("Nobody fills in more while a customer waits."))
    found: list[dict[str, Any]] = []
    for each in given:
        made = _field(each, {one["key"] for one in found})
        found.append(made)
    return found


def _field(given: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    label, kind = one_line(str(given.get("label", "")), 80), str(given.get("kind", "text"))
    if not label:
        raise Refused(_("A field has no name."), _("Say what is to be filled in."))
    if kind not in KINDS:
        raise Refused(_("There is no such kind of field."))
    choices = [one_line(str(each), 80) for each in given.get("choices") or () if str(each).strip()][:_MOST_CHOICES]
    if kind == "choice" and not choices:
        raise Refused(_("“%(field)s” has nothing to pick from.") % {"field": label}, _("Write down the choices."))
    return {
        "key": _key(str(given.get("key") or label), taken),
        "label": label,
        "kind": kind,
        "choices": choices if kind == "choice" else [],
        "required": bool(given.get("required")),
    }


def _key(words: str, taken: set[str]) -> str:
    """Letters and _ alone, as {{ fields.key }} wants it."""
    bare = "".join(sign for sign in slugify(words).replace("-", "_") if sign.isalpha() or sign == "_")[:30].strip("_")
    bare = bare if bare.isascii() and bare else "field"
    return next(key for n in range(len(taken) + 1) if (key := bare + "_x" * n) not in taken)


def _amount_field(fields: Sequence[Mapping[str, Any]], wanted: str) -> str:
    """A remedy with money in it must say which field limits count, or nobody would count it."""
    moneys = [each for each in fields if each["kind"] == "money"]
    named = next((each for each in moneys if wanted and wanted in (each["key"], each["label"])), None)
    if named is None and wanted:
        raise Refused(_("The field that limits count is an amount."), _("Pick one of the amounts."))
    if len(moneys) > 1:
        raise Refused(_("One amount at most, so that limits can count it."))
    return str((named or moneys[0])["key"]) if moneys else ""


def _keep_secret(row: OwnRemedy) -> str:
    secret = new_secret()
    row.sealed = seal({"secret": secret}, SEAL)
    return secret
