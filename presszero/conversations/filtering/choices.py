"""What a builder of filters offers: the fields, what each can be asked, and what there is to pick."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from .fields import FIELDS, Field, own_field
from .known import Known
from .known import known as known_of
from .saying import WORDS
from .values import listed


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` as the JSON has it."""

    value: str | int
    label: str


@dataclass(frozen=True, slots=True)
class OperatorChoice:
    """`takes` as in operators: what to put beside it, a list, a text, a number, a day, a length of time, or nothing."""

    value: str
    label: str
    takes: str


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """`kind` as in operators.BY_KIND. `choices` is empty where the value is typed."""

    key: str
    label: str
    kind: str
    ops: tuple[OperatorChoice, ...]
    choices: tuple[Choice, ...]


def catalogue(merchant: Merchant | int, known: Known | None = None) -> list[FieldChoice]:
    """Every field there is for this merchant, ours first; one statement."""
    names = known or known_of(merchant)
    return [_offered(names, field) for field in (*FIELDS.values(), *map(own_field, names.own.values()))]


def _offered(known: Known, field: Field) -> FieldChoice:
    ops = tuple(
        OperatorChoice(name, str(WORDS[name]), "one" if op.takes == "number" and field.of else op.takes)
        for name, op in field.operators.items()
    )
    return FieldChoice(field.name, str(field.label), field.kind, ops, tuple(_choices(known, field)))


def _choices(known: Known, field: Field) -> list[Choice]:
    if field.of == "own":
        return [Choice(choice, choice) for choice in field.choices]
    if field.of in known.named:
        me = [Choice("me", _("Me"))] if field.of == "assignee" else []
        return [*me, *(Choice(one.id, one.name) for one in known.named[field.of].values() if one.standing)]
    return [Choice(value, label) for value, label in listed(field.of).items()] if field.of else []
