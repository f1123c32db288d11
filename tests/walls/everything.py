"""A shop with one of everything that an address can name, and the table that says which row fills which address."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from presszero.channels.models import Attachment, Delivery, Entry, Participant
from presszero.conversations import actions
from presszero.conversations.models import (
    Bulk,
    Conversation,
    Macro,
    Message,
    Note,
    SavedView,
    Tag,
    Topic,
    Upload,
)
from presszero.conversations.models import Merge as ConversationMerge
from presszero.core.sealing import fingerprint
from presszero.customers import actions as customers
from presszero.customers.models import Block, CustomerNote, OwnField
from presszero.customers.models import Merge as CustomerMerge
from presszero.frontdoor.here import signs
from presszero.mailroom.models import Quarantine
from presszero.rules import actions as rules
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE, declared
from presszero.team.models import Invitation, Membership, Role, Session, Team
from presszero.timeline.models import Event, Parked
from presszero.transfer import exporting
from tests import cast, parcels, queues

from . import makers, phones, promised, writing_first

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass
class Everything:
    """The shop, and one row of each kind, all of its own."""

    shop: cast.Shop
    conversation: Conversation
    merged: ConversationMerge
    part: Conversation  # split off, and not put back
    note: Note
    reply: Message  # can still be taken back
    failed: Delivery
    entry: Entry
    attachment: Attachment
    participant: Participant
    upload: Upload
    macro: Macro
    view: SavedView
    tag: Tag
    bulk: Bulk
    block: Block
    topic: Topic
    own_field: OwnField
    customer_note: CustomerNote
    customer_merge: CustomerMerge
    held: Quarantine
    parked: Parked
    invitation: Invitation
    team: Team
    session: Session
    words: dict[str, str] = field(default_factory=dict)


def everything(of: cast.Shop | None = None) -> Everything:
    """Made by the product's own verbs, as far as there are verbs. `of` needs a Maya, a Tomas and a Rosa."""
    shop, ada = of or cast.juniper(), cast.ada()
    shop.member("Rob Reader", Role.READ_ONLY, f"rob@{shop.merchant.slug}.example")
    by = shop.maya
    mail = ada.mail(shop, "Order 1042 is late.", "Boots", Cc="Eve <eve@x.example>")
    mail.add_alternative("<p>Order <b>1042</b> is late.</p>", subtype="html")
    mail.add_attachment(PNG, "image", "png", filename="boots.png")
    cast.deliver(shop.line, mail.as_bytes())
    first = cast.the(cast.work())
    lines = [cast.the(ada.writes(shop, f"{n}?", "Re: Boots")) for n in ("Laces", "Invoice")]
    other = cast.the(ada.writes(shop, "Another matter", "Laces")).conversation
    merged = actions.merge(other, first.conversation, by=by.actor)
    row = Conversation.objects.get(id=first.conversation_id)
    part = actions.split(row, [lines[1]], [], by=by.actor)
    OwnField.objects.create(merchant=shop.merchant, about="conversation", key="reason", label="Reason")
    said = cast.answer(row, "Sorry!", by, to=("ada@example.com",))
    broken = cast.answer(part, "Here.", by).entry.deliveries.get()
    Delivery.objects.filter(id=broken.id).update(state="failed", reason="no such user")
    ben = cast.the(cast.ben().writes(shop, "Hello", "Hi")).conversation.customer
    twin = cast.the(cast.Shopper("Ben R", "benr@work.example").writes(shop, "Hello", "Hm")).conversation.customer
    return Everything(
        shop,
        Conversation.objects.get(id=row.id),
        merged,
        part,
        actions.note(row, "She is nice.", by=by, client_id=uuid.uuid4()),
        said,
        broken,
        first.entry,
        first.entry.attachments.get(),
        Participant.objects.get(merchant=shop.merchant, address="eve@x.example", thread=first.entry.thread),
        actions.upload(row, "label.pdf", b"%PDF-1.4 label", by=by),
        Macro.objects.create(merchant=shop.merchant, name="Sorry", text="So sorry.", actions={"priority": 3}),
        SavedView.objects.create(merchant=shop.merchant, by=shop.team["rosa"], name="Late", shared="everybody"),
        Tag.objects.create(merchant=shop.merchant, name="VIP"),
        Bulk.objects.create(merchant=shop.merchant, by=shop.team["rosa"], steps=[{"do": "resolve"}]),
        Block.objects.create(merchant=shop.merchant, kind="email", address="@prizes.example", by="system"),
        Topic.objects.create(merchant=shop.merchant, name="Late parcel"),
        OwnField.objects.create(merchant=shop.merchant, key="size", label="Size"),
        customers.note(ben, "Cross.", by=by.actor),
        customers.merge(twin, ben, by=by.actor),
        _held(shop),
        _parked(shop),
        _invitation(shop),
        shop.queue("Returns", by),
        Session.objects.get(id=start_session(by.person, Browser("203.0.113.9", "Safari"), timezone.now()).session.id),
    )


def _held(shop: cast.Shop) -> Quarantine:
    cast.deliver(
        shop.line, b"From: eve@x.example\r\n" + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 1100
    )
    cast.work()
    return Quarantine.objects.get(merchant=shop.merchant, closed_at=None)


def _parked(shop: cast.Shop) -> Parked:
    event = Event.objects.filter(merchant_id=shop.merchant.id, kind="message.received").first()
    assert event is not None
    return Parked.objects.create(
        merchant=shop.merchant, listener="conversations.failed-delivery", event_id=event.id, error="ValueError: no"
    )


def _invitation(shop: cast.Shop) -> Invitation:
    return Invitation.objects.create(
        merchant=shop.merchant,
        email="new@juniper.example",
        role=Role.AGENT,
        token_hash=fingerprint(f"an-invitation-token-{shop.merchant.slug}"),
        invited_by=shop.team["rosa"],
        expires_at=timezone.now() + timedelta(days=2),
    )


@dataclass(frozen=True)
class Address:
    """One address of the product. `route` as it is written in urls.py; `mark` as the view declares it."""

    route: str
    mark: object

    @property
    def parameters(self) -> list[str]:
        """Each parameter behind the word before it: "conversations/number", "settings/macros/macro_id"."""
        parts = self.route.split("/")
        found = []
        for n, part in enumerate(parts):
            if part.startswith("<"):
                before = next((p for p in reversed(parts[:n]) if not p.startswith("<")), "")
                found.append(f"{before}/{part.strip('<>').partition(':')[2]}")
        return found

    @property
    def is_owned(self) -> bool:
        return any(name in OWNED for name in self.parameters)

    def filled(self, rows: Everything) -> str:
        """The path with a real row of the shop behind every parameter. KeyError for a parameter without a row."""
        values = iter([str((OWNED | PLAIN)[name](rows)) for name in self.parameters])
        return "/" + "/".join(next(values) if p.startswith("<") else p for p in self.route.split("/"))


Maker = Callable[[Everything], object]

# Parameters that name a row of a merchant: another merchant's people must find nothing there.
OWNED: dict[str, Maker] = {
    "conversations/number": lambda e: e.conversation.id,
    "customers/number": lambda e: e.conversation.customer_id,
    "beside/other": lambda e: e.part.id,
    "macros/macro_id": lambda e: e.macro.id,
    "views/view_id": lambda e: e.view.id,
    "tags/tag_id": lambda e: e.tag.id,
    "bulks/bulk_id": lambda e: e.bulk.id,
    "blocks/block_id": lambda e: e.block.id,
    "merges/merge_id": lambda e: e.merged.id,
    "splits/target_id": lambda e: e.part.id,
    "notes/note_id": lambda e: e.note.id,
    "messages/message_id": lambda e: e.reply.id,
    "uploads/token": lambda e: e.upload.token,
    "deliveries/delivery_id": lambda e: e.failed.id,
    "participants/participant_id": lambda e: e.participant.id,
    "entries/entry_id": lambda e: e.entry.id,
    "attachments/token": lambda e: e.attachment.token,
    "customer-notes/note_id": lambda e: e.customer_note.id,
    "customer-merges/merge_id": lambda e: e.customer_merge.id,
    "topics/topic_id": lambda e: e.topic.id,
    "fields/field_id": lambda e: e.own_field.id,
    "brands/brand_id": lambda e: e.shop.brand.id,
    "hours/hours_id": lambda e: e.shop.hours.id,
    "lines/line_id": lambda e: e.shop.line.id,
    "acknowledgements/line_id": lambda e: e.shop.line.id,
    "quarantine/item_id": lambda e: e.held.id,
    "reactions/parked_id": lambda e: e.parked.id,
    "costs/cost_id": lambda e: makers.cost(e).id,
    "teams/team_id": lambda e: e.team.id,
    "members/member_id": lambda e: e.shop.maya.id,
    "rules/rule_id": lambda e: makers.rule(e).id,
    "dry-runs/run_id": lambda e: rules.dry_run(e.shop.merchant, rules.reads_of(makers.rule(e)), by=e.shop.tomas).id,
    "firings/firing_id": lambda e: makers.firing(e).id,
    "people/member_id": lambda e: e.shop.maya.id,
    "invitations/invitation_id": lambda e: e.invitation.id,
    "sessions/session_id": lambda e: e.session.id,
    "side-threads/side_id": lambda e: makers.side(e).id,
    "devices/device_id": lambda e: makers.device(e).id,
    "import/job_id": lambda e: makers.brought(e).id,
    "export/export_id": lambda e: makers.taken_out(e).id,
    "erasures/erasure_id": lambda e: makers.erasure(e).id,
    "holds/hold_id": lambda e: makers.hold(e).id,
    "copies/copy_id": lambda e: makers.copy_of(e).id,
    "api/token_id": lambda e: makers.api_token(e).id,
    "webhooks/webhook_id": lambda e: makers.webhook(e).id,
    "orders/order_id": lambda e: makers.order(e).id,
    "remedies/remedy_id": lambda e: makers.remedy(e).id,
    "questions/remedy_id": lambda e: makers.remedy(e).id,
    "limits/limit_id": lambda e: makers.limit(e).id,
    "rates/rate_id": lambda e: makers.exchange_rate(e).id,
    "remedies/own_id": lambda e: makers.own_remedy(e).id,
    "remedy-tasks/task_id": lambda e: makers.remedy_task(e).id,
    "told/told_id": lambda e: makers.told(e).id,
    "products/product_id": lambda e: makers.product(e).id,
    "stores/store_id": lambda e: makers.store(e).id,
    "carriers/carrier_id": lambda e: parcels.carrier(e.shop).id,
    "menus/menu_id": lambda e: phones.menu(e.shop).id,
    "numbers/number_id": lambda e: phones.line(e.shop).id,
    "calls/call_id": lambda e: phones.leg(e.shop, e.conversation).call_id,
    "legs/leg_id": lambda e: phones.leg(e.shop, e.conversation).id,
    "recordings/recording_id": lambda e: phones.recording(e.shop, e.conversation).id,
    "queues/queue_id": lambda e: queues.queue(e.shop).id,
    "targets/target_id": lambda e: queues.target(e.shop).id,
    "skills/skill_id": lambda e: queues.skill(e.shop).id,
    "order-drafts/draft_id": lambda e: makers.draft(e).id,
    "promises/promise_id": lambda e: promised.promise(e).id,
    "gaps/gap_id": lambda e: promised.gap(e).id,
    "expectations/expectation_id": lambda e: promised.expectation(e).id,
    "kinds/kind_id": lambda e: promised.kind(e).id,
    "outreach/batch_id": lambda e: writing_first.batch(e.shop).id,
    "addresses/suppression_id": lambda e: writing_first.suppression(e.shop).id,
}

# Parameters that are words of the product, or tokens that are themselves the right to see.
PLAIN: dict[str, Maker] = {
    "assets/version": lambda e: "v1",
    "assets/path": lambda e: "ui/app.css",
    "desk/name": lambda e: "mine",
    "drafts/kind": lambda e: "reply",
    "starters/key": lambda e: "late",
    "preview/code": lambda e: "en",
    "new/kind": lambda e: "email",
    "new/store_kind": lambda e: "shopify",
    "sign-in/name": lambda e: "google",
    "images/token": lambda e: "no-such-token",
    "reset/token": lambda e: "no-such-token",
    "invitations/token": lambda e: f"an-invitation-token-{e.shop.merchant.slug}",
    "chat/token": lambda e: e.shop.chat.token,
    "files/key": lambda e: e.attachment.token,  # of another thread than any visitor's
    "form/token": lambda e: e.shop.form.token,
    "call/token": lambda e: phones.line(e.shop).token,
    "here/word": lambda e: signs.written(e.shop.merchant, "Till 1", None),
    "talk/token": lambda e: phones.line(e.shop).token,
    "calls/uid": lambda e: "00000000-0000-4000-8000-000000000000",
    "pay/token": lambda e: makers.draft(e).token,
    "new/carrier_kind": lambda e: "generic",
    "payments/pay_kind": lambda e: makers.pay_account(e).kind,
    "legs/verb": lambda e: "hold",
    "nodes/node": lambda e: "hello",
    "sounds/node": lambda e: "hello",
    "versions/number": lambda e: 1,
    "hosted/token": lambda e: "no-line-of-a-provider",
    "hosted/call_uid": lambda e: uuid.UUID(int=1),
    "legs/end_id": lambda e: 1,
    "prompts/prompt_token": lambda e: "no-such-prompt",
    "say/token": lambda e: e.reply.entry.thread.token,
    "c/token": lambda e: writing_first.written(e.shop).token,
    "messages/notice_kind": lambda e: "late",
    "u/token": lambda e: writing_first.leaving(e.shop),
    "with/slug": lambda e: e.shop.merchant.slug,
    "mails/folder": lambda e: "new",
    "mails/name": lambda e: "1",
    "rings/ring": lambda e: "0123456789abcdef",
    "texts/sid": lambda e: "SM1",
    "texts/name": lambda e: "ME1",
    "Accounts/account": lambda e: "AC1",
    "Messages/sid": lambda e: "SM1",
    "Media/name": lambda e: "ME1",
    "new/source": lambda e: "zendesk",
    "parts/number": lambda e: 1,
    "rules/what": lambda e: "pages",
    "f/shared": lambda e: "no-such-share",
    "file/signed": lambda e: exporting.signature(makers.taken_out(e)),
}


# What a form must name, so that only the row in the address decides.
FORMS: dict[str, Callable[[Everything], dict[str, object]]] = {
    "conversations/<int:number>/merges": lambda e: {"into": e.part.id},
    "conversations/<int:number>/asked-channel": lambda e: {"channel": "email"},
    "conversations/<int:number>/preview": lambda e: {"text": "Hello"},
    "conversations/<int:number>/priority": lambda e: {"priority": 3},
    "conversations/<int:number>/topic": lambda e: {"topic": e.topic.id},
    "conversations/<int:number>/assignee": lambda e: {"member": e.shop.tomas.id},
    "conversations/<int:number>/fields": lambda e: {"reason": "late"},
    "conversations/<int:number>/splits": lambda e: {"message": e.entry.id},
    "customers/<int:number>/merges": lambda e: {"other": e.customer_note.customer_id},
    "customers/<int:number>/handles": lambda e: {"kind": "email", "address": "more@example.com"},
    "customers/<int:number>/consents": lambda e: {
        "purpose": "service",
        "channel": "email",
        "given": "1",
        "wording": "Yes, please",
    },
    "outreach/<int:batch_id>": lambda e: {**writing_first.WORDS, "state": "sent"},
    "settings/people/<int:member_id>/role": lambda e: {"role": "lead"},
    "settings/teams/<int:team_id>/members": lambda e: {"member": e.shop.tomas.id, "role": "agent"},
}


def form(address: Address, rows: Everything) -> str:
    """A form that fits, as it goes over the wire."""
    return urlencode(FORMS[address.route](rows)) if address.route in FORMS else ""


def addresses() -> list[Address]:
    """Every address the app answers, from the resolver."""
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda a: a.route)


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    for each in patterns:
        assert isinstance(each.pattern, RoutePattern), f"{each.pattern} is not a route"
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        elif not route.startswith("api/v1/"):  # programs with tokens come there: test_api.py
            yield Address(route, declared(each.callback))


def browser(member: Membership | None) -> Client:
    """A browser in which somebody is signed in, or nobody."""
    made = Client()
    if member:
        made.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.7", "Firefox"), timezone.now()).token
    return made
