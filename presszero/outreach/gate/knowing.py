"""What the gate asks about people, read for many at once: a dry run over thousands asks the same as one sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Max, Q

from presszero.channels.adapter import Abilities
from presszero.channels.models import Entry
from presszero.channels.registry import UnknownChannel, adapter
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation, Draft, Looking
from presszero.customers.blocking import blocked
from presszero.customers.models import Consent, Customer, Handle
from presszero.merchants.models import Merchant

from ..models import GateDecision
from ..regarding import manners_of
from ..suppressing import suppressed
from ..wishing_stop import waiting
from .places import Whereabouts, whereabouts
from .policy import Known

holds: list[Callable[[int, Iterable[int]], set[int]]] = []  # apps above us: merchant, customers → those held by law

_WEEK = timedelta(days=7)
_WRITES = timedelta(minutes=10)  # a draft saved so lately is somebody writing
_LOOKS = timedelta(minutes=1)
_TELEPHONE = ("phone",)  # kinds of handles that ring
_PROOFS = {"verified": 0, "seen": 1, "claimed": 2}


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom we ask about. `address` "" is the best of theirs on the channel."""

    customer_id: int  # who they are today
    address: str = ""
    outreach_id: int | None = None  # what is being sent: its own earlier tries do not count
    by_person: bool = False
    written_at: datetime | None = None
    stopped: bool = False


class Gathered:
    """Everything about these people, on one channel for one purpose, in a dozen statements however many they are."""

    def __init__(self, merchant: Merchant, channel: str, purpose: str, asks: Sequence[Ask], at: datetime) -> None:
        self.merchant, self.channel, self.purpose, self.at = merchant, channel, purpose, at
        self.can, self.kind = _abilities(channel)
        self.manners = manners_of(merchant.id)
        ids = {ask.customer_id for ask in asks}
        rows = Customer.objects.filter(Q(id__in=ids) | Q(root_id__in=ids), merchant=merchant)
        self.people = {row.id: row for row in rows}
        self.root = {row.id: row.now_id for row in rows}
        self._addresses()
        chosen = {(self.kind, self.address(ask)) for ask in asks}
        self.blocked, self.suppressed = blocked(merchant.id, chosen), suppressed(merchant.id, chosen)
        self.held = {self.root[each] for hold in holds for each in hold(merchant.id, self.people)}
        self.asked_to_stop = {self.root[each] for each in waiting(merchant.id, self.people)}
        self.said = self._said()
        self.heard = self._heard({address for _kind, address in chosen})
        self.talking, self.wrote = self._talks()
        self.ordered, self.home = self._orders()
        self.sent = self._sent()

    def known(self, ask: Ask) -> Known:
        """One of them, as the policy asks."""
        who, address, rings = ask.customer_id, self.address(ask), self.kind in _TELEPHONE
        handle = self.handles.get((who, address))
        sent = [(moment, rang) for moment, rang, of in self.sent[who] if of is None or of != ask.outreach_id]
        return Known(
            purpose=self.purpose,
            channel=self.channel,
            where=self.where(ask),
            by_telephone=rings,
            reachable=handle is not None,
            stopped=ask.stopped,
            paused=self.manners.paused_at is not None,
            blocked=(self.kind, address) in self.blocked,
            suppressed=self.suppressed.get((self.kind, address), ""),
            bounced=handle is not None and handle.bounced_at is not None,
            legal_hold=who in self.held,
            said=self.said.get(who),
            window=_window(self.can, ask.by_person),
            heard_at=self.heard.get(address),
            acted_at=max(filter(None, (self.ordered.get(who), self.wrote.get(who))), default=None),
            quiet=(_clock(self.manners.quiet_from), _clock(self.manners.quiet_to)),
            a_day=self.manners.a_day,
            a_week=self.manners.a_week,
            sent=[moment for moment, _rang in sent],
            rung=[moment for moment, rang in sent if rang],
            asked_to_stop=who in self.asked_to_stop,
            talking=who in self.talking,
            written_at=ask.written_at,
            needs_foot=self.purpose != "service" and self.kind == "email" and not self.manners.postal_address.strip(),
        )

    def address(self, ask: Ask) -> str:
        """The one that was named, else the best of theirs here; "" none."""
        return ask.address or self.best.get(ask.customer_id, "")

    def where(self, ask: Ask) -> Whereabouts:
        row = self.people.get(ask.customer_id)
        country, region, phone = self.home.get(ask.customer_id, ("", "", ""))
        number = self.address(ask) if self.kind in _TELEPHONE else self.numbers.get(ask.customer_id, phone)
        zone = row.timezone if row else ""
        return whereabouts(zone=zone, country=country, region=region, number=number, at_home=self.merchant.timezone)

    def _addresses(self) -> None:
        rows = Handle.objects.filter(merchant=self.merchant, customer_id__in=self.people).exclude(proof="refuted")
        ordered = sorted(rows, key=lambda row: (row.bounced_at is not None, _PROOFS.get(row.proof, 3), -row.id))
        self.handles = {(self.root[row.customer_id], row.address): row for row in ordered if row.kind == self.kind}
        self.best: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        for row in ordered:
            if row.kind == self.kind:
                self.best.setdefault(self.root[row.customer_id], row.address)
            if row.kind in _TELEPHONE:
                self.numbers.setdefault(self.root[row.customer_id], row.address)

    def _said(self) -> dict[int, bool]:
        """Their newest word on this purpose, here or on every channel."""
        rows = Consent.objects.filter(
            merchant=self.merchant, customer_id__in=self.people, purpose=self.purpose, channel__in=(self.channel, "")
        )
        return {self.root[who]: given for who, given in rows.order_by("id").values_list("customer_id", "given")}

    def _heard(self, addresses: set[str]) -> dict[str, datetime]:
        """Their last words on this channel; asked only where the channel closes without them."""
        if not (self.can.window_hours or self.can.person_window_hours):
            return {}
        rows = Entry.objects.filter(
            merchant=self.merchant, inbound=True, sender_kind=self.kind, sender_address__in=addresses,
            thread__line__kind=self.channel,
        )  # fmt: skip
        return dict(rows.values_list("sender_address").annotate(last=Max("at")))

    def _talks(self) -> tuple[set[int], dict[int, datetime]]:
        """With whom we talk now, and when each last wrote."""
        theirs = Conversation.objects.filter(merchant=self.merchant, customer_id__in=self.people)
        wrote: dict[int, datetime] = {}
        for who, moment in theirs.filter(last_inbound=True).values_list("customer_id").annotate(last=Max("last_at")):
            wrote[self.root[who]] = max(moment, wrote.get(self.root[who], moment))
        open_ones = theirs.filter(state="open", root=None)
        drafts = Draft.objects.filter(merchant=self.merchant, saved_at__gt=self.at - _WRITES).exclude(kind="note")
        typing = Looking.objects.filter(merchant=self.merchant, typing_at__gt=self.at - _LOOKS)
        busy = open_ones.filter(
            Q(waiting_since__isnull=False) | Q(id__in=drafts.values("conversation_id"))
            | Q(id__in=typing.values("conversation_id"))
        )  # fmt: skip
        return {self.root[who] for who in busy.values_list("customer_id", flat=True)}, wrote

    def _orders(self) -> tuple[dict[int, datetime], dict[int, tuple[str, str, str]]]:
        """When each last ordered, and where the last parcel went: country, region, telephone."""
        rows = Order.objects.filter(merchant=self.merchant, customer_id__in=self.people)
        newest = rows.order_by("customer_id", "-placed_at").distinct("customer_id")
        placed: dict[int, datetime] = {}
        home: dict[int, tuple[str, str, str]] = {}
        for who, moment, to, phone in newest.values_list("customer_id", "placed_at", "ship_to", "phone"):
            if self.root[who] not in placed or placed[self.root[who]] < moment:
                placed[self.root[who]] = moment
                home[self.root[who]] = (str(to.get("country", "")), str(to.get("region", "")), phone)
        return placed, home

    def _sent(self) -> dict[int, list[tuple[datetime, bool, int | None]]]:
        """What went first in the last week: the gate's own yes at a sending. Tries of one message are one."""
        rows = GateDecision.objects.filter(
            merchant=self.merchant, customer_id__in=self.people, outcome="yes", rehearsal=False, at__gt=self.at - _WEEK
        )
        found: dict[int, list[tuple[datetime, bool, int | None]]] = defaultdict(list)
        seen: set[int] = set()
        for who, moment, channel, of in rows.order_by("-id").values_list("customer_id", "at", "channel", "outreach_id"):
            if of is None or of not in seen:
                found[self.root[who]].append((moment, _abilities(channel)[1] in _TELEPHONE, of))
                seen |= {of} if of else set()
        return found


def _abilities(channel: str) -> tuple[Abilities, str]:
    """What the channel can do, and the kind of its handles."""
    try:
        found = adapter(channel)
    except UnknownChannel:
        return Abilities(answers=False), channel
    return found.can, found.handle_kind


def _window(can: Abilities, by_person: bool) -> timedelta | None:
    """Some channels stay open longer for what a person wrote; never for the machine."""
    hours = max(can.window_hours, can.person_window_hours) if by_person else can.window_hours
    return timedelta(hours=hours) if can.window_hours or can.person_window_hours else None


def _clock(given: time | str) -> time:
    return time.fromisoformat(given) if isinstance(given, str) else given
