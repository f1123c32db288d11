"""`presszero staffing`, as typed."""

from __future__ import annotations

import json

import pytest

from presszero.cli import main
from presszero.host.refusal import Refusal
from presszero.workforce.asking import seconds, share, target

ASKED = "--calls 100 --interval 30m --aht 180s --target 80/20 --occupancy 0.85 --shrinkage 30%"


def told(capsys, words: str) -> dict:
    assert main(["staffing", *words.split(), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_published_case(capsys):
    found = told(capsys, ASKED)
    assert found["load_erlang"] == pytest.approx(10) and "erlang_a" not in found
    patient = found["erlang_c"]
    assert (patient["agents"], patient["rostered"], patient["p_abandon"]) == (14, 20, 0)
    assert patient["p_wait"] == pytest.approx(0.1741319, abs=1e-7)
    assert patient["service_level"] == pytest.approx(0.8883500, abs=1e-7)
    assert patient["mean_wait_s"] == pytest.approx(7.83594, abs=1e-5)
    assert patient["occupancy"] == pytest.approx(0.7142857, abs=1e-7)


def test_with_patience_both_are_told(capsys):
    found = told(capsys, "--calls 48 --interval 1min --aht 60 --agents 50 --patience 2m --target 80%/20s")
    assert found["erlang_a"]["p_abandon"] == pytest.approx(0.0309, abs=5e-5)
    assert found["erlang_a"]["mean_wait_s"] == pytest.approx(3.71, abs=5e-3)
    assert found["erlang_c"]["mean_wait_s"] == pytest.approx(20.83, abs=5e-3)
    assert found["erlang_a"]["agents_for_target"] < found["erlang_c"]["agents_for_target"]


def test_too_few_wait_without_end_and_a_sentence_says_so(capsys):
    found = told(capsys, f"{ASKED} --agents 10 --patience 120")
    patient, impatient = found["erlang_c"], found["erlang_a"]
    assert (patient["p_wait"], patient["service_level"], patient["mean_wait_s"]) == (1, 0, None)
    assert patient["agents"] == impatient["agents"] == 10 and not patient["reaches_target"]
    assert 0 < impatient["p_abandon"] < 0.2
    assert "grow without end" in found["notes"][0]


def test_occupancy_asks_for_more(capsys):
    load = "--calls 1000 --interval 1h --aht 5m"
    assert told(capsys, load)["erlang_c"]["agents"] == 91
    bounded = told(capsys, f"{load} --occupancy 85% --patience 1m")
    assert bounded["erlang_c"]["agents"] == 99  # 83.3 erlang / 0.85
    assert bounded["erlang_c"]["agents"] >= bounded["erlang_a"]["agents"] > 91


def test_it_is_drawn(capsys):
    assert main(["staffing", *ASKED.split(), "--patience", "2m"]) == 0
    lines = capsys.readouterr().out.splitlines()
    chosen = [line for line in lines if line.startswith(">")]
    assert [line.split()[1:3] for line in chosen] == [["14", "20"], ["12", "18"]]
    assert "█" in chosen[0] and "88.8%" in chosen[0] and max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("30m", 1800), ("180s", 180), ("3min", 180), ("1h", 3600), ("0.5h", 1800), ("1h30m", 5400), ("180", 180),
        ("1h 30m", 5400), ("3:00", 180), ("1:30:00", 5400), (" 5 Minutes ", 300), ("1.5", 1.5), ("500ms", 0.5),
    ],
)  # fmt: skip
def test_lengths_of_time(words: str, length: float):
    assert seconds(words, "--aht") == length


@pytest.mark.parametrize("words", ["", "m", "3 bananas", "1h30", "-5", "1e3s", "30m!", "nan", "1:75", "400d", "1,5h"])
def test_what_is_no_length_of_time(words: str):
    with pytest.raises(Refusal, match="--aht"):
        seconds(words, "--aht")


def test_shares_and_targets():
    assert {share(each, "--shrinkage") for each in ("30%", "30", "0.3", ".3", " 30 % ")} == {0.3}
    assert share("1%", "") == 0.01 and share("1", "") == 1 and share("0", "") == 0
    assert {target(each) for each in ("80/20", "80/20s", "0.8/20", "80% / 20 s")} == {(0.8, 20.0)}
    assert target("90/5m") == (0.9, 300)


@pytest.mark.parametrize(
    ("option", "words", "why"),
    [
        ("--target", "80", "80/20"),
        ("--target", "100/20", "less than 100"),
        ("--target", "0/20", "more than 0"),
        ("--target", "180/20", "no share"),
        ("--calls", "-1", "no number"),
        ("--calls", "1,000", "without separators"),
        ("--calls", "nan", "no number"),
        ("--calls", "1e30", "hundred million"),
        ("--aht", "0", "longer than nothing"),
        ("--interval", "0s", "longer than nothing"),
        ("--agents", "2.5", "whole number"),
        ("--agents", "-3", "no number"),
        ("--occupancy", "0", "answer nobody"),
        ("--shrinkage", "100%", "nobody is there"),
        ("--patience", "long", "no length of time"),
    ],
)
def test_what_cannot_be_understood_is_said(capsys, option: str, words: str, why: str):
    asked = dict(zip(ASKED.split()[::2], ASKED.split()[1::2], strict=True)) | {option: words}
    assert main(["staffing", *(each for pair in asked.items() for each in pair)]) == 1
    said = capsys.readouterr()
    assert why in said.err and not said.out


def test_nobody_calls_and_nobody_is_needed(capsys):
    found = told(capsys, "--calls 0 --aht 3m --patience 2m")
    assert found["erlang_c"]["agents"] == found["erlang_a"]["rostered"] == 0
