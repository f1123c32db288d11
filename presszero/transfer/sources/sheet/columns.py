"""What a column may mean, and a guess: by its header in English, German and Spanish, else by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.customers.models import OwnField
from presszero.merchants.models import Merchant

from .. import values
from .registry import Sheet
from .row import FIELD, OWN

_FOLDED = str.maketrans("äöüáéíóúñç", "aouaeiounc")


@dataclass(frozen=True)
class Column:
    """A column of a file: what it is called, and what stands in its first rows."""

    header: str
    examples: tuple[str, ...]


def choices_for(merchant: Merchant, of: Sheet) -> list[tuple[str, str]]:
    """(target, label) a column of such a table may be given."""
    labels = of.labels()
    listed = [("", _("Leave it out")), *((target, labels[target]) for target in of.columns)]
    if of.fields:
        fields = OwnField.objects.filter(merchant=merchant, about=of.fields).order_by("label")
        listed += [(f"{FIELD}{field.key}", field.label) for field in fields]
        listed.append((OWN, _("A new field of this name")))
    return listed


def guess(merchant: Merchant, of: Sheet, columns: Sequence[Column]) -> list[str]:
    """A target for each column; nothing twice, but what several may mean."""
    fields = OwnField.objects.filter(merchant=merchant, about=of.fields) if of.fields else OwnField.objects.none()
    own = {_folded(name): f"{FIELD}{key}" for label, key in fields.values_list("label", "key") for name in (label, key)}
    exact = {target for column in columns if (target := _exactly(of, column.header))}
    taken: set[str] = set()
    found = []
    for column in columns:
        target = (
            _exactly(of, column.header)
            # A word that only may mean it gives way to the column that is called so: "id" beside "customer_id".
            or next((key for key in _by_name(of, column.header) if key not in exact or key in of.many), "")
            or own.get(_folded(column.header.removeprefix(FIELD)), "")
            or _by_content(of, column, taken | exact)
        )
        if target in taken and target not in of.many:
            target = ""
        taken.add(target)
        found.append(target)
    return found


def _exactly(of: Sheet, header: str) -> str:
    said = _folded(header)
    return next((target for target in of.columns if said == target.replace("_", "")), "")


def _by_name(of: Sheet, header: str) -> list[str]:
    said = _folded(header)
    return [target for target, words in of.columns.items() if said and said in words.split()]


def _by_content(of: Sheet, column: Column, taken: set[str]) -> str:
    """An address, a phone number or a moment; each where the table has a place for it."""
    seen = [each for each in column.examples if each]
    free = [target for target in of.columns if target not in taken]
    if not seen:
        return ""
    if _most(seen, lambda each: values.address(each) == each.lower()):
        return next((target for target in ("email", "customer_email") if target in free), "")
    if "phone" in of.columns and _most(seen, lambda each: bool(re.fullmatch(r"[+(]?[\d ()./-]{7,20}", each))):
        return "phone" if any(each.startswith(("+", "0")) for each in seen) else ""
    if "created_at" in free and _most(seen, lambda each: values.when(each) is not None):
        return "created_at"
    return ""


def _most(seen: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(bool(holds(each)) for each in seen) > len(seen) * 0.6


def _folded(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower().translate(_FOLDED))
