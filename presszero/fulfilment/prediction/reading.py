"""A file of orders as shops export them: any of the usual encodings, delimiters and dates; what is wrong, by line."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from presszero.host.refusal import Refusal

from .dates import Column, read_dates
from .orders import Flags, Floats, Names, Orders

DELIMITERS = ",;\t|"
LINES = 500  # a quoted cell longer than that was opened by mistake
WHOLE = 20  # different numbers from which on a group of numbers is a measure
Rejected = list[tuple[int, str]]


@dataclass(frozen=True)
class Asked:
    """Which columns hold what; names as in the header."""

    placed: str
    promised: str = ""
    delivered: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The orders of a file. `line` is where each begins (the header is 1); `said` is what was decided on the way."""

    orders: Orders
    line: np.ndarray
    labels: dict[str, Names]
    rejected: Rejected
    said: tuple[str, ...]


@dataclass(frozen=True)
class Cells:
    """The columns asked for, as they stand in the file."""

    line: list[int]
    columns: dict[str, list[str]]


def read_cells(path: Path, asked: Asked) -> Cells:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head, first = _header(file)
        delimiter = max(DELIMITERS, key=head.count)
        names = next(csv.reader([head], delimiter=delimiter), [])
        wanted = [
            name for name in dict.fromkeys((asked.placed, asked.promised, asked.delivered, *asked.groups)) if name
        ]
        places = {name: _place(name, names) for name in wanted}
        line: list[int] = []
        columns: dict[str, list[str]] = {name: [] for name in wanted}
        for at, cells in _records(file, delimiter, first):
            line.append(at)
            for name, place in places.items():
                columns[name].append(cells[place] if place < len(cells) else "")
    return Cells(line, columns)


def placed_column(cells: Cells, asked: Asked) -> Column:
    return read_dates(cells.columns[asked.placed])


def understand(cells: Cells, asked: Asked, placed: Column, as_of: float) -> Sheet:
    """Orders out of cells. What was written on or after `as_of` has no say in how anything is read."""
    then = placed.days < as_of
    promised = _dates(cells, asked.promised, placed, then)
    delivered = _dates(cells, asked.delivered, placed, then)
    valid = ~np.isnan(placed.days)
    rejected: Rejected = []
    words = (
        (asked.placed, ~valid, "no date of placing, left out"),
        (asked.promised, promised.bad & valid, "promise not understood, taken as none"),
        (asked.delivered, delivered.bad & valid, "delivery not understood, taken as none"),
    )
    for name, bad, why in words:
        rejected += [(cells.line[at], f"{name} is {cells.columns[name][at]!r}: {why}") for at in np.flatnonzero(bad)]
    days = np.floor(delivered.days) - np.floor(placed.days)
    rejected += [
        (cells.line[at], f"{asked.delivered} is before {asked.placed}: nothing is learned from it")
        for at in np.flatnonzero(valid & (days < 0))
    ]
    labels = {name: _labels(cells.columns[name]) for name in asked.groups}
    numbers = {name: _numbers(labels[name]) for name in labels if _is_measure(labels[name][then & valid])}
    groups = {name: each for name, each in labels.items() if name not in numbers}
    orders = Orders(placed.days, promised.days, delivered.days, groups, numbers).pick(valid)
    return Sheet(
        orders,
        np.array(cells.line, dtype=np.int64)[valid],
        {name: each[valid] for name, each in groups.items()},
        sorted(rejected, key=lambda each: each[0]),
        tuple(_said(asked, placed, promised, delivered, numbers)),
    )


def _dates(cells: Cells, name: str, placed: Column, then: Flags) -> Column:
    if not name:
        return Column(np.full(len(cells.line), np.nan), np.zeros(len(cells.line), dtype=bool))
    found = read_dates(cells.columns[name], may_count=True, usual=placed.order, telling=then)
    return Column(np.floor(placed.days) + found.days, found.bad, after=True) if found.after else found


def _said(asked: Asked, placed: Column, promised: Column, delivered: Column, numbers: Iterable[str]) -> Iterator[str]:
    for name, column in ((asked.placed, placed), (asked.promised, promised), (asked.delivered, delivered)):
        if name and column.order:
            yield f"{name}: the {column.order.split()[0]} comes first in its dates."
        if name and column.after:
            yield f"{name}: its numbers are taken as days after placing."
    for name in numbers:
        yield f"{name}: taken as a measure, not as groups."


def _encoding(path: Path) -> str:
    """By its mark; else UTF-8 if all of it is; else what Western spreadsheets write."""
    with path.open("rb") as file:
        begin = file.read(4)
        if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        reader = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1 << 20):
                reader.decode(chunk)
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1" if _beyond_windows(path) else "cp1252"
    return "utf-8-sig"  # drops a mark, where there is one


def _beyond_windows(path: Path) -> bool:
    try:
        path.read_bytes().decode("cp1252")
    except UnicodeDecodeError:
        return True
    return False


def _header(file: Iterable[str]) -> tuple[str, int]:
    """The header, and the line after it."""
    head = ""
    for at, line in enumerate(file, 2):
        head += line
        if head.count('"') % 2 == 0 and head.strip():
            return head.lstrip("\r\n"), at
    raise Refusal("The file is empty: it has no header to name its columns.")


def _place(name: str, names: Sequence[str]) -> int:
    for alike in (str, str.strip, _plain):
        found = [at for at, each in enumerate(names) if alike(each) == alike(name)]
        if found:
            return found[0]
    there = ", ".join(each.strip() for each in names)
    raise Refusal(f"There is no column {name!r}. The columns are: {there}.")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _records(file: Iterable[str], delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on. A quote that is never closed spoils its own line, not the rest."""
    lines = _Lines(file)
    at = first
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = [cell.strip('"') for cell in lines.taken[0].rstrip("\r\n").split(delimiter)]
            lines.give_back(1)
            reader = csv.reader(lines, delimiter=delimiter)
        if cells is None:
            return
        if cells:
            yield at, cells
        at += len(lines.taken)
        lines.taken.clear()


class _Lines:
    """Lines handed to a reader one by one, remembering those of the present record."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._again: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LINES:
            raise csv.Error("a quote that is never closed")
        line = self._again.pop() if self._again else next(self._file, None)
        if line is None and self.taken:  # the reader asks for more in the middle of a record
            raise csv.Error("a quote that is never closed")
        if line is None:
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self, kept: int) -> None:
        self._again += self.taken[kept:][::-1]
        del self.taken[kept:]


def _labels(cells: Sequence[str]) -> Names:
    return np.array([cell.strip() for cell in cells], dtype=object)


def _is_measure(labels: Names) -> bool:
    told = [label for label in labels if label]
    if len(set(told)) <= WHOLE:
        return False
    return bool(np.mean(~np.isnan(_numbers(np.array(told, dtype=object)))) >= 0.98)


def _numbers(labels: Names) -> Floats:
    return np.array([_float(label) for label in labels], dtype=np.float64)


def _float(label: str) -> float:
    try:
        found = float(label.replace(",", "."))
    except ValueError:
        return np.nan
    return found if np.isfinite(found) else np.nan
