"""Conversations that fit the filters of a typed search, and the words beside them, bounded however many there are.

Filters narrow down what the words found. Where that leaves few, it is asked from the other side: the newest that fit
the filters, and which of them have the words. So a common word beside a rare filter is found as well as the reverse.
Both sides have an end: a filter that hardly anything fits is looked for in the newest of each state, exact words in
the newest that have the words at all. `Narrowed.whole` says whether there was more than could be looked through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.team.models import Membership

from .. import filtering
from .search import search_ids
from .sight import seen_by
from .typed import Typed
from .who import families, who

HITS = 600  # hits of the words that are gathered
MORE = 20  # of them, after which there may be more than were gathered
FEW = 600  # the newest that fit the filters, looked through for the words
LOOKED = 20_000  # conversations of a state, the newest, looked through for what fits the filters
PEOPLE = 200
TAGGED = 3000  # of a tag, the newest; all of them are put in order by time

_TAGGED = """
SELECT conversation_id FROM conversations_tagged
WHERE merchant_id = %(merchant)s AND tag_id = ANY(%(tags)s) AND removed_at IS NULL ORDER BY id DESC LIMIT %(most)s
"""
_AMONG = "SELECT c.id FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(ids)s) AND "
# Each state has its own index by time; together they are the newest of all without sorting all.
_NEWEST = """
SELECT c.id, c.last_at FROM (
  SELECT * FROM conversations_conversation c
  WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.state = '{state}' AND {days}
  ORDER BY c.last_at DESC LIMIT %(looked)s
) c WHERE {condition} ORDER BY c.last_at DESC LIMIT %(most)s
"""
_OF_THESE = """
SELECT c.id, c.last_at FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND {condition} ORDER BY c.last_at DESC LIMIT %(most)s
"""
_BEYOND = """
SELECT 1 FROM (
  SELECT 1 FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL
    AND c.state = '{state}' AND {days} ORDER BY c.last_at DESC OFFSET %(looked)s LIMIT 1
) beyond
"""
_STATES = ("open", "snoozed", "resolved", "spam")
# One after the other, so that a common word has enough after a few.
_HAVE = """
SELECT few.id FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS few (id, place)
JOIN LATERAL (
  SELECT 1 FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = %(merchant)s AND e.search @@ presszero_query(%(merchant)s, %(words)s)
    AND m.conversation_id = ANY(ARRAY(SELECT h.id FROM conversations_conversation h
      WHERE h.merchant_id = %(merchant)s AND h.root_id = few.id) || few.id)
  LIMIT 1
) has ON true
ORDER BY few.place LIMIT %(most)s
"""
_EXACT = """(strpos(lower(c.subject), %(exact{n})s) > 0 OR EXISTS (
  SELECT FROM conversations_message m JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = c.merchant_id AND m.conversation_id = ANY(ARRAY(SELECT h.id FROM conversations_conversation h
      WHERE h.merchant_id = c.merchant_id AND h.root_id = c.id) || c.id)
    AND strpos(lower(e.text), %(exact{n})s) > 0))"""


@dataclass(frozen=True)
class Narrowed:
    """`whole`: everything there is was looked through."""

    ids: list[int]
    whole: bool = True


@dataclass(frozen=True)
class _Wanted:
    """What every conversation found must be, on conversations_conversation AS c; `exact` apart, as it is dear.

    `days` and `states` are part of the condition too: the index by time begins there.
    """

    condition: str
    days: str
    exact: str
    states: tuple[str, ...]
    values: dict[str, Any]

    @property
    def few(self) -> bool:
        """Whether so few fit that all of them can be put in order."""
        return "people" in self.values or "tagged" in self.values


def narrowed(member: Membership, asked: Typed, most: int) -> Narrowed:
    """At most `most` of what fits, newest first. Raises BadFilter."""
    wanted = _wanted(member, asked)
    if not asked.words:
        ids = _newest(wanted, most)
        return Narrowed(ids, len(ids) < most and not _beyond(wanted))
    hits = search_ids(member, asked.words, HITS)
    fit = set(_asked(_AMONG + wanted.condition + wanted.exact, wanted.values | {"ids": hits}))
    ids = [number for number in hits if number in fit]
    if len(ids) >= most or len(hits) < MORE:  # else there may be more than were gathered
        return Narrowed(ids[:most], len(ids) < most)
    few = _newest(wanted, FEW)
    have = _asked(_HAVE, wanted.values | {"ids": few, "words": asked.words, "most": FEW if wanted.exact else most})
    if wanted.exact and have:
        exact = set(_asked(_AMONG + "true" + wanted.exact, wanted.values | {"ids": have}))
        have = [number for number in have if number in exact]
    ids = list(dict.fromkeys(ids + have))[:most]
    return Narrowed(ids, len(ids) < most and len(few) < FEW and not _beyond(wanted))


def _wanted(member: Membership, asked: Typed) -> _Wanted:
    now = timezone.now()
    condition, values = filtering.where(filtering.read(member.merchant_id, asked.node), member, now)
    by_day = {"all": [node for node in asked.nodes if node["field"] == "last_at"]}
    days, of_days = filtering.where(filtering.read(member.merchant_id, by_day), member, now, "d")
    seen, seer = seen_by(member)
    values |= of_days | seer | {"merchant": member.merchant_id, "looked": LOOKED}
    parts = [condition, seen, *_rare(member.merchant_id, asked, values)]
    exact = "".join(f" AND {_EXACT.format(n=number)}" for number, _words in enumerate(asked.exact))
    values |= {f"exact{number}": words.lower() for number, words in enumerate(asked.exact)}
    states = tuple(node["value"] for node in asked.nodes if (node["field"], node["op"]) == ("state", "is"))
    return _Wanted(" AND ".join(parts), days, exact, states[:1] or _STATES, values)


def _rare(merchant_id: int, asked: Typed, values: dict[str, Any]) -> Iterator[str]:
    """Conditions that few conversations fit, each found by an index of its own."""
    if asked.people:
        values["people"] = families(merchant_id, who(merchant_id, asked.people, PEOPLE))
        yield "c.customer_id = ANY(%(people)s)"
    tags = [tag for node in asked.nodes if (node["field"], node["op"]) == ("tag", "any_of") for tag in node["value"]]
    if tags:
        values["tagged"] = _asked(_TAGGED, {"merchant": merchant_id, "tags": tags, "most": TAGGED})
        yield "c.id = ANY(%(tagged)s)"


def _newest(wanted: _Wanted, most: int) -> list[int]:
    if wanted.few:
        each = _OF_THESE.format(condition=wanted.condition)
    else:
        parts = {"condition": wanted.condition, "days": wanted.days}
        each = " UNION ALL ".join(f"({_NEWEST.format(state=state, **parts)})" for state in wanted.states)
    statement = f"SELECT id FROM ({each}) newest ORDER BY last_at DESC LIMIT %(most)s"  # noqa: S608 - our own words
    return _asked(statement, wanted.values | {"most": most})


def _beyond(wanted: _Wanted) -> bool:
    """Whether there are conversations that were not looked through."""
    if wanted.few:
        return len(wanted.values.get("tagged", ())) >= TAGGED or len(wanted.values.get("people", ())) >= PEOPLE
    return any(_asked(_BEYOND.format(state=state, days=wanted.days), wanted.values) for state in wanted.states)


def _asked(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]
