"""What helps a browser and the phone gateway to meet across two networks."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from presszero.core import turn

log = logging.getLogger(__name__)


def ice(to: str, now: datetime) -> list[turn.Server]:
    """The servers, as RTCPeerConnection takes them; passwords are made for `to` and hold for a while."""
    try:
        given = turn.servers(settings.TURN)
    except ValueError as why:
        log.error("PRESSZERO_TURN cannot be read, so calls do without: %s", why)
        return []
    return turn.lent(given, settings.TURN_SECRET, to, now + turn.LENT_FOR)
