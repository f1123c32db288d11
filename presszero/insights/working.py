"""How long people really worked in a conversation: measured by their hands, never asked.

A page tells, every quarter of a minute at most, how many seconds it was in front of somebody whose hands were at work.
What counts is bounded by the clock: no more than has passed since the member's beat before, whatever their pages say
and however many they have open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from presszero.conversations.models import Note
from presszero.conversations.queries.sight import those_seen
from presszero.team.models import Membership

from . import days

MOST = 20  # seconds that one beat may count
AT_ONCE = 8  # conversations in one beat: somebody going through a list

# What was counted before this moment is locked with the member's one row, so that beats at once count one after the
# other. A part of a second that was not counted stands over to the next beat.
_BEAT = """
WITH told AS (
  SELECT t.place, r.id AS root, coalesce(nullif(r.last_channel, ''), l.kind) AS channel, t.seconds,
    sum(t.seconds) OVER (ORDER BY t.place) - t.seconds AS before
  FROM unnest(%(ids)s::bigint[], %(seconds)s::int[]) WITH ORDINALITY AS t (id, seconds, place)
  JOIN conversations_conversation c ON c.merchant_id = %(merchant)s AND c.id = t.id
  JOIN conversations_conversation r ON r.merchant_id = c.merchant_id AND r.id = coalesce(c.root_id, c.id)
  JOIN channels_line l ON l.merchant_id = r.merchant_id AND l.id = r.line_id),
hands AS (
  INSERT INTO insights_beat AS h (merchant_id, member_id, last_at, seconds)
  SELECT %(merchant)s, %(member)s, %(at)s, least(sum(told.seconds), %(most)s) FROM told HAVING count(*) > 0
  ON CONFLICT (merchant_id, member_id) DO UPDATE SET
    seconds = greatest(0, least(excluded.seconds, floor(extract(epoch FROM excluded.last_at - h.last_at)))),
    last_at = CASE WHEN excluded.last_at - h.last_at >= make_interval(secs => excluded.seconds + 1)
      THEN excluded.last_at
      ELSE h.last_at + make_interval(secs => greatest(0, floor(extract(epoch FROM excluded.last_at - h.last_at)))) END
  RETURNING seconds),
counted AS (
  INSERT INTO insights_worked AS w (merchant_id, conversation_id, member_id, channel, day, seconds, last_at)
  SELECT %(merchant)s, told.root, %(member)s, told.channel, %(day)s,
    sum(greatest(0, least(told.seconds, hands.seconds - told.before))), %(at)s
  FROM told CROSS JOIN hands GROUP BY told.root, told.channel
  HAVING sum(greatest(0, least(told.seconds, hands.seconds - told.before))) > 0
  ON CONFLICT (merchant_id, conversation_id, member_id, channel, day) DO UPDATE SET
    seconds = w.seconds + excluded.seconds, last_at = greatest(w.last_at, excluded.last_at))
SELECT seconds FROM hands
"""
# Minutes on a telephone are said, since no page of ours is in front of anybody then.
_SPOKE = """
INSERT INTO insights_worked AS w (merchant_id, conversation_id, member_id, channel, day, seconds, last_at)
SELECT c.merchant_id, coalesce(c.root_id, c.id), %(member)s, 'phone', %(day)s, greatest(0, %(seconds)s), %(at)s
FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.id = %(conversation)s
ON CONFLICT (merchant_id, conversation_id, member_id, channel, day) DO UPDATE SET
  seconds = greatest(0, w.seconds + %(seconds)s), last_at = greatest(w.last_at, excluded.last_at)
"""


def beat(member: Membership, spent: Sequence[tuple[int, int]], at: datetime) -> int:
    """Counts (conversation, seconds) since the member's last beat, in this order; how many seconds counted.

    A conversation that they do not see, or that is not there, counts nothing.
    """
    asked = [(number, min(seconds, MOST)) for number, seconds in spent[:AT_ONCE] if seconds > 0]
    if not member.sees_all:
        seen = those_seen(member, [number for number, _seconds in asked])
        asked = [each for each in asked if each[0] in seen]
    if not asked:
        return 0
    zone = days.zone_of(member.merchant.timezone)
    values: dict[str, Any] = {
        "merchant": member.merchant_id,
        "member": member.id,
        "ids": [number for number, _seconds in asked],
        "seconds": [seconds for _number, seconds in asked],
        "at": at,
        "day": at.astimezone(zone).date(),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, values)
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def spoke(call: Note, member: Membership, *, taken_back: bool = False) -> None:
    """Counts the minutes of a call that was written down, on the day of it; or counts them no more."""
    if not call.minutes:
        return
    values: dict[str, Any] = {
        "merchant": member.merchant_id,
        "member": member.id,
        "conversation": call.conversation_id,
        "at": call.at,
        "day": call.at.astimezone(days.zone_of(member.merchant.timezone)).date(),
        "seconds": call.minutes * 60 * (-1 if taken_back else 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPOKE, values)
