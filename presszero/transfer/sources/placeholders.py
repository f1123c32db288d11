"""Placeholders of other help desks in ready answers, as ours. What we have nothing for stays, and is said."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{-?\s*([\w.\[\]]{1,120})\s*(?:\|[^{}]{0,200})?-?\}\}")


def translated(text: str, known: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with our own {{ … }}, and the names that nothing of ours stands for."""
    unknown: list[str] = []

    def ours(found: re.Match[str]) -> str:
        name = known.get(found[1].lower())
        if name is None:
            unknown.append(found[1])
            return found[0]
        return f"{{{{ {name} }}}}" if name else ""

    return _PLACEHOLDER.sub(ours, text), tuple(dict.fromkeys(unknown))
