"""HTML to lines of text, each with what its markup says of it. Follows the tree without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from . import clean, markup
from .quotes.line import CUT, FORWARD, OWN, QUOTE, Line

MAX_CHARACTERS = 2_000_000  # of HTML that are read for text

_SKIPPED = frozenset(
    ("script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select", "xml")
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "dl"))
_TIGHT = re.compile(r"(?:^|[\s;])margin(?:-bottom)?\s*:\s*0", re.I)
_WORD = re.compile(r"msonormal|msoplaintext", re.I)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_EMPTY_TAGS = frozenset(("br", "img", "hr", "input", "meta", "link", "base", "wbr"))


@dataclass(slots=True)
class _Page:
    """Lines so far, the line being built, and the roles of the elements that are open."""

    lines: list[Line] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    depth: int = 0  # of blockquotes
    shown_depth: int = 0  # of the last line with text
    pre: int = 0
    gap: bool = False  # a paragraph ended: one empty line before the next text
    cut: str = OWN  # CUT or FORWARD once the old mail has begun

    def role(self) -> str:
        if self.cut:
            return self.cut
        return next((each for each in reversed(self.roles) if each), OWN)


def lines(html: str) -> list[Line]:
    """Never raises; what the parser cannot make sense of is left out."""
    root = _parsed(html[:MAX_CHARACTERS])
    if root is None:
        return []
    page = _Page()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            if event == "end":
                _write(page, element.tail)
            continue
        tag = element.tag.lower().rpartition(":")[2] if ":" not in element.tag[:2] else element.tag
        if event == "end":
            _leave(page, element, tag)
        elif tag in _SKIPPED or markup.hidden(element):
            element.set("data-skipped", "1")
            walk.skip_subtree()
        else:
            _enter(page, element, tag)
    _flush(page)
    return page.lines


def text_of(found: list[Line]) -> str:
    """The lines as plain text; quotes are marked with ">" already."""
    return clean.body("\n".join(line.text for line in found)).strip("\n")


def _parsed(html: str) -> _Element | None:
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    raw = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", html).encode("utf-8", "replace")
    try:
        return etree.fromstring(raw, parser) if raw.strip() else None
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _enter(page: _Page, element: _Element, tag: str) -> None:
    role = markup.role(element)
    if tag in _BLOCKS or role:
        _flush(page)
    if role in (CUT, FORWARD):
        page.cut = page.cut or role
    page.roles.append(role if role not in (CUT, FORWARD) else OWN)
    if tag == "blockquote" and role == QUOTE:
        page.depth += 1
    if tag in _SPACED and not _tight(element, tag):
        page.gap = True
    if tag == "pre":
        page.pre += 1
    if tag in _EMPTY_TAGS:
        _void(page, element, tag)
    elif tag == "li":
        page.current.append("- ")
    _write(page, element.text)


def _void(page: _Page, element: _Element, tag: str) -> None:
    if tag == "br":
        _flush(page, keep_empty=True)
    elif tag == "img":
        alternative = element.get("alt") or ""
        if 0 < len(alternative) <= 8 and not alternative.isascii():  # an emoji drawn as a picture
            page.current.append(alternative)
    elif tag == "hr":
        page.current.append("_" * 20)
        _flush(page)


def _leave(page: _Page, element: _Element, tag: str) -> None:
    if element.get("data-skipped") is None:
        if tag in _BLOCKS or page.roles[-1]:
            _flush(page)
        role = page.roles.pop()
        if tag == "blockquote" and role == QUOTE:
            page.depth -= 1
        if tag in _SPACED and not _tight(element, tag):
            page.gap = True
        if tag == "pre":
            page.pre -= 1
        if tag in ("td", "th"):
            page.current.append(" ")
    elif tag in _BLOCKS:
        _flush(page)
    _write(page, element.tail)


def _tight(element: _Element, tag: str) -> bool:
    """Paragraphs of Word and of many web mails have no space between them."""
    given = element.get("class") or ""
    return tag == "p" and bool(_WORD.search(given) or _TIGHT.search(element.get("style") or ""))


def _write(page: _Page, text: str | None) -> None:
    if not text:
        return
    if page.pre:
        first, *others = text.split("\n")
        page.current.append(first)
        for other in others:
            _flush(page, keep_empty=True)
            page.current.append(other)
        return
    page.current.append(_SPACE.sub(" ", text))


def _flush(page: _Page, *, keep_empty: bool = False) -> None:
    """Ends the line being built. `\\u00a0` alone is an empty line that somebody wanted."""
    raw = "".join(page.current)
    page.current.clear()
    text = raw.replace("\u00a0", " ") if page.pre else _SPACE.sub(" ", raw.replace("\u00a0", " ")).strip(" ")
    prefix = ">" * page.depth + (" " if page.depth else "")
    if text.strip():
        if page.gap and page.lines and page.lines[-1].text.strip("> "):
            page.lines.append(Line(">" * min(page.depth, page.shown_depth), page.role()))
        page.gap, page.shown_depth = False, page.depth
        page.lines.append(Line(prefix + text.rstrip(), page.role()))
    elif (keep_empty or "\u00a0" in raw) and page.lines:
        page.lines.append(Line(prefix.strip(), page.role()))
        page.gap = False
