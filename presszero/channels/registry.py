"""Which channels there are: settings.CHANNELS names a module for each kind, and the module holds `adapter`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from .adapter import Adapter


class UnknownChannel(LookupError):
    """No channel of that kind is installed."""


@cache
def adapter(kind: str) -> Adapter:
    """The adapter of a kind. Raises UnknownChannel."""
    if kind not in settings.CHANNELS:
        raise UnknownChannel(f"There is no channel called {kind!r} here.")
    found: Adapter = import_module(settings.CHANNELS[kind]).adapter
    return found


def kinds() -> list[str]:
    return list(settings.CHANNELS)
