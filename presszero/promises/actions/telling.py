"""Whether an address may be told that we have its words: once a day, by everybody here together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from ..models import Acknowledged
from ..policy import folded

ONCE_IN = timedelta(hours=24)  # an address is told that we have its words, by everybody here together

_TELL = """
INSERT INTO promises_acknowledged AS known (recipient, at) VALUES (%(who)s, %(now)s)
ON CONFLICT (recipient) DO UPDATE SET at = excluded.at WHERE known.at < %(now)s - %(window)s
RETURNING recipient
"""


def may_tell(address: str, now: datetime) -> bool:
    """Whether this address may be told now that we have its words: once a day, whoever asks. Asking counts as telling.

    Two that ask at once wait for each other in the database, and one of them hears no.
    """
    values: dict[str, Any] = {"who": _hashed(address), "now": now, "window": ONCE_IN}
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        return cursor.fetchone() is not None


def forget_told(now: datetime) -> int:
    """Forgets whom we told longer ago than matters; how many. The clock calls this."""
    return Acknowledged.objects.filter(at__lt=now - 2 * ONCE_IN).delete()[0]


def _hashed(address: str) -> str:
    """Keyed, so that the table tells nobody who has written to us."""
    return salted_hmac(
        "promises.acknowledged", folded(address), secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
