"""How the code is written: names, sizes, places. What is over the size today may only shrink."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django.template
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
SIZES = Path(__file__).with_name("sizes.toml")
FILE, FUNCTION, TEMPLATE = 400, 50, 150  # lines

NO_FILES = {"utils", "helpers", "services", "managers", "signals", "tasks", "constants", "exceptions"}
NO_WORDS = re.compile(r"(?:Manager|Service|Helper|Util|Handler|Processor|Data|Info|Misc|Common)s?(?=[A-Z_]|$)")


@cache
def files(*endings: str) -> list[Path]:
    """The product's own files, tracked or new, with one of the endings."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted({ROOT / name for name in listed if name.endswith(endings) and (ROOT / name).is_file()})


def code() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the product, tests and migrations left out."""
    for file in files(".py"):
        inside = file.relative_to(ROOT)
        if inside.parts[0] in ("presszero", "config") and not {"tests", "migrations"} & set(inside.parts):
            yield inside, ast.parse(file.read_text())


def test_no_file_is_a_drawer_for_everything() -> None:
    assert [f for f in files(".py") if f.stem in NO_FILES or f.parent.name in NO_FILES] == []


def test_no_class_is_named_after_nothing() -> None:
    assert [
        f"{file}: {node.name}"
        for file, tree in code()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and NO_WORDS.search(node.name)
    ] == []


def test_nothing_is_imported_inside_a_function() -> None:
    assert [
        f"{file}:{inner.lineno}"
        for file, tree in code()
        if file.name != "cli.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ] == []


def test_no_signals_and_no_logic_in_save() -> None:
    wrong = []
    for file, tree in code():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and re.match(r"django\..*\b(?:signals|dispatch)\b", f"{node.module}."):
                wrong.append(f"{file}:{node.lineno} imports signals")
            if isinstance(node, ast.ClassDef):
                wrong += [f"{file}: {node.name}.save" for f in node.body if getattr(f, "name", "") == "save"]
    assert wrong == []


def test_nothing_is_left_for_later_and_no_rule_is_switched_off_unsaid() -> None:
    left = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|(?:pytest|mark)\.(?:skip|xfail)")
    unsaid = re.compile(r"#\s*noqa(?!: [A-Z]+\d+)|#\s*type: ignore(?!\[)")
    found = []
    for file in files(".py", ".js", ".css", ".html", ".ts"):
        if file == Path(__file__) or "vendor" in file.parts:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if left.search(line) or unsaid.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_what_is_too_large_is_on_the_list_and_only_shrinks() -> None:
    allowed = tomllib.loads(SIZES.read_text())["sizes"]
    now = dict(_sizes())
    grown = {name: size for name, size in now.items() if size > allowed.get(name, 0)}
    assert not grown, f"too large, or larger than before: {grown}"
    stale = {name: size for name, size in allowed.items() if now.get(name, 0) < size}
    assert not stale, f"smaller than the list says; write it down in {SIZES.name}: {stale} → now {now}"


def _sizes() -> Iterator[tuple[str, int]]:
    """Everything over the limit: file or file:function → lines."""
    for file in files(".py"):
        inside, lines = file.relative_to(ROOT), len(file.read_text().splitlines())
        if "migrations" in inside.parts:
            continue
        if lines > FILE:
            yield str(inside), lines
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                long = (node.end_lineno or 0) - node.lineno + 1
                if long > FUNCTION:
                    yield f"{inside}:{node.name}", long
    for file in files(".html"):
        lines = len(file.read_text().splitlines())
        if "templates" in file.parts and lines > TEMPLATE:
            yield str(file.relative_to(ROOT)), lines


def test_every_app_and_adapter_says_what_it_is_for() -> None:
    silent = [
        str(folder.relative_to(ROOT))
        for folder in [*(ROOT / "presszero").iterdir(), *(ROOT / "presszero/channels/adapters").iterdir()]
        if (folder / "__init__.py").exists() and not ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    ]
    assert silent == []


def test_every_public_function_of_an_apps_verbs_reads_and_rules_says_what_it_does() -> None:
    silent = []
    for file, tree in code():
        if {"actions", "actions.py", "queries", "queries.py", "policy.py"} & set(file.parts):
            for node in tree.body:
                public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
                if public and not ast.get_docstring(node):
                    silent.append(f"{file}:{node.name}")  # type: ignore[union-attr]
    assert _grown(silent, "without a docstring") == []


def test_every_adapter_is_whole() -> None:
    for folder in (ROOT / "presszero/channels/adapters").iterdir():
        if (folder / "__init__.py").exists():
            assert (folder / "adapter.py").exists(), folder
            assert list((folder / "tests").glob("test_*.py")), folder


def test_every_template_compiles() -> None:
    environment: Environment = django.template.engines["jinja2"].env  # type: ignore[attr-defined]
    names = environment.list_templates(extensions=["html", "txt"])
    assert len(names) > 40
    for name in names:
        environment.get_template(name)


def test_no_tracked_file_knows_this_machine_or_a_private_registry() -> None:
    private = re.compile(
        r"file:///(?:opt|home|root|mnt)|(?<![\w.])/work/(?!space)|--(?:extra-)?index-url|/root/\."
        r'|"resolved": "http'
    )
    found = []
    for file in files(".py", ".toml", ".json", ".txt", ".md", ".sh", ".yml", ".yaml", ".html", ".js", ".ts", ".css"):
        if file == Path(__file__):
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if private.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_words_page_knows_the_words_that_apps_own() -> None:
    page = (ROOT / "docs/words.md").read_text().lower()
    owns = re.compile(r"(?s)\bOwns: (.+?)(?:\.\n|\.$|\. )")
    missing = []
    for folder in (ROOT / "presszero").iterdir():
        said = ast.get_docstring(ast.parse(f.read_text())) if (f := folder / "__init__.py").exists() else None
        for found in owns.findall(said or ""):
            words = [w.strip().lower() for w in found.replace("\n", " ").split(",")]
            missing += [
                f"{folder.name}: {word}" for word in words if not word.startswith("no rows") and word not in page
            ]
    assert _grown(missing, "words without an entry") == []


def _grown(found: list[str], name: str) -> list[str]:
    """What is not on the list yet, and what stands on it for nothing."""
    listed = set(tomllib.loads(SIZES.read_text())["lists"][name])
    return sorted(set(found) ^ listed)
