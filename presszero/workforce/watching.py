"""How it goes just now: who waits, who is there, where callers are in the menu. Every number keeps what it counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from presszero.calls.models import Call, CallStep, Leg
from presszero.merchants.models import Merchant
from presszero.routing.models import Presence, Turn, Waiting
from presszero.routing.policy import GONE_AFTER
from presszero.team.models import Membership, Role

SHOWN = 200  # of those who wait; the number counts them all


@dataclass(frozen=True)
class Waits:
    """One that waits. `name` is their first one, as a wall may show it."""

    id: int
    kind: str
    name: str
    queue: str
    since: datetime
    due_at: datetime | None
    target: int  # seconds
    conversation_id: int | None
    offered_to: str = ""

    def late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True)
class Agent:
    """`state`: talking · rings · chats · wraps · ready · away. `call_id`: what a lead may listen to."""

    member_id: int
    name: str
    state: str
    since: datetime | None
    reason: str = ""
    chats: int = 0
    call_id: int | None = None
    listening: int | None = None  # the leg by which the one who looks already hears it
    whispering: bool = False


@dataclass(frozen=True)
class Spot:
    """Callers at one place of the menu, or those who pressed 0 there."""

    node: str
    name: str
    count: int
    conversations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Now:
    """The present of one shop."""

    at: datetime
    waiting: Sequence[Waits]
    agents: Sequence[Agent]
    menu: Sequence[Spot]
    talking: tuple[int, ...] = ()  # conversations of calls somebody talks in
    states: dict[str, int] = field(default_factory=dict)

    @property
    def longest(self) -> Waits | None:
        return self.waiting[0] if self.waiting else None

    @property
    def late(self) -> list[Waits]:
        return [each for each in self.waiting if each.late(self.at)]

    @property
    def queues(self) -> list[tuple[str, int, Waits]]:
        """Name, how many wait, and the one who waits longest."""
        found: dict[str, list[Waits]] = defaultdict(list)
        for each in self.waiting:
            found[each.queue].append(each)
        return [(name, len(rows), rows[0]) for name, rows in found.items()]


def now_of(merchant: Merchant, now: datetime, by: Membership | None = None) -> Now:
    """Six statements, each over what is open now. `by`: who looks, for what they listen to."""
    agents = _agents(merchant, now, by)
    states: dict[str, int] = defaultdict(int)
    for agent in agents:
        states[agent.state] += 1
    calls = list(_calls(merchant))
    talking = tuple(call.conversation_id for call in calls if call.stage == Call.Stage.TALKING and call.conversation_id)
    return Now(now, _waiting(merchant), agents, _menu(calls), talking, dict(states))


def zeros(merchant: Merchant, start: datetime, end: datetime) -> list[Spot]:
    """Where callers asked for a person, the most often first."""
    rows = Call.objects.filter(merchant=merchant, began_at__gte=start, began_at__lt=end, zero_at__isnull=False)
    return _spots((call.zero_node, call) for call in rows.select_related("version"))


def _waiting(merchant: Merchant) -> list[Waits]:
    rows = Waiting.objects.filter(merchant=merchant, left_at=None).select_related(
        "queue", "customer", "conversation__customer"
    )
    offered = dict(
        Turn.objects.filter(merchant=merchant, outcome=Turn.Outcome.OFFERED, waiting__left_at=None).values_list(
            "waiting_id", "member__person__name"
        )
    )
    return [
        Waits(
            row.id,
            row.kind,
            _first_name(row),
            row.queue.name,
            row.since,
            row.due_at,
            row.target_seconds or row.queue.target_seconds,
            row.conversation_id,
            offered.get(row.id, "").partition(" ")[0],
        )
        for row in rows.order_by("since", "id")[:SHOWN]
    ]


def _first_name(row: Waiting) -> str:
    customer = row.customer or (row.conversation.customer if row.conversation else None)
    return customer.name.strip().partition(" ")[0] if customer else ""


def _agents(merchant: Merchant, now: datetime, by: Membership | None) -> list[Agent]:
    """Who has a desk open, or work in hand; by what they do, then by name."""
    members = Membership.objects.filter(merchant=merchant, left_at=None).exclude(role=Role.READ_ONLY)
    presence = {row.member_id: row for row in Presence.objects.filter(merchant=merchant)}
    turns: dict[int, list[Turn]] = defaultdict(list)
    open_turns = Turn.objects.filter(merchant=merchant, outcome__in=["offered", "taken"], ended_at=None)
    for turn in open_turns.select_related("waiting").order_by("id"):
        turns[turn.member_id].append(turn)
    legs = _legs(merchant)
    mine = {leg.call_id: leg for leg in legs if by and leg.member_id == by.id and leg.role in ("listens", "whispers")}
    calls = {leg.member_id: leg for leg in legs if leg.role in ("agent", "colleague") and leg.state != "offered"}
    found = [
        _agent(member, presence.get(member.id), turns[member.id], calls.get(member.id), now)
        for member in members.select_related("person").order_by("person__name", "id")
    ]
    order = ("talking", "rings", "chats", "wraps", "ready", "away")
    here = [_heard(agent, mine) for agent in found if agent]
    return sorted(here, key=lambda agent: order.index(agent.state))


def _legs(merchant: Merchant) -> list[Leg]:
    return list(Leg.objects.filter(merchant=merchant, ended_at=None, call__ended_at=None, member__isnull=False))


def _agent(
    member: Membership, there: Presence | None, turns: Sequence[Turn], leg: Leg | None, now: datetime
) -> Agent | None:
    """None: has no desk open and nothing in hand."""
    name = member.first_name
    chats = sum(turn.kind == "chat" and turn.outcome == Turn.Outcome.TAKEN for turn in turns)
    taken = next((t for t in turns if t.kind == "call" and t.outcome == Turn.Outcome.TAKEN), None)
    rings = next((t for t in turns if t.outcome == Turn.Outcome.OFFERED), None)
    if taken or leg:
        since = leg.talked_at or leg.answered_at if leg else taken.answered_at if taken else None
        call = leg.call_id if leg else taken.waiting.subject_id if taken else None
        return Agent(member.id, name, "talking", since, chats=chats, call_id=call)
    if rings:
        return Agent(member.id, name, "rings", rings.offered_at, chats=chats)
    if there and there.until and there.until > now and there.reason == "wrap_up":
        return Agent(member.id, name, "wraps", there.since, chats=chats)
    if chats:
        return Agent(member.id, name, "chats", None, chats=chats)
    if there is None or not (there.elsewhere or there.seen_at > now - GONE_AFTER):
        return None
    ready = there.ready or bool(there.until and there.until <= now) or member.merchant.alone
    return Agent(member.id, name, "ready" if ready else "away", there.since, "" if ready else there.reason)


def _heard(agent: Agent, mine: dict[int, Leg]) -> Agent:
    leg = mine.get(agent.call_id or 0)
    if not leg:
        return agent
    heard = {"listening": leg.id, "whispering": leg.role == "whispers"}
    return Agent(**{**{name: getattr(agent, name) for name in agent.__dataclass_fields__}, **heard})


def _calls(merchant: Merchant) -> Iterable[Any]:
    """Calls that go on, each with the place of its last step."""
    last = (
        CallStep.objects.filter(merchant_id=OuterRef("merchant_id"), call_id=OuterRef("id"))
        .exclude(node="")
        .order_by("-id")
    )
    rows = Call.objects.filter(merchant=merchant, ended_at=None).select_related("version")
    return rows.annotate(node=Subquery(last.values("node")[:1])).order_by("began_at")


def _menu(calls: Collection[Any]) -> list[Spot]:
    there = (Call.Stage.MENU, Call.Stage.RECORDING)
    return _spots((call.node or "", call) for call in calls if call.stage in there)


def _spots(pairs: Iterable[tuple[str, Call]]) -> list[Spot]:
    names: dict[str, str] = {}
    counted: dict[str, list[int | None]] = defaultdict(list)
    for node, call in pairs:
        counted[node].append(call.conversation_id)
        names.setdefault(node, _named(node, call))
    found = [Spot(node, names[node], len(ids), tuple(each for each in ids if each)) for node, ids in counted.items()]
    return sorted(found, key=lambda spot: (-spot.count, spot.name))


def _named(node: str, call: Call) -> str:
    """What the menu's editor calls the place."""
    nodes = call.version.flow.get("nodes", {}) if call.version else {}
    return str(nodes.get(node, {}).get("name") or node)
