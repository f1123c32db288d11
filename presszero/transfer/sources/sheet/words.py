"""Tables of ready answers, topics and tags."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...vocabulary import MacroFound, NotUnderstood, Record, WordFound
from .registry import Sheet
from .row import Row

NAMELESS = gettext_noop("It has no name.")


def labels() -> dict[str, str]:
    return {"id": _("Their number"), "name": _("Name"), "text": _("Words"), "language": _("Language")}


def _macro(row: Row) -> Record:
    return MacroFound(row.one("id", 100), _name(row), row.text("text"), language=row.one("language", 12))


def _topic(row: Row) -> Record:
    return WordFound("topic", _name(row))


def _tag(row: Row) -> Record:
    return WordFound("tag", _name(row))


def _name(row: Row) -> str:
    if name := row.one("name", 80):
        return name
    raise NotUnderstood(NAMELESS)


TABLES = [
    Sheet(
        "macros",
        lambda: _("Macros"),
        "macro",
        {
            "id": "number externalid nummer numero",
            "name": "title titel titulo nombre macro vorlage plantilla",
            "text": "body content inhalt texto antwort answer reply message nachricht mensaje",
            "language": "locale sprache idioma",
        },
        labels,
        _macro,
    ),
    Sheet("topics", lambda: _("Topics"), "topic", {"name": "topic thema tema title titel nombre"}, labels, _topic),
    Sheet(
        "tags",
        lambda: _("Tags"),
        "tag",
        {"name": "tag schlagwort etiqueta label title titel nombre"},
        labels,
        _tag,
    ),
]
