"""Rules by time: found in the database, a batch at a time, each once for a conversation and a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from presszero.conversations.filtering import known, snapshots, where
from presszero.merchants.models import Merchant

from .firing import Cause, fire, switch_off
from .models import Rule
from .policy import FAILURES
from .standing import Standing, standing

BATCH = 200  # conversations a rule acts on in one transaction
ROUNDS = 10  # batches of a rule before others get their turn

# Occasion → when it holds for `c`, and what it is due for: the same reason never fires twice.
TIMED: Mapping[str, tuple[str, str]] = {
    "waiting": (
        "c.state = 'open' AND c.waiting_since < %(since)s",
        "'waiting:' || floor(extract(epoch FROM c.waiting_since))::bigint",
    ),
    "due": (
        "c.state = 'open' AND c.waiting_since IS NOT NULL AND c.due_at < %(since)s",
        "'due:' || floor(extract(epoch FROM c.due_at))::bigint",
    ),
    "silent": (
        "c.state = 'open' AND NOT c.last_inbound AND c.waiting_since IS NULL AND c.last_at < %(since)s",
        "'silent:' || floor(extract(epoch FROM c.last_at))::bigint",
    ),
    "snoozed": (
        "c.state = 'snoozed' AND EXISTS (SELECT 1 FROM conversations_snooze z WHERE z.merchant_id = c.merchant_id"
        " AND z.conversation_id = c.id AND z.ended_at IS NULL AND z.at < %(since)s)",
        "'snoozed:' || (SELECT max(z.id) FROM conversations_snooze z WHERE z.merchant_id = c.merchant_id"
        " AND z.conversation_id = c.id AND z.ended_at IS NULL)",
    ),
    "daily": ("true", "'daily:' || %(today)s::text"),
}
# Something in it came through the door or was sent by us: what was only imported sets nothing off.
LIVED = """EXISTS (SELECT 1 FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  LEFT JOIN mailroom_received r ON r.merchant_id = e.merchant_id AND r.id = e.received_id
  WHERE m.merchant_id = c.merchant_id AND m.conversation_id = c.id AND CASE WHEN m.inbound
    THEN r.id IS NOT NULL AND NOT r.backfill
    ELSE EXISTS (SELECT 1 FROM channels_delivery d WHERE d.merchant_id = e.merchant_id AND d.entry_id = e.id) END)"""
# The lock keeps a second worker from the same conversation; the reason is asked again once it is held.
_DUE = """
SELECT c.id, {reason} FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.state <> 'spam' AND {holds} AND {filter} AND {lived}
  AND NOT EXISTS (SELECT 1 FROM rules_firing f WHERE f.merchant_id = c.merchant_id AND f.rule_id = %(rule)s
    AND f.conversation_id = c.id AND (f.reason = {reason} OR {again}))
ORDER BY c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class _Found:
    conversation_id: int
    reason: str


def run_due(at: datetime) -> int:
    """Everything that is due by now; how many fired. The clock calls this."""
    merchants = Rule.objects.filter(enabled=True, retired_at=None).values_list("merchant_id", flat=True).distinct()
    fired = 0
    for book in standing(list(merchants)).values():
        timed = [rule for rule in book.rules if rule.broken or rule.reading and rule.reading.when.is_timed]
        fired += sum(_run(rule, at) for rule in timed)
    return fired


def _run(rule: Standing, at: datetime) -> int:
    if rule.reading is None:
        switch_off(rule, rule.broken)
        return 0
    values = _when(rule, at)
    if values is None:
        return 0
    fired = 0
    for _round in range(ROUNDS):
        some = _batch(rule, values, at)
        fired += some
        if some < BATCH or rule.failures >= FAILURES:
            break
    return fired


def _when(rule: Standing, at: datetime) -> dict[str, Any] | None:
    """The values its statement needs; None while it is not its time of day."""
    assert rule.reading is not None
    when = rule.reading.when
    if when.lasts is not None:
        return {"since": at - when.lasts}
    zone = ZoneInfo(Merchant.objects.values_list("timezone", flat=True).get(id=rule.merchant_id))
    here = at.astimezone(zone)
    assert when.clock is not None
    begins = here.replace(hour=when.clock.hour, minute=when.clock.minute, second=0, microsecond=0)
    late = here - begins > timedelta(hours=6)  # after an outage, not in the middle of the night
    if here < begins or late or rule.enabled_at is None or begins < rule.enabled_at:
        return None
    return {"today": here.date().isoformat()}


@transaction.atomic
def _batch(rule: Standing, values: Mapping[str, Any], at: datetime) -> int:
    due = _due(rule, values, at)
    seen = snapshots(rule.merchant_id, [each.conversation_id for each in due], rule.kept)
    names = cache(partial(known, rule.merchant_id))
    on = rule.reading.when.on[0] if rule.reading else ""
    for each in due:
        cause = Cause(each.conversation_id, on, names, reason=each.reason, chain=[rule.id])
        fire(rule, cause, seen[each.conversation_id], at)
        if rule.failures >= FAILURES:
            break
    return len(due)


def _due(rule: Standing, values: Mapping[str, Any], at: datetime) -> Sequence[_Found]:
    assert rule.reading is not None
    holds, reason = TIMED[rule.reading.when.on[0]]
    filter_text, filter_values = where(rule.reading.filter, rule.merchant_id, at)
    again = "false"
    if rule.reading.once:
        again = "true"
    elif rule.reading.rest is not None:
        again = "f.at > %(rested)s"
    named: dict[str, Any] = {"merchant": rule.merchant_id, "rule": rule.id, "limit": BATCH, **values, **filter_values}
    if "rested" in again:
        named["rested"] = at - (rule.reading.rest or timedelta())
    statement = _DUE.format(holds=holds, reason=reason, filter=filter_text, lived=LIVED, again=again)
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        return [_Found(number, why) for number, why in cursor.fetchall()]
