"""E1: cells that no spreadsheet runs, and that come back exactly."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presszero.core import sheets

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
nasty = st.text(alphabet=st.sampled_from(list("=+-@\t\r\n＝＋－＠'\";,| \u00a0\u200bab1é")), max_size=20)
words = st.one_of(nasty, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


def back(text: str) -> list[list[str] | sheets.Broken]:
    raw = text.encode()
    return list(sheets.read(io.BytesIO(raw), sheets.shape_of(raw)))


@given(words)
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert sheets.plain(sheets.guarded(cell)) == cell


@given(st.lists(st.lists(words.map(lambda w: w or "-"), min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_table_comes_back_as_it_was(rows: list[list[str]]) -> None:
    kept = [[cell.replace("\ufeff", "") or "x" for cell in row] for row in rows]
    assert back(sheets.text_of(["a", "b", "c"], kept)) == [["a", "b", "c"], *kept]


@given(nasty)
def test_e1_no_cell_begins_a_formula_whatever_separator_the_reader_expects(cell: str) -> None:
    """A reader with another separator overlooks our quotes; still no cell of its begins like a formula."""
    line = sheets.text_of(["h"], [["first", cell, "last"]]).removeprefix(sheets.MARK).split("\r\n", 1)[1]
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            for shown in row:
                assert not shown.lstrip(' "\u00a0\u200b').startswith(RUNS[:4] + RUNS[7:]), (cell, separator, shown)


@pytest.mark.parametrize("start", [*RUNS, " =", '"=', "\u00a0+", "\u200b@", '" -'])
def test_e1_every_dangerous_start_is_guarded(start: str) -> None:
    cell = f"{start}cmd|' /C calc'!A0"
    assert sheets.guarded(cell).startswith("'")
    assert sheets.plain(sheets.guarded(cell)) == cell


def test_e1_header_phone_and_the_middle_of_a_cell_are_guarded_too() -> None:
    written = sheets.text_of(["=HEADER", "phone"], [["+491701234", "a;=1+1,@x\n-2"]])
    assert '"\'=HEADER"' in written and '"\'+491701234"' in written
    assert "a;'=1+1,'@x\n'-2" in written
    assert back(written) == [["=HEADER", "phone"], ["+491701234", "a;=1+1,@x\n-2"]]


def test_a_name_with_an_apostrophe_of_its_own_stays() -> None:
    assert sheets.plain("'t Hart") == "'t Hart"
    assert sheets.plain(sheets.guarded("'t Hart")) == "'t Hart"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_found(encoding: str, separator: str) -> None:
    raw = f"Name{separator}E-Mail\r\nJürgen Müller{separator}j@example.com\r\n".encode(encoding)
    assert list(sheets.read(io.BytesIO(raw), sheets.shape_of(raw))) == [
        ["Name", "E-Mail"],
        ["Jürgen Müller", "j@example.com"],
    ]


def test_d5_an_endless_cell_and_endless_columns_are_said_and_the_rest_goes_on() -> None:
    raw = b"a,b\r\n" + b"x" * (sheets.LONGEST_CELL + 10) + b",1\r\n" + b"," * 5000 + b"\r\nlast,2\r\n"
    rows = list(sheets.read(io.BytesIO(raw), sheets.Shape("utf-8", ",")))
    assert rows[0] == ["a", "b"] and rows[-1] == ["last", "2"]
    assert sum(isinstance(row, sheets.Broken) for row in rows) >= 2
