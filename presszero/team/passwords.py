"""Passwords: hashed with Argon2, compared in the same time whether or not the person exists."""

from __future__ import annotations

from collections.abc import Sequence
from threading import BoundedSemaphore
from types import SimpleNamespace

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from presszero.core.refusal import Refused

from .models import Person

LONGEST = 500  # characters; hashing costs the same for all of them, reading a megabyte does not

# One hash needs 100 MB for a moment: a crowd at the door waits its turn instead of taking all the memory.
_turn = BoundedSemaphore(2)

_rules = (
    MinimumLengthValidator(10),
    CommonPasswordValidator(),
    NumericPasswordValidator(),
    UserAttributeSimilarityValidator(("email", "name")),
)


class Weak(Refused):
    """Too easy to guess. `sentences` says why, for the person choosing."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


def matches(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. Costs one hash for nobody, too, so the time tells nothing."""
    with _turn:
        if person is None or not person.password:
            make_password(password[:LONGEST])
            return False
        return check_password(password[:LONGEST], person.password)


def hashed(password: str) -> str:
    """As we keep it: Argon2id with its salt and costs."""
    with _turn:
        return make_password(password[:LONGEST])


def check_strength(password: str, email: str, name: str) -> None:
    """Raises Weak for a password that is short, common, only digits, or close to the person's name or address."""
    whose = SimpleNamespace(email=email, name=name, _meta=SimpleNamespace(get_field=_field))
    wrong: list[str] = []
    for rule in _rules:
        try:
            rule.validate(password, whose)  # type: ignore[arg-type]  # it only reads the two attributes named above
        except ValidationError as error:
            wrong += error.messages
    if len(password) > LONGEST or wrong:
        raise Weak(wrong or [f"At most {LONGEST} characters."])


def _field(name: str) -> SimpleNamespace:
    return SimpleNamespace(verbose_name={"email": "e-mail address"}.get(name, name))
