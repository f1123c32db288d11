"""The views down the side, with how many stand in each."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations import queries
from presszero.conversations.queries.lists import COUNT_TO
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Hours, Merchant
from presszero.merchants.policy import is_open
from presszero.merchants.queries import week_of
from presszero.promises.queries import count_due
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
    "promises": ("o", "flag", False),
    "team": ("t", "people", False),
    "snoozed": ("s", "snooze", False),
    "resolved": ("e", "check", False),
}
# Whoever answers alone has one list of what is open; nothing is anybody else's.
_LOOKS_ALONE = {
    "team": ("m", "inbox", True),
    "waiting": ("w", "clock", True),
    "promises": ("o", "flag", False),
    "snoozed": ("s", "snooze", False),
    "resolved": ("e", "check", True),
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
    home: str = "/desk/mine"
    hours: str = ""  # whether the shop is open now, said where nobody has to say that they are ready


def first(merchant: Merchant) -> str:
    """The list that a day begins with."""
    return "team" if merchant.alone else "mine"


def label(name: str, merchant: Merchant) -> str:
    """What a view is called."""
    alone = {"team": _("Inbox"), "snoozed": _("Put aside"), "resolved": _("Done")}
    if merchant.alone and name in alone:
        return alone[name]
    return {
        "mine": _("Mine"),
        "for-you": _("For you"),
        "waiting": _("Waiting longest"),
        "unassigned": _("Unassigned"),
        "promises": _("Promises due"),
        "team": _("Team"),
        "snoozed": _("Snoozed"),
        "resolved": _("Resolved"),
    }[name]


def rail(request: MemberAsked) -> Rail:
    """Counted anew for each page, and for each nudge that says so."""
    counts, merchant = queries.counts(request.member), request.merchant
    counts["promises"] = count_due(request.member)
    looks = _LOOKS_ALONE if merchant.alone else _LOOKS
    return Rail(
        [View(name, label(name, merchant), *looks[name], shown_count(counts.get(name, 0))) for name in looks],
        _is_ready(request),
        _held(request) if at_least(request.member.role, Role.LEAD) else "",
        settings.DEMO,
        f"/desk/{first(merchant)}",
        _hours_now(merchant) if merchant.alone else "",
    )


def shown_count(count: int) -> str:
    """Nothing for none; "99+" for more than anybody counts."""
    return f"{COUNT_TO - 1}+" if count >= COUNT_TO else str(count or "")


def _held(request: MemberAsked) -> str:
    rows = Quarantine.objects.filter(merchant=request.merchant, closed_at=None)
    return shown_count(rows.order_by()[:COUNT_TO].count())


def _is_ready(request: MemberAsked) -> bool:
    return Presence.objects.filter(merchant=request.merchant, member=request.member, ready=True).exists()


def _hours_now(merchant: Merchant) -> str:
    week = week_of(Hours.objects.filter(merchant=merchant).order_by("id").first())
    return _("Open now") if is_open(week, timezone.now()) else _("Closed now")
