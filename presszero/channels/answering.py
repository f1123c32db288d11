"""When somebody who writes to a line now is answered, by the line's hours and its target; and how we say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.merchants.policy import Expectation, Week, expect
from presszero.merchants.queries import week_of
from presszero.ui.formats import dated

from .models import Line


def expects(line: Line, at: datetime) -> Expectation:
    """Whether somebody is there, by when the first answer is due, and when we are back."""
    return expect(week_of(line.hours), at, timedelta(minutes=line.first_reply_minutes))


def sentence(line: Line, at: datetime, found: Expectation) -> str:
    """What we tell the customer, in the language that is active; "" when the line's hours never open."""
    if found.by is None or found.opens is None:
        return ""
    if not found.open:
        return _("We are back %(when)s.") % {"when": in_words(found.opens, at, zone(line))}
    wait = timedelta(minutes=line.first_reply_minutes)
    if found.by - at > wait:
        return _("We answer by %(when)s.") % {"when": in_words(found.by, at, zone(line))}
    return _usually(line.first_reply_minutes)


def in_words(moment: datetime, at: datetime, where: ZoneInfo) -> str:
    """A moment to come as people there say it: "today at 14:00", "Monday at 09:00", "3 December at 09:00"."""
    local = moment.astimezone(where)
    days = (local.date() - at.astimezone(where).date()).days
    clock = {"clock": date_format(local, "H:i")}
    if days <= 0:
        return _("today at %(clock)s") % clock
    if days == 1:
        return _("tomorrow at %(clock)s") % clock
    day = dated(local, "l" if days < 7 else "j F")
    return _("%(day)s at %(clock)s") % {"day": day, **clock}


def zone(line: Line) -> ZoneInfo:
    """The clock that the people behind a line live by."""
    return ZoneInfo(line.hours.timezone if line.hours else line.merchant.timezone)


def open_hours(line: Line) -> Week:
    """The line's hours; where none were set, always open by the merchant's clock."""
    return week_of(line.hours) if line.hours else Week(line.merchant.timezone)


def _usually(minutes: int) -> str:
    if minutes < 60:
        said = ngettext("We usually answer within a minute.", "We usually answer within %(n)d minutes.", minutes)
        return said % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("We usually answer within an hour.", "We usually answer within %(n)d hours.", hours) % {"n": hours}
