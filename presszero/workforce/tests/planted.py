"""A shop's past and present of waiting, written down row by row so that every moment is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import uuid4

import numpy as np

from presszero.calls.models import Call, CallStep, Leg
from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.routing.models import Presence, Queue, Turn, Waiting
from presszero.routing.queries import main_queue
from presszero.team.models import Membership
from tests import cast

_numbers = count(900_001)


@dataclass
class Waits:
    """Rows as the product's verbs leave them."""

    shop: cast.Shop
    queue: Queue = field(init=False)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        merchant = self.shop.merchant
        self.queue = main_queue(merchant)
        self.line = Line.objects.create(
            merchant=merchant, kind="phone", address="+441134960000", name="Phone", brand=self.shop.brand
        )

    def past(self, first: date, days: int, a_day: float, seed: int = 1) -> None:
        """Calls of so many days, busy at ten and three, quiet at weekends; one in twelve gives up."""
        drawn = np.random.default_rng(seed)
        clock = np.arange(48) / 2
        shape = np.exp(-(((clock - 10.5) / 1.8) ** 2)) + 0.75 * np.exp(-(((clock - 15) / 2) ** 2))
        rows, week = [], (1.35, 1.15, 1, 1, 0.95, 0.4, 0.0)
        for n in range(days):
            day = first + timedelta(days=n)
            for slot, some in enumerate(drawn.poisson(a_day * week[day.weekday()] * shape / shape.sum())):
                start = datetime.combine(day, time(slot // 2, slot % 2 * 30), UTC)
                rows += [start + timedelta(seconds=float(each)) for each in drawn.uniform(0, 1800, some)]
        self.answered(rows, drawn)

    def answered(self, moments: Iterable[datetime], drawn: np.random.Generator) -> None:
        made = []
        for at in moments:
            wait = timedelta(seconds=float(drawn.exponential(60)))
            left = "abandoned" if drawn.random() < 1 / 12 else "answered"
            made.append(self._waiting(at, left=left, left_at=at + wait))
        Waiting.objects.bulk_create(made)
        taken = [
            Turn(
                merchant=row.merchant,
                waiting=row,
                member=self.shop.maya,
                kind="call",
                outcome="taken",
                offered_at=row.left_at,
                answered_at=row.left_at,
                ended_at=row.left_at + timedelta(seconds=float(drawn.exponential(240))),
            )
            for row in made
            if row.left == "answered"
        ]
        Turn.objects.bulk_create(taken)

    def waits(self, since: datetime, name: str = "Ada Kowalski", kind: str = "call", **more: object) -> Waiting:
        """Somebody waits, or waited, with a conversation of their own."""
        row = self._waiting(since, kind=kind, conversation=self.matter(name), **more)
        row.save()
        return row

    def matter(self, name: str = "Ada Kowalski") -> Conversation:
        merchant = self.shop.merchant
        customer = Customer.objects.create(merchant=merchant, name=name)
        return Conversation.objects.create(merchant=merchant, customer=customer, line=self.shop.line, subject="Boots")

    def call(self, began: datetime, stage: str, steps: Iterable[tuple[str, str]] = (), **more: object) -> Call:
        """A call, with the steps (what, node) of its caller."""
        given = {"conversation": self.matter(), "driver": "sip", "inbound": True, "number": "+447700900123", **more}
        number = next(_numbers)
        call = Call.objects.create(
            merchant=self.shop.merchant, line=self.line, provider_id=f"p-{number}", uid=uuid4(), stage=stage, **given
        )
        Call.objects.filter(id=call.id).update(began_at=began)
        for what, node in steps:
            CallStep.objects.create(merchant=self.shop.merchant, call=call, at=began, what=what, node=node, says=node)
        return call

    def talks(self, call: Call, member: Membership, since: datetime) -> Leg:
        """A member talks in a call that waited, and that they took."""
        waited = self._waiting(since, left="answered", left_at=since, subject_id=call.id, taken_by=member)
        waited.save()
        given = {"merchant": self.shop.merchant, "member": member}
        turn = Turn.objects.create(
            **given, waiting=waited, kind="call", outcome="taken", offered_at=since, answered_at=since
        )
        return Leg.objects.create(**given, call=call, turn=turn, state="talking", answered_at=since, talked_at=since)

    def is_here(self, member: Membership, now: datetime, ready: bool = True, reason: str = "") -> None:
        Presence.objects.update_or_create(
            merchant=self.shop.merchant,
            member=member,
            defaults={"ready": ready, "reason": reason, "since": now - timedelta(minutes=9), "seen_at": now},
        )

    def _waiting(self, since: datetime, **more: object) -> Waiting:
        given: dict[str, object] = {"kind": "call", "subject_id": next(_numbers), "queue": self.queue, **more}
        return Waiting(merchant=self.shop.merchant, since=since, began_at=since, **given)
