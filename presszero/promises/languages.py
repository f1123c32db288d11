"""What an acknowledgement says, in the languages we can say it in, and which of them a text is written in. Pure.

These words go out by themselves, so they are ours: nothing that a customer typed stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Language:
    """One language. In the sentences {by} is a moment in words, {day} a day's name, {clock} an hour."""

    name: str
    subject: str
    thanks: str
    open: str  # somebody is there
    weekend: str  # a day on which we never open
    holiday: str
    night: str  # we open again, or were open, today
    unknown: str  # no moment can be named
    later: str  # before a new moment, when we could not keep the first
    tap: str  # the name of the link to the one-tap page
    stranger: str  # for whoever did not write
    today: str
    tomorrow: str
    within_a_week: str
    far: str
    clock: str  # strftime
    days: tuple[str, ...]  # Monday first
    months: tuple[str, ...]
    common: frozenset[str]  # short words that tell the language


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


ENGLISH = Language(
    name="English",
    subject="We have your message",
    thanks="Thank you, we have your message.",
    open="We answer by {by}.",
    weekend="It is {day}; we answer by {by}.",
    holiday="We are closed today; we answer by {by}.",
    night="We are closed right now; we answer by {by}.",
    unknown="We answer as soon as we are back.",
    later="It takes us longer than we said, and we are sorry.",
    tap="Tell us in one tap how much it matters, and by when",
    stranger="If it was not you who wrote to us, there is nothing for you to do.",
    today="{clock} today",
    tomorrow="{clock} tomorrow",
    within_a_week="{day} {clock}",
    far="{day} {number} {month}, {clock}",
    clock="%H:%M",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=_words("January February March April May June July August September October November December"),
    common=frozenset(_words("the and is you my for with this that have not your please hello where when order i")),
)
GERMAN = Language(
    name="Deutsch",
    subject="Ihre Nachricht ist da",
    thanks="Vielen Dank, Ihre Nachricht ist angekommen.",
    open="Wir antworten bis {by}.",
    weekend="Heute ist {day}; wir antworten bis {by}.",
    holiday="Heute haben wir geschlossen; wir antworten bis {by}.",
    night="Gerade haben wir geschlossen; wir antworten bis {by}.",
    unknown="Wir antworten, sobald wir wieder da sind.",
    later="Es dauert länger, als wir gesagt hatten; das tut uns leid.",
    tap="Sagen Sie uns mit einem Tipp, wie wichtig es ist und bis wann",
    stranger="Wenn nicht Sie uns geschrieben haben, müssen Sie nichts tun.",
    today="heute, {clock} Uhr",
    tomorrow="morgen, {clock} Uhr",
    within_a_week="{day}, {clock} Uhr",
    far="{day}, {number}. {month}, {clock} Uhr",
    clock="%H:%M",
    days=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=_words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    common=frozenset(_words("der die das und ist ich nicht mit für ein eine bitte wo wann meine hallo sie wir habe")),
)
SPANISH = Language(
    name="Español",
    subject="Hemos recibido su mensaje",
    thanks="Gracias, hemos recibido su mensaje.",
    open="Respondemos a más tardar {by}.",
    weekend="Hoy es {day}; respondemos a más tardar {by}.",
    holiday="Hoy está cerrado; respondemos a más tardar {by}.",
    night="Ahora está cerrado; respondemos a más tardar {by}.",
    unknown="Respondemos en cuanto estemos de vuelta.",
    later="Tardamos más de lo que dijimos, y lo sentimos.",
    tap="Díganos con un toque cuánto importa y para cuándo",
    stranger="Si no fue usted quien nos escribió, no tiene que hacer nada.",
    today="hoy a las {clock}",
    tomorrow="mañana a las {clock}",
    within_a_week="el {day} a las {clock}",
    far="el {day} {number} de {month} a las {clock}",
    clock="%H:%M",
    days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=_words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    common=frozenset(_words("el los las y es mi para con que no su por favor hola dónde cuándo pedido una tengo")),
)
FRENCH = Language(
    name="Français",
    subject="Nous avons bien reçu votre message",
    thanks="Merci, nous avons bien reçu votre message.",
    open="Nous répondons au plus tard {by}.",
    weekend="Nous sommes {day} ; nous répondons au plus tard {by}.",
    holiday="C’est fermé aujourd’hui ; nous répondons au plus tard {by}.",
    night="C’est fermé en ce moment ; nous répondons au plus tard {by}.",
    unknown="Nous répondons dès que nous sommes de retour.",
    later="Il nous faut plus de temps que prévu, et nous en sommes désolés.",
    tap="Dites-nous d’un geste combien cela compte, et pour quand",
    stranger="Si ce n’est pas vous qui nous avez écrit, vous n’avez rien à faire.",
    today="aujourd’hui à {clock}",
    tomorrow="demain à {clock}",
    within_a_week="{day} à {clock}",
    far="{day} {number} {month} à {clock}",
    clock="%H h %M",
    days=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=_words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    common=frozenset(_words("le les et est je ne pas pour avec vous mon ma une bonjour où quand commande merci")),
)
LANGUAGES: Mapping[str, Language] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}

_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 2  # common words before we believe that it is that language


def known(code: str) -> str:
    """One of ours for a BCP 47 tag: "de-AT" is "de"; "" for a language we have no words in."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return short if short in LANGUAGES else ""


def written_in(text: str) -> str:
    """Which of our languages a text is in, as its short words tell; "" when they do not."""
    words = [word.casefold() for word in _WORD.findall(text[:2000])]
    scores = {code: sum(word in language.common for word in words) for code, language in LANGUAGES.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    return max(scores, key=scores.__getitem__) if best >= _ENOUGH and best > second else ""


def in_words(moment: datetime, now: datetime, language: Language) -> str:
    """A moment to come; both are in the zone of those who answer."""
    days = (moment.date() - now.date()).days
    pattern = (
        language.today
        if days <= 0
        else language.tomorrow
        if days == 1
        else language.within_a_week
        if days < 7
        else language.far
    )
    return pattern.format(
        clock=moment.strftime(language.clock),
        day=language.days[moment.weekday()],
        number=moment.day,
        month=language.months[moment.month - 1],
    )
