"""Ready answers, in the language of whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ..models import Macro, MacroText


@dataclass(frozen=True, slots=True)
class Ready:
    """A macro with the words that fit the reader. `steps`: JSON of conversations.steps."""

    id: int
    name: str
    shortcut: str
    text: str
    steps: list[dict[str, Any]]


def ready_answers(merchant_id: int, language: str, words: str = "", limit: int = 40) -> list[Ready]:
    """Macros that are in use and fit some words, by name; their text in `language` (BCP 47) where there is one."""
    rows = Macro.objects.filter(merchant_id=merchant_id, retired_at=None)
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(text__icontains=words) | Q(shortcut__istartswith=words.lstrip(";"))
        )
    return _in_language(list(rows.order_by("name")[:limit]), language)


def snippets(merchant_id: int, language: str, word: str, limit: int = 8) -> list[Ready]:
    """What ";word" may mean: macros with words whose shortcut begins so, then those whose name has it."""
    rows = Macro.objects.filter(merchant_id=merchant_id, retired_at=None)
    if word:
        rows = rows.filter(Q(shortcut__istartswith=word) | Q(name__icontains=word))
    found = [each for each in _in_language(list(rows.order_by("name")[:100]), language) if each.text.strip()]
    found.sort(key=lambda each: (not each.shortcut.lower().startswith(word.lower() or "-"), not each.shortcut))
    return found[:limit]


def steps_of(macro: Macro) -> list[dict[str, Any]]:
    """What it does beside its words; macros from before there were steps say the same in an older way."""
    if macro.steps or not macro.actions:
        return list(macro.steps)
    old, steps = macro.actions, []
    if old.get("topic"):
        steps.append({"do": "topic", "topic": old["topic"]})
    if old.get("priority"):
        steps.append({"do": "priority", "priority": int(old["priority"])})
    if old.get("assign"):
        steps.append({"do": "assign", "to": old["assign"]})
    if old.get("snooze"):
        steps.append({"do": "snooze", "for": None})
    if old.get("resolve"):
        steps.append({"do": "resolve"})
    return steps


def _in_language(rows: list[Macro], language: str) -> list[Ready]:
    wanted = language.lower()
    texts: dict[int, dict[str, str]] = {}
    if wanted and rows:
        near = MacroText.objects.filter(merchant_id=rows[0].merchant_id, macro__in=rows)
        for macro_id, code, text in near.values_list("macro_id", "language", "text"):
            texts.setdefault(macro_id, {})[code.lower()] = text
    return [
        Ready(row.id, row.name, row.shortcut, _said(row, texts.get(row.id, {}), wanted), steps_of(row)) for row in rows
    ]


def _said(row: Macro, others: dict[str, str], wanted: str) -> str:
    """The very language, else the same without its country ("de" for "de-AT"), else what the macro says first."""
    short = wanted.partition("-")[0]
    known = {**others, row.language.lower(): row.text} if row.language else others
    return known.get(wanted) or known.get(short) or _another_country(known, short) or row.text


def _another_country(known: dict[str, str], short: str) -> str:
    return next((text for code, text in known.items() if short and code.partition("-")[0] == short), "")
