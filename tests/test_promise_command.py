"""Files as shops export them, from the command line to the last row."""

import csv
import io
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from presszero import cli
from presszero.fulfilment.prediction.dates import read_dates, written

BEGIN = datetime(2017, 1, 2, 9, 30)
NAMES = ["--placed", "placed at", "--promised", "promised", "--delivered", "delivered"]


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def a_file(path, orders=300, form="%Y-%m-%d %H:%M:%S", delimiter=",", encoding="utf-8", spoil=()):
    """An order each half day; two to nine days on the way, twelve promised; `spoil` maps a row to what stands there."""
    rows = [["id", "placed at", "promised", "delivered", "Region", "note"]]
    chance = np.random.default_rng(8)
    for at in range(orders):
        placed = BEGIN + timedelta(hours=12 * at)
        there = placed + timedelta(days=int(chance.integers(2, 10)))
        cells = [at, *(x.strftime(form) for x in (placed, placed + timedelta(days=12), there)), f"Süd{at % 3}", "a, b"]
        rows.append(dict(spoil).get(at, cells))
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def promise(path, *more, out=None):
    out = out or path.with_suffix(".out")
    code = cli.main(["promise", str(path), *NAMES, "--out", str(out), *more])
    return code, list(csv.DictReader(out.open())) if out.exists() else []


def test_every_order_from_the_date_on_has_a_row_that_adds_up(tmp_path, capsys):
    path = a_file(tmp_path / "orders.csv")
    code, rows = promise(path, "--group", "Region", "id", "--as-of", "2017-05-01")
    placed = {at + 2: BEGIN + timedelta(hours=12 * at) for at in range(300)}
    assert code == 0
    assert [int(row["line"]) for row in rows] == [line for line, at in placed.items() if at >= datetime(2017, 5, 1)]
    for row in rows:
        due = placed[int(row["line"])].date() + timedelta(days=int(row["promise_days"]))
        assert row["promise_date"] == due.isoformat()
        assert 0 <= float(row["p50"]) <= float(row["p80"]) <= float(row["p90"]) <= float(row["p95"])
        assert 6 <= int(row["promise_days"]) < 12
    said = capsys.readouterr().out
    assert "by month" in said and "2017-05" in said and "by Region" in said and "Süd1" in said


def test_without_a_date_the_last_quarter_is_promised_and_that_is_said(tmp_path, capsys):
    code, rows = promise(a_file(tmp_path / "orders.csv"))
    assert code == 0
    assert 74 <= len(rows) <= 77
    assert "chosen" in capsys.readouterr().out


def test_without_any_promise_of_the_shops_own(tmp_path):
    path, out = a_file(tmp_path / "orders.csv"), tmp_path / "out.csv"
    words = ["promise", str(path), "--placed", "placed at", "--delivered", "delivered", "--out", str(out)]
    assert cli.main(words) == 0
    assert len(out.read_text().splitlines()) > 70


@pytest.mark.parametrize(
    ("form", "delimiter", "encoding"),
    [
        ("%Y-%m-%dT%H:%M:%S+02:00", ";", "utf-8-sig"),
        ("%d.%m.%Y %H:%M", ";", "cp1252"),
        ("%m/%d/%Y %I:%M %p", "\t", "utf-16"),
        ("%d %b %Y", "|", "utf-8"),
        ("%Y%m%d", ",", "latin-1"),
    ],
)
def test_the_same_orders_in_any_writing_are_promised_the_same(tmp_path, form, delimiter, encoding):
    plain = promise(a_file(tmp_path / "plain.csv", form="%Y-%m-%d"), "--as-of", "2017-05-01", "--group", "Region")[1]
    timed = promise(a_file(tmp_path / "timed.csv"), "--as-of", "2017-05-01", "--group", "Region")[1]
    path = a_file(tmp_path / "other.csv", form=form, delimiter=delimiter, encoding=encoding)
    other = promise(path, "--as-of", "2017-05-01", "--group", "region ")[1]
    assert [row["promise_date"] for row in other] == [row["promise_date"] for row in (timed if "M" in form else plain)]


def test_bad_rows_are_told_by_line_and_nothing_else_is_lost(tmp_path, capsys):
    spoil = {
        10: [10, "soon", "2017-01-20", "2017-01-12", "x", ""],
        11: [11, "2017-01-07 10:00:00", "whenever", "2017-01-11", "x", ""],
        12: [12],
        280: [280, "2017-05-22 09:30:00", "", "2017-05-01", "x", "back in time"],
        290: [290, "2017-05-27 09:30:00", "2017-05-01", "yesterday", "x", "two\nlines"],
    }
    code, rows = promise(a_file(tmp_path / "orders.csv", spoil=spoil), "--as-of", "2017-05-01")
    lines = [int(row["line"]) for row in rows]
    assert code == 0
    assert {282, 292, 294, 302} <= set(lines) and 293 not in lines and len(lines) == len(set(lines)) == 62
    said = capsys.readouterr().err
    assert "line 12: placed at is 'soon'" in said and "line 14:" in said and "line 13: promised is 'whenever'" in said
    rejected = list(csv.DictReader((tmp_path / "orders.out.rejected.csv").open()))
    assert [int(row["line"]) for row in rejected] == [12, 13, 14, 282, 292]


def test_a_quote_that_is_never_closed_spoils_its_own_line(tmp_path):
    path = a_file(tmp_path / "orders.csv")
    text = path.read_text().splitlines()
    text[120] = text[120].replace("Süd", '"Süd', 1)
    path.write_text("\n".join(text))
    rows = promise(path, "--as-of", "2017-05-01", "--group", "Region")[1]
    assert int(rows[-1]["line"]) == 301 and len(rows) == 62


def test_a_wrong_column_is_answered_with_those_there_are(tmp_path, capsys):
    path = a_file(tmp_path / "orders.csv")
    assert promise(path, "--group", "Carrier")[0] == 1
    assert "placed at, promised, delivered, Region" in capsys.readouterr().err
    assert promise(path, "--keep", "96")[0] == 1
    assert promise(path, "--as-of", "someday")[0] == 1
    assert promise(tmp_path / "none.csv")[0] == 1
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert promise(empty)[0] == 1
    assert not path.with_suffix(".out").exists()


def test_days_instead_of_dates_are_understood(tmp_path, capsys):
    path = tmp_path / "days.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["placed at", "promised", "delivered"])
        for at in range(200):
            writer.writerow([(BEGIN + timedelta(days=at)).strftime("%m/%d/%Y"), 9, 2 + at % 5])
    code, rows = promise(path, "--as-of", "2017-06-01")
    assert code == 0 and rows
    assert all(5 <= int(row["promise_days"]) <= 9 for row in rows)
    assert "days after placing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2018-03-04", "2018-03-04"),
        ("2018/3/4 23:59", "2018-03-04"),
        ("2018-03-04T23:30:00.123Z", "2018-03-04"),
        ("4 March 2018", "2018-03-04"),
        ("Mar 4, 2018 5:00 PM", "2018-03-04"),
        ("1520121600", "2018-03-04"),
        ("1520121600000", "2018-03-04"),
        ("43163", "2018-03-04"),
        ("20180304", "2018-03-04"),
        ("04.03.18", "2018-03-04"),
    ],
)
def test_dates_of_the_world(cell, found):
    assert written(np.floor(read_dates([cell]).days[0])) == found


@pytest.mark.parametrize("cell", ["", "NULL", "0000-00-00 00:00:00", "2018-02-30", "9999-12-31", "x", "31.31.2018"])
def test_what_is_no_date(cell):
    assert np.isnan(read_dates([cell]).days[0])


def test_day_or_month_first_is_decided_once_for_a_column():
    assert list(np.floor(read_dates(["03/04/2018", "25/04/2018"]).days)) == [day("2018-04-03"), day("2018-04-25")]
    assert list(np.floor(read_dates(["03/04/2018", "04/25/2018"]).days)) == [day("2018-03-04"), day("2018-04-25")]


def test_the_report_can_be_read_from_the_screen_alone(tmp_path, monkeypatch):
    path, screen = a_file(tmp_path / "orders.csv"), io.StringIO()
    monkeypatch.setattr("sys.stdout", screen)
    cli.main(["promise", str(path), *NAMES, "--as-of", "2017-05-01", "--out", "-"])
    assert screen.getvalue().startswith("line,p50,p80,p90,p95,promise_days,promise_date\n")
    assert len(screen.getvalue().splitlines()) == 63
