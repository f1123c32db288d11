"""The items of a JSON file: a line each, one long list, or a list under a name. A broken item does not end the file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from typing import IO, Any

from django.utils.translation import gettext_noop

from ..vocabulary import NotUnderstood

LARGEST = 32 * 1024 * 1024  # characters of one item
DEEPEST = 100
_CHUNK = 64 * 1024
# Possessive: a string without an end must not be tried in every way there is.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}"]', re.DOTALL)
_DECODE = json.JSONDecoder()


def items(stream: IO[bytes], under: Collection[str] = ()) -> Iterator[Any]:
    """Each item, or NotUnderstood in the place of one that cannot be read. `under`: names a list may stand under."""
    text = _Text(stream)
    start = text.peek()
    if start == "[":
        text.drop(1)
        yield from _listed(text)
    elif start == "{":
        yield from _lines_or_named(text, under)
    elif start:
        yield NotUnderstood(gettext_noop("This is not JSON."))


class _Text:
    """Decoded text read in pieces, with what was not used yet."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._decode = stream, codecs.getincrementaldecoder("utf-8")("replace")
        self.rest, self.ended = "", False

    def more(self) -> bool:
        """Reads on, more the longer an item is; False at the end."""
        if self.ended:
            return False
        piece = self._stream.read(max(_CHUNK, len(self.rest)))
        self.ended = not piece
        self.rest += self._decode.decode(piece, final=self.ended)
        return not self.ended

    def drop(self, count: int) -> None:
        self.rest = self.rest[count:]

    def first_line_is_whole(self) -> bool:
        while "\n" not in self.rest and len(self.rest) <= LARGEST and self.more():
            pass
        line = self.rest.partition("\n")[0]
        return _depth(line) <= DEEPEST and not isinstance(_decoded(line, 0), NotUnderstood)

    def peek(self) -> str:
        """The next character that is no space or mark; "" at the end."""
        while True:
            self.rest = self.rest.lstrip(" \t\r\n\ufeff")
            if self.rest:
                return self.rest[0]
            if not self.more():
                return ""


def _lines_or_named(text: _Text, under: Collection[str]) -> Iterator[Any]:
    """Lines where the first is whole: then a broken one ends with itself. Else an object over several lines."""
    by_line = text.first_line_is_whole()
    while start := text.peek():
        if by_line:
            found = _line(text)
        elif start == "{":
            found = _item(text)
        else:
            yield NotUnderstood(gettext_noop("Something stands between two items that is no JSON."))
            return
        listed = None
        if isinstance(found, dict):
            listed = next((found[name] for name in under if isinstance(found.get(name), list)), None)
        if listed is None:
            yield found
        else:
            yield from listed


def _line(text: _Text) -> Any:
    while "\n" not in text.rest and len(text.rest) <= LARGEST and text.more():
        pass
    line, _, rest = text.rest.partition("\n")
    text.rest = rest
    if len(line) > LARGEST:
        text.rest, text.ended = "", True
        return NotUnderstood(gettext_noop("A line has no end, or is larger than we read."))
    return _decoded(line, _depth(line))


def _depth(line: str) -> int:
    depth = deepest = 0
    for found in _TOKEN.finditer(line):
        depth += (found[0] in "{[") - (found[0] in "}]")
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
    return deepest


def _listed(text: _Text) -> Iterator[Any]:
    while (start := text.peek()) and start != "]":
        if start == ",":
            text.drop(1)
        elif start in "{[":
            yield _item(text)
        else:
            yield _scalar(text)


def _scalar(text: _Text) -> Any:
    """Something in a list that is no object: passed over up to the next comma."""
    end = re.search(r"[,\]]", text.rest)
    while end is None and len(text.rest) < LARGEST and text.more():
        end = re.search(r"[,\]]", text.rest)
    text.drop(end.start() if end else len(text.rest))
    return NotUnderstood(gettext_noop("This is no object."))


def _item(text: _Text) -> Any:
    """The object or list that begins here, by its brackets; what is in it may be broken."""
    at = depth = 0
    deepest = 0
    while True:
        for found in _TOKEN.finditer(text.rest, at):
            mark = found[0]
            if mark == '"':  # a string that has not ended yet
                break
            if mark in "{[":
                depth += 1
                deepest = max(deepest, depth)
            elif mark in "}]":
                depth -= 1
                if depth == 0:
                    whole = text.rest[: found.end()]
                    text.drop(found.end())
                    return _decoded(whole, deepest)
            at = found.end()
        if len(text.rest) > LARGEST or not text.more():
            text.rest, text.ended = "", True
            return NotUnderstood(gettext_noop("An item has no end, or is larger than we read."))


def _decoded(whole: str, deepest: int) -> Any:
    if deepest > DEEPEST:
        return NotUnderstood(gettext_noop("This item is nested too deeply."))
    try:
        return _DECODE.decode(whole)
    except (ValueError, RecursionError):
        return NotUnderstood(gettext_noop("This item is not well-formed JSON."))
