"""Suggesting, showing, using, leaving aside; and saying that all is well."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.commerce.models import DraftOrder, Variant
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM, Actor, from_code
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from . import chances, drawing
from .facts import OfferDismissed, OfferSuggested, OfferUsed
from .models import AllWell, Chance, Suggesting, Suggestion
from .suggesting import suggest, things_of_matter

MOST = 3  # things in one suggestion


@transaction.atomic
def suggest_in(row: Conversation, now: datetime) -> Suggestion | None:
    """Decides what to suggest in a matter that has its chance; None where it may not be, or nothing is worth it.

    Once a chance. Nothing is looked up for who is held out.
    """
    chance = chances.open_to(row)
    if chance is None or Suggestion.objects.filter(merchant_id=row.merchant_id, chance=chance).exists():
        return None
    if not chances.verdict(row, now).yes:
        return None
    most = chances.suggesting(row.merchant_id).most
    after = things_of_matter(row.merchant_id, row.now_id)
    found = suggest(row.customer, after, most) or (suggest(row.customer, (), most) if after else [])
    if not found:
        return None
    made = Suggestion.objects.create(
        merchant_id=row.merchant_id, chance=chance, products=[asdict(each) for each in found], at=now
    )
    record(OfferSuggested(**_about(row, chance), by=SYSTEM, suggestion_id=made.id))
    return made


def shown(suggestion: Suggestion) -> None:
    """It stood before somebody's eyes. The first time counts."""
    rows = Suggestion.objects.filter(merchant_id=suggestion.merchant_id, id=suggestion.id, shown_at=None)
    rows.update(shown_at=timezone.now())


@transaction.atomic
def use(suggestion: Suggestion, by: Actor) -> Suggestion:
    """Somebody puts it to the customer. Once."""
    row = _held(suggestion)
    if row.dismissed_at is not None:
        raise Refused(_("This suggestion was left aside."), _("Find the thing among your products instead."))
    if row.used_at is None:
        row.used_at, row.used_by = timezone.now(), by.code
        row.save(update_fields=["used_at", "used_by"])
        record(OfferUsed(**_about(row.chance.conversation, row.chance), by=by, suggestion_id=row.id))
    return row


@transaction.atomic
def dismiss(suggestion: Suggestion, by: Actor) -> Suggestion:
    """Not for this customer, whoever says so. Once; what was used cannot be left aside."""
    row = _held(suggestion)
    if row.used_at is None and row.dismissed_at is None:
        row.dismissed_at, row.dismissed_by = timezone.now(), by.code
        row.save(update_fields=["dismissed_at", "dismissed_by"])
        record(OfferDismissed(**_about(row.chance.conversation, row.chance), by=by, suggestion_id=row.id))
    return row


@transaction.atomic
def link_draft(draft: DraftOrder) -> Suggestion | None:
    """An order to be paid by link that has a suggested thing in it came of the suggestion."""
    row = Conversation.objects.filter(merchant_id=draft.merchant_id, id=draft.conversation_id or 0).first()
    chance = chances.open_to(row.root or row) if row else None
    if chance is None:
        return None
    rows = Suggestion.objects.select_for_update().filter(merchant_id=draft.merchant_id, chance=chance, draft=None)
    variants = [line["variant"] for line in draft.lines if line.get("variant")]
    things = set(
        Variant.objects.filter(merchant_id=draft.merchant_id, id__in=variants).values_list("product_id", flat=True)
    )
    found = next((each for each in rows.order_by("-id") if things & {one["product"] for one in each.products}), None)
    if found is None or found.at > draft.at:
        return None
    found.draft = draft
    found.save(update_fields=["draft"])
    return found if found.dismissed_at else use(found, from_code(draft.by))


@transaction.atomic
def say_well(row: Conversation, by: Actor) -> AllWell:
    """Whoever answers says that the matter is solved and the customer content. The newest word counts."""
    mine = AllWell.objects.filter(merchant_id=row.merchant_id, conversation=row, taken_back_at=None)
    now = timezone.now()
    mine.update(taken_back_at=now)
    made = AllWell.objects.create(merchant_id=row.merchant_id, conversation=row, by=by.code, at=now)
    chances.consider(row, now)
    return made


@transaction.atomic
def unsay_well(row: Conversation, by: Actor) -> None:
    """It was said by mistake. A chance that was drawn stays drawn."""
    AllWell.objects.filter(merchant_id=row.merchant_id, conversation=row, taken_back_at=None).update(
        taken_back_at=timezone.now()
    )


@transaction.atomic
def set_how(merchant: Merchant, on: bool, share: float, most: int, by: Actor) -> Suggesting:
    """How the merchant wants suggestions. `share` of customers held out, of those drawn from here on."""
    chances.suggesting(merchant)
    row = Suggesting.objects.select_for_update().get(merchant=merchant)
    if not drawing.FEWEST <= share <= drawing.MOST:
        raise Refused(_("Between 5 and 50 in a hundred can be held out."), _("Ten is what most shops need."))
    if not 1 <= most <= MOST:
        raise Refused(_("One to three things fit into a suggestion."))
    before = _values(row)
    row.on, row.share, row.most = on, share, most
    row.save(update_fields=["on", "share", "most"])
    if before != _values(row):
        audit("suggestions.changed", "suggestions", by=by, merchant=merchant, before=before, after=_values(row))
    return row


def _values(row: Suggesting) -> dict[str, Any]:
    return {"on": row.on, "held_out_percent": round(row.share * 100), "most": row.most}


def _held(suggestion: Suggestion) -> Suggestion:
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("chance__conversation")
    return rows.get(merchant_id=suggestion.merchant_id, id=suggestion.id)


def _about(row: Conversation, chance: Chance) -> dict[str, Any]:
    return {"merchant_id": chance.merchant_id, "customer_id": chance.customer_id, "conversation_id": row.now_id}
