"""How what we did is found again in a shop: our key in words that people may read, and codes worked out of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

_IN_WORDS = re.compile(r"\[pz:([\w:.-]{1,64})\]")
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # what is read aloud without doubt


def marked(reason: str, key: str, most: int = 250) -> str:
    """A reason for people, with our key behind it."""
    mark = f"[pz:{key}]"
    return f"{reason[: most - len(mark) - 1].strip()} {mark}".strip()


def key_in(words: Any) -> str:
    """Our key in words of ours; "" where there is none."""
    found = _IN_WORDS.search(str(words or ""))
    return found[1] if found else ""


def without_key(words: Any) -> str:
    return _IN_WORDS.sub("", str(words or "")).strip()


def code_of(secret: str, key: str, length: int) -> str:
    """A code that nobody can guess, and that is the same for every try of one ask."""
    digest = hmac.new(secret.encode(), f"code {key}".encode(), hashlib.sha256).digest()
    return "".join(_ALPHABET[each % len(_ALPHABET)] for each in digest[:length])
