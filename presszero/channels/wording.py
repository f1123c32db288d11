"""From what an agent types to what a customer reads.

Agents write plain text with a few marks: **bold**, *italic*, lists with "- ", links, an empty line between paragraphs.
Everything else is text: no HTML passes, no image loads, and a link shows where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

_VARIABLE = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
# Bounded lengths keep each of these linear whatever is pasted.
_LINK = re.compile(r"https?://[^\s<>\"]{1,1000}")
_NAMED_LINK = re.compile(r"\[([^\]\[\n]{1,200})\]\((https?://[^\s()<>\"]{1,1000})\)")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,500})\*\*")
_ITALIC = re.compile(r"(?<![*\w])\*(?=\S)([^*\n]{1,500})\*(?![*\w])")
_TRAILING = ".,;:!?)]}'\""


def fill(text: str, values: Mapping[str, str]) -> str:
    """Puts values for {{ customer.name }} and the like; an unknown name stays as it stands, so it is seen and mended.

    Our own substitution over an allow-list: no template engine ever sees what people typed.
    """
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def to_html(text: str) -> str:
    """Safe HTML for a mail or the stream."""
    return "".join(_block(lines) for lines in _blocks(text))


def to_text(text: str) -> str:
    """The same for programs that show no HTML: marks away, a named link as its name and address."""
    text = _NAMED_LINK.sub(r"\1 (\2)", text)
    return _ITALIC.sub(r"\1", _BOLD.sub(r"\1", text))


def _blocks(text: str) -> Iterable[list[str]]:
    block: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _block(lines: list[str]) -> str:
    if all(line.lstrip().startswith(("- ", "* ")) for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line.lstrip()[2:])}</li>" for line in lines) + "</ul>"
    if all(line.startswith(">") for line in lines):
        return "<blockquote>" + "<br>".join(_inline(line[1:].lstrip()) for line in lines) + "</blockquote>"
    return "<p>" + "<br>".join(_inline(line) for line in lines) + "</p>"


def _inline(line: str) -> str:
    """Links first, in one pass over the raw text; what lies between them is escaped and marked up."""
    parts, at = [], 0
    for start, end, label, url in _links(line):
        parts += [_marks(line[at:start]), _anchor(label, url)]
        at = end
    return "".join([*parts, _marks(line[at:])])


def _links(line: str) -> list[tuple[int, int, str, str]]:
    named = [(m.start(), m.end(), m[1], m[2]) for m in _NAMED_LINK.finditer(line)]
    taken = [(start, end) for start, end, _, _ in named]
    for found in _LINK.finditer(line):
        if not any(start <= found.start() < end for start, end in taken):
            url = found[0].rstrip(_TRAILING)
            named.append((found.start(), found.start() + len(url), url, url))
    return sorted(named)


def _anchor(label: str, url: str) -> str:
    host = url.split("/")[2] if url.count("/") >= 2 else url
    shown = escape(label) if host in label else f"{escape(label)} ({escape(host)})"
    return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow" target="_blank">{shown}</a>'


def _marks(text: str) -> str:
    safe = escape(text)
    safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    return _ITALIC.sub(r"<em>\1</em>", safe)


def framed(body: str, signature: str, template: str) -> str:
    """The mail around an answer: the brand's own frame with {{ body }} and {{ signature }}, or ours."""
    frame = template if "{{ body }}" in template else _FRAME
    return fill(frame, {"body": body, "signature": signature})


_FRAME = (
    "<div style=\"font:15px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1c2526;max-width:40rem\">"
    '{{ body }}<div style="color:#5c6668;margin-top:1.5em">{{ signature }}</div></div>'
)
