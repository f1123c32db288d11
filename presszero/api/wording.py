"""Our own descriptions, which are written with **bold** and `code`, as pieces that a template can draw."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


def paragraphs(text: str) -> list[list[tuple[str, str]]]:
    """Each paragraph as (kind, words): plain, bold or code."""
    return [_pieces(" ".join(each.split())) for each in text.strip().split("\n\n")]


def _pieces(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    for piece in _PIECE.finditer(text):
        found.append(("plain", text[at : piece.start()]))
        found.append(("bold", piece[1]) if piece[1] else ("code", piece[2]))
        at = piece.end()
    return [each for each in [*found, ("plain", text[at:])] if each[1]]
