"""The rules that are switched on, in their order, read again only when one of them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import OuterRef, Subquery

from presszero.conversations.filtering import Known, Snapshot, judged, known
from presszero.core.refusal import Refused

from .models import Rule, RuleVersion
from .occasions import OCCASIONS, Occasion
from .reading import Reading, read

# A merchant's rules are read again when anything that matters of any of them has changed; the number says whether.
_UNCHANGED = """
SELECT merchant_id, sum(hash_record_extended(ROW(id, version, enabled_at, position, failures), 0))
FROM rules_rule WHERE merchant_id = ANY(%s) AND enabled AND retired_at IS NULL GROUP BY merchant_id
"""
_KEPT = 5_000  # rules kept read

_books: dict[int, tuple[Decimal, Book]] = {}


@dataclass(slots=True)
class Standing:
    """A rule that is on. `broken` says why it cannot be judged; it has no reading then."""

    merchant_id: int
    id: int
    name: str
    version: int
    version_id: int
    enabled_at: datetime | None
    reading: Reading | None
    holds: Callable[[Snapshot, datetime], bool]  # its filter, made ready
    broken: str = ""
    failures: int = 0

    @property
    def kept(self) -> frozenset[str]:
        """What a snapshot has to know for it to be judged and explained."""
        return self.reading.filter.kept if self.reading else frozenset()


Hearing = Mapping[str, Sequence[tuple[Standing, Occasion]]]


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of a merchant that are on, in order; and by the kind of fact, those that hear it."""

    rules: Sequence[Standing]
    broken: Sequence[Standing]
    hearing: Hearing
    kept: Mapping[str, frozenset[str]]  # the same: what snapshots have to know for them


def standing(merchants: Iterable[int]) -> dict[int, Book]:
    """Merchant → its book, where any rule is on. One short statement, and two more where something changed."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCHANGED, [sorted(set(merchants))])
        marks = dict(cursor.fetchall())
    if new := [merchant for merchant, mark in marks.items() if merchant not in _books or _books[merchant][0] != mark]:
        _read_anew(new, marks)
    return {merchant: _books[merchant][1] for merchant in marks}


def forget(merchant_id: int) -> None:
    """What was counted here may be rolled back: the next who asks reads anew."""
    _books.pop(merchant_id, None)


def _read_anew(merchants: Sequence[int], marks: Mapping[int, Decimal]) -> None:
    if sum(len(book.rules) for _mark, book in _books.values()) > _KEPT:
        for other in _books.keys() - marks.keys():
            del _books[other]
    theirs: dict[int, list[Standing]] = {merchant: [] for merchant in merchants}
    rules = Rule.objects.filter(merchant_id__in=merchants, enabled=True, retired_at=None)
    current = RuleVersion.objects.filter(
        merchant_id=OuterRef("merchant_id"), rule=OuterRef("id"), number=OuterRef("version")
    )
    names = {merchant: known(merchant) for merchant in merchants}
    for rule in rules.annotate(version_id=Subquery(current.values("id"))).order_by("merchant_id", "position", "id"):
        theirs[rule.merchant_id].append(stand(rule, rule.version_id, names[rule.merchant_id]))
    _books.update({merchant: (marks[merchant], _book(found)) for merchant, found in theirs.items()})


def stand(rule: Rule, version_id: int, names: Known) -> Standing:
    """As it is judged; with the reason where it cannot be."""
    reads = {"when": rule.when, "filter": rule.filter, "steps": rule.steps}
    more = {"stop": rule.stop, "once": rule.once, "rest": rule.rest}
    reading, broken = None, ""
    try:
        reading = read(rule.merchant_id, reads | more, names)
    except Refused as refused:
        broken = str(refused)
    holds = judged(reading.filter) if reading else _never
    return Standing(
        rule.merchant_id, rule.id, rule.name, rule.version, version_id, rule.enabled_at, reading, holds, broken,
        rule.failures,
    )  # fmt: skip


def _book(rules: Sequence[Standing]) -> Book:
    found: dict[str, list[tuple[Standing, Occasion]]] = {}
    for rule in rules:
        for key in rule.reading.when.on if rule.reading else ():
            for kind in OCCASIONS[key].kinds:
                found.setdefault(kind, []).append((rule, OCCASIONS[key]))
    kept = {kind: frozenset().union(*(rule.kept for rule, _occasion in heard)) for kind, heard in found.items()}
    return Book(rules, [rule for rule in rules if rule.broken], found, kept)


def _never(snapshot: Snapshot, at: datetime) -> bool:
    return False
