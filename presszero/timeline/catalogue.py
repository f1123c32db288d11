"""Every fact of the product, as a page for people: docs/facts.md."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from .facts import Fact, kinds

_HEAD = """# Facts

What the timeline records. Made by `presszero manage facts`; a wall keeps it true. `{by}` is whoever did it.

| Fact | Said as | Carries | Announced by |
| --- | --- | --- | --- |
"""
_PLACE = {f.name for f in fields(Fact)}


def page() -> str:
    """The page, with every app's facts loaded."""
    for app in apps.get_app_configs():
        if app.name.startswith("presszero.") and find_spec(f"{app.name}.facts"):
            import_module(f"{app.name}.facts")
    ours = [(kind, fact) for kind, fact in sorted(kinds.items()) if fact.__module__.endswith(".facts")]
    return _HEAD + "".join(_row(kind, fact) for kind, fact in ours)


def _row(kind: str, fact: type[Fact]) -> str:
    carries = ", ".join(f"`{f.name}`" for f in fields(fact) if f.name not in _PLACE)
    app = fact.__module__.split(".")[1]
    return f"| `{kind}` | {fact.sentence} | {carries} | {app} |\n"
