"""Which of our numbers a member may ring from, why not from the others, and whether this one may be rung now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.phones import country_of, shown
from presszero.team.models import Membership

from .models import Call, Leg, Reception
from .policy_dial import Dialled, Number, dialable, within_caps


@dataclass(frozen=True, slots=True)
class From:
    """A line to ring from: what they see, where numbers without a country belong, and where we may ring."""

    line: Line
    number: str
    home: str
    countries: Collection[str]


def lines_of(merchant_id: int) -> list[From]:
    """The phone lines of a merchant that work and have a way out, oldest first."""
    return [each for each in working_lines(merchant_id) if dials_out(each.line)]


def working_lines(merchant_id: int) -> list[From]:
    """All that work, those that only take calls with them, oldest first."""
    rows = Line.objects.filter(merchant_id=merchant_id, kind="phone", paused_at=None).order_by("id")
    answered = {each.line_id: each for each in Reception.objects.filter(merchant_id=merchant_id, line__in=rows)}
    return [_from(line, answered.get(line.id)) for line in rows]


def dials_out(line: Line) -> bool:
    """Whether a call of ours has a way: the carrier's server, or an account with a provider."""
    if line.settings.get("driver") == "hosted":
        return bool(line.settings.get("account"))
    return bool((line.settings.get("trunk") or {}).get("host"))


def why_not(merchant_id: int) -> list[str]:
    """A sentence for each line that works and cannot call anybody."""
    mute = [each for each in working_lines(merchant_id) if not dials_out(each.line)]
    words = _("%(line)s (%(number)s) only takes calls: no carrier takes ours. An admin can name one in the settings.")
    return [words % {"line": each.line.name, "number": each.number} for each in mute]


def checked(member: Membership, given: From, typed: str, now: datetime) -> Number:
    """The number, if this member may ring it from there now. Raises Undialable."""
    number = dialable(typed, given.home, given.countries)
    within_caps(dialled(member, number.e164, now))
    return number


def dialled(member: Membership, number: str, now: datetime) -> Dialled:
    """How often calls were begun lately, and numbers brought in."""
    hour, mine = now - timedelta(hours=1), {"merchant_id": member.merchant_id}
    out = Call.objects.filter(**mine, inbound=False)
    brought = Leg.objects.filter(**mine, via="number", offered_at__gt=hour)
    by_me = (
        Leg.objects.filter(**mine, member=member, call__inbound=False, offered_at__gt=hour).values("call").distinct()
    )
    today = now - timedelta(days=1)
    to_it = out.filter(number=number, began_at__gt=today).count()
    to_it += Leg.objects.filter(**mine, number=number, via="number", offered_at__gt=today).count()
    return Dialled(by_me.count(), out.filter(began_at__gt=hour).count() + brought.count(), to_it)


def _from(line: Line, answered: Reception | None) -> From:
    settings = answered.settings if answered else {}
    number = str(settings.get("caller_id") or line.address)
    home = country_of(number) or str(settings.get("country") or "")
    return From(line, shown(number), home, tuple(answered.countries if answered else ()))
