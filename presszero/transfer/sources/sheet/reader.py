"""Rows of a sheet, as records."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext_noop

from presszero.core import sheets

from ...archive import Archive
from ...vocabulary import NotUnderstood, Record, Rejected, Where
from .. import values
from .columns import Column
from .registry import Sheet
from .row import Row

KEY = "csv"
BAD_ROW = gettext_noop("The row cannot be read.")
WRONG_WIDTH = gettext_noop("The row has more cells than there are columns.")
EXAMPLES = 5


def head(first: bytes) -> tuple[sheets.Shape, list[Column]]:
    """How the file is written, and its columns with examples. Raises NotUnderstood for a file without a header."""
    shape = sheets.shape_of(first)
    rows = [row for row in islice(sheets.read(io.BytesIO(first), shape), EXAMPLES + 1) if isinstance(row, list)]
    if not rows:
        raise NotUnderstood(gettext_noop("There is no table in this file."))
    examples = [tuple(row[n] if n < len(row) else "" for row in rows[1:]) for n in range(len(rows[0]))]
    return shape, [
        Column(values.words(name, 80), tuple(e[:120] for e in each))
        for name, each in zip(rows[0], examples, strict=True)
    ]


def records(archive: Archive, of: Sheet, choices: Mapping[str, Any]) -> Iterator[tuple[Where, Record]]:
    """Every row under the header. `choices`: {"shape": [encoding, delimiter], "columns": [target, …], "header": …}."""
    with archive.open(archive.names[0]) as stream:
        rows = sheets.read(stream, sheets.Shape(*choices["shape"]))
        next(rows, None)
        for n, row in enumerate(rows, 1):
            cells = tuple(row) if isinstance(row, list) else (row.reason,)
            yield Where("", n, cells), record_of(of, row, choices)


def record_of(of: Sheet, row: list[str] | sheets.Broken, choices: Mapping[str, Any]) -> Record:
    """What a row says, or why it is rejected. `choices`: {"columns": [target, …], "header": [name, …]}."""
    if isinstance(row, sheets.Broken):
        return Rejected(of.kind, BAD_ROW)
    if len(row) > len(choices["columns"]):
        return Rejected(of.kind, WRONG_WIDTH)
    try:
        return of.read(Row(row, choices))
    except NotUnderstood as why:
        return Rejected(of.kind, str(why))
