"""From real state to what stands for {{ … }} in a message. No template engine ever sees what people typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.channels.wording import fill
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import one_line

from .default_words import LANGUAGES, Language, Words, known

MAX_OWN = 4000  # characters of a merchant's own words
MAX_SUBJECT = 200
# What a merchant may use, and what it is: said anew for each reader.
VARIABLES: Mapping[str, Callable[[], str]] = {
    "next": lambda: _("what happens next, and by when"),
    "customer.name": lambda: _("their first name"),
    "order.number": lambda: _("the order’s number"),
    "order.items": lambda: _("what is in the order"),
    "order.total": lambda: _("what the order came to"),
    "day": lambda: _("the day that holds now"),
    "day.was": lambda: _("the day we had said before"),
    "day.wanted": lambda: _("the day they need it by"),
    "answer.by": lambda: _("by when one of us writes"),
    "parcel.carrier": lambda: _("who carries the parcel"),
    "parcel.link": lambda: _("where the parcel can be followed"),
    "refund.amount": lambda: _("the money that goes back"),
    "item": lambda: _("the thing that is back"),
    "choices": lambda: _("what they can choose, one link each"),
    "link": lambda: _("the address of the page with the choices"),
    "brand.name": lambda: _("your brand’s name"),
    "brand.phone": lambda: _("your brand’s phone number"),
}
SAYS_WHEN = frozenset({"next", "day", "answer.by"})
_ANY = re.compile(r"\{\{(.{0,80}?)\}\}|\{%|\{#", re.DOTALL)
_MARKS = re.compile(r"[\[\]()*<>{}\\`|]|https?:|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class State:
    """What is true of a message at the moment it is written. Days are calendar days in the merchant's time zone."""

    language: str  # a key of LANGUAGES
    brand: str = ""
    phone: str = ""
    name: str = ""  # as the customer wrote it; only a plain first name of it is used
    number: str = ""
    items: tuple[str, ...] = ()
    total: Money | None = None
    day: date | None = None
    was: date | None = None
    wanted: date | None = None
    answer_by: date | None = None
    carrier: str = ""
    parcel: str = ""  # its tracking address
    refund: Money | None = None
    item: str = ""
    link: str = ""
    choices: Sequence[tuple[str, str]] = field(default=())  # (label, address)


@dataclass(frozen=True, slots=True)
class Written:
    """A message, ready to be sent; `text` with our own few marks."""

    subject: str
    text: str


class UnknownVariable(Refused):
    """Something in double braces that stands for nothing here, or could be anything."""


def written(words: Words, state: State) -> Written:
    """Fills in the words. Choices stand where {{ choices }} does, or under it all."""
    language = LANGUAGES[known(state.language) or "en"]
    values = _values(words, state, language)
    text = fill(words.text, values)
    hello = language.hello.format(name=values["customer.name"]) if values["customer.name"] else language.stranger
    own_hello = "customer.name" in words.text
    if state.choices and "{{ choices }}" not in words.text and "{{ link }}" not in words.text:
        text = f"{text}\n\n{values['choices']}"
    text = text if own_hello else f"{hello}\n\n{text}\n\n{state.brand}"
    return Written(one_line(fill(words.subject, values), MAX_SUBJECT), _tidied(text))


def check_own(subject: str, text: str) -> tuple[str, str]:
    """A merchant's own words for one kind of message, ready to be kept. Raises UnknownVariable, Refused."""
    subject, words, used = check_words(subject, text)
    if not used & SAYS_WHEN:
        raise Refused(
            _("These words do not say what happens next, and by when."), _("Put {{ next }} where that belongs.")
        )
    return subject, words


def check_words(subject: str, text: str) -> tuple[str, str, set[str]]:
    """The merchant's words, and the variables used in them. Raises UnknownVariable, Refused."""
    subject, words = one_line(subject, MAX_SUBJECT), text.replace("\r\n", "\n").strip()
    if not words:
        raise Refused(_("There are no words in it."), _("Write what they should read, or go back to ours."))
    if len(words) > MAX_OWN:
        raise Refused(_("At most %(n)d characters, so that it is read.") % {"n": MAX_OWN}, _("Make it shorter."))
    return subject, words, {_checked(found) for found in _ANY.finditer(f"{subject}\n{words}")}


def says_day(day: date, language: str) -> str:
    """ "Friday 27 November", as the language writes it."""
    code = known(language) or "en"
    with translation.override(code):
        return date_format(day, LANGUAGES[code].day)


def first_name(name: str) -> str:
    """What they may be greeted by; "" where what they gave could be anything but a name."""
    first = one_line(name, 60).split(" ")[0]
    return first if first and "@" not in first and not _MARKS.search(first) and len(first) <= 30 else ""


def _checked(found: re.Match[str]) -> str:
    name = (found[1] or "").strip()
    if name not in VARIABLES:
        raise UnknownVariable(
            _("%(what)s stands for nothing here.") % {"what": found[0][:40]},
            _("Pick one under “What you can put in”."),
        )
    return name


def _values(words: Words, state: State, language: Language) -> dict[str, str]:
    values = {
        "customer.name": first_name(state.name),
        "order.number": _plain(state.number),
        "order.items": _items(state.items),
        "order.total": state.total.says(state.language) if state.total else "",
        **_days(state),
        "parcel.carrier": _plain(state.carrier),
        "parcel.link": state.parcel if state.parcel.startswith("https://") else "",
        "refund.amount": state.refund.says(state.language) if state.refund else "",
        "item": _plain(state.item),
        "brand.name": state.brand,
        "brand.phone": state.phone,
        "link": state.link,
        "choices": _choices(state, language),
    }
    return {**values, "next": fill(words.next if state.day else words.open, values)}


def _days(state: State) -> dict[str, str]:
    days: dict[str, Any] = {
        "day": state.day,
        "day.was": state.was,
        "day.wanted": state.wanted,
        "answer.by": state.answer_by,
    }
    return {name: says_day(day, state.language) if day else "…" for name, day in days.items()}


def _items(items: Sequence[str]) -> str:
    shown = [_plain(each) for each in items[:2]]
    more = f" +{len(items) - 2}" if len(items) > 2 else ""
    return ", ".join(shown) + more


def _choices(state: State, language: Language) -> str:
    if not state.choices:
        return ""
    return "\n".join([language.choose, "", *(f"- [{_plain(label)}]({link})" for label, link in state.choices)])


def _plain(words: str) -> str:
    """Without what our marks would make a link or a list of: it may be typed by anybody."""
    return one_line(_MARKS.sub(" ", words), 200).strip()


def _tidied(text: str) -> str:
    """Without what an empty value leaves behind."""
    text = re.sub(r" +([,.;:!])", r"\1", text.replace(" ()", ""))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()
