"""The same request twice has one effect: Idempotency-Key, kept with the effect in one transaction.

The answer is stored in the transaction that made it true. So a crash between the two cannot be: either both are there,
and the repeat is answered from the row, or neither is, and the repeat does the work. A request that was refused left
nothing behind, and its key may be used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .callers import Caller
from .models import KeptAnswer
from .problems import Problem

KEPT = timedelta(hours=24)
_KEPT_HEADERS = ("Location", "ETag")
_LOCKS = 0x5E51  # advisory lock class of keys under way


def once(request: HttpRequest, caller: Caller, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Does the work, or says again what it came to. Raises Problem: 409 while it runs, 422 for another request."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > 255 or not key.isprintable():
        raise Problem(422, "An Idempotency-Key has 255 printable characters at most.")
    asked = _asked(request)
    with transaction.atomic():
        _hold(caller, key)
        before = KeptAnswer.objects.filter(merchant=caller.merchant, token=caller.token, key=key).first()
        if before and before.at > timezone.now() - KEPT:
            return _again(before, asked)
        response = work()
        _keep(caller, key, asked, response)
    return response


def forget(at: datetime) -> int:
    """Throws away what is older than a day; how much. The clock calls this."""
    return KeptAnswer.objects.filter(at__lt=at - KEPT).delete()[0]


def _asked(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(said).hexdigest()


def _hold(caller: Caller, key: str) -> None:
    """One request of a key at a time, on whichever machine."""
    number = int.from_bytes(hashlib.sha256(f"{caller.token.id}:{key}".encode()).digest()[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCKS, number])
        if not cursor.fetchone()[0]:
            raise Problem(409, "A request with this key is under way. Ask again in a moment.", {"Retry-After": "1"})


def _again(before: KeptAnswer, asked: str) -> HttpResponse:
    if before.asked != asked:
        raise Problem(422, "This Idempotency-Key belongs to another request. Make a new one for this.")
    headers = {**before.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(before.body, status=before.status, content_type="application/json", headers=headers)


def _keep(caller: Caller, key: str, asked: str, response: HttpResponse) -> None:
    KeptAnswer.objects.update_or_create(
        merchant=caller.merchant,
        token=caller.token,
        key=key,
        defaults={
            "asked": asked,
            "status": response.status_code,
            "headers": {name: response[name] for name in _KEPT_HEADERS if name in response},
            "body": response.content.decode(),
            "at": timezone.now(),
        },
    )
