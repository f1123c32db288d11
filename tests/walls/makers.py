"""Rows that an address may name and that need a shop with everything in it already."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from presszero.alerts.models import Device
from presszero.api.models import ApiToken, Webhook, WebhookDelivery
from presszero.api.tokens import Wanted, give
from presszero.api.webhooks import actions as hooks
from presszero.commerce.actions import drafting
from presszero.commerce.actions import typing as commerce
from presszero.commerce.models import DraftOrder, Order, PayAccount, Product, Store, Variant
from presszero.commerce.payments import connecting
from presszero.conversations.actions import side as sides
from presszero.conversations.models import (
    Conversation,
    SideThread,
)
from presszero.core.money import money
from presszero.customers.models import Merge as CustomerMerge
from presszero.insights import rates
from presszero.insights.models import Cost
from presszero.privacy import actions as privacy
from presszero.privacy import exporting as copies
from presszero.privacy.models import Erasure, LegalHold, SubjectExport
from presszero.remedies import actions as remedies
from presszero.remedies.actions import limits, own
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.models import ExchangeRate, Limit, OwnRemedy, Remedy, Task
from presszero.remedies.vocabulary import Asked
from presszero.rules import actions as rules
from presszero.rules.models import Firing, Rule
from presszero.team.models import Session
from presszero.transfer import actions as bringing
from presszero.transfer import exporting
from presszero.transfer.models import Export, Import
from tests import cast


class HasEverything(Protocol):
    """The shop of `everything`, which imports us."""

    shop: cast.Shop
    session: Session
    conversation: Conversation
    customer_merge: CustomerMerge


def brought(rows: HasEverything) -> Import:
    """A table that somebody brought."""
    what = bringing.Brought("csv", "tags.csv", "tags")
    made = bringing.begin(rows.shop.merchant, what, by=rows.shop.team["rosa"])
    bringing.add_part(made, 1, b"name\r\nLate\r\n")
    return bringing.complete(made)


def taken_out(rows: HasEverything) -> Export:
    """A table taken out, with a link that lives."""
    made = Export.objects.filter(merchant=rows.shop.merchant, state="done", revoked_at=None).first()
    return made or exporting.write_now(exporting.ask("tags", by=rows.shop.team["rosa"]))


def cost(rows: HasEverything) -> Cost:
    """What an hour of work costs."""
    first = timezone.localdate().replace(day=1)
    return rates.set_rate(rows.shop.merchant, rates.HOUR, money("24.00", "GBP"), first, by=rows.shop.team["rosa"].actor)


def side(rows: HasEverything) -> SideThread:
    """The warehouse, asked about the conversation."""
    asked = SideThread.objects.filter(merchant=rows.shop.merchant).first()
    depot = sides.know(rows.shop.merchant, "warehouse", "North Depot", "depot@example.com")
    question = sides.Asking("Where is it?", uuid.uuid4())
    return asked or sides.ask(rows.conversation, depot, question, by=rows.shop.maya)


def device(rows: HasEverything) -> Device:
    """Maya's browser, which may be told what waits."""
    given = {"member": rows.shop.maya, "session": rows.session, "sealed": b"", "name": "Safari"}
    return Device.objects.get_or_create(merchant=rows.shop.merchant, fingerprint="0" * 64, defaults=given)[0]


def rule(rows: HasEverything) -> Rule:
    found = Rule.objects.filter(merchant=rows.shop.merchant, retired_at=None).first()
    reads = {"when": {"on": ["arrived"]}, "filter": {}, "steps": [{"do": "priority", "priority": 3}]}
    more = {"stop": False, "once": False, "rest": ""}
    return found or rules.save(Rule(merchant=rows.shop.merchant), "Raise", reads | more, by=rows.shop.tomas)


def firing(rows: HasEverything) -> Firing:
    found = Firing.objects.filter(merchant=rows.shop.merchant, undone_at=None).first()
    fires, row = rule(rows), rows.conversation
    did = [{"step": {"do": "priority", "priority": 3}, "said": "raises it", "refused": "",
            "before": {"was": row.priority, "now": row.priority}}]  # fmt: skip
    return found or Firing.objects.create(
        merchant=rows.shop.merchant, rule=fires, version=fires.versions.get(), conversation=row, on="arrived",
        outcome="done", did=did,
    )  # fmt: skip


def erasure(rows: HasEverything) -> Erasure:
    found = Erasure.objects.filter(merchant=rows.shop.merchant).first()
    return found or privacy.erase(rows.customer_merge.winner, privacy.Request(), by=rows.shop.tomas.actor)


def hold(rows: HasEverything) -> LegalHold:
    return privacy.hold(rows.customer_merge.winner, "Court case 12", by=rows.shop.tomas.actor)


def copy_of(rows: HasEverything) -> SubjectExport:
    found = SubjectExport.objects.filter(merchant=rows.shop.merchant).exclude(storage_key="").first()
    by, customer = rows.shop.tomas.actor, rows.conversation.customer
    made = found or copies.export(customer, privacy.Request(), with_notes=False, by=by)
    copies.write_due(timezone.now())
    return made


def api_token(e: HasEverything) -> ApiToken:
    found = ApiToken.objects.filter(merchant=e.shop.merchant).first()
    return found or give(Wanted("Till", ["customers:read"]), by=e.shop.team["rosa"]).row


def webhook(e: HasEverything) -> Webhook:
    found = Webhook.objects.filter(merchant=e.shop.merchant).first()
    return found or hooks.add(e.shop.merchant, "https://hooks.example.com", ["message.sent"], by=e.shop.tomas.actor)[0]


def told(e: HasEverything) -> WebhookDelivery:
    found = WebhookDelivery.objects.filter(merchant=e.shop.merchant).first() or hooks.test(
        webhook(e), by=e.shop.tomas.actor
    )
    WebhookDelivery.objects.filter(id=found.id).update(state="failed")
    return found


def store(e: HasEverything) -> Store:
    """A shop that is connected, at an address where nobody is ever asked."""
    given = {"name": "Juniper online", "brand": e.shop.brand, "currency": "GBP"}
    return Store.objects.get_or_create(
        merchant=e.shop.merchant, kind="shopify", address="http://127.0.0.1:9", defaults=given
    )[0]


def order(rows: HasEverything) -> Order:
    """One that somebody typed in for the conversation's customer, and that was paid."""
    lines = (commerce.TypedLine("Boots", 1, 18900),)
    customer = rows.conversation.customer
    typed = commerce.TypedOrder("an-order-of-everything", rows.shop.merchant.currency, lines, customer)
    by = rows.shop.team["rosa"].actor
    made = commerce.type_order(rows.shop.merchant, typed, by)
    return made if made.captured else commerce.mark_paid(made, by)


def remedy(rows: HasEverything) -> Remedy:
    """A part of it given back, which somebody has to do by hand."""
    merchant, bought = rows.shop.merchant, order(rows)
    set_default_limits(merchant)
    asked = Asked(
        "refund", merchant.id, rows.conversation.customer_id, rows.conversation.id, bought.id, bought.money(500)
    )
    return remedies.give(asked, rows.shop.team["rosa"].actor, "a-remedy-of-everything", "Late")


def remedy_task(rows: HasEverything) -> Task:
    """What is to be done for it."""
    return Task.objects.get(merchant=rows.shop.merchant, remedy=remedy(rows))


def pay_account(rows: HasEverything) -> PayAccount:
    """Orders made here are paid by transfer."""
    words = {"words": "To Juniper & Co."}
    return connecting.connect(rows.shop.merchant, "transfer", words, rows.shop.team["rosa"].actor)


def draft(rows: HasEverything) -> DraftOrder:
    """An order made for the conversation's customer, to be paid by its link."""
    pay_account(rows)
    product = Product.objects.create(merchant=rows.shop.merchant, title="Juniper boots")
    variant = Variant.objects.create(merchant=rows.shop.merchant, product=product, currency="GBP", price=18900)
    lines = [drafting.DraftLine(variant.id)]
    return drafting.draft(
        rows.conversation.customer, rows.conversation.id, lines, rows.shop.maya.actor, uuid.uuid4().hex
    )


def product(rows: HasEverything) -> Product:
    """Something with a picture, which lies in a shop that no test can reach."""
    picture = "https://shop.invalid/boots.png"
    return Product.objects.create(merchant=rows.shop.merchant, title="Juniper boots", picture_url=picture)


def limit(rows: HasEverything) -> Limit:
    """What agents may give."""
    set_default_limits(rows.shop.merchant)
    return Limit.objects.filter(merchant=rows.shop.merchant, role="agent").order_by("id")[0]


def exchange_rate(rows: HasEverything) -> ExchangeRate:
    """What a dollar is worth here."""
    return limits.set_rate(rows.shop.merchant, "USD", Decimal("0.79"), rows.shop.team["rosa"].actor)


def own_remedy(rows: HasEverything) -> OwnRemedy:
    """A repair, which somebody does by hand."""
    known = OwnRemedy.objects.filter(merchant=rows.shop.merchant, retired_at=None).first()
    return known or own.define(rows.shop.merchant, own.Definition("A repair"), rows.shop.team["rosa"].actor)[0]
