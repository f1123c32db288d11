"""How a time, a sum or a name is written. Times become `<time>` elements, which the browser keeps fresh and local."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markupsafe import Markup

_TINTS = ("", "b", "c", "d")
_ICONS = {"email": "mail", "chat": "chat", "phone": "phone", "custom": "plug"}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_WHOLE = {"JPY", "KRW", "VND", "CLP", "ISK"}  # currencies without a hundredth, ISO 4217


def ago(at: datetime | None, now: datetime | None = None) -> Markup | str:
    """How long since, short: "2 min", "3 h", "Tue", "12 Nov"."""
    if at is None:
        return ""
    return _element(at, "ago", _ago(at, now or timezone.now()))


def moment(at: datetime | None) -> Markup | str:
    """Day and clock: "14:51", "Tue 14:51", "12 Nov, 14:51"."""
    if at is None:
        return ""
    return _element(at, "moment", _moment(at, timezone.now()))


def day(at: datetime | None) -> Markup | str:
    """The date alone: "12 Nov 2025"."""
    if at is None:
        return ""
    return _element(at, "day", date_format(timezone.localtime(at), "j M Y"))


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
    return f"{_SIGNS.get(currency, currency)}\u00a0{number_format(Decimal(amount), places, use_l10n=True)}"


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


def initials(name: str) -> str:
    """At most two letters for an avatar; "?" for somebody unknown."""
    words = [w for w in name.replace("@", " ").split() if w[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(seed: int | None) -> str:
    """One of four quiet colours for an avatar; the same person keeps theirs."""
    return _TINTS[(seed or 0) % len(_TINTS)]


def channel_icon(kind: str) -> str:
    return _ICONS.get(kind, "plug")


def channel_word(kind: str) -> str:
    """What people call a channel."""
    words = {
        "email": pgettext("channel", "e-mail"),
        "chat": pgettext("channel", "chat"),
        "phone": pgettext("channel", "phone"),
        "custom": pgettext("channel", "own channel"),
    }
    return words.get(kind, kind)


def _element(at: datetime, how: str, text: str) -> Markup:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ") if at.utcoffset() == timedelta() else at.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" data-as="{}">{}</time>').format(stamp, how, text)


def _ago(at: datetime, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return pgettext("a moment ago", "now") if seconds > -60 else _moment(at, now)
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 86400:
        return _("%(n)d h") % {"n": seconds // 3600}
    local = timezone.localtime(at)
    return date_format(local, "D") if seconds < 6 * 86400 else date_format(local, _year_or_not(local, now))


def _moment(at: datetime, now: datetime) -> str:
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return clock
    if abs((today - local.date()).days) < 6:
        return f"{date_format(local, 'D')} {clock}"
    return f"{date_format(local, _year_or_not(local, now))}, {clock}"


def _year_or_not(local: datetime, now: datetime) -> str:
    return "j M" if local.year == now.year else "j M Y"
