"""How the code is written: names, sizes, places. What is over the size today may only shrink."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import django.template
import pytest
from jinja2 import Environment

pytestmark = pytest.mark.xdist_group("style")

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


@dataclass(frozen=True, slots=True)
class Part:
    """A class, a function or an import, and where it stands."""

    file: Path  # from the root
    kind: str  # class · def · async def · import
    name: str  # of an import from somewhere: where from
    line: int
    lines: int
    of: str  # what it stands in: module · class · def
    in_function: bool  # at any depth
    said: bool  # it has a docstring


@cache
def parts() -> list[Part]:
    """Of every file but the migrations, each parsed once: these tests stand in one process for it."""
    here = [file.relative_to(ROOT) for file in files(".py")]
    return [
        part
        for file in here
        if "migrations" not in file.parts
        for part in _within(file, ast.parse((ROOT / file).read_text()), "module", False)
    ]


def _within(file: Path, node: ast.AST, of: str, in_function: bool) -> Iterator[Part]:
    """Statements alone: none of these stands in an expression."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for each in getattr(node, field, ()):
            kind = _KINDS.get(type(each))
            if kind:
                name = getattr(each, "module" if kind == "import" else "name", "") or ""
                said = kind != "import" and ast.get_docstring(each, clean=False) is not None
                yield Part(file, kind, name, each.lineno, each.end_lineno - each.lineno + 1, of, in_function, said)
            inner = kind.rpartition(" ")[2] if kind else of
            yield from _within(file, each, inner, in_function or inner == "def")


_KINDS = {
    ast.ClassDef: "class",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "async def",
    ast.Import: "import",
    ast.ImportFrom: "import",
}


def code(*kinds: str) -> list[Part]:
    """Of the product, tests left out."""
    ours = ("presszero", "config")
    return [p for p in parts() if p.kind in kinds and p.file.parts[0] in ours and "tests" not in p.file.parts]


def test_no_file_is_a_drawer_for_everything() -> None:
    assert [f for f in files(".py") if f.stem in NO_FILES or f.parent.name in NO_FILES] == []


def test_no_class_is_named_after_nothing() -> None:
    assert [f"{each.file}: {each.name}" for each in code("class") if NO_WORDS.search(each.name)] == []


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [each for each in code("import") if each.in_function and each.file.name != "cli.py"]
    assert [f"{each.file}:{each.line}" for each in inside] == []


def test_no_signals_and_no_logic_in_save() -> None:
    signals = re.compile(r"django\..*\b(?:signals|dispatch)\b")
    wrong = [f"{each.file}:{each.line} imports signals" for each in code("import") if signals.match(f"{each.name}.")]
    saves = [each for each in code("def", "async def") if each.name == "save" and each.of == "class"]
    assert wrong + [f"{each.file}:{each.line} saves by itself" for each in saves] == []


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
    for each in parts():
        if each.kind.endswith("def") and each.lines > FUNCTION:
            yield f"{each.file}:{each.name}", each.lines
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
    where = {"actions", "actions.py", "queries", "queries.py", "policy.py"}
    public = [each for each in code("def") if each.of == "module" and not each.name.startswith("_")]
    silent = [f"{each.file}:{each.name}" for each in public if where & set(each.file.parts) and not each.said]
    assert _grown(silent, "without a docstring") == []


def test_every_adapter_is_whole() -> None:
    for folder in (ROOT / "presszero/channels/adapters").iterdir():
        if (folder / "__init__.py").exists():
            assert (folder / "adapter.py").exists(), folder
            assert list((folder / "tests").glob("test_*.py")), folder


def test_every_template_compiles() -> None:
    environment: Environment = django.template.engines["jinja2"].env
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
