"""The numbers of a day as a screen shows them: their names, how long their bars are, and why each is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.insights.yesterday import SPEEDS, UNANSWERED, Day
from presszero.ui.formats import channel_word, dated

TOPICS = 9  # topics drawn one by one; the rest stand in the table


@dataclass(frozen=True, slots=True)
class Bar:
    """`size` is 0 to 100, of the longest beside it. `url` opens the conversations."""

    what: str
    label: str
    count: int
    url: str
    size: int
    short: str = ""  # the label where there is little room


@dataclass(frozen=True, slots=True)
class Helped:
    """What a member did: three numbers that open their conversations."""

    id: int
    name: str
    answered: Bar
    first: Bar
    resolved: Bar


def label(what: str, topics: Mapping[int, str], team: Mapping[int, str], hours: Sequence[str]) -> str:
    """What a number is called at the head of its list; "" for what is no number of this merchant's."""
    kind, _sep, which = what.partition(":")
    name = _NAMES[kind]().get(which, "") if kind in _NAMES else ""
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 18 else -1
    if kind == "channel":
        return _("By %(channel)s") % {"channel": channel_word(which)}
    if kind == "topic":
        return _("No topic yet") if which == "none" else topics.get(number, "")
    if kind == "hour":
        return _("Wrote from %(clock)s") % {"clock": hours[number]} if 0 <= number < len(hours) else ""
    if kind in _HELPED and number in team:
        return _HELPED[kind]() % {"name": team[number]}
    return name


def length(took: timedelta | None) -> str:
    """How long somebody waited: "40 s", "12 min", "3 h 05", "2 d"; a dash for nobody knows."""
    if took is None:
        return "–"
    seconds = max(int(took.total_seconds()), 0)
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(h)d h %(m)02d") % {"h": seconds // 3600, "m": seconds % 3600 // 60}
    return _("%(n)d d") % {"n": seconds // 86400}


@dataclass(frozen=True)
class Screen:
    """Everything the page draws. `before`: the same weekday of the weeks before. `team`: member id → name."""

    day: Day
    before: Sequence[Day]
    topics: Mapping[int, str]
    team: Mapping[int, str]
    today: date
    hour_marks: Sequence[str]

    def url(self, what: str) -> str:
        return "/yesterday/conversations?" + urlencode({"day": self.day.day.isoformat(), "what": what})

    @property
    def title(self) -> str:
        ago = (self.today - self.day.day).days
        return {0: _("Today so far"), 1: _("Yesterday")}.get(ago, date_format(self.day.day, "l"))

    @property
    def date(self) -> str:
        """With its weekday where the title does not say it."""
        parts = "j F" if (self.today - self.day.day).days > 1 else "l j F"
        return dated(self.day.day, parts if self.day.day.year == self.today.year else f"{parts} Y")

    @property
    def earlier(self) -> str:
        return f"/yesterday?day={self.day.day - timedelta(days=1)}"

    @property
    def later(self) -> str:
        """The next day; "" on today."""
        return f"/yesterday?day={self.day.day + timedelta(days=1)}" if self.day.day < self.today else ""

    @property
    def is_quiet(self) -> bool:
        return not (self.day.matters or self.day.reopened or self.day.waiting or self.day.helped)

    @cached_property
    def channels(self) -> list[Bar]:
        kinds = {kind for m in self.day.matters for kind in m.channels}
        named = [(f"channel:{kind}", _begun(channel_word(kind))) for kind in kinds]
        return self._bars(sorted(named, key=lambda each: (-self.day.count(each[0]), each[1])))

    @cached_property
    def every_topic(self) -> list[Bar]:
        ids = {m.topic_id for m in self.day.matters if m.topic_id}
        named = [(f"topic:{number}", self.topics.get(number, "")) for number in ids]
        named = sorted(named, key=lambda each: (-self.day.count(each[0]), each[1]))
        bare = [("topic:none", _("No topic yet"))] if self.day.count("topic:none") else []
        return self._bars(named + bare)

    @property
    def drawn_topics(self) -> list[Bar]:
        """The most frequent; those without a topic stand last of all and are never left out."""
        bars, bare = self.every_topic, self.day.count("topic:none")
        return bars if not self.more_topics else [*bars[:TOPICS], *(bars[-1:] if bare else ())]

    @property
    def more_topics(self) -> int:
        """How many topics only the table has."""
        return max(len(self.every_topic) - bool(self.day.count("topic:none")) - TOPICS, 0)

    @property
    def half(self) -> str:
        return length(self.day.half_within())

    @property
    def speeds(self) -> list[Bar]:
        """How fast the first answers were; those that nobody has, last."""
        names = _speeds()
        asked = [(f"first:{speed}", names[speed][1], names[speed][0]) for speed in (*SPEEDS, "none")]
        return self._bars(asked)

    @cached_property
    def hours(self) -> list[Bar]:
        """From the first to the last in which anybody wrote, and never less than the middle of the day."""
        used = {n for m in self.day.matters for n in m.hours} | {8, min(18, len(self.hour_marks) - 1)}
        asked = [
            (f"hour:{n}", _("From %(clock)s") % {"clock": clock}, clock[:2])
            for n, clock in enumerate(self.hour_marks)
            if min(used) <= n <= max(used)
        ]
        return self._bars(asked)

    @cached_property
    def helped(self) -> list[Helped]:
        """By name, and by nothing else."""
        rows = sorted(self.day.helped, key=lambda each: (self.team.get(each.member_id, "").casefold(), each.member_id))
        most = max((len(part) for each in rows for part in (each.answered, each.first, each.resolved)), default=0)
        return [
            Helped(
                each.member_id,
                self.team.get(each.member_id, _("Someone who left")),
                *(
                    self._bar(f"{kind}:{each.member_id}", self._name(f"{kind}:{each.member_id}"), "", most)
                    for kind in ("answered", "first-by", "resolved")
                ),
            )
            for each in rows
        ]

    def usual(self, what: str) -> str:
        """The same number on the same weekday of the weeks before: "9–14"; "" when there are none."""
        return _range([str(n) for n in sorted(day.count(what) for day in self.before)])

    def usual_half(self) -> str:
        halves = sorted(half for day in self.before if (half := day.half_within()) is not None)
        return _range([length(half) for half in halves])

    def share(self, part: str, *rest: str) -> str:
        """ "82 %"; a dash of nothing."""
        share = self.day.share(part, *rest)
        return "–" if share is None else _("%(n)d %%") % {"n": int(share * 100 + 0.5)}

    @property
    def table(self) -> list[tuple[str, list[tuple[Bar, str]]]]:
        """Every number in words, beside what it was on the same weekday before: (group, [(number, before), …])."""
        whole = ("all", "new", "reopened", "waiting")
        speed = (*(f"first:{name}" for name in (*SPEEDS, *UNANSWERED)), "slower:5m")
        target = ("target:inside", "target:missed", "target:open")
        return [
            (_("The day"), [(self.bar(what), self._usual_of(what)) for what in whole]),
            (_("By channel"), [(bar, self.usual(bar.what)) for bar in self.channels]),
            (_("By topic"), [(bar, self.usual(bar.what)) for bar in self.every_topic]),
            (_("First answers"), [(self.bar(what), self.usual(what)) for what in (*speed, *target)]),
            (_("By hour"), [(bar, self.usual(bar.what)) for bar in self.hours if bar.count]),
        ]

    def _usual_of(self, what: str) -> str:
        """Who waits is known of now alone."""
        return "" if what == "waiting" else self.usual(what)

    def bar(self, what: str) -> Bar:
        return self._bar(what, self._name(what), "", 0)

    def _name(self, what: str) -> str:
        return label(what, self.topics, self.team, self.hour_marks)

    def _bars(self, asked: Iterable[Sequence[str]]) -> list[Bar]:
        rows = list(asked)
        most = max((self.day.count(row[0]) for row in rows), default=0)
        return [self._bar(row[0], row[1], row[2] if len(row) > 2 else "", most) for row in rows]

    def _bar(self, what: str, name: str, short: str, most: int) -> Bar:
        count = self.day.count(what)
        return Bar(what, name, count, self.url(what), round(100 * count / most) if most else 0, short)


def _begun(word: str) -> str:
    """As it begins a line; the rest stays, since a German word may carry a capital inside."""
    return word[:1].upper() + word[1:]


def _range(sorted_words: Sequence[str]) -> str:
    if not sorted_words:
        return ""
    low, high = sorted_words[0], sorted_words[-1]
    return low if low == high else f"{low}\u00a0–\u00a0{high}"


def _speeds() -> dict[str, tuple[str, str]]:
    """Speed → a short name under its column, and the whole one."""
    return {
        "5m": (_("5 min"), _("Answered within five minutes")),
        "15m": (_("15 min"), _("Answered within a quarter of an hour")),
        "1h": (_("1 h"), _("Answered within the hour")),
        "4h": (_("4 h"), _("Answered within four hours")),
        "1d": (_("1 day"), _("Answered within a day")),
        "later": (_("later"), _("Answered after more than a day")),
        "none": (_("not yet"), _("Not answered yet")),
        "settled": (_("settled"), _("Settled without an answer")),
    }


_NAMES: dict[str, Callable[[], dict[str, str]]] = {
    "all": lambda: {"": _("Everyone who wrote")},
    "new": lambda: {"": _("New matters")},
    "first": lambda: {speed: whole for speed, (_short, whole) in _speeds().items()},
    "slower": lambda: {"5m": _("Waited longer than five minutes")},
    "target": lambda: {
        "inside": _("First answer on time"),
        "missed": _("First answer late"),
        "open": _("First answer not due yet"),
    },
    "reopened": lambda: {"": _("Opened again")},
    "waiting": lambda: {"": _("Still waiting")},
}
_HELPED: dict[str, Callable[[], str]] = {
    "answered": lambda: _("Answered by %(name)s"),
    "first-by": lambda: _("First answered by %(name)s"),
    "resolved": lambda: _("Resolved by %(name)s"),
}
