"""What a form asks, from its line's settings: topics with fields of their own. Pure; whatever is stored, it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from presszero.core.text import one_line

KINDS = ("text", "long", "choice", "number", "date", "order", "yes_no")
MAX_TOPICS = 12
MAX_FIELDS = 12  # of one topic
MAX_CHOICES = 30


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a topic."""

    key: str  # unique within its form: "2-1" is the second field of the third topic
    label: str
    kind: str  # one of KINDS
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that people write about, and what we want to know of it."""

    name: str
    fields: tuple[Field, ...] = ()


def topics(settings: Mapping[str, Any]) -> tuple[Topic, ...]:
    """The topics of a line's settings, in order; what makes no sense is left out."""
    found = [row for row in _list(settings.get("topics")) if isinstance(row, dict)][:MAX_TOPICS]
    named = [(place, one_line(str(row.get("name") or ""), 80), row) for place, row in enumerate(found)]
    return tuple(Topic(name, tuple(_fields(place, row))) for place, name, row in named if name)


def sites(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The exact origins that may frame the form."""
    return tuple(dict.fromkeys(each for each in _list(settings.get("sites")) if origin(each) == each))[:30]


def origin(address: object) -> str:
    """ "https://shop.example" of any address of that site; "" for what is none. Only the web, and no path of it."""
    try:
        parts = urlsplit(str(address).strip().lower())
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    plain = host.isascii() and all(letter.isalnum() or letter in ".-" for letter in host) and not parts.username
    if parts.scheme not in ("http", "https") or not host or not plain:
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}{'' if port in (None, usual) else f':{port}'}"


def text(settings: Mapping[str, Any], language: str, name: str) -> str:
    """A text of the merchant's in a language: "title", "intro" or "thanks"; "" where they wrote none."""
    texts = settings.get("texts")
    spoken = texts.get(language) if isinstance(texts, dict) else None
    return str(spoken.get(name) or "")[:2000] if isinstance(spoken, dict) else ""


def _fields(place: int, row: Mapping[str, Any]) -> Iterator[Field]:
    for number, given in enumerate(_list(row.get("fields"))[:MAX_FIELDS]):
        label = one_line(str(given.get("label") or ""), 120) if isinstance(given, dict) else ""
        kind = given.get("kind") if label else ""
        choices = tuple(one_line(str(each), 120) for each in _list(given.get("choices"))[:MAX_CHOICES]) if label else ()
        if kind in KINDS and (kind != "choice" or choices):
            help_text = one_line(str(given.get("help") or ""), 200)
            yield Field(f"{place}-{number}", label, kind, given.get("required") is True, help_text, choices)


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
