"""Sending alerts to push services: sealed for the one browser (RFC 8291), signed by us (RFC 8292), out of every
transaction, through the checked way out. Whoever takes an alert moves its next try on first, so that a dead worker's is
tried again, and two workers do not tell the same.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone
from webpush import WebPush
from webpush.types import WebPushSubscription

from presszero.channels.outbox import sending_held
from presszero.core.http import Asking, CannotFetch, Limits, NotAllowed, fetch
from presszero.core.sealing import CannotOpen, open_sealed

from .actions import PURPOSE
from .keys import private_pem
from .models import Alert, Device
from .policy import FRESH, TRIES, again_after
from .queries import choice_of, devices_of, quiet_now
from .wording import Told, told

log = logging.getLogger(__name__)

BATCH = 10
LASTS = 3600  # seconds that a push service keeps it for a device that is off
_LEASE = timedelta(minutes=1)
_LIMITS = Limits(seconds=8, size=20_000, redirects=0)
_GONE = (404, 410)
_LATER = (408, 425, 429)

# The newest of a conversation stands for those before it: a device shows one of each.
_CLAIM = """
WITH next AS (
  SELECT id, merchant_id FROM alerts_alert WHERE pushed_at IS NULL AND not_before <= %(now)s
  ORDER BY not_before LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE alerts_alert a SET tries = a.tries + 1, not_before = %(lease)s,
  pushed_at = CASE WHEN EXISTS (
    SELECT FROM alerts_alert l WHERE l.merchant_id = a.merchant_id AND l.member_id = a.member_id
      AND l.conversation_id = a.conversation_id AND l.id > a.id AND l.pushed_at IS NULL) THEN %(now)s::timestamptz END
FROM next WHERE a.merchant_id = next.merchant_id AND a.id = next.id RETURNING a.id, a.pushed_at IS NULL
"""


class Later(Exception):
    """The push service cannot take it now."""


def push_due() -> int:
    """Tells what waits; how many alerts were taken."""
    if sending_held():
        return 0
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lease": now + _LEASE, "batch": BATCH})
        claimed = cursor.fetchall()
    for number, newest in claimed:
        if newest:
            _tell(number, now)
    return len(claimed)


def _tell(number: int, now: datetime) -> None:
    found = Alert.objects.filter(id=number)
    alert = found.select_related("member__person", "member__merchant", "conversation__customer").get()
    try:
        _to_devices(alert, now)
    except Later as why:
        if alert.tries < TRIES and now - alert.at < FRESH:
            log.info("An alert is tried again: %s", why)
            found.update(not_before=now + again_after(alert.tries))
            return
    found.update(pushed_at=timezone.now())


def _to_devices(alert: Alert, now: datetime) -> None:
    """Every device is tried, also when one before it failed. Raises Later when one is to be tried again."""
    member = alert.member
    choice = choice_of(member)
    if member.left_at or not choice.push or now - alert.at > FRESH:
        return
    if alert.what != Alert.What.TRIAL and quiet_now(choice, member, now):
        return
    words = told(alert, choice, member)
    if words is None:
        return
    problem: Later | None = None
    for device in devices_of(member):
        try:
            _to_device(device, alert, words)
        except Later as why:
            problem = why
    if problem:
        raise problem


def _to_device(device: Device, alert: Alert, words: Told) -> None:
    try:
        asking = sealed_for(device, alert, words)
    except (CannotOpen, ValueError):  # sealed with a key we no longer have, or no key at all
        _drop(device, "it cannot be opened")
        return
    try:
        answer = fetch(asking, _LIMITS)
    except NotAllowed:
        _drop(device, "its address is not one of the open internet")
        return
    except CannotFetch as why:
        raise Later(str(why)) from why
    if answer.status in _GONE:
        _drop(device, "its push service forgot it")
    elif answer.status in _LATER or answer.status >= 500:
        raise Later(f"The push service answered {answer.status}.")
    elif answer.status >= 300:
        _drop(device, f"its push service answered {answer.status}")
    else:
        Device.objects.filter(merchant_id=device.merchant_id, id=device.id).update(reached_at=timezone.now())


def sealed_for(device: Device, alert: Alert, words: Told) -> Asking:
    """The request for one device. Nobody between us and the browser can read it, its push service included."""
    keys = open_sealed(bytes(device.sealed), PURPOSE)
    private, public = private_pem()
    subscription = WebPushSubscription.model_validate({"endpoint": keys["endpoint"], "keys": keys})
    push = WebPush(private, public, subscriber=_sender(), ttl=LASTS)
    message = push.get(json.dumps(words.as_json(alert)), subscription)
    headers = {
        "TTL": message.headers["ttl"],
        "Content-Encoding": message.headers["content-encoding"],
        "Content-Type": "application/octet-stream",
        "Authorization": message.headers["authorization"],
        "Topic": words.tag,
        "Urgency": "high" if alert.what != Alert.What.UNASSIGNED else "normal",
    }
    return Asking(keys["endpoint"], "POST", headers, message.encrypted)


def _sender() -> str:
    """Whom a push service may write to about us; some refuse an address without a real host."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address if "." in address.partition("@")[2] else f"press-zero@{urlsplit(settings.ORIGIN).hostname}"


def _drop(device: Device, why: str) -> None:
    log.info("Device %s is told nothing more: %s.", device.id, why)
    device.delete()
