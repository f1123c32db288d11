"""The installation's key pair towards push services: made when it is first needed, sealed, and kept."""

from __future__ import annotations

from django.db import connection, transaction
from webpush.vapid import VAPID

from presszero.core.sealing import CannotOpen, open_sealed, seal

from .models import PushKey

_PURPOSE = "push-key"
_LOCK = 0x9057  # advisory lock class


def public_key() -> str:
    """What a browser must be given to subscribe to us."""
    return _pair()[0]


def private_pem() -> tuple[bytes, bytes]:
    """(private, public) in PEM, to sign with."""
    pair = _pair()[1]
    return pair["private"].encode(), pair["public"].encode()


def _pair() -> tuple[str, dict[str, str]]:
    return _kept() or _made()


def _kept() -> tuple[str, dict[str, str]] | None:
    """The newest we can open. After the secret key was lost a new pair is made, and browsers subscribe anew."""
    for row in PushKey.objects.order_by("-id")[:3]:
        try:
            return row.public, open_sealed(bytes(row.sealed), _PURPOSE)
        except CannotOpen:
            continue
    return None


@transaction.atomic
def _made() -> tuple[str, dict[str, str]]:
    """Two processes that need it at once make one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [_LOCK])
    if found := _kept():
        return found
    private, public, shown = VAPID.generate_keys()
    pair = {"private": private.decode(), "public": public.decode()}
    PushKey.objects.create(sealed=seal(pair, _PURPOSE), public=shown)
    return shown, pair
