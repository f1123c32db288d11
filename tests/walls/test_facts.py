"""Every fact has a kind of its own, a sentence, and nothing personal in it."""

from __future__ import annotations

import importlib
import re
import types
import typing
from dataclasses import fields
from enum import Enum
from pathlib import Path

import pytest

from presszero.intake.hearing import APPS
from presszero.timeline.facts import Fact, kinds

for _file in Path(__file__).parents[2].glob("presszero/*/facts.py"):
    importlib.import_module(f"presszero.{_file.parent.name}.facts")

FACTS = sorted((fact for fact in kinds.values() if fact.__module__.endswith(".facts")), key=lambda fact: fact.kind)

# Short words out of a list that the product itself makes; never what somebody typed.
ENUMS = {
    "source",
    "order_kind",
    "paid",
    "sent",
    "currency",
    "remedy",
    "rule",
    "channel",
    "state",
    "role",
    "before",
    "after",
    "outcome",
    "gap_kind",
    "because",
    "stage",  # of a parcel
    "notice",  # a kind of message that we write first
    "choice",  # a kind of what they may tap
    "left",  # how waiting for a person ended
    "ended",  # how a call ended
    "reason",  # why a member is away
}
PLACED = {"merchant_id", "by", "at", "customer_id", "conversation_id", "order_id"}


def test_there_are_facts() -> None:
    assert len(FACTS) > 25


@pytest.mark.parametrize("fact", FACTS, ids=[fact.kind for fact in FACTS])
def test_a_fact_says_what_happened_and_holds_nothing_personal(fact: type[Fact]) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", fact.kind) and len(fact.kind) <= 60
    named = {field.name for field in fields(fact)}
    assert fact.sentence.strip() and not fact.sentence.endswith(".")
    assert set(re.findall(r"\{(\w+)\}", fact.sentence)) <= named
    hints = typing.get_type_hints(fact)
    for name in named - PLACED:
        assert _is_small(hints[name], name), f"{fact.kind}.{name}: {hints[name]}"


def _is_small(hint: object, name: str) -> bool:
    if isinstance(hint, types.UnionType):
        return all(_is_small(each, name) for each in typing.get_args(hint))
    if hint in (int, bool, float, type(None)):
        return True
    return (hint is str and name in ENUMS) or (isinstance(hint, type) and issubclass(hint, Enum))


def test_an_apps_docstring_names_the_facts_it_announces() -> None:
    silent = []
    for fact in FACTS:
        app = fact.__module__.split(".")[1]
        said = importlib.import_module(f"presszero.{app}").__doc__ or ""
        if fact.kind not in said:
            silent.append(f"presszero/{app}/__init__.py does not name {fact.kind}")
    assert not silent


def test_whoever_hears_stands_where_the_worker_looks() -> None:
    """A listener in any other file is heard in tests that import it, and by no worker."""
    root = Path(__file__).parents[2] / "presszero"
    files = [each for each in root.rglob("*.py") if "tests" not in each.parts]
    hearing = {each.relative_to(root).as_posix() for each in files if re.search(r"^@hears", each.read_text(), re.M)}
    known = {f"{app.__name__.split('.', 1)[1].replace('.', '/')}.py" for app in APPS}
    assert hearing - known == {"api/webhooks/reactions.py"}, "the API registers its own, in its apps.py"
