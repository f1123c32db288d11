"""What a field of the merchant's own can hold, about customers and about conversations alike."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.core.text import one_line

from .models import OwnField

_NUMBER = re.compile(r"-?[0-9]{1,15}([.][0-9]{1,10})?", re.ASCII)


class BadField(Refused):
    """An own field was given a value it cannot hold."""


def checked(field: OwnField, value: str) -> str:
    """The value as it is kept; "" empties the field. Raises BadField."""
    value = one_line(value, 500)
    fits = {
        "number": _NUMBER.fullmatch(value) is not None,
        "date": _is_date(value),
        "choice": value in field.choices,
        "yesno": value in {"yes", "no"},
    }
    if value and not fits.get(field.kind, True):
        raise BadField(_("“%(value)s” does not fit %(field)s.") % {"value": value, "field": field.label})
    return value


def _is_date(value: str) -> bool:
    try:
        datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        return False
    return len(value) == 10
