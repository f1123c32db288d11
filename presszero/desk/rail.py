"""The views down the side, with how many stand in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.conversations import queries
from presszero.conversations.models import SavedView
from presszero.conversations.queries.lists import COUNT_TO
from presszero.conversations.queries.sight import lines_seen
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Hours, Merchant
from presszero.merchants.policy import is_open
from presszero.merchants.queries import week_of
from presszero.promises.queries import count_due
from presszero.remedies.queries import open_questions, to_settle
from presszero.routing.actions.presence import REASONS
from presszero.routing.standing import Standing, standing
from presszero.routing.wording import reason_called
from presszero.team.gate import MemberAsked
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.formats import dated

from .promising.board import urgent
from .remedied import Card, waits
from .saved import in_rail, name_of

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
    "spam": ("x", "shield", False),
}
# Whoever answers alone has one list of what is open; nothing is anybody else's.
_LOOKS_ALONE = {
    "team": ("m", "inbox", True),
    "waiting": ("w", "clock", True),
    "promises": ("o", "flag", False),
    "snoozed": ("s", "snooze", False),
    "resolved": ("e", "check", True),
    "spam": ("x", "shield", False),
}


def _reasons() -> list[tuple[str, str]]:
    return [(reason, reason_called(reason)) for reason in REASONS]


@dataclass(frozen=True)
class View:
    name: str
    label: str
    key: str
    icon: str
    main: bool
    count: str  # "", "7", "99+"
    saved: int = 0  # which saved view it is


@dataclass(frozen=True)
class Rail:
    views: list[View]
    standing: Standing
    stands: str  # the same in words
    held: str
    pretend: bool
    saved: list[View]
    home: str = "/desk/mine"
    settle: str = ""  # how much of what was to be put right waits for somebody
    question: Card | None = None  # the most urgent that waits for this member's answer
    vows: str = ""  # how many promises are doubtful, or differ from what they expect
    hours: str = ""  # whether the shop is open now, said where nobody has to say that they are ready
    reasons: Sequence[tuple[str, str]] = field(default_factory=_reasons)  # why a member may be away


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
        "spam": _("Spam"),
    }[name]


def rail(request: MemberAsked) -> Rail:
    """Counted anew for each page, and for each nudge that says so."""
    now = standing(request.member, timezone.now())
    counts, merchant = queries.counts(request.member), request.merchant
    counts["promises"] = count_due(request.member)
    looks = _LOOKS_ALONE if merchant.alone else _LOOKS
    waiting = to_settle(merchant.id)
    questions = open_questions(request.member) if waiting.questions and not _is_reader(request) else []
    return Rail(
        [
            View(name, label(name, merchant), *looks[name], shown_count(counts.get(name, 0)))
            for name in looks
            if name != "spam" or counts.get(name)
        ],
        now,
        _stands(now),
        _held(request) if at_least(request.member.role, Role.LEAD) else "",
        settings.DEMO,
        [_saved(view, count) for view, count in in_rail(request.member)],
        f"/desk/{first(merchant)}",
        "" if _is_reader(request) else shown_count(len(questions) + waiting.tasks + waiting.unknown),
        next(iter(waits(questions[:1], request.member)), None),
        shown_count(urgent(request.member)),
        _hours_now(merchant) if merchant.alone else "",
    )


def _stands(now: Standing) -> str:
    """How they stand, under their name."""
    if now.state == "talks":
        return _("On a call")
    if now.state == "ready":
        return _("Ready")
    called = reason_called(now.reason)
    return f"{called} · {dated(timezone.localtime(now.until), 'H:i')}" if now.until else called


def _is_reader(request: MemberAsked) -> bool:
    return not at_least(request.member.role, Role.AGENT)


def _saved(view: SavedView, count: int) -> View:
    return View(name_of(view.id), view.name, "", view.icon, False, shown_count(count), view.id)


def shown_count(count: int) -> str:
    """Nothing for none; "99+" for more than anybody counts."""
    return f"{COUNT_TO - 1}+" if count >= COUNT_TO else str(count or "")


def _held(request: MemberAsked) -> str:
    rows = Quarantine.objects.filter(merchant=request.merchant, closed_at=None)
    if not request.member.sees_all:
        ours = Line.objects.filter(lines_seen(request.member), merchant=request.merchant)
        rows = rows.filter(line_id__in=ours.values("id"))
    return shown_count(rows.order_by()[:COUNT_TO].count())


def _hours_now(merchant: Merchant) -> str:
    week = week_of(Hours.objects.filter(merchant=merchant).order_by("id").first())
    return _("Open now") if is_open(week, timezone.now()) else _("Closed now")
