"""Amounts in the language that is active."""

from __future__ import annotations

from django.utils.translation import get_language

from presszero.core.money import Money


def says(amount: Money) -> str:
    """As the reader writes it: €18.40, 18,40 €."""
    return amount.says(get_language() or "en")
