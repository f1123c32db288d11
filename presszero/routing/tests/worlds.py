"""A shop's floor over time, by the pure policy alone: people come to wait, are matched, are served, and leave."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from presszero.routing.policy import CALL, CHAT, USUAL, Crew, Match, Person, Rule, Waiter, estimate, order

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Floor:
    """Who is on duty, who waits, and what was done, at `now` seconds after the beginning."""

    people: list[Person]
    rules: dict[int, Rule]
    waiting: list[Waiter] = field(default_factory=list)
    now: float = 0.0

    @property
    def at(self) -> datetime:
        return BEGIN + timedelta(seconds=self.now)

    def decide(self) -> list[Match]:
        """Matches, and takes them out of the line and into hands."""
        matches = Crew(self.people, self.rules).match(self.waiting, self.at)
        gone = {match.waiting_id for match in matches}
        self.waiting = [each for each in self.waiting if each.waiting_id not in gone]
        for match in matches:
            self._changes(match.member_id, match.kind, 1)
        return matches

    def done(self, member_id: int, kind: str) -> None:
        self._changes(member_id, kind, -1)

    def _changes(self, member_id: int, kind: str, by: int) -> None:
        place = next(n for n, each in enumerate(self.people) if each.member_id == member_id)
        each = self.people[place]
        doing = {**each.doing, kind: each.doing.get(kind, 0) + by}
        self.people[place] = replace(each, doing=doing, idle_since=BEGIN.timestamp() + self.now)


@dataclass(frozen=True)
class Day:
    """What a simulated day came to."""

    waits: list[float]  # seconds, in the order of being served
    told: list[tuple[int, float]]  # what who had to wait was told when they came, and how long it took


def a_day(random: Random, agents: int, arrivals: int, load: float, mean: float = 180.0) -> Day:
    """Calls come at random to one queue; `load`: the share of the agents' time that they ask for."""
    floor = Floor([Person(n, frozenset({1})) for n in range(agents)], {1: Rule()})
    gap = mean / (agents * load)
    ends: list[tuple[float, int, int]] = []  # when, order, who
    came, told, handled, waits, last = {}, {}, [], [], 0.0
    for number in range(arrivals):
        last += random.expovariate(1 / gap)
        heapq.heappush(ends, (last, -1, number))
    while ends:
        floor.now, order_of, who = heapq.heappop(ends)
        if order_of < 0:
            came[who] = floor.now
            floor.waiting.append(Waiter(who, CALL, 1, floor.at, floor.at))
        else:
            floor.done(who, CALL)
        for match in floor.decide() if floor.waiting else []:
            took = random.expovariate(1 / mean)
            handled.append(took)
            heapq.heappush(ends, (floor.now + took, match.waiting_id, match.member_id))
            waits.append(floor.now - came[match.waiting_id])
            if match.waiting_id in told:
                told[match.waiting_id] = (told[match.waiting_id][0], waits[-1])
        if order_of < 0 and floor.waiting and floor.waiting[-1].waiting_id == who:
            said = estimate(len(floor.waiting), agents, 0, handled[-50:])
            if said is not None:
                told[who] = (said, -1.0)
    return Day(waits, [each for each in told.values() if each[1] >= 0])


def a_world(random: Random) -> Floor:
    """A few people, queues and skills, and some who wait: small, and of every kind."""
    queues, skills = range(1, random.randint(1, 3) + 1), range(1, random.randint(1, 3) + 1)
    people = [
        Person(
            number,
            frozenset(q for q in queues if random.random() < 0.7),
            {s: random.randint(1, 5) for s in skills if random.random() < 0.5},
            {CALL: 1} if random.random() < 0.2 else {CHAT: random.randint(0, 3)},
            {CALL: random.randint(0, 1), CHAT: random.randint(0, 3)} if random.random() < 0.3 else USUAL,
            random.random() * 100,
            random.random() < 0.1,
            random.random() < 0.1,
            None if random.random() < 0.8 else frozenset({random.randint(1, 2)}),
        )
        for number in range(1, random.randint(1, 7))
    ]
    rules = {q: _rule(random, queues, skills) for q in queues}
    floor = Floor(people, rules, now=random.randint(0, 300))
    floor.waiting = sorted((_waiter(random, n, floor, skills) for n in range(random.randint(0, 12))), key=order)
    return floor


def _rule(random: Random, queues: Sequence[int], skills: Sequence[int]) -> Rule:
    needs = {s: random.randint(1, 3) for s in skills if random.random() < 0.2}
    overflow = random.choice([None, *queues])
    return Rule(needs, overflow, random.choice([0, 60, 120]), random.choice([0, 20, 60]))


def _waiter(random: Random, number: int, floor: Floor, skills: Sequence[int]) -> Waiter:
    waited = random.randint(0, 400)
    members = [each.member_id for each in floor.people]
    return Waiter(
        number,
        random.choice([CALL, CHAT]),
        random.choice(list(floor.rules)),
        floor.at - timedelta(seconds=waited),
        floor.at - timedelta(seconds=random.randint(0, waited)),
        random.choice([0, 0, 0, 5]),
        {s: random.randint(1, 4) for s in skills if random.random() < 0.2},
        random.choice([None, *members]),
        random.choice([None, 1, 2]),
        frozenset(m for m in members if random.random() < 0.1),
    )
