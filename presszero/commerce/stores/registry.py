"""Which stores there are: settings.STORES names a module for each kind, and the module holds `adapter`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from .adapter import StoreAdapter


class UnknownStore(LookupError):
    """No store of that kind is installed."""


@cache
def adapter(kind: str) -> StoreAdapter:
    """The adapter of a kind. Raises UnknownStore."""
    if kind not in settings.STORES:
        raise UnknownStore(f"There is no store called {kind!r} here.")
    found: StoreAdapter = import_module(settings.STORES[kind]).adapter
    return found


def kinds() -> list[str]:
    return list(settings.STORES)
