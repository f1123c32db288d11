"""The sender's own words: what remains when quotes, old mails and signatures are taken out, in the order written."""

from __future__ import annotations

from dataclasses import dataclass

from . import marks, phrases, signature
from .line import Line
from .old import EMPTY, QUOTED, TEXT, Scan, old_mail

MAX_ANALYSED = 64 * 1024  # characters
MAX_LINES = 1_200


@dataclass(frozen=True, slots=True)
class Fresh:
    """`text` is what is new; `folded` says whether anything was taken away, `forwarded` whether it is a forward."""

    text: str
    folded: bool
    forwarded: bool = False


def fresh(lines: list[Line], subject: str = "") -> Fresh:
    """Reads at most the first 64 kB; what lies beyond is kept unless the cut came before."""
    analysed, rest = _first(lines)
    scan = Scan(analysed)
    seen, kinds = scan.seen, scan.kinds
    cut, forward = old_mail(scan)
    own = _own(analysed[:cut], kinds[:cut])
    folded = cut < len(analysed) or _texts(own) < sum(kind != EMPTY for kind in kinds)
    if cut == len(analysed) and rest:
        own += [line.text for line in rest]
    text = _tidy(_without_banner(own))
    if not text and _is_forward(seen, kinds, cut, forward, subject):
        return Fresh(_tidy([line.text for line in lines]), False, True)
    return Fresh(text, folded, forward)


def _is_forward(seen: list[str], kinds: list[str], cut: int, forward: bool, subject: str) -> bool:
    """Nothing is new, so what was passed on is the message: unless it is an answer with nothing in it."""
    if forward or _forwards(subject) or any(marks.delimiter(text.lstrip("> ")) == "forward" for text in seen[:8]):
        return True
    return cut < len(seen) and not _answers(subject) and QUOTED not in kinds[:cut]


def _without_banner(own: list[str]) -> list[str]:
    """Drops "CAUTION: this mail came from outside", which a mail server put on top."""
    first = next((at for at, line in enumerate(own) if line.strip()), 0)
    rest = own[first + 1 :]
    return rest if own and marks.banner(own[first]) and any(line.strip() for line in rest) else own


def _texts(lines: list[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _first(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    size = 0
    for at, line in enumerate(lines):
        size += len(line.text) + 1
        if size > MAX_ANALYSED or at >= MAX_LINES:
            return lines[:at], lines[at:]
    return lines, []


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
    return _sign(subject) in phrases.FORWARD_SUBJECT


def _answers(subject: str) -> bool:
    return _sign(subject) in phrases.REPLY_SUBJECT


def _sign(subject: str) -> str:
    return (
        subject.strip().replace("：", ":").partition(":")[0].strip().lower()
        if ":" in subject or "：" in subject
        else ""
    )
