"""Dates and names as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from presszero.ui.formats import called, dated


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "24 Aug", "Monday 24 August 2026"),
        ("de", "24. Aug", "Montag, 24. August 2026"),
        ("es", "24 Ago", "lunes 24 agosto 2026"),
    ],
)
def test_a_date_stands_as_its_language_writes_it(language: str, short: str, long: str) -> None:
    day = date(2026, 8, 24)
    with override(language):
        assert dated(day, "j M").rstrip(".").casefold() == short.casefold()
        assert dated(day, "l j F Y").casefold() == long.casefold()


def test_whoever_gave_no_name_is_called_alike_everywhere() -> None:
    assert called("Ada") == "Ada"
    assert called("") == "Somebody"
