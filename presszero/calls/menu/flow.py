"""What a merchant draws: nodes, what is heard in each, and where keys lead. Read from JSON; frozen.

    {"start": "hello", "languages": ["en"], "speech": false, "record": null | {"texts": …}, "nodes": {"hello": {…}}}

A node's kind says which of its fields count (see `KINDS`). A place that leads nowhere yet ("") reads, so that a draft
may be kept: `checking` says it. What could never be carried out (key 0 in a choice, above all) does not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.translation import gettext_noop as _  # marks a sentence, no more; whoever shows it translates

from .vocabulary import Prompt

# What leads on from each kind of node: its fields that hold a node's id. `choose` leads on by its choices too.
KINDS: Mapping[str, tuple[str, ...]] = {
    "say": ("to",),
    "choose": (),
    "keys": ("to",),
    "hours": ("open", "closed"),
    "lookup": ("found", "none"),
    "queue": (),
    "voicemail": (),
    "callback": (),
    "text": ("to",),
    "article": ("to",),
    "end": (),
}
KEYS = frozenset("123456789*")  # 0 stands above every node, and # hears it again
LOOKED_UP = ("order",)
TEXTED = ("help", "order", "pay", "form")
MOST_NODES, LONGEST, NAME, MOST_WORDS = 200, 4000, 60, 20
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class BadFlow(ValueError):
    """`path` is where ("nodes.hello.choices.0"), `sentence` what is wrong with it, ready to be translated."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path, self.sentence = path, sentence


@dataclass(frozen=True, slots=True)
class Heard:
    """The same words in each language, or a recording of them (calls.models.Prompt), which wins."""

    texts: Mapping[str, str] = field(default_factory=dict)
    recordings: Mapping[str, int] = field(default_factory=dict)

    def speaks(self, language: str) -> bool:
        return bool(self.texts.get(language, "").strip() or self.recordings.get(language))

    def prompt(self, *languages: str) -> Prompt | None:
        """In the first of these languages that it speaks, or in any; None when there is nothing to be heard."""
        for language in (*languages, *self.recordings, *self.texts):
            if self.speaks(language):
                return Prompt(self.texts.get(language, ""), language, self.recordings.get(language, 0))
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    to: str
    language: str = ""  # from here on they are spoken to in it
    words: tuple[str, ...] = ()  # what they may say instead of the key


@dataclass(frozen=True, slots=True)
class Node:
    """One place of the menu. Which fields count depends on the kind."""

    kind: str
    name: str
    heard: Heard = Heard()
    to: str = ""
    open: str = ""
    closed: str = ""
    found: str = ""
    none: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    tries: int = 2
    collects: str = ""  # "as" in JSON: what the collected keys are called
    most: int = 12  # keys; never so many that they could be the number of a card
    what: str = ""  # what is looked up, or the link that is texted
    queue: int = 0  # routing.models.Queue; 0: the line's own

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids of the nodes it leads on to, "" where that is not said yet."""
        return (*(getattr(self, field) for field in KINDS[self.kind]), *(c.to for c in self.choices.values()))


@dataclass(frozen=True, slots=True)
class Flow:
    start: str
    nodes: Mapping[str, Node]
    languages: tuple[str, ...] = ("en",)
    speech: bool = False
    record: Heard | None = None  # how they are asked whether the call may be recorded; None: it is not

    @classmethod
    def read(cls, json: object) -> Flow:
        """Raises BadFlow."""
        given = _mapping(json, "")
        nodes = _mapping(given.get("nodes", {}), "nodes")
        if len(nodes) > MOST_NODES:
            raise BadFlow("nodes", _("A menu has two hundred steps at most."))
        languages = tuple(_languages(given.get("languages", ["en"])))
        record = given.get("record")
        return cls(
            start=_text(given, "start", "", NAME),
            nodes={_identity(key): _node(node, f"nodes.{key}") for key, node in nodes.items()},
            languages=languages,
            speech=given.get("speech") is True,
            record=None if record is None else _heard({"heard": record}, "record"),
        )


def straight(queue: int = 0, languages: tuple[str, ...] = ("en",), record: Heard | None = None) -> Flow:
    """The menu of who has none: everybody is put through to a person at once."""
    return Flow("people", {"people": Node("queue", "People", queue=queue)}, languages, record=record)


def _node(json: object, path: str) -> Node:
    given = _mapping(json, path)
    kind = given.get("kind")
    if kind not in KINDS:
        raise BadFlow(f"{path}.kind", _("There is no step of this kind."))
    return Node(
        kind=cast(str, kind),
        name=_text(given, "name", path, NAME),
        heard=_heard(given, path),
        **{exit_: _text(given, exit_, path, NAME) for exit_ in KINDS[cast(str, kind)]},
        choices=dict(_choices(given, path)) if kind == "choose" else {},
        tries=_number(given, "tries", path, (1, 5), 2),
        collects=_text(given, "as", path, NAME),
        most=_number(given, "most", path, (1, 12), 12),
        what=_what(given, path, cast(str, kind)),
        queue=_number(given, "queue", path, (0, 2**62), 0),
    )


def _choices(given: Mapping[str, Any], path: str) -> Iterator[tuple[str, Choice]]:
    for key, json in _mapping(given.get("choices", {}), f"{path}.choices").items():
        here = f"{path}.choices.{key}"
        if key == "0":
            raise BadFlow(here, _("0 always leads to a person, and cannot lead anywhere else."))
        if key not in KEYS:
            raise BadFlow(here, _("A choice is one of the keys 1 to 9, or the star."))
        choice = _mapping(json, here)
        language = _text(choice, "language", here, 12)
        if language and not _LANGUAGE.fullmatch(language):
            raise BadFlow(f"{here}.language", _("This is not a language we know of."))
        yield (
            key,
            Choice(_text(choice, "name", here, NAME), _text(choice, "to", here, NAME), language, _words(choice, here)),
        )


def _words(choice: Mapping[str, Any], path: str) -> tuple[str, ...]:
    words = choice.get("words", [])
    if not isinstance(words, list) or len(words) > MOST_WORDS or not all(isinstance(word, str) for word in words):
        raise BadFlow(f"{path}.words", _("Words to say are twenty short words at most."))
    return tuple(word.strip()[:NAME] for word in words if word.strip())


def _what(given: Mapping[str, Any], path: str, kind: str) -> str:
    what = _text(given, "what", path, NAME)
    if kind == "lookup" and what not in LOOKED_UP:
        raise BadFlow(f"{path}.what", _("Only an order can be looked up."))
    if kind == "text" and what not in TEXTED:
        raise BadFlow(f"{path}.what", _("Say which link is texted."))
    return what


def _heard(given: Mapping[str, Any], path: str) -> Heard:
    heard = _mapping(given.get("heard") or {}, f"{path}.heard")
    texts = _mapping(heard.get("texts", {}), f"{path}.heard.texts")
    recordings = _mapping(heard.get("recordings", {}), f"{path}.heard.recordings")
    return Heard(
        {language: _text(texts, language, f"{path}.heard.texts", LONGEST) for language in texts},
        {language: _number(recordings, language, f"{path}.heard.recordings", (0, 2**62), 0) for language in recordings},
    )


def _languages(json: object) -> Iterator[str]:
    if not isinstance(json, list) or not 0 < len(json) <= 20:
        raise BadFlow("languages", _("Say in which language callers are spoken to."))
    for language in json:
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise BadFlow("languages", _("This is not a language we know of."))
        yield language


def _identity(key: str) -> str:
    if not _ID.fullmatch(key):
        raise BadFlow(f"nodes.{key[:40]}", _("A step is called by letters, digits and dashes."))
    return key


def _mapping(json: object, path: str) -> Mapping[str, Any]:
    if not isinstance(json, Mapping) or not all(isinstance(key, str) for key in json):
        raise BadFlow(path, _("This is not how a menu is written down."))
    return json


def _text(given: Mapping[str, Any], key: str, path: str, most: int) -> str:
    value = given.get(key, "")
    if not isinstance(value, str):
        raise BadFlow(f"{path}.{key}", _("These are not words."))
    if len(value) > most:
        raise BadFlow(f"{path}.{key}", _("This is too long to be said."))
    return value


def _number(given: Mapping[str, Any], key: str, path: str, between: tuple[int, int], usual: int) -> int:
    value: object = given.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not between[0] <= value <= between[1]:
        raise BadFlow(f"{path}.{key}", _("This number is too large, too small, or none."))
    return value
