"""May this person be written to first, on this channel, for this purpose, at this moment? Pure: no clock, no database.

Rules that say no come first, then those that say later; each has a name, and `saying` a sentence for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..laws import SERVICE, Law, Span, laws_of
from .places import Whereabouts

YES, LATER, NO = "yes", "later", "no"
JUST_NOW = timedelta(hours=1)  # what follows an act of theirs so closely is its echo: it wakes nobody
GOES_STALE = {"service": timedelta(days=3)}  # older words may no longer be true
_STALE = timedelta(days=14)
_ASK_AGAIN = timedelta(hours=1)
_PAUSED = timedelta(minutes=15)
_LOOK_AHEAD = 15  # days in which a moment is sought

# In the order they are asked.
RULES = (
    *("stopped", "unknown", "blocked", "suppressed", "bounced", "legal_hold", "opted_out", "no_consent"),
    *("window", "never", "stale", "no_address", "paused", "quiet", "law_hours", "cap_day", "cap_week"),
    *("law_cap", "talking", "asked_to_stop"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that decides. Times are aware; `sent` are the moments of what we wrote first, any channel."""

    purpose: str  # service · marketing · survey
    channel: str  # a line's kind
    where: Whereabouts
    by_telephone: bool = False  # a text or call: the law's hours count
    reachable: bool = True  # the address is theirs today
    stopped: bool = False  # the batch was stopped, or the message
    paused: bool = False  # the merchant writes to nobody first
    blocked: bool = False
    suppressed: str = ""  # why: bounce · complaint · wrong · person
    bounced: bool = False
    legal_hold: bool = False
    said: bool | None = None  # their newest word on this channel and purpose
    window: timedelta | None = None  # of the channel: how long after their last words we may write freely
    heard_at: datetime | None = None  # their last words on this channel
    acted_at: datetime | None = None  # anything they did: wrote, ordered
    quiet: Span = (time(20), time(9))  # of their day; the same twice is never quiet
    a_day: int = 2
    a_week: int = 5
    sent: Sequence[datetime] = field(default=())
    rung: Sequence[datetime] = field(default=())  # of `sent`, those by telephone
    asked_to_stop: bool = False  # words of theirs seem to say so, and a person of ours has not read them yet
    talking: bool = False  # one of us is writing to them, or they wait for an answer
    written_at: datetime | None = None  # when the words that wait to go were written
    needs_foot: bool = False  # advertising by mail, and the merchant gave no postal address


@dataclass(frozen=True, slots=True)
class Verdict:
    """`until` is with "later" alone, and lies after the moment that was asked about."""

    outcome: str
    rule: str = ""
    until: datetime | None = None


def decide(known: Known, at: datetime) -> Verdict:
    """The first rule that does not say yes."""
    for rule in _forbidding(known, at):
        return Verdict(NO, rule)
    return next(_delaying(known, at), Verdict(YES))


def _forbidding(known: Known, at: datetime) -> Iterator[str]:
    stale = GOES_STALE.get(known.purpose, _STALE)
    for rule, holds in (
        ("stopped", known.stopped),
        ("unknown", not known.reachable),
        ("blocked", known.blocked),
        ("suppressed", bool(known.suppressed)),
        ("bounced", known.bounced),
        ("legal_hold", known.legal_hold),
        ("opted_out", known.said is False),
        ("no_consent", known.said is None and _must_have_said_yes(known, at)),
        ("window", known.window is not None and not _inside(known.window, known.heard_at, at)),
        ("never", known.a_day < 1 or known.a_week < 1),
        ("stale", known.written_at is not None and at - known.written_at > stale),
        ("no_address", known.needs_foot),
    ):
        if holds:
            yield rule


def _delaying(known: Known, at: datetime) -> Iterator[Verdict]:
    if known.paused:
        yield Verdict(LATER, "paused", at + _PAUSED)
    if known.asked_to_stop:
        yield Verdict(LATER, "asked_to_stop", at + _PAUSED)
    yield from _by_the_clock(known, at)
    yield from _by_the_count(known, at)
    if known.talking and known.purpose != "service":
        yield Verdict(LATER, "talking", at + _ASK_AGAIN)


def _by_the_clock(known: Known, at: datetime) -> Iterator[Verdict]:
    if known.purpose == "service" and _inside(JUST_NOW, known.acted_at, at):
        return
    rule = _resting(known, at)
    if rule:
        until = _next_moment(known, at)
        yield Verdict(LATER, rule, until) if until else Verdict(NO, "never")


def _by_the_count(known: Known, at: datetime) -> Iterator[Verdict]:
    laws = [law.a_day for law in _laws(known, at) if law.a_day] if known.by_telephone else []
    limits = [
        ("cap_day", known.sent, known.a_day, timedelta(days=1)),
        ("cap_week", known.sent, known.a_week, timedelta(days=7)),
        *(("law_cap", known.rung, most, timedelta(days=1)) for most in laws),
    ]
    for rule, moments, most, span in limits:
        inside = sorted(moment for moment in moments if at - moment < span)
        if len(inside) >= most:
            yield Verdict(LATER, rule, inside[len(inside) - most] + span)


def _must_have_said_yes(known: Known, at: datetime) -> bool:
    if known.purpose != "service":
        return True
    return known.by_telephone and any(law.ask_for_service_texts for law in _laws(known, at))


def _inside(span: timedelta, since: datetime | None, at: datetime) -> bool:
    """A moment ahead of the clock is as good as now: two machines' clocks differ."""
    return since is not None and at - since < span


def _resting(known: Known, at: datetime) -> str:
    """Which rule of the clock forbids the moment, in any zone they may be in; "" none."""
    for zone in known.where.zones:
        local = at.astimezone(ZoneInfo(zone))
        if _within(local.time(), known.quiet):
            return "quiet"
        if known.by_telephone and not _lawful(known, at, local):
            return "law_hours"
    return ""


def _lawful(known: Known, at: datetime, local: datetime) -> bool:
    weeks = {law.hours for law in _laws(known, at)} if known.purpose != "service" else {SERVICE}
    for week in weeks:
        span = week.on(local.date())
        if span is None or not span[0] <= local.time() < span[1]:
            return False
    return True


def _within(clock: time, span: Span) -> bool:
    """A span that ends before it begins goes over midnight."""
    start, end = span
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def _next_moment(known: Known, at: datetime) -> datetime | None:
    """The first moment that no clock forbids: it can only be where some clock's rest ends."""
    for moment in sorted(set(_ends_of_rest(known, at))):
        if moment > at and not _resting(known, moment):
            return moment
    return None


def _ends_of_rest(known: Known, at: datetime) -> Iterator[datetime]:
    weeks = {law.hours for law in _laws(known, at)} if known.purpose != "service" else {SERVICE}
    for name in known.where.zones:
        zone = ZoneInfo(name)
        today = at.astimezone(zone).date()
        for day in (today + timedelta(days=n) for n in range(-1, _LOOK_AHEAD)):
            starts = {known.quiet[1], time(0)}
            if known.by_telephone:
                starts |= {span[0] for week in weeks if (span := week.on(day))}
            yield from (moment for start in starts for moment in _moments(day, start, zone))


def _moments(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """A clock that is put back shows an hour twice, and one put forward skips one: both are asked."""
    local = datetime.combine(day, clock, zone)
    for fold in (0, 1):
        yield local.replace(fold=fold).astimezone(UTC)


def _laws(known: Known, at: datetime) -> tuple[Law, ...]:
    """By the day it is anywhere: laws change at midnight, and a day more or less of the old one harms nobody."""
    return laws_of(known.where.places, at.date())
