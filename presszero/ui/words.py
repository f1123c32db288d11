"""`bin/words`: the catalogues of translations, kept in step with the words in the code; and their compiling.

English is what stands in the code. A catalogue holds every other language's words, without places in the code and
without guesses: what changed is empty until somebody translates it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]  # presszero/
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("de", "es")
_METHODS = [
    ("**/tests/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def said() -> Catalog:
    """Every word people see, as it stands in the code; the sentences of facts among them."""
    found = Catalog(charset="utf-8")
    for sentence in _sentences():
        found.add(sentence)
    options = {"**/templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}}
    for _place, _line, words, _notes, context in extract_from_dir(ROOT, _METHODS, options, _KEYWORDS):
        found.add(words, context=context)
    return found


def catalogue(language: str) -> Catalog:
    """A language's words as they are kept; an empty one before the first gathering."""
    path = _path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def gather(language: str, words: Catalog) -> Catalog:
    """The catalogue with exactly these words: translations kept, new ones empty, old ones gone."""
    known, made = catalogue(language), _empty(language)
    for each in words:
        if each.id:
            kept = known.get(each.id, each.context)
            string = kept.string if kept and kept.pluralizable == each.pluralizable else ""
            made.add(each.id, string, context=each.context, flags=each.flags)
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, made, width=120, no_location=True, omit_header=False, sort_output=True, ignore_obsolete=True)
    return made


def missing(words: Catalog) -> Iterator[Message]:
    """What has no translation, or only some of its forms."""
    for each in words:
        strings = each.string if isinstance(each.string, list | tuple) else [each.string]
        if each.id and not all(strings):
            yield each


def compile_all() -> None:
    """Writes what the product reads, beside each catalogue."""
    for language in LANGUAGES:
        if _path(language).exists():
            with _path(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue(language))


def _sentences() -> Iterator[str]:
    """What facts are told as: `sentence = "…"` in each app's facts.py."""
    for path in sorted(ROOT.glob("*/facts.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and _named(node, "sentence"):
                yield str(node.value.value)


def _named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _empty(language: str) -> Catalog:
    """No dates in its head: a gathering that changes no words changes no file."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    head = f"# Press Zero in {Locale.parse(language).get_display_name('en')}."
    return Catalog(
        locale=language,
        domain="django",
        project="Press Zero",
        version="1",
        copyright_holder="",
        msgid_bugs_address="",
        language_team="",
        last_translator="",
        header_comment=head,
        charset="utf-8",
        creation_date=when,
        revision_date=when,
        fuzzy=False,
    )


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def main(asked: list[str]) -> int:
    if asked == ["--compile"]:
        compile_all()
        return 0
    words = said()
    for language in LANGUAGES:
        made = gather(language, words)
        left = list(missing(made))
        sys.stdout.write(f"{language}: {len(made) - len(left)} of {len(made)} translated\n")
        if language in asked:
            sys.stdout.writelines(f"  {each.id}\n" for each in left)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
