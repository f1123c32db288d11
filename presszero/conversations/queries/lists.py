"""The lists of the desk. One statement for a page, one for the counts; both by partial indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from presszero.team.models import Membership

from .sight import seen_by

PAGE = 50
COUNT_TO = 100  # counts stop at "99+"

# A colleague named them, it moved on since they looked and they follow it, or whom they asked outside has answered.
_FOR_THEM = """c.state <> 'spam' AND c.id IN (
  SELECT coalesce(m.root_id, m.id) FROM conversations_mention x
  JOIN conversations_note n ON n.merchant_id = x.merchant_id AND n.id = x.note_id AND n.removed_at IS NULL
  JOIN conversations_conversation m ON m.merchant_id = n.merchant_id AND m.id = n.conversation_id
  WHERE x.merchant_id = %(merchant)s AND x.member_id = %(member)s AND x.seen_at IS NULL
  UNION
  SELECT f.conversation_id FROM conversations_follower f
  JOIN conversations_conversation m ON m.merchant_id = f.merchant_id AND m.id = f.conversation_id
  LEFT JOIN conversations_seen z
    ON z.merchant_id = m.merchant_id AND z.conversation_id = m.id AND z.member_id = f.member_id
  WHERE f.merchant_id = %(merchant)s AND f.member_id = %(member)s AND (z.up_to IS NULL OR z.up_to < m.last_at)
  UNION
  SELECT coalesce(m.root_id, m.id) FROM conversations_sidethread s
  JOIN conversations_conversation m ON m.merchant_id = s.merchant_id AND m.id = s.conversation_id
  WHERE s.merchant_id = %(merchant)s AND s.by = 'member:' || %(member)s AND s.waits_for = 'us'
    AND s.closed_at IS NULL AND m.state <> 'resolved')"""

# name → (condition, order). %(member)s is the member who looks.
VIEWS: dict[str, tuple[str, str]] = {
    "mine": ("c.state = 'open' AND c.assignee_id = %(member)s", "c.last_at DESC"),
    "for-you": (_FOR_THEM, "c.last_at DESC"),
    "unassigned": ("c.state = 'open' AND c.assignee_id IS NULL", "c.last_at DESC"),
    "waiting": ("c.state = 'open' AND c.work_at IS NOT NULL AND c.waiting_since IS NOT NULL", "c.work_at, c.id"),
    "team": ("c.state = 'open'", "c.last_at DESC"),
    "snoozed": ("c.state = 'snoozed'", "c.snoozed_until"),
    "resolved": ("c.state = 'resolved'", "c.last_at DESC"),
    "spam": ("c.state = 'spam'", "c.last_at DESC"),
}
UNCOUNTED = ("resolved",)

_SELECT = """
SELECT c.id, coalesce(r.id, u.id), coalesce(r.name, u.name), c.subject, c.snippet, c.state, c.priority, c.last_at,
  c.last_inbound, c.last_channel, c.waiting_since, c.due_at, c.snoozed_until, c.assignee_id,
  c.last_inbound AND (s.up_to IS NULL OR s.up_to < c.last_at), c.matters, c.needed_by
FROM conversations_conversation c
JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
LEFT JOIN customers_customer r ON r.merchant_id = u.merchant_id AND r.id = u.root_id
LEFT JOIN conversations_seen s
  ON s.merchant_id = c.merchant_id AND s.conversation_id = c.id AND s.member_id = %(member)s
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. Times are aware; `unread` is for the member who looks."""

    id: int
    customer_id: int
    customer: str
    subject: str
    snippet: str
    state: str
    priority: int
    last_at: datetime
    last_inbound: bool
    channel: str
    waiting_since: datetime | None
    due_at: datetime | None
    snoozed_until: datetime | None
    assignee_id: int | None
    unread: bool
    matters: int | None = None
    needed_by: datetime | None = None


def view(member: Membership, name: str, *, page: int = 1) -> list[Row]:
    """A page of a view, and one row more when there is another page. KeyError for an unknown view."""
    condition, order = VIEWS[name]
    return _rows(
        f"AND {condition} ORDER BY {order} LIMIT {PAGE + 1} OFFSET %(offset)s",
        member,
        {"offset": (min(max(page, 1), 200) - 1) * PAGE},
    )


def counts(member: Membership) -> dict[str, int]:
    """How many stand in each view, up to 100. Resolved is not counted: nobody works through it."""
    asked = [name for name in VIEWS if name not in UNCOUNTED]
    seen, seer = seen_by(member)
    parts = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s"
        f" AND c.root_id IS NULL AND {seen} AND {VIEWS[name][0]} LIMIT {COUNT_TO}) few)"
        for name in asked
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", {"merchant": member.merchant_id, "member": member.id, **seer})
        return dict(zip(asked, cursor.fetchone(), strict=True))


def rows_by_id(member: Membership, ids: Sequence[int]) -> list[Row]:
    """These conversations as list rows, in the order given; those merged away or of others are left out."""
    found = {row.id: row for row in _rows("AND c.id = ANY(%(ids)s)", member, {"ids": list(ids)})}
    return [found[i] for i in ids if i in found]


def _rows(rest: str, member: Membership, values: dict[str, Any]) -> list[Row]:
    seen, seer = seen_by(member)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SELECT} AND {seen} {rest}", {"merchant": member.merchant_id, "member": member.id, **seer, **values}
        )
        return [Row(*record) for record in cursor.fetchall()]
