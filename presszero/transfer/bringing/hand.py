"""An import in hand: whose it is, what it counts, and what is looked up once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from presszero.conversations.models import Tag, Topic
from presszero.core.actor import SYSTEM, Actor
from presszero.core.text import one_line
from presszero.customers.models import OwnField
from presszero.merchants.models import Merchant
from presszero.team.models import Membership, Team

from ..archive import Archive
from ..masking import row_without_cards
from ..models import Import, ImportRow
from ..vocabulary import Where

Outcome = ImportRow.Outcome
MOST_RAW = 32 * 1024  # characters of a rejected row that are kept beside it


@dataclass
class Hand:
    """What every batch needs."""

    job: Import
    merchant: Merchant
    by: Actor = SYSTEM
    archive: Archive | None = None
    overwrites: bool = False  # a sheet says what is so now; a provider's file only fills what is empty
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    rows: list[ImportRow] = field(default_factory=list)
    where: Where = Where("", 0)  # which record a word was made for
    met: Callable[[str], bool] = lambda _name: False  # in a look: whether somebody further up in the file is it
    forgotten: set[str] = field(default_factory=set)  # numbers of people in this file who were erased here
    _kept: dict[str, dict[str, int]] = field(default_factory=dict)
    _fields: dict[str, dict[str, str]] = field(default_factory=dict)

    def note(self, where: Where, kind: str, outcome: ImportRow.Outcome, **more: Any) -> None:
        """Counts one, and keeps a row where somebody may ask for it: `external_id`, `target_id`, `reason`, `raw` …"""
        self.counts[kind][outcome.value] += 1
        if outcome is Outcome.KNOWN and not more.pop("first", False):
            return
        more.pop("first", None)
        raw = more.pop("raw", None)
        if where.cells and outcome is Outcome.REJECTED:  # the row itself, to be mended and brought again
            raw = row_without_cards(self.job.choices.get("header", ()), where.cells)
        self.rows.append(
            ImportRow(
                merchant_id=self.merchant.id,
                job=self.job,
                number=where.number,
                place=where.place[-200:],
                source=self.job.source,
                kind=kind,
                outcome=outcome,
                raw=storable(raw),
                reason=one_line(str(more.pop("reason", "")), 300),
                external_id=one_line(str(more.pop("external_id", "")), 120),
                **more,
            )
        )

    def store_rows(self) -> None:
        ImportRow.objects.bulk_create(self.rows, batch_size=1000)
        self.rows.clear()

    def forget(self) -> None:
        """After a batch was rolled back: nothing that was looked up in it counts."""
        self.rows.clear()
        self._kept.clear()
        self._fields.clear()

    # Words that are looked up by name, and made where they are missing.

    def members(self) -> Mapping[str, int]:
        """E-mail → member's id."""
        if "members" not in self._kept:
            rows = Membership.objects.filter(merchant=self.merchant, left_at=None)
            self._kept["members"] = dict(rows.values_list("person__email", "id"))
        return self._kept["members"]

    def team(self, name: str) -> int | None:
        if "teams" not in self._kept:
            rows = Team.objects.filter(merchant=self.merchant, retired_at=None)
            self._kept["teams"] = {word.lower(): number for word, number in rows.values_list("name", "id")}
        return self._kept["teams"].get(name.lower())

    def topic(self, name: str) -> tuple[int, bool]:
        """Its id, and whether it is new."""
        return self._word("topics", Topic, name[:80])

    def tag(self, name: str) -> tuple[int, bool]:
        return self._word("tags", Tag, name[:60])

    def has_word(self, kind: str, name: str) -> bool:
        """Whether a tag or topic of this name is there."""
        return name.lower() in self._words(f"{kind}s", Tag if kind == "tag" else Topic)

    def own_fields(self, about: str, found: Mapping[str, str]) -> dict[str, str]:
        """key → value; a label that no field has yet becomes one."""
        if not found:
            return {}
        keys = self._field_keys(about)
        for label in found:
            if label.lower() not in keys:
                key = _free_key(label, set(keys.values()))
                OwnField.objects.create(merchant=self.merchant, about=about, key=key, label=label[:80])
                keys[label.lower()] = keys[key] = key
        return {keys[label.lower()]: value for label, value in found.items() if value}

    def _field_keys(self, about: str) -> dict[str, str]:
        if about not in self._fields:
            rows = OwnField.objects.filter(merchant=self.merchant, about=about).values_list("key", "label")
            self._fields[about] = {name.lower(): key for key, label in rows for name in (key, label)}
        return self._fields[about]

    def _words(self, kept: str, model: type[Tag] | type[Topic]) -> dict[str, int]:
        if kept not in self._kept:
            rows = model._default_manager.filter(merchant=self.merchant, retired_at=None).values_list("name", "id")
            self._kept[kept] = {word.lower(): number for word, number in rows}
        return self._kept[kept]

    def _word(self, kept: str, model: type[Tag] | type[Topic], name: str) -> tuple[int, bool]:
        words = self._words(kept, model)
        if name.lower() in words:
            return words[name.lower()], False
        made, new = model._default_manager.get_or_create(
            merchant=self.merchant, name=name, defaults={"retired_at": None}
        )
        words[name.lower()] = made.id
        if new:
            self.note(self.where, kept.removesuffix("s"), Outcome.NEW, target_id=made.id)
        return made.id, new


def storable(raw: Any) -> Any:
    """What stood in a rejected row, as JSON that PostgreSQL takes; shortened where it is long."""
    if raw is None or isinstance(raw, int | float | bool):
        return raw
    if isinstance(raw, str):
        return raw.replace("\0", "").encode("utf-8", "replace").decode()[:MOST_RAW]
    if isinstance(raw, Mapping):
        return {storable(str(key)): storable(value) for key, value in list(raw.items())[:200]}
    if isinstance(raw, Iterable):
        return [storable(each) for each in list(raw)[:200]]
    return str(raw)[:MOST_RAW]


def _free_key(label: str, taken: set[str]) -> str:
    base = (slugify(label).replace("-", "_") or "field")[:36]
    return next(key for n in range(len(taken) + 2) if (key := base if not n else f"{base}_{n + 1}") not in taken)
