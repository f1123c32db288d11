"""One line of a mail's text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MANY_EMPTY = re.compile(r"\n{21,}")

OWN, QUOTE, SIGNATURE, CUT, FORWARD = "", "quote", "signature", "cut", "forward"


@dataclass(slots=True)
class Line:
    """`role` is what the HTML around it says: own words, a quote, a signature, the start of the old mail, a forward."""

    text: str
    role: str = OWN


def lines_of(text: str) -> list[Line]:
    """Plain text has no markup, so every line may be anything. Endless runs of empty lines are shortened."""
    text = _MANY_EMPTY.sub("\n" * 20, text)
    return [Line(each.rstrip()) if each != "-- " else Line(each) for each in text.split("\n")]
