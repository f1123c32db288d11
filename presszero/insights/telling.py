"""A month of service in words and drawn lengths: for the page and for the letter. In the language that is active."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.remedies.saying import name_of
from presszero.ui.formats import channel_word, dated, price

from . import days
from .effect import FEWEST_BUYERS, FEWEST_HELD_OUT, Effect
from .service import LONGEST, WINDOWS, After, Month


@dataclass(frozen=True, slots=True)
class Bar:
    """An amount with its name. `size`: 0 to 100, of the longest beside it. `url`: its conversations; "" has none."""

    label: str
    says: str
    size: int
    url: str = ""
    note: str = ""
    part: int = 0  # the part of `size` that is margin


@dataclass(frozen=True, slots=True)
class Pair:
    """Both groups beside each other, and what lies between them; places on the line are 0 to 100."""

    days: int
    label: str
    shown: Bar
    held_out: Bar
    difference: str
    range: str  # "" for too little to tell
    low: float = 0
    middle: float = 0
    high: float = 0
    kind: str = ""  # good · late · "": it may be nothing


@dataclass(frozen=True, slots=True)
class TopicRow:
    label: str
    url: str
    settled: int
    spent: Bar  # service and remedies
    bought: Bar


@dataclass(frozen=True)
class Screen:
    """Everything the page draws, and the letter says."""

    month: Month
    topics: Mapping[int, str]
    today: date
    merchant_id: int

    @property
    def title(self) -> str:
        """ "October 2026"."""
        return date_format(self.month.first, "F Y")

    @property
    def address(self) -> str:
        return f"/insights/service?month={self.month.first:%Y-%m}"

    @property
    def earlier(self) -> str:
        return f"/insights/service?month={days.month_before(self.month.first):%Y-%m}"

    @property
    def later(self) -> str:
        """The next month; "" for the present one."""
        after = days.next_month(self.month.first)
        return f"/insights/service?month={after:%Y-%m}" if after <= self.today else ""

    @property
    def is_now(self) -> bool:
        """The month is not over."""
        return days.next_month(self.month.first) > self.today

    def url(self, what: str) -> str:
        asked = {"month": f"{self.month.first:%Y-%m}", "what": what}
        return "/insights/service/conversations?" + urlencode(asked)

    def price(self, minor: float) -> str:
        return price(round(minor), self.month.currency)

    @cached_property
    def spent(self) -> list[Bar]:
        """What service cost, part by part, on one scale with what was given."""
        return [self._bar(label, minor, what, note) for label, minor, what, note in self._costs]

    @cached_property
    def gave(self) -> list[Bar]:
        """What remedies cost, the dearest kind first."""
        return [self._bar(label, minor, what, note) for label, minor, what, note in self._gifts]

    @property
    def unpriced(self) -> str:
        """Time that had no rate; "" for none."""
        return length(self.month.unpriced) if self.month.unpriced >= 60 else ""

    @cached_property
    def bought(self) -> list[Bar]:
        """What they bought within 3, 14 and 30 days."""
        found = [self.month.after(window) for window in WINDOWS]
        most = max((each.kept for each in found), default=0)
        return [self._after(each, most) for each in found]

    @property
    def counting(self) -> str:
        """Until when the longest days are still counted; "" once they are over."""
        if self.month.after(LONGEST).complete or not self.month.served:
            return ""
        last = max(each.start for each in self.month.served) + timedelta(days=LONGEST)
        return _("still counting until %(day)s") % {"day": dated(last, "j M")}

    @property
    def elsewhere(self) -> list[str]:
        """What was bought in currencies that have no rate, and so counts nowhere."""
        return [price(minor, currency) for currency, minor in sorted(self.month.elsewhere.items())]

    @cached_property
    def pairs(self) -> list[Pair]:
        """The trial, by days."""
        effects = self.month.effects
        means = [mean for each in effects.values() for mean in (each.shown_mean, each.held_out_mean)]
        ends = [end for each in effects.values() for end in (each.low, each.high) if end is not None]
        scale = _Line(min([0.0, *ends]), max([0.0, *ends]))
        return [self._pair(window, found, max([1.0, *means]), scale) for window, found in effects.items()]

    @property
    def zero(self) -> float:
        """Where nothing stands on the line of differences."""
        ends = [end for each in self.month.effects.values() for end in (each.low, each.high) if end is not None]
        return _Line(min([0.0, *ends]), max([0.0, *ends])).place(0)

    @property
    def verdict(self) -> str:
        """What the trial says of thirty days, in one sentence; too little to tell is said so."""
        found = self.month.effects[LONGEST]
        if not self.month.trial:
            return _("Nobody has been drawn yet, so there is nothing to compare.")
        if found.low is None or found.high is None:
            return self._too_little(found)
        between = {"low": self.price(found.low), "high": self.price(found.high), "sum": self.price(found.difference)}
        if not found.is_clear:
            return _("It may be nothing: a customer brought between %(low)s and %(high)s more.") % between
        if found.difference > 0:
            return _("Suggestions brought %(sum)s more from a customer, between %(low)s and %(high)s.") % between
        return _("Suggestions brought less: between %(low)s and %(high)s from a customer.") % between

    @property
    def progress(self) -> tuple[int, int] | None:
        """How far it is to the first answer: (so many, of so many); None once there is one."""
        found = self.month.effects[LONGEST]
        if found.tells or not self.month.trial:
            return None
        return self._missing(found)[:2]

    @property
    def recovered(self) -> str:
        """ "34 %"; a dash for too little to tell."""
        found = self.month.recovered
        return percent(found.share) if found else "–"

    @property
    def recovered_range(self) -> str:
        found = self.month.recovered
        if found is None:
            return _("too little to tell")
        return _("between %(low)s and %(high)s") % {"low": percent(found.low), "high": percent(found.high)}

    @cached_property
    def by_topic(self) -> list[TopicRow]:
        """What each topic took and what was bought after it, the dearest first."""
        spent: dict[int | None, float] = defaultdict(float)
        for work in self.month.work:
            spent[self.month.topic_of(work.root)] += float(work.labour)
        for contact in self.month.contacts:
            spent[self.month.topic_of(contact.root)] += contact.cost or 0
        for given in self.month.given:
            if given.root:
                spent[self.month.topic_of(given.root)] += given.cost or 0
        settled: dict[int | None, list[int]] = defaultdict(list)
        for place, serve in enumerate(self.month.served):
            settled[serve.topic_id].append(place)
        after = {
            topic: self.month.after(LONGEST, [self.month.served[place] for place in places])
            for topic, places in settled.items()
        }
        most = max([1.0, *spent.values(), *(each.kept for each in after.values())])
        wanted = sorted({*spent, *settled}, key=lambda topic: (topic is None, -spent[topic], topic or 0))
        return [self._topic(topic, spent[topic], after.get(topic), len(settled[topic]), most) for topic in wanted]

    def called(self, what: str) -> str:
        """What a number is called at the head of its list; "" for what is no number of this merchant's."""
        kind, _sep, which = what.partition(":")
        if kind == "topic":
            number = int(which) if which.isascii() and which.isdigit() and len(which) < 18 else -1
            return _("No topic yet") if which == "none" else self.topics.get(number, "")
        try:
            return _CALLED[kind](which, self.merchant_id) if kind in _CALLED else ""
        except KeyError:
            return ""

    @cached_property
    def _costs(self) -> list[tuple[str, int, str, str]]:
        hours: dict[str, tuple[int, float]] = {}
        for work in self.month.work:
            seconds, cost = hours.get(work.channel, (0, 0.0))
            hours[work.channel] = seconds + work.seconds, cost + float(work.labour)
        counts: dict[str, tuple[int, int]] = {}
        for contact in self.month.contacts:
            count, reaching = counts.get(contact.channel, (0, 0))
            counts[contact.channel] = count + contact.count, reaching + (contact.cost or 0)
        said = _("Hands at work, by %(channel)s")
        rows = [
            (said % {"channel": channel_word(channel)}, round(cost), f"labour:{channel}", length(seconds))
            for channel, (seconds, cost) in hours.items()
        ]
        rows += [
            (_("Messages, by %(channel)s") % {"channel": channel_word(channel)}, cost, f"contact:{channel}", str(count))
            for channel, (count, cost) in counts.items()
            if cost
        ]
        fixed = [(_("Fixed, this month"), self.month.fixed, "", "")] if self.month.fixed else []
        return sorted(rows, key=lambda row: (-row[1], row[0])) + fixed

    @cached_property
    def _gifts(self) -> list[tuple[str, int, str, str]]:
        sums: dict[str, tuple[int, int]] = {}
        for given in self.month.given:
            count, cost = sums.get(given.kind, (0, 0))
            sums[given.kind] = count + given.count, cost + (given.cost or 0)
        rows = [
            (name_of(kind, self.merchant_id), cost, f"remedy:{kind}", _times(count))
            for kind, (count, cost) in sums.items()
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    @cached_property
    def _most(self) -> int:
        return max([1, *(minor for _label, minor, _what, _note in (*self._costs, *self._gifts))])

    def _bar(self, label: str, minor: int, what: str, note: str) -> Bar:
        return Bar(label, self.price(minor), _part(minor, self._most), self.url(what) if what else "", note)

    def _after(self, found: After, most: int) -> Bar:
        size = _part(found.kept, most)
        margin = _("%(sum)s margin") % {"sum": self.price(found.margin)} if found.margin_known else ""
        part = round(size * max(found.margin, 0) / found.kept) if found.margin_known else 0
        url = self.url(f"bought:{found.days}") if found.buyers else ""
        return Bar(within(found.days), self.price(found.kept), size, url, margin, part)

    def _pair(self, window: int, found: Effect, most: float, line: _Line) -> Pair:
        shown = self._mean(found.shown_mean, most, f"shown:{window}")
        held_out = self._mean(found.held_out_mean, most, f"held-out:{window}")
        if found.low is None or found.high is None:
            return Pair(window, within(window), shown, held_out, "–", "")
        kind = "" if not found.is_clear else "good" if found.difference > 0 else "late"
        said = _("%(low)s to %(high)s") % {"low": self.price(found.low), "high": self.price(found.high)}
        places = (line.place(found.low), line.place(found.difference), line.place(found.high))
        return Pair(window, within(window), shown, held_out, self.price(found.difference), said, *places, kind)

    def _mean(self, mean: float, most: float, what: str) -> Bar:
        return Bar("", self.price(mean), _part(mean, most), self.url(what))

    def _too_little(self, found: Effect) -> str:
        so_many, enough, said = self._missing(found)
        sentence = said % {"n": so_many, "enough": enough}
        weeks = self.month.weeks_to(FEWEST_HELD_OUT) if found.held_out < FEWEST_HELD_OUT else None
        if weeks is None:
            return sentence
        pace = ngettext("about %(num)d more week at this pace", "about %(num)d more weeks at this pace", weeks)
        return f"{sentence}; {pace % {'num': weeks}}"

    def _missing(self, found: Effect) -> tuple[int, int, str]:
        if found.held_out < FEWEST_HELD_OUT:
            return found.held_out, FEWEST_HELD_OUT, _("%(n)d of %(enough)d customers held out: too little to tell")
        if found.shown < FEWEST_HELD_OUT:
            return found.shown, FEWEST_HELD_OUT, _("%(n)d of %(enough)d customers not held out: too little to tell")
        groups = (
            [each for each in self.month.drawn.values() if bool(each.held_out) is group] for group in (True, False)
        )
        buyers = sum(len(self.month.after(LONGEST, group).buyers) for group in groups)
        return buyers, FEWEST_BUYERS, _("%(n)d of %(enough)d buyers so far: too little to tell")

    def _topic(self, topic: int | None, spent: float, after: After | None, settled: int, most: float) -> TopicRow:
        kept = after.kept if after else 0
        name = _("No topic yet") if topic is None else self.topics.get(topic, _("A topic that is gone"))
        return TopicRow(
            name,
            self.url(f"topic:{topic or 'none'}"),
            settled,
            Bar("", self.price(spent), _part(spent, most)),
            Bar("", self.price(kept), _part(kept, most)),
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a value stands on a drawn line of 0 to 100, with a little room at both ends."""

    low: float
    high: float

    def place(self, value: float) -> float:
        whole = self.high - self.low
        return round(4 + 92 * (value - self.low) / whole, 2) if whole else 50


def length(seconds: int) -> str:
    """How long hands were at work: "40 min", "3 h 05"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    return _("%(h)d h %(m)02d") % {"h": minutes // 60, "m": minutes % 60}


def percent(share: float) -> str:
    """ "34 %"."""
    return _("%(n)d %%") % {"n": round(share * 100)}


def within(window: int) -> str:
    """ "within 14 days"."""
    return ngettext("within %(num)d day", "within %(num)d days", window) % {"num": window}


def lines(screen: Screen) -> list[tuple[str, list[tuple[str, str]]]]:
    """The whole page as words: (heading, [(name, amount), …]). Same figures, for the letter and the table."""
    month = screen.month
    whole = (_("Altogether"), screen.price(month.cost))
    pairs = [
        (_("%(within)s, a customer") % {"within": pair.label}, f"{pair.difference} ({pair.range})")
        for pair in screen.pairs
        if pair.range
    ]
    return [
        (_("What service cost"), [*_named(screen.spent), whole]),
        (_("What it gave back in remedies"), [*_named(screen.gave), (_("Altogether"), screen.price(month.gave))]),
        (_("What they bought afterwards"), list(_named(screen.bought))),
        (_("What suggestions added"), pairs),
        (_("Service cost recovered"), [(screen.recovered_range, screen.recovered)]),
    ]


def _named(bars: Iterable[Bar]) -> Iterable[tuple[str, str]]:
    return ((bar.label, f"{bar.says} ({bar.note})" if bar.note else bar.says) for bar in bars)


def _times(count: int) -> str:
    return ngettext("%(num)d time", "%(num)d times", count) % {"num": count}


def _part(minor: float, most: float) -> int:
    """Never nothing for something."""
    return max(1, round(100 * minor / most)) if minor > 0 and most > 0 else 0


_CALLED: dict[str, Callable[[str, int], str]] = {
    "settled": lambda which, merchant: {"": _("Matters settled")}[which],
    "cost": lambda which, merchant: {"": _("What service cost")}[which],
    "labour": lambda which, merchant: (
        _("Hands at work, by %(channel)s") % {"channel": channel_word(which)} if which else _("Hands at work")
    ),
    "contact": lambda which, merchant: (
        _("Messages, by %(channel)s") % {"channel": channel_word(which)} if which else _("Messages")
    ),
    "remedy": lambda which, merchant: name_of(which, merchant) if which else _("Remedies"),
    "bought": lambda which, merchant: _("Bought %(within)s") % {"within": _window(which)},
    "shown": lambda which, merchant: (
        _("Not held out, bought %(within)s") % {"within": _window(which)} if which else _("Not held out")
    ),
    "held-out": lambda which, merchant: (
        _("Held out, bought %(within)s") % {"within": _window(which)} if which else _("Held out")
    ),
}


def _window(which: str) -> str:
    """KeyError for days that are not counted."""
    return {str(window): within(window) for window in WINDOWS}[which]
