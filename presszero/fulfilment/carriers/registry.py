"""Which carriers there are: settings.CARRIERS names a module for each, and the module holds `adapter`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from .adapter import CarrierAdapter


class UnknownCarrier(LookupError):
    """No carrier of that kind is installed."""


@cache
def adapter(kind: str) -> CarrierAdapter:
    """The adapter of a kind. Raises UnknownCarrier."""
    if kind not in settings.CARRIERS:
        raise UnknownCarrier(f"There is no carrier called {kind!r} here.")
    found: CarrierAdapter = import_module(settings.CARRIERS[kind]).adapter
    return found


def kinds() -> list[str]:
    return list(settings.CARRIERS)
