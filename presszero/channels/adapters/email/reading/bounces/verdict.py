"""Is the address dead? Only "no such user or host, moved, refuses all mail" count; a full mailbox does not.

What servers say decides before their numbers do: many say 5.7.1 to an unknown user, and 5.1.1 to a blocked sender.
"""

from __future__ import annotations

import re

from . import gone, sayings

_DEAD_STATUS = re.compile(r"^5\.(?:1\.(?:0|1|2|3|4|6|10)|4\.4|3\.2)$|^5\.1\.[1236]\d?$")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.\w])([45]\d\d)(?=[ \-#:,.]|$)")


def status_in(text: str) -> str:
    """The first enhanced status code of a failure in a text: "5.1.1"; "" where it has none."""
    found = next((each for each in _STATUS.finditer(text) if each.group(1) in "45"), None)
    return found.group() if found else ""


def dead(status: str, said: str) -> bool:
    """Whether a server's words (and its status code, "" if none) mean that the address itself is dead."""
    said = " ".join(said.split())[:4000]
    status = status or status_in(said)
    if sayings.FULL.search(said) or sayings.TOO_BIG.search(said):
        return False
    nobody = bool(gone.NO_USER.search(said) or gone.MOVED.search(said) or gone.REFUSES.search(said))
    if status.startswith("4.") and (not gone.NO_USER.search(said) or sayings.LATER.search(said)):
        return False
    if sayings.SUSPENDED.search(said) and not gone.NO_USER.search(said):
        return False
    judged = bool(sayings.JUDGED.search(said))
    if status.startswith("5.7.") and judged:
        return nobody and not _strongly_judged(said)
    if nobody and not _strongly_judged(said):
        return True
    if judged:
        return False
    if gone.NO_HOST.search(said) and not re.search(r"(?i)temporar|try again|(?<!\d)4\d\d |4\.4\.\d", said):
        return True
    if sayings.UNREACHED.search(said):
        return False
    return bool(_DEAD_STATUS.match(status)) or bool(re.search(r"(?<!\d)(?:556|521)[ -]", said))


def _strongly_judged(said: str) -> bool:
    return bool(sayings.STRONG.search(said))
