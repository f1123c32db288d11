"""Where the old mail begins, and which lines announce a quote."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import marks
from .line import CUT, FORWARD, OWN, QUOTE, SIGNATURE, Line

MAX_CANDIDATES = 60  # lines that may announce a quote; no real mail has as many
MAX_ATTRIBUTION_LINES = 6
MAX_BLOCK_LINES = 14  # within which the header fields of an old mail must stand

EMPTY, TEXT, QUOTED, ANNOUNCED, SIGNED = "e", "t", "q", "a", "s"


@dataclass(slots=True)
class Scan:
    """Lines and what is known of each. `kinds` is refined as announcements of quotes are found."""

    lines: list[Line]
    seen: list[str] = field(init=False)
    kinds: list[str] = field(init=False)
    ends: list[bool] = field(init=False)  # could an announcement end here?
    labels: list[set[str]] = field(init=False)  # header fields the line may be
    budget: int = MAX_CANDIDATES

    def __post_init__(self) -> None:
        self.seen = [marks.seen(line.text) for line in self.lines]
        self.kinds = [_kind(line, text) for line, text in zip(self.lines, self.seen, strict=True)]
        _mend_wrapped(self.seen, self.kinds)
        pairs = list(zip(self.kinds, self.seen, strict=True))
        self.ends = [kind in (TEXT, SIGNED) and marks.ends_attribution(text) for kind, text in pairs]
        self.labels = [marks.label(text) if kind in (TEXT, SIGNED) else set() for kind, text in pairs]

    def quote_follows(self, at: int) -> bool:
        """The next line with text is quoted."""
        return next((kind == QUOTED for kind in self.kinds[at : at + 4] if kind != EMPTY), False)

    def announce(self, start: int, end: int) -> None:
        self.kinds[start:end] = [ANNOUNCED] * (end - start)


def old_mail(scan: Scan) -> tuple[int, bool]:
    """The line at which the old mail begins (len where it does not), and whether it is a forwarded one."""
    above = marks.may_reply_above("\n".join(scan.seen))
    at = 0
    while at < len(scan.seen):
        role = scan.lines[at].role
        if role in (CUT, FORWARD):
            return _with_rules_above(scan.seen, at), role == FORWARD
        if scan.kinds[at] not in (TEXT, SIGNED):
            at += 1
            continue
        if above and marks.reply_above(scan.seen[at]):
            if TEXT in scan.kinds[:at]:
                return at, False
            scan.announce(at, at + 1)
            at += 1
            continue
        end, sure, forward = _announcement(scan, at)
        if end and scan.quote_follows(end):
            scan.announce(at, end)
        elif end and sure and (at > 0 or any(kind != EMPTY for kind in scan.kinds[end : end + 6])):
            return _with_rules_above(scan.seen, at), forward
        at = max(end, at + 1) if end and scan.kinds[at] == ANNOUNCED else at + 1
    return len(scan.seen), False


def _announcement(scan: Scan, at: int) -> tuple[int, bool, bool]:
    """(end of what announces an old mail at this line or 0, whether it does so even without quote marks, a forward)."""
    delimiter = _delimiter(scan, at)
    if delimiter:
        return at + 1, True, delimiter == "forward"
    end = _header_block(scan, at)
    if end:
        return end, True, False
    end, sure = _attribution(scan, at)
    return end, sure, False


def _kind(line: Line, seen: str) -> str:
    if not seen.strip():
        return EMPTY
    if line.role == QUOTE or (line.role in (OWN, SIGNATURE) and marks.quoted(seen)):
        return QUOTED
    return SIGNED if line.role == SIGNATURE else TEXT


def _mend_wrapped(seen: list[str], kinds: list[str]) -> None:
    """A long quoted line that a program broke: its second half lost the quote mark."""
    for at in range(1, len(seen) - 1):
        if kinds[at] == TEXT and kinds[at - 1] == kinds[at + 1] == QUOTED and len(seen[at - 1]) >= 60:
            start = seen[at].lstrip()[:1]
            if start.islower() and seen[at - 1].rstrip()[-1:] not in ".!?:":
                kinds[at] = QUOTED


def _delimiter(scan: Scan, at: int) -> str:
    kind = marks.delimiter(scan.seen[at])
    if kind != "dashed":
        return kind
    following = [here for here in range(at + 1, min(at + 5, len(scan.seen))) if scan.seen[here].strip()][:3]
    return "original" if sum(bool(scan.labels[here]) for here in following) >= 2 else ""


def _header_block(scan: Scan, at: int) -> int:
    """The end of a block of header fields that begins at `at`; 0 where none does."""
    first = scan.labels[at]
    if not first & {"from", "sent", "to", "subject"}:
        return 0
    if "from" in first and marks.labels_in(scan.seen[at]) >= 2:
        return at + 1
    found: list[set[str]] = []
    end, gap = at, 0
    for here in range(at, min(len(scan.seen), at + MAX_BLOCK_LINES)):
        if scan.labels[here]:
            found.append(scan.labels[here])
            end, gap = here + 1, 0
        elif scan.seen[here].strip():
            gap += 1
        elif gap == 0 and _is_block(found) and not any(scan.labels[here : here + 3]):
            break
        if gap > 2:
            break
    return end if _is_block(found) else 0


def _is_block(found: list[set[str]]) -> bool:
    """At least three fields with a sender among them, or sender, date and subject."""
    kinds: set[str] = set().union(*found)
    if len(found) >= 3 and "from" in kinds and kinds & {"sent", "to", "subject"}:
        return True
    return len(found) >= 2 and bool(found[0] & {"from", "sent"}) and {"from", "sent", "subject"} <= kinds


def _attribution(scan: Scan, at: int) -> tuple[int, bool]:
    """The end of an "On … wrote:" that begins at `at`, and whether it is one even if no quote follows; (0, False)."""
    if not any(scan.ends[at : at + MAX_ATTRIBUTION_LINES]):
        return 0, False
    joined = ""
    for here in range(at, min(len(scan.seen), at + MAX_ATTRIBUTION_LINES)):
        if scan.kinds[here] not in (TEXT, SIGNED) or len(joined) > marks.LOOKED_AT:
            break
        joined = f"{joined} {scan.seen[here].strip()}".strip()
        if not scan.ends[here] or scan.budget <= 0:
            continue
        scan.budget -= 1
        strength = marks.attribution(joined)
        if strength and here > at and not marks.opens_attribution(scan.seen[at]) and _starts_later(scan, at, here):
            return 0, False
        if strength and (strength == 2 or scan.quote_follows(here + 1)):
            return here + 1, strength == 2
    return 0, False


def _starts_later(scan: Scan, at: int, end: int) -> bool:
    """The lines after the first alone are an attribution too, so the first is the sender's own."""
    return any(
        marks.opens_attribution(scan.seen[start])
        or marks.attribution(" ".join(text.strip() for text in scan.seen[start : end + 1])) == 2
        for start in range(at + 1, end + 1)
    )


def _with_rules_above(seen: list[str], at: int) -> int:
    """Rules and empty lines right above belong to the old mail."""
    while at > 0 and (not seen[at - 1].strip() or marks.rule(seen[at - 1])):
        at -= 1
    return at
