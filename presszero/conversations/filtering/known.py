"""What a merchant has that filters and steps can name: topics, tags, teams, people, lines, brands, own fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from presszero.merchants.models import Merchant

_KNOWN = """
SELECT
  (SELECT json_agg(json_build_array(id, name, retired_at IS NULL) ORDER BY lower(name), id)
   FROM conversations_topic WHERE merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(id, name, retired_at IS NULL) ORDER BY lower(name), id)
   FROM conversations_tag WHERE merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(id, name, retired_at IS NULL) ORDER BY lower(name), id)
   FROM team_team WHERE merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(m.id, p.name, m.left_at IS NULL) ORDER BY lower(p.name), m.id)
   FROM team_membership m JOIN team_person p ON p.id = m.person_id WHERE m.merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(id, coalesce(nullif(name, ''), address), true) ORDER BY lower(name), id)
   FROM channels_line WHERE merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(id, name, true) ORDER BY lower(name), id)
   FROM merchants_brand WHERE merchant_id = %(merchant)s),
  (SELECT json_agg(json_build_array(about, key, label, kind, choices) ORDER BY about, id)
   FROM customers_ownfield WHERE merchant_id = %(merchant)s),
  (SELECT timezone FROM merchants_merchant WHERE id = %(merchant)s)
"""
NAMED = ("topic", "tag", "team", "assignee", "line", "brand")  # as they come


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name. What is retired may still stand in a filter, and is no longer offered."""

    id: int
    name: str
    standing: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A field of the merchant's own, about customers or about conversations."""

    about: str
    key: str
    label: str
    kind: str  # text · number · date · yesno · choice
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Everything by what it is: topic, tag, team, assignee, line, brand; and own fields by (about, key)."""

    merchant_id: int
    named: Mapping[str, Mapping[int, Named]]
    own: Mapping[tuple[str, str], Own]
    zone: ZoneInfo

    def with_retired(self) -> Known:
        """The same, as if nothing were retired: to read again what was right when it was written."""
        standing = {
            kind: {n: replace(one, standing=True) for n, one in rows.items()} for kind, rows in self.named.items()
        }
        return replace(self, named=standing)

    def find(self, what: str, number: object) -> Named | None:
        """The one of this number, standing or not. None for anything that is not a number of ours."""
        return self.named[what].get(number) if isinstance(number, int) and not isinstance(number, bool) else None


def known(merchant: Merchant | int) -> Known:
    """One statement. Reading many filters of a merchant, ask once and hand it to each `read`."""
    merchant_id = merchant if isinstance(merchant, int) else merchant.id
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"merchant": merchant_id})
        *lists, own, zone = cursor.fetchone()
    named = {kind: {row[0]: Named(*row) for row in _rows(rows)} for kind, rows in zip(NAMED, lists, strict=True)}
    fields = [Own(a, k, label, kind, tuple(str(c) for c in c or ())) for a, k, label, kind, c in _rows(own)]
    return Known(merchant_id, named, {(f.about, f.key): f for f in fields}, ZoneInfo(zone or "UTC"))


def _rows(value: Any) -> list[Any]:
    return list(json.loads(value) if isinstance(value, str) else value or [])
