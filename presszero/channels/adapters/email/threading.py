"""Groups mails into conversations: RFC 5256's REFERENCES algorithm over ids, with subjects only as a last hint.

Pure: no database, no clock. Holds two small tables, so that half a million mails fit into a modest memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

MAX_REFERENCES = 200  # of one mail that are followed: the oldest and the newest
HINT_DAYS = 60  # how far apart two mails of one subject may be
MAX_HINTS = 200  # mails of one subject that are looked at

_BLOB = re.compile(r"^\s*\[[^\[\]]{1,60}\]\s*")
_SIGN = re.compile(
    r"^\s*(?:re|fwd?|aw|antw|sv|vs|tr|wg|res|rif|odp|ynt|enc|rv|doorst|vb|回复|回覆|答复|转发|轉寄|返信|転送|답장|전달|отв|пер|αντ|απ|תשובה|השב|رد)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.I,
)
_TRAILER = re.compile(r"\s*\(fwd\)\s*$", re.I)
_WRAPPED = re.compile(r"^\[fwd:\s*(.{0,500})\]$", re.I)


@dataclass(frozen=True, slots=True)
class Mail:
    """What threading needs of one mail. Ids without angle brackets; `participants` are lower-case addresses."""

    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first
    subject: str = ""
    participants: frozenset[str] = frozenset()
    date: datetime | None = None


@dataclass(slots=True)
class _Tree:
    """Who answers whom, as a forest over ids (parents) and as sets of ids that belong together (joined)."""

    number: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)  # -1 for none
    joined: list[int] = field(default_factory=list)  # union by pointing at an earlier one
    present: bytearray = field(default_factory=bytearray)

    def add(self, name: str) -> int:
        known = self.number.get(name)
        if known is not None:
            return known
        at = len(self.names)
        self.number[name] = at
        self.names.append(name)
        self.parent.append(-1)
        self.joined.append(at)
        self.present.append(0)
        return at

    def root(self, at: int) -> int:
        while self.joined[at] != at:
            self.joined[at] = self.joined[self.joined[at]]
            at = self.joined[at]
        return at

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        if one != other:
            self.joined[max(one, other)] = min(one, other)

    def descends(self, child: int, ancestor: int) -> bool:
        """Whether `ancestor` is above `child`; a chain cannot loop, since `link` refuses loops."""
        while child != -1:
            if child == ancestor:
                return True
            child = self.parent[child]
        return False

    def link(self, parent: int, child: int) -> bool:
        """Makes `parent` the parent of `child` unless that closes a loop."""
        if parent == child or self.descends(parent, child):
            return False
        self.parent[child] = parent
        self.join(parent, child)
        return True


def conversations(mails: Iterable[Mail]) -> Iterator[tuple[str, str]]:
    """(message id, conversation) of each mail, in the order given. All mails are taken in before the first answer.

    The conversation is the id of its topmost mail, or of the missing mail to which all its mails refer.
    A mail without an id gets "mail-N", N its place. A second mail with a known id joins the first one's conversation.
    """
    tree, order = _Tree(), []
    hints = _Hints()
    for place, mail in enumerate(mails):
        name = mail.message_id or f"mail-{place}"
        at = tree.add(name)
        _take_in(tree, at, mail)
        hints.note(at, mail)
        order.append(at)
    hints.apply(tree)
    tops = _tops(tree)
    for at in order:
        yield tree.names[at], tree.names[tops[tree.root(at)]]


def _take_in(tree: _Tree, at: int, mail: Mail) -> None:
    """Step 1 of the algorithm: links the references in a chain, and the mail below the last of them."""
    chain = [tree.add(each) for each in _chain(mail)]
    for above, below in zip(chain, chain[1:], strict=False):
        if tree.parent[below] == -1:
            tree.link(above, below)
        elif above != below:
            tree.join(above, below)
    if chain:
        last = chain[-1]
        if not tree.present[at] or tree.parent[at] == -1:
            tree.parent[at] = -1
            tree.link(last, at)
        tree.join(last, at)
    tree.present[at] = 1


def _chain(mail: Mail) -> list[str]:
    references = [each for each in mail.references if each and each != mail.message_id]
    if len(references) > MAX_REFERENCES:
        references = references[: MAX_REFERENCES // 2] + references[-MAX_REFERENCES // 2 :]
    if not references and mail.in_reply_to and mail.in_reply_to != mail.message_id:
        references = [mail.in_reply_to]
    return list(dict.fromkeys(references))


def _tops(tree: _Tree) -> dict[int, int]:
    """The id that names each conversation: the top of its tree; of several tops the first that is a mail."""
    tops: dict[int, int] = {}
    for at in range(len(tree.names)):
        if tree.parent[at] != -1:
            continue
        root = tree.root(at)
        known = tops.get(root)
        if known is None or (tree.present[at] and not tree.present[known]):
            tops[root] = at
    return tops


@dataclass(frozen=True, slots=True)
class _Hint:
    """A mail under its subject, as small as can be: participants by number, the date as a day."""

    at: int
    orphan: bool  # a reply whose ids were lost
    participants: tuple[int, ...]
    day: int  # 0 where unknown


class _Hints:
    """Subjects, for replies whose ids were lost: same base subject, a reply sign, and somebody in common."""

    def __init__(self) -> None:
        self._by_subject: dict[str, list[_Hint]] = {}
        self._numbers: dict[str, int] = {}

    def note(self, at: int, mail: Mail) -> None:
        base, signed = base_subject(mail.subject)
        if len(base) < 2:
            return
        participants = tuple(self._numbers.setdefault(each, len(self._numbers)) for each in mail.participants)
        orphan = signed and not mail.references and not mail.in_reply_to
        day = mail.date.toordinal() if mail.date else 0
        self._by_subject.setdefault(base, []).append(_Hint(at, orphan, participants, day))

    def apply(self, tree: _Tree) -> None:
        """Joins each orphaned reply to the latest earlier mail of its subject that shares two participants."""
        for hints in self._by_subject.values():
            for place, hint in enumerate(hints):
                if hint.orphan and len(hints) > 1:
                    self._join(tree, hint, hints[max(0, place - MAX_HINTS) : place] or hints[1 : MAX_HINTS + 1])

    def _join(self, tree: _Tree, hint: _Hint, others: list[_Hint]) -> None:
        for other in reversed(others):
            shared = len(set(hint.participants) & set(other.participants))
            near = not (hint.day and other.day) or abs(hint.day - other.day) <= HINT_DAYS
            if shared >= 2 and near:
                tree.join(other.at, hint.at)
                if tree.parent[hint.at] == -1 and other.at != hint.at:
                    tree.link(other.at, hint.at)
                return


def base_subject(subject: str) -> tuple[str, bool]:
    """RFC 5256 §2.1 with the signs of other languages: ("late parcel", whether a reply or forward sign was there)."""
    text, signed = " ".join(subject[:1000].split()), False
    while True:
        before = text
        trimmed = _TRAILER.sub("", text)
        signed = signed or trimmed != text
        text = trimmed
        sign = _SIGN.match(text)
        if sign:
            signed, text = True, text[sign.end() :]
            continue
        blob = _BLOB.match(text)
        if blob and text[blob.end() :].strip():
            text = text[blob.end() :]
            continue
        wrapped = _WRAPPED.match(text)
        if wrapped:
            signed, text = True, wrapped.group(1)
        if text == before:
            return text.strip().lower(), signed
