"""What people type into the remedies' settings, as the verbs want it. Raises Refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.core.money import BadMoney, Money, typed
from presszero.core.refusal import Refused
from presszero.core.text import one_line

from .actions.limits import AMOUNTS
from .actions.own import Definition
from .models import Limit

_CHECKS = ("allowed", "may_pass", "may_grant")


def limit_values(form: QueryDict, currency: str) -> dict[str, Any]:
    """A row of the table: amounts in minor units, None where nothing is typed."""
    found: dict[str, Any] = {name: amount(form.get(name, ""), currency) for name in AMOUNTS}
    share = form.get("share", "").strip().removesuffix("%").strip()
    if share and not (share.isascii() and share.isdigit() and len(share) < 4):
        raise Refused(_("A share is a whole number of percent."), _("Leave it empty where there is none."))
    found["share"] = int(share) if share else None
    return found | {name: bool(form.get(name)) for name in _CHECKS}


def as_typed(row: Limit) -> dict[str, str]:
    """A row as the form shows it."""
    found = {name: plain(getattr(row, name), row.currency) for name in AMOUNTS}
    return found | {"share": "" if row.share is None else str(row.share)}


def rate(words: str) -> Decimal:
    """ "0.86" or "0,86"."""
    try:
        return Decimal(one_line(words, 30).replace(",", "."))
    except InvalidOperation as why:
        raise Refused(_("A rate is a number above nothing."), _("Type it like 0.86.")) from why


def amount(words: str, currency: str) -> int | None:
    """What somebody typed, in minor units; None for nothing. Raises Refused."""
    if not words.strip():
        return None
    try:
        return typed(words, currency, get_language() or "en").minor
    except BadMoney as why:
        raise Refused(str(why), _("Type it like 50 or 49.90; leave it empty where there is no limit.")) from why


def plain(minor: int | None, currency: str) -> str:
    """The same as a form shows it: "50", "49.90", "" for None."""
    if minor is None:
        return ""
    whole = Money(minor, currency).decimal
    return str(whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole)


def definition(form: QueryDict) -> Definition:
    """A remedy of the merchant's own. Fields come as parallel lists; one without a name is none."""
    names = ("label", "kind", "choices", "required", "key")
    rows = zip(*(form.getlist(name) for name in names), strict=False)
    fields = [_field(dict(zip(names, each, strict=True))) for each in rows if each[0].strip()]
    words = {name: form.get(name, "") for name in ("name", "says", "message", "webhook")}
    return Definition(fields=fields, **words)


def _field(given: Mapping[str, str]) -> dict[str, Any]:
    choices = [each.strip() for each in given["choices"].replace("\n", ",").split(",") if each.strip()]
    return {**given, "choices": choices, "required": given["required"] == "1"}
