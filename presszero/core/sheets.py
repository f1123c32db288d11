"""Tables for spreadsheets: CSV that no program runs, and that comes back exactly as it was.

UTF-8 with a mark, RFC 4180. A spreadsheet takes a cell for a formula when it begins with = + - @, a tab or a new line,
whatever spaces and quotes stand before. Such a cell gets an apostrophe in front, which spreadsheets hide. The same
stands after each comma, semicolon, tab and new line inside a cell: a program that expects another separator, and so
overlooks our quotes, begins a new cell there. Reading takes exactly those apostrophes away again.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Protocol

MARK = "\ufeff"
LONGEST_CELL = 1024 * 1024  # characters
MOST_COLUMNS = 500
DELIMITERS = ",;\t|"
_LONGEST_LINE = 8 * LONGEST_CELL
csv.field_size_limit(LONGEST_CELL)  # of the whole process: the library knows no other

# What a spreadsheet passes over before it looks whether a formula begins: spaces of every width, quotes, joiners.
_PASSED = (
    '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x20\\x7f-\\xa0"'
    "\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
)
_BEGINS = "(?:^|(?<=[,;\\t\\r\\n|]))"
_FORMULA = f"{_PASSED}[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b]"
_DANGEROUS = re.compile(f"{_BEGINS}(?='|{_FORMULA})")
_GUARDED = re.compile(f"{_BEGINS}'(?='|{_FORMULA})")


def guarded(cell: str) -> str:
    """The cell as no program runs it."""
    return _DANGEROUS.sub("'", cell)


def plain(cell: str) -> str:
    """What `guarded` was given. Of other programs' files, the apostrophe that keeps a formula from running."""
    return _GUARDED.sub("", cell)


class _Taken(Protocol):
    def write(self, text: str, /) -> object: ...


class Writer:
    """Writes rows; every cell is text. `None` is an empty cell."""

    def __init__(self, to: _Taken) -> None:
        to.write(MARK)
        self._rows = csv.writer(to, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def row(self, cells: Iterable[object]) -> None:
        self._rows.writerow([guarded("" if cell is None else str(cell)) for cell in cells])


def text_of(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A small table as one string."""
    made = io.StringIO(newline="")
    writer = Writer(made)
    writer.row(header)
    for cells in rows:
        writer.row(cells)
    return made.getvalue()


@dataclass(frozen=True)
class Shape:
    """How a file is written."""

    encoding: str
    delimiter: str


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read, and why."""

    reason: str


def shape_of(first: bytes) -> Shape:
    """Guessed from the first bytes of a file; a megabyte is plenty."""
    encoding = _encoding(first)
    words = first.decode(encoding, "ignore").lstrip(MARK)
    return Shape(encoding, _delimiter(words[:65536]))


def read(stream: IO[bytes], shape: Shape) -> Iterator[list[str] | Broken]:
    """Every row, the header too. What cannot be read is said, and the rest goes on."""
    text = io.TextIOWrapper(stream, encoding=shape.encoding, errors="replace", newline="")
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=shape.delimiter)
    try:
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as why:
                yield Broken(str(why))
                continue
            if lines.was_cut():
                yield Broken("a line without an end")
            elif len(cells) > MOST_COLUMNS:
                yield Broken(f"{len(cells)} columns")
            elif any(cells):
                yield [plain(cell) for cell in cells]
    finally:
        with suppress(ValueError):  # whoever opened the file has closed it already
            text.detach()


class _Lines:
    """The lines of a file. Of one without an end only the beginning is kept, so that no file fills the memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._cut, self._first = text, False, True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = piece = self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        while len(piece) == _LONGEST_LINE and not piece.endswith("\n"):
            self._cut = True
            piece = self._text.readline(_LONGEST_LINE)
        if self._first:
            self._first, line = False, line.removeprefix(MARK)
        return line

    def was_cut(self) -> bool:
        """Whether a line was since the last time of asking."""
        cut, self._cut = self._cut, False
        return cut


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if first[1:64:2].count(0) > 16:
        return "utf-16-le"
    if first[0:64:2].count(0) > 16:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        return "cp1252" if _decodes(first, "cp1252") else "latin-1"
    return "utf-8"


def _decodes(first: bytes, encoding: str) -> bool:
    try:
        first.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(words: str) -> str:
    """The separator that gives the first rows the same number of cells, and most of them."""
    best, most = ",", 0
    for each in DELIMITERS:
        try:
            counts = [len(row) for row in islice(csv.reader(io.StringIO(words, newline=""), delimiter=each), 20) if row]
        except csv.Error:
            continue
        counts = counts[:-1] if len(counts) > 2 else counts  # the last may be cut
        alike = counts.count(counts[0]) if counts else 0
        if counts and counts[0] > 1 and (counts[0] * alike) > most:
            best, most = each, counts[0] * alike
    return best
