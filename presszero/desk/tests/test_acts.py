"""Every act that is written down has words of its own on the record's page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from presszero.desk.acts import ACTS, KINDS

_ROOT = Path(__file__).resolve().parents[2]
_WRITERS = re.compile(r"_?(record|audit|keep|kept|note|write_down|written)")
_VERB = re.compile(r"[a-z_-]+\.[a-z_]+")


def test_no_act_is_shown_by_its_verb() -> None:
    verbs = set(_verbs())
    assert len(verbs) > 60, "what is written down was found"
    assert sorted(verbs - ACTS.keys()) == []


def test_every_group_of_acts_has_a_name() -> None:
    assert sorted({verb.partition(".")[0] for verb in ACTS} - KINDS.keys()) == []


def _verbs() -> Iterator[str]:
    """What is handed to whatever writes acts down, in every file that knows the record."""
    for path in _ROOT.rglob("*.py"):
        text = path.read_text()
        if "tests" in path.parts or not re.search(
            r"audit\.actions import|settings\.frame import|frame import .*kept", text
        ):
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and _WRITERS.fullmatch(_name(call.func)):
                yield from (s for each in call.args for s in _strings(each) if _VERB.fullmatch(s))


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _strings(arg: ast.expr) -> list[str]:
    """Of "one" if it holds else "other", both."""
    whole = (arg.body, arg.orelse) if isinstance(arg, ast.IfExp) else (arg,)
    return [each.value for each in whole if isinstance(each, ast.Constant) and isinstance(each.value, str)]
