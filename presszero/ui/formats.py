"""How a time, a sum or a name is written. Times become `<time>` elements, which the browser keeps fresh and local."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from presszero.core.money import Money

_TINTS = ("", "b", "c", "d")
_ICONS = {
    "email": "mail",
    "chat": "chat",
    "visitor": "chat",
    "form": "globe",
    "phone": "phone",
    "sms": "mobile",
    "custom": "plug",
}
# Said anew for each language: a channel's word is not always that of the thing.
_CHANNELS: Mapping[str, Callable[[], str]] = {
    "email": lambda: pgettext("channel", "e-mail"),
    "chat": lambda: pgettext("channel", "chat"),
    "visitor": lambda: pgettext("channel", "chat"),
    "form": lambda: pgettext("channel", "web form"),
    "phone": lambda: pgettext("channel", "phone"),
    "sms": lambda: pgettext("channel", "text"),
    "custom": lambda: pgettext("channel", "own channel"),
}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_WHOLE = {"JPY", "KRW", "VND", "CLP", "ISK"}  # currencies without a hundredth, ISO 4217


def ago(at: datetime | None, now: datetime | None = None) -> Markup | str:
    """How long since, short: "2 min", "3 h", "Tue", "12 Nov"."""
    if at is None:
        return ""
    return _element(at, "ago", _ago(at, now or timezone.now()))


def moment(at: datetime | None, now: datetime | None = None) -> Markup | str:
    """Day and clock: "14:51", "Tue 14:51", "12 Nov, 14:51"."""
    if at is None:
        return ""
    return _element(at, "moment", _moment(at, now or timezone.now()))


def day(at: datetime | None) -> Markup | str:
    """The date alone: "12 Nov 2025"."""
    if at is None:
        return ""
    return _element(at, "day", dated(timezone.localtime(at), "j M Y"))


def dated(day: date, parts: str) -> str:
    """A date by Django's letters, as the language writes them: "24 Aug", and in German "24. Aug."."""
    if "j." in get_format("MONTH_DAY_FORMAT"):
        parts = parts.replace("l j", "l, j").replace("j", "j.")
    return date_format(day, parts)


def until(at: datetime | None, now: datetime | None = None) -> Markup | str:
    """What is left, as a clock: "1:12" (hours and minutes); once it has passed, for how long it has."""
    if at is None:
        return ""
    return _element(at, "until", span(abs(at - (now or timezone.now()))))


def span(length: timedelta) -> str:
    """ "0:42" up to ten hours, then "11 h", then "2 d"."""
    minutes = int(length.total_seconds() // 60)
    if minutes >= 48 * 60:
        return _("%(n)d d") % {"n": minutes // (24 * 60)}
    if minutes >= 600:
        return _("%(n)d h") % {"n": minutes // 60}
    return f"{minutes // 60}:{minutes % 60:02d}"


def money(amount: Decimal | int | str, currency: str) -> str:
    """ "£ 148.00", in the reader's language."""
    places = 0 if currency in _WHOLE else 2
    figures = number_format(Decimal(amount), places, use_l10n=True, force_grouping=True)
    return f"{_SIGNS.get(currency, currency)}\u00a0{figures}"


def price(minor: int, currency: str) -> str:
    """Minor units as people write them: "£148.00", "148,00 €"."""
    return Money(minor, currency).says(get_language() or "en")


def size(count: int) -> str:
    """Bytes for people: "312 kB"."""
    if count < 1000:
        return _("%(n)d bytes") % {"n": count}
    value = Decimal(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 1000 or unit == "GB":
            break
    return f"{number_format(value, 0 if value >= 10 else 1, use_l10n=True)}\u00a0{unit}"


@lru_cache(maxsize=2000)
def initials(name: str) -> str:
    """At most two letters for an avatar; "?" for somebody unknown."""
    words = [w for w in name.replace("@", " ").split() if w[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def called(name: str) -> str:
    """What to call a customer; one word for whoever gave no name."""
    return name or _("Somebody")


def tint(seed: int | None) -> str:
    """One of four quiet colours for an avatar; the same person keeps theirs."""
    return _TINTS[(seed or 0) % len(_TINTS)]


def channel_icon(kind: str) -> str:
    return _ICONS.get(kind, "plug")


def channel_word(kind: str) -> str:
    """What people call a channel."""
    return _channel(kind, get_language())


def _element(at: datetime, how: str, text: str) -> Markup:
    stamp = at.astimezone(UTC).isoformat()[:19]
    return Markup(f'<time datetime="{stamp}Z" data-as="{how}">{text}</time>')  # noqa: S704 - digits and our own words


def _ago(at: datetime, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return _recently(0, get_language()) if seconds > -60 else _moment(at, now)
    if seconds < 86400:
        return _recently(int(seconds) // 60, get_language())
    local = at.astimezone(timezone.get_current_timezone())
    return _weekday(local.weekday(), get_language()) if seconds < 6 * 86400 else _date(local, now)


def _moment(at: datetime, now: datetime) -> str:
    zone = timezone.get_current_timezone()
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour:02d}:{local.minute:02d}"
    day = local.date()
    if day == today:
        return clock
    if abs((today - day).days) < 6:
        return f"{_weekday(local.weekday(), get_language())} {clock}"
    return f"{_date(local, now)}, {clock}"


def _date(local: datetime, now: datetime) -> str:
    return _date_of(local.year, local.month, local.day, local.year == now.year, get_language())


@lru_cache(maxsize=64)
def _channel(kind: str, language: str | None) -> str:
    word = _CHANNELS.get(kind)
    return word() if word else kind


@lru_cache(maxsize=8000)
def _recently(minutes: int, language: str | None) -> str:
    """Since less than a day."""
    if minutes < 1:
        return pgettext("a moment ago", "now")
    return _("%(n)d min") % {"n": minutes} if minutes < 60 else _("%(n)d h") % {"n": minutes // 60}


@lru_cache(maxsize=64)
def _weekday(number: int, language: str | None) -> str:
    return str(WEEKDAYS_ABBR[number])


@lru_cache(maxsize=2000)
def _date_of(year: int, month: int, day: int, this_year: bool, language: str | None) -> str:
    return dated(date(year, month, day), "j M" if this_year else "j M Y")
