"""What makes us look at a submission before it counts. Pure: nothing is refused for it, and nobody is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]{2,40}\.(?:com|net|org|ru|cn|xyz|top|info|shop|site)/", re.IGNORECASE)
_MARKUP = re.compile(r"\[/?url|\[link|<a\s|</a>", re.IGNORECASE)
_HELD_FROM = 3  # points
_MANY_LINKS = 4
_SAME_WORDS = 3  # times within a day
_FROM_ONE_ADDRESS = 5  # within an hour, of what they say is their e-mail
_FROM_ONE_NETWORK = 5  # within a quarter of an hour
_ON_ONE_LINE = 300  # within an hour: more than this is a flood, and somebody sorts it


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a submission. Counts include this one."""

    text: str
    name: str
    hidden: str  # what stood in the field that people do not see
    worked: bool  # the browser did its bit of work
    same: int  # how often these very words came today
    of_address: int
    of_network: int
    on_line: int


def reason(seen: Seen) -> str:
    """Why it is held, for the person who looks at it; "" when it is not."""
    if seen.hidden:
        return "A field that people do not see was filled in."
    if seen.same >= _SAME_WORDS:
        return f"The same words came {seen.same} times within a day."
    if seen.of_network > _FROM_ONE_NETWORK or seen.of_address > _FROM_ONE_ADDRESS:
        return "Many messages came from the same place within a short time."
    if seen.on_line > _ON_ONE_LINE:
        return "Many messages came through this form within an hour."
    return "It reads like an advertisement: links where a person writes words." if _points(seen) >= _HELD_FROM else ""


def _points(seen: Seen) -> int:
    links = len(_LINK.findall(seen.text))
    words = len(_LINK.sub(" ", seen.text).split())
    return (
        (3 if _MARKUP.search(seen.text) else 0)
        + (3 if _LINK.search(seen.name) else 0)
        + (3 if links >= _MANY_LINKS else 1 if links > 1 else 0)
        + (1 if links and words < 12 * links else 0)
        + (1 if links and not seen.worked else 0)
    )
