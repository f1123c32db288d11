"""Which ways of being paid there are: settings.PAYMENTS names a module for each, and the module holds `adapter`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from .adapter import PayAdapter


class UnknownPayment(LookupError):
    """No way of being paid of that kind is installed."""


@cache
def adapter(kind: str) -> PayAdapter:
    """The adapter of a kind. Raises UnknownPayment."""
    if kind not in settings.PAYMENTS:
        raise UnknownPayment(f"There is no way of being paid called {kind!r} here.")
    found: PayAdapter = import_module(settings.PAYMENTS[kind]).adapter
    return found


def kinds() -> list[str]:
    return list(settings.PAYMENTS)
