"""The languages in which promises and wishes are found."""

from __future__ import annotations

from .english import ENGLISH
from .german import GERMAN
from .lexicon import Lexicon
from .spanish import SPANISH

_KNOWN = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}


def lexicon_of(language: str) -> Lexicon | None:
    """For a BCP 47 tag: "de-AT" is German; None where a promise could not be told surely."""
    return _KNOWN.get(language.strip().lower().replace("_", "-").partition("-")[0])
