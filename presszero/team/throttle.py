"""How often something may be tried. Counted before it is tried, in one statement, so parallel tries cannot slip by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint

from .models import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries for one subject (an address, a person) within a window that starts at the first."""

    name: str
    most: int
    window: timedelta


class TooMany(Refused):
    """The limit was reached. Says the same whether or not the subject exists."""

    def __init__(self) -> None:
        super().__init__(str(_("That was tried too often.")), str(_("Wait a quarter of an hour, then try again.")))


def hold(limit: Limit, subject: str, at: datetime) -> None:
    """Count one more try. Raises TooMany past the limit."""
    if tries(limit, subject, at) > limit.most:
        raise TooMany


def tries(limit: Limit, subject: str, at: datetime) -> int:
    """Count one more try and say the how-manieth it is in this window. Subjects are kept as a fingerprint only."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(limit, subject), "at": at, "ends": at + limit.window})
        row = cursor.fetchone()
    return int(row[0])


def tried(limit: Limit, subject: str, at: datetime) -> int:
    """How often it was tried in this window; counts nothing."""
    rows = Throttle.objects.filter(key=_key(limit, subject), window_ends_at__gt=at)
    return rows.values_list("count", flat=True).first() or 0


def forgive(limit: Limit, subject: str) -> None:
    """Begin to count anew, after a try that succeeded."""
    Throttle.objects.filter(key=_key(limit, subject)).delete()


def give_back(limit: Limit, subject: str) -> None:
    """Take one try back, since it succeeded: an office that signs in at nine is not an attack."""
    Throttle.objects.filter(key=_key(limit, subject), count__gt=0).update(count=F("count") - 1)


def network(address: str) -> str:
    """What one sender holds: an IPv4 address, or the whole /64 of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else ":".join(found.exploded.split(":")[:4])


_COUNT = """
    INSERT INTO team_throttle AS t (key, count, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN t.window_ends_at <= %(at)s THEN 1 ELSE LEAST(t.count + 1, 1000000) END,
        window_ends_at = CASE WHEN t.window_ends_at <= %(at)s THEN %(ends)s ELSE t.window_ends_at END
    RETURNING count
"""


def _key(limit: Limit, subject: str) -> str:
    return f"{limit.name}:{fingerprint(subject)}"
