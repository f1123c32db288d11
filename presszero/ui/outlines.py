"""The icons in `icons/`: 24 × 24 outlines, which the style sheet carries as masks for `.icon`.

A page then only says `<i class="icon i-mail"></i>`, and the drawings are cached with the sheet.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

_FOLDER = Path(__file__).parent / "icons"


@cache
def names() -> list[str]:
    """Every icon there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.svg"))


@cache
def sheet() -> str:
    """One rule an icon, for the end of the style sheet."""
    rules = (f'.i-{name}{{--i:url("data:image/svg+xml,{_quoted(name)}")}}' for name in names())
    return "@layer components{" + "".join(rules) + "}"


def _quoted(name: str) -> str:
    drawing = (_FOLDER / f"{name}.svg").read_text().strip()
    return quote(drawing.replace('"', "'"), safe=" /=':.,-")
