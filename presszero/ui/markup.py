"""Plain text as HTML: escaped, with paragraphs kept and web addresses made into links that show their host."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_LINK = re.compile(r"""\b(https?://[^\s<>"'\u2028\u2029]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})""")
_TAIL = ".,;:!?)]}»”’"


def linked(text: str) -> Markup:
    """Only http, https and mail addresses become links; everything else stays text."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        word = found[0].rstrip(_TAIL)
        if word.endswith("/") is False and word.count("(") > word.count(")"):
            word += ")" if found[0][len(word) : len(word) + 1] == ")" else ""
        parts += [str(escape(text[end : found.start()])), _anchor(word)]
        end = found.start() + len(word)
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))  # noqa: S704 - every part was escaped above


def _anchor(word: str) -> str:
    safe = escape(word)
    if "://" not in word:
        return f'<a href="mailto:{safe}">{safe}</a>'
    return f'<a href="{safe}" target="_blank" rel="noopener noreferrer nofollow">{safe}</a>'
