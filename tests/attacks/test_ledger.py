"""The ledger itself: it must notice what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.ledger import Ledger, Line, ids_in, lines

WANTED = [
    *(f"M{n}" for n in range(1, 16)),
    *(f"X{n}" for n in range(1, 10)),
    *(f"U{n}" for n in range(1, 9)),
    *(f"A{n}" for n in range(1, 10)),
    *(f"S{n}" for n in range(1, 8)),
    "E1",
    *(f"L{n}" for n in range(1, 7)),
    *(f"W{n}" for n in range(1, 5)),
    *("H1", "H2", "H3", "H5", "H6", "H7", "H8"),
    *("Q1", "Q2"),
    *(f"I{n}" for n in range(1, 12)),
    *(f"D{n}" for n in range(1, 7)),
    *(f"AI{n}" for n in range(1, 5)),
    *(f"F{n}" for n in (*range(1, 7), *range(14, 21), 28)),
]


def test_the_ledger_knows_every_id_and_what_must_hold() -> None:
    known = {line.id: line for line in lines()}
    assert sorted(known) == sorted(WANTED)
    assert all(line.holds.endswith(".") for line in known.values())
    assert {line.id for line in known.values() if line.needs} == {"AI2"}


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("a/test_x.py::test_m2_quoting", {"M2"}),
        ("a/test_x.py::TestM14::test_headers[F19-slow]", {"M14", "F19"}),
        ("a/test_m3.py::test_nothing", set()),
        ("a/test_x.py::test_two[m4-upper]", {"M4"}),
        ("a/test_x.py::test_utf8_and_md5_are_words", set()),
        ("a/test_x.py::test_x1_a3_both", {"X1", "A3"}),
        ("a/test_x.py::test_ai3_ai4_at_once", {"AI3", "AI4"}),
    ],
)
def test_ids_are_read_from_names(name: str, ids: set[str]) -> None:
    assert ids_in(name) == ids


def test_an_id_stands_only_by_a_test_that_ran_and_passed() -> None:
    ledger = Ledger(
        [Line("M1", "a."), Line("M2", "b."), Line("M3", "c."), Line("M4", "d."), Line("E1", "e.", "tables")]
    )
    ledger.note("t.py::test_m1_one", "passed", "setup")
    ledger.note("t.py::test_m1_one", "passed", "call")
    ledger.note("t.py::test_m2_two", "skipped", "setup")
    ledger.note("t.py::test_m3_three", "passed", "call")
    ledger.note("t.py::test_m3_three", "failed", "teardown")
    said = {line.id: ledger.says(line) for line in ledger.lines}
    assert said["M1"] == "held (1 test)"
    assert said["M2"] == said["M4"] == "ABSENT"
    assert said["M3"].startswith("FAILED")
    assert said["E1"] == "needs: tables"
    assert ledger.open() == ["M2", "M3", "M4"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_whole_run_with_a_hole_in_it_fails(tmp_path: Path, workers: str) -> None:
    whole = run(tmp_path, "-n", workers)
    assert whole.returncode == 1
    assert "M2   held (1 test)" in whole.stdout
    assert "M3   ABSENT" in whole.stdout


@pytest.mark.slow
def test_a_single_file_does_not(tmp_path: Path) -> None:
    one = run(tmp_path, "-n", "0", "checks/test_some.py")
    assert one.returncode == 0
    assert "ABSENT" not in one.stdout


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """A suite of two tests, with our own listening."""
    (folder / "checks").mkdir()
    (folder / "checks" / "conftest.py").write_text((Path(__file__).parents[1] / "conftest.py").read_text())
    (folder / "checks" / "test_some.py").write_text("def test_m1_one(): pass\ndef test_m2_two(): pass\n")
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = checks\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(folder), "-c", str(folder / "pytest.ini"), "--import-mode=importlib", *more]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
