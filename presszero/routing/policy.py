"""Whose turn is it? Pure: who waits, who is on duty and the moment are given.

Live work (a call, a chat) goes out by `Crew.match`: whoever waited longest first, among those of the highest rank, to
whoever is the best for it. Nothing waits while somebody who fits has room, but for the few seconds in which it waits
for whoever answered them last. Conversations that need no answer now (mail) go round by `next_turn`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

CALL, CHAT = "call", "chat"
USUAL: Mapping[str, int] = MappingProxyType({CALL: 1, CHAT: 3})  # what a member takes at once where nothing else is set
GONE_AFTER = timedelta(seconds=90)  # no desk of theirs was open for so long
ASKED_AGAIN = timedelta(seconds=60)  # after they said no, or did not answer


@dataclass(frozen=True, slots=True)
class Person:
    """A member on duty, free or not."""

    member_id: int
    queues: frozenset[int]  # which they answer
    skills: Mapping[int, int] = field(default_factory=dict)  # skill → level, 1 to 5
    doing: Mapping[str, int] = field(default_factory=dict)  # kind → how many they have, offered ones too
    most: Mapping[str, int] = field(default_factory=lambda: USUAL)  # kind → how many at once
    idle_since: float = 0.0  # epoch seconds of their last turn; 0: had none
    wraps_up: bool = False  # the last call is being written down
    calls_only: bool = False  # no desk of theirs is open; their own phone rings
    teams: frozenset[int] | None = None  # whose conversations they see; None: everybody's


@dataclass(frozen=True, slots=True)
class Waiter:
    """A call or chat that waits and that nobody was offered."""

    waiting_id: int
    kind: str
    queue: int
    since: datetime  # their place
    began_at: datetime  # in this queue
    rank: int = 0  # the queue's priority and their own; higher goes first
    skills: Mapping[int, int] = field(default_factory=dict)  # skill → level at least, beside the queue's
    sticky: int | None = None  # who answered them last, or has their conversation
    team: int | None = None  # whose conversation it is; None: everybody's
    passed: frozenset[int] = frozenset()  # said no, or did not answer, less than ASKED_AGAIN ago


@dataclass(frozen=True, slots=True)
class Rule:
    """What a queue says of who answers it."""

    skills: Mapping[int, int] = field(default_factory=dict)
    overflow: int | None = None  # whose people may answer too …
    overflow_seconds: int = 120  # … after so long; from then on skills are wished for, not needed
    sticky_seconds: int = 20


@dataclass(frozen=True, slots=True)
class Why:
    """Why this came to them, in codes that a template says in words.

    sticky (you answered them last) · skills (ids, you can what they need) · overflow (the queue's own people were busy
    for too long) · wished (nobody on duty can what they need) · priority (it goes before what waited longer) · longest
    (nobody waited longer) · only (nobody else who fits was free) · idle (you were free for longest) · hand (you took
    it yourself)
    """

    codes: tuple[str, ...]
    waited: int = 0  # seconds
    skills: tuple[int, ...] = ()
    queue: int = 0
    among: int = 1  # who fitted and had room

    def to_json(self) -> dict[str, object]:
        return {
            "codes": list(self.codes),
            "waited": self.waited,
            "skills": list(self.skills),
            "queue": self.queue,
            "among": self.among,
        }


@dataclass(frozen=True, slots=True)
class Match:
    waiting_id: int
    kind: str
    member_id: int
    why: Why


@dataclass(frozen=True, slots=True)
class _Line:
    """Those who wait, as one decision reads them."""

    now: datetime
    wanted: frozenset[int]  # skills that somebody waits for
    earliest: Mapping[int, datetime]  # rank → since when the longest of lower rank waits


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody must be like to be given this one."""

    kind: str
    queues: tuple[int, ...]
    needs: tuple[tuple[int, int], ...]
    team: int | None


@dataclass
class Crew:
    """Everybody on duty, while one decision is made; each match takes room of somebody's."""

    people: Sequence[Person]
    rules: Mapping[int, Rule]
    _room: dict[int, Person] = field(init=False)
    _doing: dict[int, Mapping[str, int]] = field(init=False)
    _nobody: set[_Asked] = field(init=False, default_factory=set)  # who has no room now has none later in a decision

    def __post_init__(self) -> None:
        self._doing = {each.member_id: each.doing for each in self.people}
        able = (p for p in self.people if not p.wraps_up and not p.doing.get(CALL))  # most of the others, quickly
        self._room = {p.member_id: p for p in able if self._kinds_with_room(p)}

    @property
    def free(self) -> int:
        """How many have room for something."""
        return len(self._room)

    @property
    def kinds(self) -> set[str]:
        """What somebody still has room for."""
        return {kind for each in self._room.values() for kind in self._kinds_with_room(each)}

    @property
    def queues(self) -> set[int]:
        """What waits in these may be for somebody who has room."""
        own = {queue for each in self._room.values() for queue in each.queues}
        return own | {queue for queue, rule in self.rules.items() if rule.overflow in own}

    def match(self, waiters: Iterable[Waiter], now: datetime) -> list[Match]:
        """Who gets what, until nobody has room. `waiters` are in the order of `order`, as are several calls of this."""
        waiting = list(waiters)
        line = _Line(now, _wanted(waiting), _earliest_below(waiting))
        found = []
        for waiter in waiting:
            if not self._room:
                break
            match = self._give(waiter, line)
            if match:
                found.append(match)
        return found

    def _give(self, waiter: Waiter, line: _Line) -> Match | None:
        asked = self._asked(waiter, line.now)
        if asked in self._nobody:
            return None
        fit = [each for each in self._room.values() if self._fits(each, asked)]
        if not fit:
            self._nobody.add(asked)
            return None
        willing = [each for each in fit if each.member_id not in waiter.passed]
        if self._holds_for_sticky(waiter, line.now):
            willing = [each for each in willing if each.member_id == waiter.sticky]
        if not willing:
            return None
        chosen = min(willing, key=lambda each: self._order_of(each, waiter, line))
        why = self._why(chosen, waiter, line, len(willing))
        self._took(chosen, waiter.kind)
        return Match(waiter.waiting_id, waiter.kind, chosen.member_id, why)

    def _asked(self, waiter: Waiter, now: datetime) -> _Asked:
        """Skills are needed at first. Once it overflows, or where nobody on duty has one, it is a wish."""
        rule = self.rules.get(waiter.queue, Rule())
        late = (now - waiter.since).total_seconds() >= rule.overflow_seconds
        queues = (waiter.queue, rule.overflow) if late and rule.overflow else (waiter.queue,)
        needs = () if late else tuple(n for n in _needs(waiter, rule) if self._somebody_can(n, waiter.queue))
        return _Asked(waiter.kind, queues, needs, waiter.team)

    def _somebody_can(self, need: tuple[int, int], queue: int) -> bool:
        return any(each.skills.get(need[0], 0) >= need[1] and queue in each.queues for each in self.people)

    def _fits(self, person: Person, asked: _Asked) -> bool:
        return (
            self._has_room(person, asked.kind)
            and any(queue in person.queues for queue in asked.queues)
            and all(person.skills.get(skill, 0) >= level for skill, level in asked.needs)
            and (person.teams is None or asked.kind == CALL or asked.team in person.teams)
        )

    def _holds_for_sticky(self, waiter: Waiter, now: datetime) -> bool:
        """They wait for whoever answered them last, while those are on duty and not for longer than the queue says."""
        if waiter.sticky is None or waiter.sticky in waiter.passed or waiter.sticky not in self._doing:
            return False
        rule = self.rules.get(waiter.queue, Rule())
        return (now - waiter.began_at).total_seconds() < rule.sticky_seconds

    def _order_of(self, person: Person, waiter: Waiter, line: _Line) -> tuple[bool, int, int, int, float, int]:
        """Smallest first: who knows them, who has least to do, who can it best, whom others need least, who idles."""
        doing = sum(self._doing[person.member_id].values())
        levels = sum(person.skills.get(skill, 0) for skill, _level in self._needs(waiter))
        spare = sum(1 for skill in line.wanted if skill in person.skills)
        return (person.member_id != waiter.sticky, doing, -levels, spare, person.idle_since, person.member_id)

    def _why(self, person: Person, waiter: Waiter, line: _Line, among: int) -> Why:
        needs = self._needs(waiter)
        can = tuple(skill for skill, level in needs if person.skills.get(skill, 0) >= level)
        before = line.earliest.get(waiter.rank)
        codes = [
            "sticky" if person.member_id == waiter.sticky else "",
            "skills" if can else "",
            "overflow" if waiter.queue not in person.queues else "",
            "wished" if len(can) < len(needs) else "",
            "priority" if before and before < waiter.since else "longest",
            "only" if among == 1 else "idle",
        ]
        waited = max(0, int((line.now - waiter.since).total_seconds()))
        return Why(tuple(code for code in codes if code), waited, can, waiter.queue, among)

    def _needs(self, waiter: Waiter) -> tuple[tuple[int, int], ...]:
        return _needs(waiter, self.rules.get(waiter.queue, Rule()))

    def _took(self, person: Person, kind: str) -> None:
        doing = self._doing[person.member_id]
        self._doing[person.member_id] = {**doing, kind: doing.get(kind, 0) + 1}
        if not self._kinds_with_room(person):
            del self._room[person.member_id]

    def _kinds_with_room(self, person: Person) -> list[str]:
        return [kind for kind in USUAL if self._has_room(person, kind)]

    def _has_room(self, person: Person, kind: str) -> bool:
        return has_room(person, kind, self._doing[person.member_id])


def has_room(person: Person, kind: str, doing: Mapping[str, int]) -> bool:
    """Whether they take one more. A call leaves room for nothing live; chats leave room for a call, and for mail."""
    if person.wraps_up or doing.get(CALL) or (person.calls_only and kind != CALL):
        return False
    return doing.get(kind, 0) < person.most.get(kind, USUAL.get(kind, 0))


def order(waiter: Waiter) -> tuple[int, datetime, int]:
    """Sorts who waits: the highest rank first, in it the longest wait."""
    return (-waiter.rank, waiter.since, waiter.waiting_id)


def _needs(waiter: Waiter, rule: Rule) -> tuple[tuple[int, int], ...]:
    if not waiter.skills and not rule.skills:
        return ()
    both = {**rule.skills, **waiter.skills}
    levels = {skill: max(waiter.skills.get(skill, 0), rule.skills.get(skill, 0)) for skill in both}
    return tuple(sorted(levels.items()))


def _wanted(line: Sequence[Waiter]) -> frozenset[int]:
    """Who has one of these is kept free where others can help as well."""
    return frozenset(skill for each in line for skill in each.skills)


def _earliest_below(line: Sequence[Waiter]) -> dict[int, datetime]:
    """Rank → since when the longest of lower rank waits."""
    firsts: dict[int, datetime] = {}
    for each in line:
        firsts[each.rank] = min(each.since, firsts.get(each.rank, each.since))
    ranks = sorted(firsts)
    return {rank: min(firsts[lower] for lower in ranks[:n]) for n, rank in enumerate(ranks) if n}


# --- by when? ---


@dataclass(frozen=True, slots=True)
class Aim:
    """A target: seconds of open time for a line, a kind of work and a kind of customer; None, "" and "all" are any."""

    line: int | None
    kind: str
    customers: str
    seconds: int


def most_fitting(aims: Sequence[Aim], line: int | None, kind: str, customers: str) -> int | None:
    """Seconds of the target that says most about them: their kind of customer first, then the line, then the work.

    None where none of them is about them. Among equals the shortest holds.
    """
    about = [
        aim
        for aim in aims
        if aim.line in (None, line) and aim.kind in ("", kind) and aim.customers in ("all", customers)
    ]
    best = min(about, key=lambda a: (a.customers == "all", a.line is None, a.kind == "", a.seconds), default=None)
    return best.seconds if best else None


# --- how long will it take? ---


@dataclass(frozen=True, slots=True)
class Place:
    """1 is next. `seconds`: until somebody answers, as well as we know; None: we do not know."""

    place: int
    seconds: int | None


def estimate(place: int, hands: int, free: int, handling: Sequence[float]) -> int | None:
    """Seconds until whoever has this place is answered. None where nobody is on duty, or too little is known.

    `hands`: how many can be served at the same time by those on duty, `free` of them idle; `handling`: seconds that the
    latest took, from being offered to being free again. When all hands are full, one gets free every mean / hands
    seconds, whatever the spread of handling times (a superposition of many renewals is near a Poisson process), so the
    n-th in line waits n of these.
    """
    if place <= free:
        return 0
    if hands < 1 or len(handling) < _KNOWN:
        return None
    return round((place - free) * (sum(handling) / len(handling)) / hands)


_KNOWN = 3  # handling times, below which a mean says nothing


# --- conversations that need no answer now ---


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who is ready now: how many open conversations they have, how many they take, and their last turn."""

    member_id: int
    load: int
    capacity: int
    last_turn_at: datetime | None
    sees_all: bool = True  # else only what stands in their teams' queues


def next_turn(candidates: Sequence[Candidate]) -> int | None:
    """Round robin: whoever had no turn for longest, among those with room. None when nobody has."""
    free = [c for c in candidates if c.load < c.capacity]
    if not free:
        return None
    return min(free, key=_waited).member_id


def _waited(candidate: Candidate) -> tuple[float, int]:
    """Sorts whoever never had a turn first, then the longest ago; ties by id, so that the answer is one."""
    turn = candidate.last_turn_at
    return (turn.timestamp() if turn else float("-inf"), candidate.member_id)
