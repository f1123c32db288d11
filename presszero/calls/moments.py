"""A moment to come, as it is said on the phone: "by 10:40 today", "by 9:30 on Monday". Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class _Words:
    today: str
    tomorrow: str
    week: str
    far: str
    days: tuple[str, ...]  # Monday first
    months: tuple[str, ...]


def _split(line: str) -> tuple[str, ...]:
    return tuple(line.split())


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        "by {clock} today", "by {clock} tomorrow", "by {clock} on {day}", "by {clock} on {day}, {number} {month}",
        _split("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        _split("January February March April May June July August September October November December"),
    ),
    "de": _Words(
        "heute bis {clock} Uhr", "morgen bis {clock} Uhr", "am {day} bis {clock} Uhr",
        "am {day}, dem {number}. {month}, bis {clock} Uhr",
        _split("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        _split("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    ),
    "es": _Words(
        "hoy antes de las {clock}", "mañana antes de las {clock}", "el {day} antes de las {clock}",
        "el {day} {number} de {month} antes de las {clock}",
        _split("lunes martes miércoles jueves viernes sábado domingo"),
        _split("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    ),
    "fr": _Words(
        "aujourd'hui avant {clock}", "demain avant {clock}", "{day} avant {clock}",
        "{day} {number} {month} avant {clock}",
        _split("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        _split("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    ),
    "it": _Words(
        "oggi entro le {clock}", "domani entro le {clock}", "{day} entro le {clock}",
        "{day} {number} {month} entro le {clock}",
        _split("lunedì martedì mercoledì giovedì venerdì sabato domenica"),
        _split("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    ),
    "nl": _Words(
        "vandaag voor {clock} uur", "morgen voor {clock} uur", "{day} voor {clock} uur",
        "{day} {number} {month} voor {clock} uur",
        _split("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"),
        _split("januari februari maart april mei juni juli augustus september oktober november december"),
    ),
}  # fmt: skip


def by(moment: datetime, now: datetime, language: str) -> str:
    """Both in the zone of whoever calls back; in English where we have no words in the language."""
    words = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    days = (moment.date() - now.date()).days
    pattern = words.today if days <= 0 else words.tomorrow if days == 1 else words.week if days < 7 else words.far
    return pattern.format(
        clock=f"{moment:%H:%M}",
        day=words.days[moment.weekday()],
        number=moment.day,
        month=words.months[moment.month - 1],
    )


def day(moment: date, language: str) -> str:
    """A day without a clock: "Monday, 23 November"."""
    words = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    return f"{words.days[moment.weekday()]}, {moment.day} {words.months[moment.month - 1]}"
