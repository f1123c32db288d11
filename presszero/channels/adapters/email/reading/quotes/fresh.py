"""The sender's own words: what remains when quotes, old mails and signatures are taken out, in the order written."""

from __future__ import annotations

from dataclasses import dataclass

from . import marks, phrases, signature
from .line import CUT, FORWARD, OWN, QUOTE, SIGNATURE, Line

MAX_ANALYSED = 64 * 1024  # characters
MAX_LINES = 1_200
MAX_CANDIDATES = 120  # lines that may announce a quote; no real mail has as many
MAX_ATTRIBUTION_LINES = 6
MAX_BLOCK_LINES = 14  # within which the header fields of an old mail must stand

EMPTY, TEXT, QUOTED, ANNOUNCED, SIGNED = "e", "t", "q", "a", "s"


@dataclass(frozen=True, slots=True)
class Fresh:
    """`text` is what is new; `folded` says whether anything was taken away, `forwarded` whether it is a forward."""

    text: str
    folded: bool
    forwarded: bool = False


def fresh(lines: list[Line], subject: str = "") -> Fresh:
    """Reads at most the first 64 kB; what lies beyond is kept unless the cut came before."""
    analysed, rest = _first(lines)
    seen = [marks.seen(line.text) for line in analysed]
    kinds = [_kind(line, text) for line, text in zip(analysed, seen, strict=True)]
    cut, forward = _cut(seen, kinds, analysed)
    own = _own(analysed[:cut], kinds[:cut])
    folded = cut < len(analysed) or _texts(own) < sum(kind != EMPTY for kind in kinds)
    if cut == len(analysed) and rest:
        own += [line.text for line in rest]
    text = _tidy(own)
    if not text and cut < len(analysed) and (forward or _forwards(subject)):
        return Fresh(_tidy([line.text for line in lines[cut:]]), False, True)
    return Fresh(text, folded, forward)


def _texts(lines: list[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _first(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    size = 0
    for at, line in enumerate(lines):
        size += len(line.text) + 1
        if size > MAX_ANALYSED or at >= MAX_LINES:
            return lines[:at], lines[at:]
    return lines, []


def _kind(line: Line, seen: str) -> str:
    if not seen.strip():
        return EMPTY
    if line.role == QUOTE or (line.role in (OWN, SIGNATURE) and marks.quoted(seen)):
        return QUOTED
    return SIGNED if line.role == SIGNATURE else TEXT


def _cut(seen: list[str], kinds: list[str], lines: list[Line]) -> tuple[int, bool]:
    """Where the old mail begins (len where it does not), and whether it is a forwarded one. Marks attributions."""
    at, budget = 0, [MAX_CANDIDATES]
    above = marks.may_reply_above("\n".join(seen))
    ends = [kind in (TEXT, SIGNED) and marks.ends_attribution(text) for kind, text in zip(kinds, seen, strict=True)]
    while at < len(seen):
        if lines[at].role in (CUT, FORWARD):
            return _with_delimiters_above(seen, at), lines[at].role == FORWARD
        if kinds[at] not in (TEXT, SIGNED):
            at += 1
            continue
        if above and marks.reply_above(seen[at]):
            if TEXT in kinds[:at]:
                return at, False
            kinds[at] = ANNOUNCED
        kind = _delimiter(seen, at)
        if kind:
            return _with_delimiters_above(seen, at), kind == "forward"
        end = _header_block(seen, at)
        if end:
            if not _quote_follows(kinds, end):
                return _with_delimiters_above(seen, at), False
            kinds[at:end] = [ANNOUNCED] * (end - at)
            at = end
            continue
        end, sure = _attribution(seen, kinds, ends, at, budget)
        if end:
            if _quote_follows(kinds, end):
                kinds[at:end] = [ANNOUNCED] * (end - at)
                at = end
                continue
            if sure and (at > 0 or _text_follows(kinds, end)):
                return _with_delimiters_above(seen, at), False
        at += 1
    return len(seen), False


def _delimiter(seen: list[str], at: int) -> str:
    kind = marks.delimiter(seen[at])
    if kind != "dashed":
        return kind
    following = [text for text in seen[at + 1 : at + 5] if text.strip()][:3]
    return "original" if sum(1 for text in following if marks.label(text)) >= 2 else ""


def _header_block(seen: list[str], at: int) -> int:
    """The end of a block of header fields that begins at `at`; 0 where none does."""
    first = marks.label(seen[at])
    if not first & {"from", "sent", "to", "subject"}:
        return 0
    if marks.labels_in(seen[at]) >= 2 and "from" in first:
        return at + 1
    found: list[set[str]] = []
    end, gap = at, 0
    for here in range(at, min(len(seen), at + MAX_BLOCK_LINES)):
        text = seen[here]
        labels = marks.label(text)
        if labels:
            found.append(labels)
            end, gap = here + 1, 0
        elif text.strip():
            gap += 1
        elif _is_block(found) and gap == 0 and not marks.label(_next_text(seen, here)):
            break
        if gap > 2:
            break
    return end if _is_block(found) else 0


def _next_text(seen: list[str], at: int) -> str:
    return next((text for text in seen[at : at + 3] if text.strip()), "")


def _is_block(found: list[set[str]]) -> bool:
    """At least three fields, each a different one, with a sender among them."""
    kinds = set().union(*found) if found else set()
    if len(found) >= 3 and "from" in kinds and len(kinds & {"sent", "to", "subject"}) >= 1:
        return True
    return len(found) >= 2 and bool(found[0] & {"from", "sent"}) and {"from", "sent"} <= kinds and "subject" in kinds


def _attribution(seen: list[str], kinds: list[str], ends: list[bool], at: int, budget: list[int]) -> tuple[int, bool]:
    """The end of an attribution that begins at `at`, and whether it is one even if no quote follows; (0, False)."""
    if not any(ends[at : at + MAX_ATTRIBUTION_LINES]):
        return 0, False
    joined = ""
    for here in range(at, min(len(seen), at + MAX_ATTRIBUTION_LINES)):
        if kinds[here] not in (TEXT, SIGNED) or len(joined) > marks.LOOKED_AT:
            break
        joined = f"{joined} {seen[here].strip()}".strip()
        if not ends[here] or budget[0] <= 0:
            continue
        budget[0] -= 1
        strength = marks.attribution(joined)
        if not strength:
            continue
        if here > at and not marks.opens_attribution(seen[at]) and _starts_later(seen, at, here):
            return 0, False
        if _quote_follows(kinds, here + 1) or strength == 2:
            return here + 1, strength == 2
    return 0, False


def _starts_later(seen: list[str], at: int, end: int) -> bool:
    """The lines after the first alone are an attribution too, so the first is the sender's own."""
    return any(
        marks.attribution(" ".join(text.strip() for text in seen[start : end + 1])) == 2
        or (marks.opens_attribution(seen[start]))
        for start in range(at + 1, end + 1)
    )


def _quote_follows(kinds: list[str], at: int) -> bool:
    following = [kind for kind in kinds[at : at + 4] if kind != EMPTY]
    return bool(following) and following[0] == QUOTED


def _text_follows(kinds: list[str], at: int) -> bool:
    return any(kind != EMPTY for kind in kinds[at : at + 6])


def _with_delimiters_above(seen: list[str], at: int) -> int:
    """Rules and empty lines right above belong to the old mail."""
    while at > 0 and (not seen[at - 1].strip() or marks.rule(seen[at - 1])):
        at -= 1
    return at


def _own(lines: list[Line], kinds: list[str]) -> list[str]:
    """The own lines, stretch by stretch between quotes, each without its signature."""
    out: list[str] = []
    stretch: list[str] = []
    for line, kind in zip(lines, kinds, strict=True):
        if kind in (TEXT, EMPTY):
            stretch.append(line.text)
            continue
        out += _unsigned(stretch)
        stretch = []
        if out and out[-1].strip():
            out.append("")
    return out + _unsigned(stretch)


def _unsigned(stretch: list[str]) -> list[str]:
    end = signature.begins(stretch)
    kept = stretch[:end]
    return [line for line in kept if not signature.device(line)] if any(line.strip() for line in kept) else kept


def _tidy(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line.strip() or (out and out[-1]):
            out.append(line.rstrip() if line.strip() else "")
    return "\n".join(out).strip("\n").rstrip()


def _forwards(subject: str) -> bool:
    head = subject.strip().partition(":")[0].partition("：")[0].strip().lower()
    return head in phrases.FORWARD_SUBJECT
