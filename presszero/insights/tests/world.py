"""A shop's days, written down row by row so that every moment is chosen, and counted again by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

from presszero.channels.models import Delivery, Entry, Line, Thread
from presszero.conversations.models import Conversation, Message, Resolution
from presszero.customers.models import Customer
from presszero.mailroom.models import Received
from presszero.team.models import Membership
from tests import cast


@dataclass
class World:
    """Rows as the product's verbs leave them, at moments of our own."""

    shop: cast.Shop
    lines: list[Line] = field(default_factory=list)
    threads: dict[tuple[int, int], Thread] = field(default_factory=dict)

    def __post_init__(self) -> None:
        more = {"brand": self.shop.brand, "hours": self.shop.hours, "name": self.shop.merchant.name}
        merchant = self.shop.merchant
        kiosk = Line.objects.create(merchant=merchant, kind="custom", address=f"kiosk-{merchant.slug}", **more)
        self.lines = [self.shop.line, kiosk]

    def matter(self, **more: Any) -> Conversation:
        merchant = self.shop.merchant
        customer = Customer.objects.create(merchant=merchant, name="Ada Kowalski")
        given = {"merchant": merchant, "customer": customer, "line": self.shop.line, "subject": "Boots", **more}
        return Conversation.objects.create(**given)

    def wrote(
        self, row: Conversation, at: datetime, line: Line | None = None, automatic: str = "", archived: bool = False
    ) -> Message:
        """They did, or a machine of theirs, or it came with an archive."""
        more: dict[str, Any] = {"automatic": automatic}
        if archived:
            more["received_id"] = self._archive(line or self.lines[0]).id
        return self._message(row, at, line or self.lines[0], True, **more)

    def said(
        self,
        row: Conversation,
        at: datetime,
        by: Membership | None,
        state: str = "delivered",
        taken_back_at: datetime | None = None,
    ) -> Message:
        """We did; `by` None is the product itself, as it acknowledges."""
        actor = by.actor.code if by else "system"
        made = self._message(row, at, self.lines[0], False, actor=actor)
        if taken_back_at:
            Message.objects.filter(id=made.id).update(taken_back_at=taken_back_at)
        Delivery.objects.create(
            merchant=row.merchant,
            entry=made.entry,
            line=self.lines[0],
            kind="email",
            address="a@x.example",
            state=state,
        )
        return made

    def resolved(
        self, row: Conversation, at: datetime, by: Membership, reopened_at: datetime | None = None
    ) -> Resolution:
        again = {"reopened_at": reopened_at, "reopened_by": "customer"} if reopened_at else {}
        made = Resolution.objects.create(merchant=row.merchant, conversation=row, by=by.actor.code, at=at, **again)
        Conversation.objects.filter(id=row.id).update(state="open" if reopened_at else "resolved")
        return made

    def _message(self, row: Conversation, at: datetime, line: Line, inbound: bool, **more: Any) -> Message:
        thread = self.threads.get((row.id, line.id)) or Thread.objects.create(
            merchant=row.merchant, line=line, token=token_hex(16)
        )
        self.threads[row.id, line.id] = thread
        entry = Entry.objects.create(merchant=row.merchant, thread=thread, inbound=inbound, text="Hm", at=at, **more)
        return Message.objects.create(merchant=row.merchant, conversation=row, entry=entry, at=at, inbound=inbound)

    def _archive(self, line: Line) -> Received:
        return Received.objects.create(
            merchant=line.merchant,
            line_id=line.id,
            external_id=token_hex(8),
            lane=-1,
            headers={},
            body=b"",
            backfill=True,
        )
