"""Remedies that the merchant defined: what was filled in, checked, and the amount that limits count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.core.money import BadMoney, Money, typed
from presszero.core.text import one_line

from .models import OwnRemedy
from .physics import Impossible
from .vocabulary import Asked

PREFIX = "own:"
KINDS = ("text", "number", "money", "choice", "date")


def find(asked: Asked) -> OwnRemedy | None:
    """The one that is meant, unless it was retired."""
    number = asked.kind.removeprefix(PREFIX)
    if not number.isdecimal() or len(number) > 18:
        return None
    return OwnRemedy.objects.filter(merchant_id=asked.merchant_id, id=int(number), retired_at=None).first()


def filled_in(asked: Asked, own: OwnRemedy, currency: str) -> Asked:
    """With every field checked, and the amount taken from the field that says it. Raises Impossible."""
    values = {field["key"]: _checked(field, asked.values, currency) for field in own.fields}
    amount = values.get(own.amount_field, "") if own.amount_field else ""
    return replace(
        asked, values={key: value for key, value in values.items() if value}, shipping=0, percent=None,
        amount=_money(amount, currency, own.amount_field) if amount else None,
    )  # fmt: skip


def _checked(field: Mapping[str, Any], values: Mapping[str, str], currency: str) -> str:
    label = field.get("label", field["key"])
    value = one_line(str(values.get(field["key"], "")), 300)
    if not value:
        if field.get("required"):
            raise Impossible("field", _("“%(field)s” is not filled in.") % {"field": label})
        return ""
    if not _fits(field, value):
        said = {"value": value[:40], "field": label}
        raise Impossible("field", _("“%(value)s” does not fit into “%(field)s”.") % said)
    if field["kind"] == "money":
        return str(_money(value, currency, label).decimal)
    return value


def _fits(field: Mapping[str, Any], value: str) -> bool:
    try:
        if field["kind"] == "number":
            return Decimal(value).is_finite()
        if field["kind"] == "date":
            date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        return False
    return field["kind"] != "choice" or value in field.get("choices", [])


def _money(value: str, currency: str, label: str) -> Money:
    try:
        found = typed(value, currency, get_language() or "en")
    except BadMoney as why:
        raise Impossible("amount", f"{label}: {why}") from None
    if found.minor < 0:
        raise Impossible("amount", _("An amount to give is more than nothing."))
    return found
