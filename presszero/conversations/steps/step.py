"""The shape of a step, and of the verb that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from presszero.core.actor import Actor
from presszero.core.refusal import Refused

from ..filtering.choices import Choice
from ..filtering.known import Known
from ..models import Conversation

Before = dict[str, Any]  # JSON: what an undo needs


class BadSteps(Refused):
    """They cannot be read as steps; the sentence says which one and why."""


class MovedOn(Refused):
    """Somebody changed the same thing since, so undoing leaves it alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """`value` as the verb reads it, `shown` as people read it, `node` the JSON as it may be kept."""

    do: str
    value: Any
    shown: str
    node: Mapping[str, Any]


Read = Callable[[Known, Mapping[str, Any]], tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Verb:
    """`says` has a place %(what)s for the value. `takes`: member · team · tag · priority · topic · duration · field ·
    text · flag · nothing · pair (one of `choices`, and words beside it), and `key` is where the JSON keeps it.
    `perform` gives {} where nothing changed. A verb of an app above us brings its own `read` and `choices`."""

    label: str | Promise
    says: str | Promise
    takes: str
    key: str
    perform: Callable[[Conversation, Any, Actor], Before]
    undo: Callable[[Conversation, Before, Actor], None] | None = None
    empty: bool = False  # None may be given: nobody, everybody's, until they write
    says_empty: str | Promise = ""
    read: Read | None = None
    choices: Callable[[Known], list[Choice]] | None = None
