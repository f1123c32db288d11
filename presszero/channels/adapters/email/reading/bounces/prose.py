"""Bounces that are only prose: whom do they name, and what did the server say?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import phrases

ADDRESS = re.compile(
    r"(?<![\w.+@/-])[A-Za-z0-9_'+&=.!#$%*/?^`{|}~-]{1,200}@(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z]{2,24}(?![\w@])|<([^<>\s@]{1,200}@[^<>\s@]{1,255})>"
)

_NAMES_FAILURES = re.compile(
    r"did not reach|could not be delivered|cannot be delivered|not delivered to|following (?:address|recipient)|failed",
    re.I,
)
_REASON_LINE = re.compile(
    r"^[ \t>*]{0,20}(?:reason|error(?:[- ](?:text|message|description|detail))?|"
    r"diagnostic|because|cause|grund|motivo|raison)"
    r"[ \t]{0,9}:[ \t]{0,9}(\S.{3,300})",
    re.I | re.M,
)
_NOT_A_RECIPIENT = re.compile(
    r"(?i)^(?:postmaster|mailer-daemon|mail-?daemon|abuse|hostmaster|webmaster|mailmaster|no-?reply|do-?not-?reply|helpdesk|spam\w*|mdaemon|unblock|bounce\w*)@|@(?:mail\.)?(?:spamhaus|spamcop)\.|\.(?:png|gif|jpe?g|htm|html)$"
)
_REPLY_LINE = re.compile(
    r"(?m)^.*(?<![\d.\w@-])(?:[45]\d\d(?:[ \-#]|$)|[45]\.\d{1,2}\.\d{1,3}(?=[\s:)>-])).*(?:\n[ \t]+\S.*){0,4}"
)


MAX_TEXT, MAX_LINES, MAX_LINE = 60_000, 800, 600


@dataclass(frozen=True, slots=True)
class Told:
    """What the prose says: recipients as named, and the sentence of the server."""

    recipients: tuple[str, ...]
    said: str
    failure: bool  # the words are those of a failed delivery
    sure: bool = True  # the first recipient is named as the one that failed


def trimmed(text: str) -> str:
    """The first lines, none too long: what servers write is short, and nothing here may become slow."""
    return "\n".join(line[:MAX_LINE] for line in text[:MAX_TEXT].split("\n")[:MAX_LINES])


def told(text: str, never: frozenset[str]) -> Told:
    """`never`: addresses that are surely not the failed one (the reporting server's own, the sender's), lower case."""
    head, _ = cut(text)
    scored = _recipients(head, never)
    found = tuple(scored)
    sure = bool(found) and scored[found[0]] > 2
    return Told(found, _said(head, found), bool(phrases.FAILURE.search(head[:20_000])), sure)


def cut(text: str) -> tuple[str, str]:
    """(the report, the returned mail below it)."""
    text = trimmed(text)
    for found in phrases.RETURNED.finditer(text):
        if found.start() > 40 and phrases.FAILURE.search(text[: found.start()]):
            return text[: found.start()], text[found.start() :]
    return text, ""


def _recipients(head: str, never: frozenset[str]) -> dict[str, int]:
    """Addresses that may be the failed one, the likeliest first, with how likely."""
    scored: dict[str, int] = {}
    for order, found in enumerate(ADDRESS.finditer(head[:30_000])):
        address = (found.group(1) or found.group()).strip("<>.'")
        address = re.sub(r"(?i)^(?:.*\bsmtp[=:]|mailto:|=3d)", "", address)
        if _NOT_A_RECIPIENT.search(address) or order > 200:
            continue
        score = _score(head, found.start(), found.end()) - (50 if address.lower() in never else 0)
        if score > scored.get(address, -100):
            scored[address] = score
    best = sorted(scored, key=lambda each: -scored[each])
    return {each: scored[each] for each in best if scored[each] > -20}


def _score(head: str, start: int, end: int) -> int:
    """How surely the address at this place is the one that failed."""
    line_start = head.rfind("\n", 0, start) + 1
    line_end = head.find("\n", end)
    before = head[line_start:start].lstrip(" \t>*<-#\"'(")
    after = head[end : line_end if line_end >= 0 else len(head)].strip()
    score = 2 if _NAMES_FAILURES.search(head[:start]) else 0
    if not before:
        score += 3 if after.lstrip(">)\"' ")[:1] in (":", "", ";", ".", "(", "-") else 1
    if phrases.LEADS.search(head[max(0, start - 120) : start]):
        score += 4
    if phrases.FAILURE.search(head[line_start : line_start + 400]):
        score += 2
    if re.search(
        r"(?i)(?:from|sender|contact|administrator|help|questions?|write to|mailto|postmaster|reply to)"
        r"\W{0,3}(?:\w+\W){0,3}"
        r"$",
        before[-60:],
    ):
        score -= 6
    return score


def _said(head: str, recipients: tuple[str, ...]) -> str:
    """The server's own answer about the first recipient, if quoted; else the lines around it; else the first lines."""
    near = _around(head, recipients[0]) if recipients else ""
    about = _paragraph(head, recipients[0]) if len(recipients) > 1 else ""
    telling = _replies(about) or _replies(head[:30_000])
    if recipients and len(telling) > 1:
        telling = [each for each in telling if recipients[0] in each] or telling
    telling = telling or [found.group(1) for found in _REASON_LINE.finditer(head)][:3]
    said = " ".join(dict.fromkeys(telling)) or near
    return said[:1500] or " ".join(head.split())[:600]


def _replies(text: str) -> list[str]:
    found = [" ".join(each.group().split()) for each in _REPLY_LINE.finditer(text)]
    return [each for each in found if len(each) > 8][:6]


def _paragraph(head: str, address: str) -> str:
    return next((each for each in re.split(r"\n[ \t]*\n", head) if address in each), "")


def _around(head: str, address: str) -> str:
    """The last paragraph that names the address (the first may be the mail's own head).

    Its neighbours too where it holds nothing else.
    """
    paragraphs = re.split(r"\n[ \t]*\n", head)
    at = next((number for number in range(len(paragraphs) - 1, -1, -1) if address in paragraphs[number]), 0)
    found = " ".join(paragraphs[at].split())
    if len(found) < len(address) + 24:
        neighbours = " ".join(" ".join(each.split()) for each in paragraphs[at + 1 : at + 3])
        before = " ".join(paragraphs[at - 1].split())[-300:] if at else ""
        found = f"{before} {found} {neighbours}".strip()
    return found
