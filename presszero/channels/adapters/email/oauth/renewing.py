"""Keeping the access of signed-in mailboxes fresh, ahead of need: whoever fetches or sends finds it beside the line.

A line's settings["oauth"] is {"provider": "google"}, and "lost": true once only a person can connect it again. Its
secrets are oauth_refresh, oauth_access, oauth_expires (ISO 8601), and oauth_client_id with oauth_client_secret where
the merchant registered us.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.locks import alone
from presszero.core.sealing import CannotOpen
from presszero.core.text import clean

from .asking import Access, Client, NotSignedIn, access_by_refresh
from .providers import Provider, provider

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=10)  # renewed so long before it ends
SIGN_IN = "Signing in: "  # how our word in Line.trouble begins, so that only it is cleared when it goes well again
_LOCKS = 0x0A17  # advisory lock class of renewals


def client_of(at: Provider, secrets: Mapping[str, str]) -> Client:
    """The merchant's own registration where there is one, else the installation's."""
    if secrets.get("oauth_client_id"):
        return Client(secrets["oauth_client_id"], secrets.get("oauth_client_secret", ""))
    return Client(at.client_id, at.client_secret)


def keep_access(line: Line, name: str, access: Access) -> None:
    """Puts new access beside the line; the caller saves."""
    line.settings = {**line.settings, "oauth": {"provider": name}}
    line.keep_secrets(
        {
            **line.secrets,
            "oauth_refresh": access.refresh or line.secrets.get("oauth_refresh", ""),
            "oauth_access": access.token,
            "oauth_expires": access.expires_at.isoformat(),
        }
    )


def renew_due(now: datetime | None = None) -> int:
    """Renews what ends soon; how many. Always returns what it did, so that it rests when nothing was due."""
    rows = Line.objects.filter(kind="email", paused_at=None, settings__oauth__isnull=False)
    return sum(_renew(line.id, now or timezone.now()) for line in rows if _ends_soon(line, now or timezone.now()))


def _ends_soon(line: Line, now: datetime) -> bool:
    try:
        secrets = line.secrets
    except CannotOpen:
        return False
    if not secrets.get("oauth_refresh") or line.settings["oauth"].get("lost"):
        return False  # once refused for good, only a person can connect it again
    expires = secrets.get("oauth_expires", "")
    return not expires or datetime.fromisoformat(expires) - AHEAD < now


def _renew(line_id: int, now: datetime) -> int:
    """One line, by one process at a time; the network is asked outside any transaction."""
    with alone(_LOCKS, line_id) as got_it:
        if not got_it:
            return 0
        line = Line.objects.get(id=line_id)
        if not _ends_soon(line, now):  # another process was quicker
            return 0
        at = provider(line.settings["oauth"]["provider"])
        try:
            access = access_by_refresh(at, client_of(at, line.secrets), line.secrets["oauth_refresh"], now)
        except NotSignedIn as why:
            _note(line, why, now)
            return 0
        _keep(line.id, at.name, access)
        return 1


@transaction.atomic
def _keep(line_id: int, name: str, access: Access) -> None:
    line = Line.objects.select_for_update().get(id=line_id)
    keep_access(line, name, access)
    if line.trouble.startswith(SIGN_IN):
        line.trouble, line.trouble_since = "", None
    line.save(update_fields=["settings", "sealed", "trouble", "trouble_since"])


def _note(line: Line, why: NotSignedIn, now: datetime) -> None:
    log.warning("line %d: %s", line.id, why)
    again = _("Connect the mailbox again.") if why.for_good else ""
    line.settings = {**line.settings, "oauth": {**line.settings["oauth"], "lost": why.for_good}}
    line.trouble, line.trouble_since = clean(f"{SIGN_IN}{why} {again}", 500).strip(), line.trouble_since or now
    line.save(update_fields=["settings", "trouble", "trouble_since"])
