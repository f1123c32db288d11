"""The cast: one shop, its people and its customers, in every test, screenshot and page of the docs.

Juniper & Co. sells boots. Maya answers, Tomas leads, Rosa owns the place. Ada has three orders and 1042 is late; Ben is
new, and cross. Mallory works for another merchant and must see nothing.
"""

from __future__ import annotations

import email.policy
import itertools
import json
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from presszero.channels.adapters.email import scan
from presszero.channels.models import Entry, Line
from presszero.channels.vocabulary import DeliveryReported, Proof
from presszero.channels.vocabulary import Handle as Address
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order, Store, Variant
from presszero.conversations.actions import reply
from presszero.conversations.actions.answer import Answer
from presszero.conversations.models import Conversation, Message
from presszero.customers.claiming import customer_of
from presszero.customers.models import Customer
from presszero.intake.messages import understand_all, waiting
from presszero.intake.split import split_all
from presszero.intake.understanding import reports
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_headers
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Received
from presszero.merchants.models import Brand, Hours, Merchant
from presszero.team.models import Membership, Person, Role, Team, TeamMember

from . import goods
from .waiting import until

_numbers = itertools.count(1)
_POLICY = email.policy.SMTP.clone(max_line_length=998)  # long ids stay on one line, as mail programs write them


@dataclass
class Shop:
    """A merchant with a mail line and a team."""

    merchant: Merchant
    brand: Brand
    hours: Hours
    line: Line
    team: dict[str, Membership] = field(default_factory=dict)

    @property
    def maya(self) -> Membership:
        return self.team["maya"]

    @property
    def tomas(self) -> Membership:
        return self.team["tomas"]

    @property
    def chat(self) -> Line:
        """The chat on the shop's pages; there from the first time it is asked for."""
        return self._line("chat", f"chat.{self.merchant.slug}", "Chat")

    @property
    def form(self) -> Line:
        """The web form; there from the first time it is asked for."""
        return self._line("form", f"form.{self.merchant.slug}", "Contact form")

    def _line(self, kind: str, address: str, name: str) -> Line:
        given = {"brand": self.brand, "hours": self.hours, "name": name}
        return Line.objects.get_or_create(merchant=self.merchant, kind=kind, address=address, defaults=given)[0]

    @property
    def shop(self) -> Store:
        """Their web shop, connected, with boots, a coat and laces; there from the first time it is asked for."""
        given = {"brand": self.brand, "name": self.merchant.name, "currency": self.merchant.currency}
        address = f"shop.{self.merchant.slug}.example"
        made, new = Store.objects.get_or_create(merchant=self.merchant, kind="shopify", address=address, defaults=given)
        for each in goods.GOODS if new else ():
            take(self.merchant.id, made, each)
        return made

    def stocks(self) -> dict[str, Variant]:
        """The same things where no shop is connected, counted here: by sku."""
        for each in goods.GOODS:
            take(self.merchant.id, None, each)
        return {row.sku: row for row in Variant.objects.filter(merchant=self.merchant, store=None)}

    def member(self, name: str, role: str, email: str) -> Membership:
        person, _ = Person.objects.get_or_create(email=email, defaults={"name": name})
        made = Membership.objects.create(merchant=self.merchant, person=person, role=role)
        self.team[name.split()[0].lower()] = made
        return made

    def queue(self, name: str, *members: Membership, role: str = Role.AGENT) -> Team:
        """A team with a queue of its own."""
        made = Team.objects.create(merchant=self.merchant, name=name)
        for member in members:
            TeamMember.objects.create(merchant=self.merchant, team=made, member=member, role=role)
        return made

    def limited(self, name: str, team: Team, role: str = Role.AGENT) -> Membership:
        """An agent who sees this team's queue and nothing else."""
        made = self.member(name, Role.AGENT, f"{name.split()[0].lower()}@{self.merchant.slug}.example")
        Membership.objects.filter(id=made.id).update(sees_all=False)
        made.sees_all = False
        TeamMember.objects.create(merchant=self.merchant, team=team, member=made, role=role)
        return made


@dataclass
class Shopper:
    """A customer at her mail program. What she writes is stored as the mail doors store it."""

    name: str
    address: str
    sent: list[str] = field(default_factory=list)  # message ids, oldest first

    def mail(self, shop: Shop, text: str, subject: str = "Hello", **headers: str) -> EmailMessage:
        """A mail of hers; headers by name, with _ for -. An empty value leaves the header out."""
        mail = EmailMessage(_POLICY)
        number = f"{next(_numbers)}.{self.name.split()[0].lower()}@mail.example"
        usual = {
            "From": f"{self.name} <{self.address}>",
            "To": shop.line.address,
            "Subject": subject,
            "Date": formatdate(),
            "Message-ID": f"<{number}>",
        }
        for name, value in (usual | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            if value:
                mail[name] = value
        mail.set_content(text)
        self.sent.append((mail["Message-ID"] or "").strip("<>"))
        return mail

    def writes(self, shop: Shop, text: str, subject: str = "Hello", **headers: str) -> Message | None:
        """Writes, and the product understands it. The message it became; None when it became none."""
        deliver(shop.line, self.mail(shop, text, subject, **headers).as_bytes())
        return work()

    def known(self, shop: Shop) -> Customer:
        """Who she is to the shop, with a proven address."""
        return customer_of(shop.merchant.id, Address("email", self.address, self.name), Proof.VERIFIED, "a code")

    def order(self, shop: Shop, number: str = "1042", store: Store | None = None, **values: Any) -> Order:
        """An order of hers (goods.order), as `store` told it, or as it was brought in where there is none.

        It is hers in our books once her address is proven: `known`.
        """
        said = {"email": self.address, "name": self.name, **values}
        made = take(shop.merchant.id, store, goods.order(number, **said), source="store" if store else "sheet")
        assert isinstance(made, Order)
        return made

    def answers(self, shop: Shop, entry: Entry, text: str, **headers: str) -> Message | None:
        """Presses reply on what we sent her."""
        subject = entry.subject if entry.subject.startswith("Re: ") else f"Re: {entry.subject}"
        headers = {"In_Reply_To": f"<{entry.message_id}>", "References": f"<{entry.message_id}>"} | headers
        return self.writes(shop, text, subject, **headers)


@dataclass
class Browser:
    """Somebody on the shop's pages. What they send is stored as the edge and the form's page store it."""

    name: str = ""
    address: str = field(default_factory=lambda: f"v-{uuid.uuid4().hex}")
    proof: str = "claimed"

    def signs_in(self, shopper: str = "s-1001") -> Browser:
        """From here on the shop vouches for who they are: words come from the shop's own id of its customer."""
        self.address, self.proof = shopper, "verified"
        return self

    def chats(self, shop: Shop, text: str, **more: Any) -> Message | None:
        """Writes in the chat; `more`: new_matter, page, attachments, at."""
        words = {"client_id": str(uuid.uuid4()), "text": text, "new_matter": False, **more}
        return self._sends(shop.chat, f"{self.address}:{words['client_id']}", words)

    def fills(self, shop: Shop, text: str, **more: Any) -> Message | None:
        """Sends the web form; `more`: subject, email, phone, topic, fields, attachments, wish."""
        number = uuid.uuid4().hex
        return self._sends(shop.form, f"form:{number}", {"id": number, "text": text, **more})

    def _sends(self, line: Line, external_id: str, words: dict[str, Any]) -> Message | None:
        body = json.dumps({"sender": self.address, "proof": self.proof, "name": self.name, **words}).encode()
        number = lane(line.id, self.address)
        receive([Incoming(line.merchant_id, line.id, external_id, number, {}, body)])
        return work()


def juniper(mark: str = "") -> Shop:
    """The shop of the cast. `mark` makes its addresses its own where several stand side by side."""
    shop = _shop("Juniper & Co.", f"juniper{mark}", f"support@juniper{mark}.example")
    shop.member("Maya Okafor", Role.AGENT, f"maya@juniper{mark}.example")
    shop.member("Tomas Lind", Role.LEAD, f"tomas@juniper{mark}.example")
    shop.member("Rosa Juniper", Role.ADMIN, f"rosa@juniper{mark}.example")
    return shop


def thistle(mark: str = "") -> Shop:
    """Another merchant, where Mallory works."""
    shop = _shop("Thistle & Sons", f"thistle{mark}", f"help@thistle{mark}.example")
    shop.member("Mallory Thorne", Role.ADMIN, f"mallory@thistle{mark}.example")
    return shop


def ada() -> Shopper:
    return Shopper("Ada Kowalski", "ada@example.com")


def ben() -> Shopper:
    return Shopper("Ben Ruiz", "ben@example.org")


def deliver(line: Line, raw: bytes, backfill: bool = False, **headers: str) -> bool:
    """Stores raw mail bytes as the mail doors do; whether they were new."""
    external_id = scan.external_id(raw)
    found = storable_headers({"via": "smtp", "envelope_to": line.address} | headers)
    number = lane(line.id, scan.lane_key(raw))
    return receive([Incoming(line.merchant_id, line.id, external_id, number, found, raw, backfill)])[0]


def work() -> Message | None:
    """Does what the worker does with arrivals, until there is nothing left. The newest message there is.

    Where the product runs beside us its worker may have taken some: those are waited for.
    """
    until(_nothing_waits, what="the understanding of what came")
    return Message.objects.order_by("-id").first()


def _nothing_waits() -> bool:
    while split_all() or understand_all():
        pass
    return not Received.objects.filter(split_at=None, lane__gte=0).exists() and not waiting()


def taken_in(row: Incoming) -> Received:
    """What a webhook brought, once it was split or set aside: by us, or by the worker of a product that runs."""
    receive([row])
    mine = Received.objects.filter(merchant_id=row.merchant_id, line_id=row.line_id, external_id=row.external_id)
    return until(lambda: _split(mine), what=f"the taking of {row.external_id}")


def _split(mine: QuerySet[Received]) -> Received | None:
    while split_all():
        pass
    return mine.exclude(split_at=None).first()


def the(message: Message | None) -> Message:
    """The message there must be."""
    assert message is not None, "nothing became a message"
    return message


def reported(line: Line, said: DeliveryReported) -> None:
    """A provider's word on something we sent, as the pipeline hands it on."""
    with transaction.atomic():
        reports.apply(line.merchant_id, line, said)


def answer(conversation: Conversation, text: str, by: Membership, **more: object) -> Message:
    """An agent answers."""
    return reply(conversation, Answer(text, uuid.uuid4(), **more), by=by)


def _shop(name: str, slug: str, address: str) -> Shop:
    merchant = Merchant.objects.create(name=name, slug=slug, currency="GBP", timezone="Europe/London")
    brand = Brand.objects.create(merchant=merchant, name=name, signature="{{ agent.first_name }} at {{ brand.name }}")
    hours = Hours.objects.create(merchant=merchant, name="Always", timezone="Europe/London", weekly={})
    line = Line.objects.create(merchant=merchant, brand=brand, hours=hours, kind="email", address=address, name=name)
    return Shop(merchant, brand, hours, line)
