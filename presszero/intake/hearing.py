"""The apps whose reactions a worker runs. Importing an app's `reactions` registers them; this is the one list."""

from __future__ import annotations

from presszero.conversations import reactions as conversations
from presszero.promises import reactions as promises

APPS = (conversations, promises)


def register() -> None:
    """Imports have done it; the function gives the worker something to call, and the reader a place to look."""
    assert all(app.__name__ for app in APPS)
