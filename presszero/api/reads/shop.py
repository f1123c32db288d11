"""What a shop is made of, and what happened in it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from presszero.conversations.queries.sight import seen_by
from presszero.timeline.horizon import horizon

from ..callers import Caller
from ..cursors import place, written
from ..shapes.kinds import Paging
from ..shapes.shop import EventQuery
from .rows import Asked, by_id, following, several

_LISTS = {
    "lines": """SELECT json_build_object('id', x.id, 'kind', x.kind, 'address', x.address, 'name', x.name,
      'brand_id', x.brand_id, 'team_id', x.team_id, 'paused', x.paused_at IS NOT NULL, 'trouble', x.trouble), x.id
      FROM channels_line x WHERE x.merchant_id = %(merchant)s""",
    "topics": """SELECT json_build_object('id', x.id, 'name', x.name, 'retired', x.retired_at IS NOT NULL), x.id
      FROM conversations_topic x WHERE x.merchant_id = %(merchant)s""",
    "tags": """SELECT json_build_object('id', x.id, 'name', x.name, 'colour', x.colour,
      'retired', x.retired_at IS NOT NULL), x.id FROM conversations_tag x WHERE x.merchant_id = %(merchant)s""",
    "teams": """SELECT json_build_object('id', x.id, 'name', x.name, 'members', coalesce((
      SELECT json_agg(m.member_id ORDER BY m.member_id) FROM team_teammember m
      WHERE m.merchant_id = x.merchant_id AND m.team_id = x.id), '[]'::json)), x.id
      FROM team_team x WHERE x.merchant_id = %(merchant)s AND x.retired_at IS NULL""",
    "members": """SELECT json_build_object('id', x.id, 'name', p.name, 'role', x.role, 'teams', coalesce((
      SELECT json_agg(m.team_id ORDER BY m.team_id) FROM team_teammember m
      WHERE m.merchant_id = x.merchant_id AND m.member_id = x.id), '[]'::json)), x.id
      FROM team_membership x JOIN team_person p ON p.id = x.person_id
      WHERE x.merchant_id = %(merchant)s AND x.left_at IS NULL""",
    "macros": """SELECT json_build_object('id', x.id, 'name', x.name, 'text', x.text, 'language', x.language,
      'shortcut', x.shortcut, 'steps', x.steps), x.id
      FROM conversations_macro x WHERE x.merchant_id = %(merchant)s AND x.retired_at IS NULL""",
    # What somebody shares with nobody is theirs alone.
    "views": """SELECT json_build_object('id', x.id, 'name', x.name, 'shared', x.shared, 'team_id', x.team_id,
      'filter', x.filter, 'order', x."order"), x.id FROM conversations_savedview x
      WHERE x.merchant_id = %(merchant)s AND x.retired_at IS NULL AND (x.shared = 'everybody'
        OR x.by_id = %(member)s OR (x.shared = 'team' AND (%(all)s OR x.team_id IN (
          SELECT m.team_id FROM team_teammember m
          WHERE m.merchant_id = x.merchant_id AND m.member_id = %(member)s))))""",
}
_EVENTS = """SELECT e.id, e.kind, e.at, e.actor, e.customer_id, e.conversation_id, e.data FROM timeline_event e
WHERE e.merchant_id = %(merchant)s AND e.id > %(place)s AND e.id <= %(horizon)s AND """
_SEEN = """e.conversation_id IN (SELECT v.id FROM conversations_conversation v
  JOIN conversations_conversation c ON c.merchant_id = v.merchant_id AND c.id = coalesce(v.root_id, v.id)
  WHERE v.merchant_id = %(merchant)s AND v.id = e.conversation_id AND {seen})"""


def of_the_shop(caller: Caller, what: str, query: Paging) -> list[tuple[Any, ...]]:
    """(JSON, id) of lines, topics, tags, teams, members, macros or views, oldest first."""
    values = {"merchant": caller.merchant.id}
    if what == "views":
        values |= {"member": caller.eyes.id, "all": caller.member is None}
    asked = Asked(["true"], values)
    end = by_id(asked, query, "x.id", newest=False)
    return several(f"{_LISTS[what]} AND {asked.where}{end}", asked.values)


def events(request: HttpRequest, caller: Caller, query: EventQuery) -> HttpResponse:
    """A page of facts, oldest first, with the cursor to go on from.

    Nothing that commits late is ever left out: a fact is told soon, when nothing older can come any more.
    """
    begun = (place(query.cursor, int) or [0])[0]
    until = horizon()
    asked = Asked(["true"], {"merchant": caller.merchant.id, "place": begun, "horizon": until})
    seen, seer = seen_by(caller.eyes)
    if seer:
        asked.add(_SEEN.format(seen=seen), **seer)
    for name, column in (("kind", "e.kind"), ("conversation", "e.conversation_id"), ("customer", "e.customer_id")):
        if getattr(query, name):
            asked.add(f"{column} = %({name})s", **{name: getattr(query, name)})
    asked.values["limit"] = query.limit
    rows = several(_EVENTS + asked.where + " ORDER BY e.id LIMIT %(limit)s", asked.values)
    last = rows[-1][0] if len(rows) == query.limit else max(until, begun)
    return _page(request, rows, written([last]))


def _page(request: HttpRequest, rows: list[tuple[Any, ...]], cursor: str) -> HttpResponse:
    names = ("id", "kind", "at", "actor", "customer_id", "conversation_id", "data")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for each in found:
        each["at"] = each["at"].isoformat()
        each["data"] = json.loads(each["data"]) if isinstance(each["data"], str) else each["data"]
    page = {"data": found, "next_cursor": cursor, "next": following(request, cursor)}
    return HttpResponse(json.dumps(page), content_type="application/json")
