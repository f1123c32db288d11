"""Sending what is due. Several do it at once; whoever is slow is left to a few of them, and the others go on.

A row is held for a moment while it is sent, and the request is made outside of any transaction. Whoever dies meanwhile
lets go of it when the moment is over, and it is sent again under the same id: the receiver can tell.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from presszero.channels.models import SendingHeld
from presszero.channels.signing import signed_headers
from presszero.core.http import Asking, CannotFetch, Limits, fetch
from presszero.core.text import clean, one_line

from ..models import Webhook, WebhookDelivery, WebhookTry
from . import policy
from .actions import fails, gone

SECONDS = 10  # for an answer
_HELD = timedelta(seconds=15)
_KEPT = 2048  # bytes of an answer
_OVERLAP = timedelta(days=1)  # in which a replaced secret signs too
_LIMITS = Limits(seconds=SECONDS, size=1_000_000, redirects=0)
State = WebhookDelivery.State

# Two at a time to one webhook, one while it fails; those that work go first.
_CLAIM = """
UPDATE api_webhookdelivery SET state = 'sending', held_until = %(until)s, tries = tries + 1 WHERE id = (
  SELECT d.id FROM api_webhookdelivery d
  JOIN api_webhook w ON w.merchant_id = d.merchant_id AND w.id = d.webhook_id
  WHERE d.state = 'waits' AND d.next_at <= %(now)s AND w.disabled_at IS NULL AND w.removed_at IS NULL
    AND (SELECT count(*) FROM api_webhookdelivery o WHERE o.webhook_id = w.id AND o.state = 'sending'
      AND o.held_until > %(now)s) < CASE WHEN w.failing_since IS NULL THEN 2 ELSE 1 END
    AND (w.failing_since IS NULL OR (SELECT count(*) FROM api_webhookdelivery o
      JOIN api_webhook x ON x.id = o.webhook_id AND x.failing_since IS NOT NULL
      WHERE o.state = 'sending' AND o.held_until > %(now)s) < 2)
  ORDER BY w.failing_since IS NOT NULL, d.next_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
) AND state = 'waits' RETURNING id
"""
_LET_GO = """
UPDATE api_webhookdelivery SET state = 'waits', held_until = NULL WHERE state = 'sending' AND held_until <= %s
"""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or None with the reason."""

    status: int | None
    body: str
    error: str
    took_ms: int


def send_due() -> int:
    """Sends one that is due; 1 when there was one. A restored copy tells nobody anything."""
    if SendingHeld.objects.exists():
        return 0
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + _HELD})
        found = cursor.fetchone()
    if found is None:
        return 0
    row = WebhookDelivery.objects.select_related("webhook__merchant").get(id=found[0])
    _settle(row, _sent(row, now))
    return 1


def let_go(now: datetime) -> int:
    """Those whose sender died wait again. The clock calls this."""
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [now])
        return int(cursor.rowcount)


def headers(row: WebhookDelivery, at: datetime) -> dict[str, str]:
    """Signed with the secret, and with the one before it for a day after it was replaced."""
    secrets = row.webhook.secrets
    moment, body = int(at.timestamp()), row.body.encode()
    signed = signed_headers(row.message_id, moment, body, secrets["secret"])
    rotated = row.webhook.rotated_at
    if secrets.get("old_secret") and rotated and at - rotated < _OVERLAP:
        before = signed_headers(row.message_id, moment, body, secrets["old_secret"])
        signed["webhook-signature"] += " " + before["webhook-signature"]
    return {**signed, "Content-Type": "application/json", "User-Agent": "Press Zero webhooks"}


def _sent(row: WebhookDelivery, now: datetime) -> Answer:
    begun = time.monotonic()
    try:
        got = fetch(Asking(row.webhook.url, "POST", headers(row, now), row.body.encode()), _LIMITS)
    except CannotFetch as why:
        return Answer(None, "", one_line(str(why), 300), _since(begun))
    said = clean(got.body[:_KEPT].decode("utf-8", "replace"))
    return Answer(got.status, said, "" if policy.took(got.status) else f"HTTP {got.status}", _since(begun))


@transaction.atomic
def _settle(row: WebhookDelivery, answer: Answer) -> None:
    now = timezone.now()
    WebhookTry.objects.create(
        merchant_id=row.merchant_id,
        delivery=row,
        at=now,
        took_ms=answer.took_ms,
        status=answer.status,
        answer=answer.body,
        error=answer.error,
    )
    if policy.took(answer.status):
        _finish(row, State.DELIVERED, now)
        Webhook.objects.filter(merchant_id=row.merchant_id, id=row.webhook_id).update(
            succeeded_at=now, failing_since=None, failure=""
        )
        return
    wait = policy.wait_after(row.tries, random.random())  # noqa: S311 - jitter
    if wait is None:
        _finish(row, State.FAILED, now)
    else:
        WebhookDelivery.objects.filter(merchant_id=row.merchant_id, id=row.id, state=State.SENDING).update(
            state=State.WAITS, next_at=now + wait, held_until=None
        )
    if answer.status == 410:
        gone(row.webhook)
    else:
        fails(row.webhook, answer.error, now)


def _finish(row: WebhookDelivery, state: str, now: datetime) -> None:
    WebhookDelivery.objects.filter(merchant_id=row.merchant_id, id=row.id).update(
        state=state, settled_at=now, held_until=None
    )


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
