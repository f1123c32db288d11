"""The views down the side, with how many stand in each."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.conversations import queries
from presszero.conversations.queries.lists import COUNT_TO
from presszero.mailroom.models import Quarantine
from presszero.routing.models import Presence
from presszero.team.gate import MemberAsked
from presszero.team.marks import at_least
from presszero.team.models import Role

# name → (key after g, icon, whether a phone shows it at the foot)
_LOOKS = {
    "mine": ("m", "inbox", True),
    "for-you": ("y", "bell", False),
    "waiting": ("w", "clock", True),
    "unassigned": ("u", "plus", True),
    "team": ("t", "people", False),
    "snoozed": ("s", "snooze", False),
    "resolved": ("e", "check", False),
}


@dataclass(frozen=True)
class View:
    name: str
    label: str
    key: str
    icon: str
    main: bool
    count: str  # "", "7", "99+"


@dataclass(frozen=True)
class Rail:
    views: list[View]
    ready: bool
    held: str
    pretend: bool


def label(name: str) -> str:
    """What a view is called."""
    return {
        "mine": _("Mine"),
        "for-you": _("For you"),
        "waiting": _("Waiting longest"),
        "unassigned": _("Unassigned"),
        "team": _("Team"),
        "snoozed": _("Snoozed"),
        "resolved": _("Resolved"),
    }[name]


def rail(request: MemberAsked) -> Rail:
    """Counted anew for each page, and for each nudge that says so."""
    counts = queries.counts(request.member)
    ready = Presence.objects.filter(merchant=request.merchant, member=request.member, ready=True).exists()
    return Rail(
        [View(name, label(name), *_LOOKS[name], shown_count(counts.get(name, 0))) for name in _LOOKS],
        ready,
        _held(request) if at_least(request.member.role, Role.LEAD) else "",
        settings.DEMO,
    )


def shown_count(count: int) -> str:
    """Nothing for none; "99+" for more than anybody counts."""
    return f"{COUNT_TO - 1}+" if count >= COUNT_TO else str(count or "")


def _held(request: MemberAsked) -> str:
    rows = Quarantine.objects.filter(merchant=request.merchant, closed_at=None)
    return shown_count(rows.order_by()[:COUNT_TO].count())
