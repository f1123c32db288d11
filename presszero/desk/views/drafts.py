"""An order for the customer, made beside the conversation, and the link by which they pay it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.commerce.actions import drafting, money
from presszero.commerce.actions.drafting import DraftLine, Offer, Paid
from presszero.commerce.models import DraftOrder, PayAccount, Variant
from presszero.commerce.payments.paying import page_address
from presszero.conversations.models import Conversation
from presszero.core.money import BadMoney, Money, typed
from presszero.core.refusal import Refused
from presszero.customers.queries import today
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from ..drafted import stand, words_with_link
from .conversation import shown_name
from .said import changed

_MOST = drafting.MOST_LINES


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the sheet comes to, or why it cannot be."""

    offer: Offer
    shipping: int = 0
    discount: int = 0

    @property
    def total(self) -> int:
        return self.offer.subtotal + self.shipping - self.discount


@needs(Role.AGENT)
@require_GET
def new(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/drafts/new?variant=7: the sheet, with what was suggested in it already."""
    row = asked.conversation(request, number)
    wanted = [asked.number(each) for each in request.GET.getlist("variant")[:_MOST]]
    lines = [DraftLine(each) for each in wanted]
    return page(request, "desk/drafts/_new.html", {**_shown(request, row, lines), **_summed(request, lines)})


@needs(Role.AGENT)
@require_POST
def total(request: MemberAsked, number: int) -> HttpResponse:
    """POST: what stands on the sheet comes to this. Changes nothing."""
    row = asked.conversation(request, number)
    return page(request, "desk/drafts/_sum.html", {"c": row, **_summed(request, _safely(request))})


@needs(Role.AGENT)
@require_POST
def drafts(request: MemberAsked, number: int) -> HttpResponse:
    """POST makes it, and hands the page the words with its link. The page made the key: a second click makes none."""
    row = asked.conversation(request, number)
    try:
        lines = _lines(request)
        summed = _sum(request, lines)
        made = drafting.draft(
            today(row.customer), row.id, lines, request.member.actor, request.POST.get("key", ""),
            shipping=summed.shipping, discount=summed.discount, note=request.POST.get("note", ""),
        )  # fmt: skip
    except Refused as no:
        lines = _safely(request)
        context = {**_shown(request, row, lines), **_summed(request, lines), "refused": no}
        return page(request, "desk/drafts/_new.html", context, 422)
    response = changed(request, asked.conversation(request, number), _("The link is in your answer."))
    response["HX-Trigger"] = json.dumps(
        {**json.loads(response.get("HX-Trigger", "{}")), "linked": {"text": words_with_link(made, row)}}
    )
    return response


@needs(Role.AGENT)
@require_http_methods(["GET", "DELETE"])
def one(request: MemberAsked, draft_id: int) -> HttpResponse:
    """GET /order-drafts/7: how it stands, and its link once more. DELETE calls it off."""
    draft, row = _draft(request, draft_id)
    if request.method == "DELETE":
        drafting.cancel(draft, request.member.actor)
        return changed(request, row, _("Called off. Its link can be paid no more."))
    transfers = PayAccount.objects.filter(merchant=request.merchant, kind="transfer", paused_at=None)
    context = {
        "c": row,
        "draft": draft,
        "stand": stand(draft),
        "items": [{**each, "sum": each["price"] * each["quantity"]} for each in draft.lines],
        "link": page_address(draft),
        "words": words_with_link(draft, row),
        "reference": drafting.reference(draft),
        "by_transfer": draft.store_id is None and transfers.exists(),
        "may_write": asked.may_write(request, row),
        "shown_name": shown_name(row),
    }
    return page(request, "desk/drafts/_one.html", context)


@needs(Role.AGENT)
@require_POST
def payment(request: MemberAsked, draft_id: int) -> HttpResponse:
    """POST /order-drafts/7/payment: the transfer has come; somebody has seen it in the account."""
    draft, row = _draft(request, draft_id)
    if draft.store_id is not None or draft.state not in ("open", "pending", "expired"):
        raise Refused(_("This cannot be marked as paid."), _("Look at how it stands."))
    came = money.Came(f"transfer:{draft.id}", Money(draft.total, draft.currency), timezone.now(), "transfer")
    drafting.paid(draft, Paid(came, "transfer"), request.member.actor)
    return changed(request, asked.conversation(request, row.id), _("Paid. The order is theirs."))


def _draft(request: MemberAsked, draft_id: int) -> tuple[DraftOrder, Conversation]:
    rows = DraftOrder.objects.filter(merchant=request.merchant, id=draft_id, conversation_id__isnull=False)
    found = rows.select_related("merchant", "customer", "store", "order").first()
    if found is None:
        raise Http404
    return found, asked.conversation(request, found.conversation_id or 0)


def _lines(request: MemberAsked) -> list[DraftLine]:
    """Parallel lists, as the picker makes them. Another price counts only from who may say one."""
    form = request.POST
    names = ("variant", "quantity", "price")
    found = list(zip(*(form.getlist(name) for name in names), strict=False))[:_MOST]
    variants = Variant.objects.filter(merchant=request.merchant, id__in=[n for n, *_ in found if _is_number(n)])
    of_the_day = {variant.id: Money(variant.price, variant.currency) for variant in variants}
    return [_line(request, of_the_day, *each) for each in found]


def _line(request: MemberAsked, of_the_day: dict[int, Money], variant: str, pieces: str, price: str) -> DraftLine:
    number, count = asked.number(variant), int(pieces) if _is_number(pieces) and len(pieces) < 6 else 0
    now = of_the_day.get(number)
    if now is None or not price.strip() or not _may_price(request):
        return DraftLine(number, count)
    said = _typed(price, now.currency)
    return DraftLine(number, count, said if said != now.minor else None)


def _safely(request: MemberAsked) -> list[DraftLine]:
    """The lines for a sheet that is drawn anew: a price that is none is left out, and said below."""
    try:
        return _lines(request)
    except Refused:
        form = request.POST
        pairs = zip(form.getlist("variant"), form.getlist("quantity"), strict=False)
        return [DraftLine(asked.number(v), int(q) if _is_number(q) and len(q) < 6 else 0) for v, q in pairs]


def _sum(request: MemberAsked, lines: list[DraftLine]) -> _Sum:
    """Raises Refused with what to do."""
    offer = drafting.offer(request.merchant.id, lines)
    form: QueryDict = request.POST
    if offer.store is not None:
        return _Sum(offer)
    discount = _typed(form.get("discount", ""), offer.currency) if _may_price(request) else 0
    return _Sum(offer, _typed(form.get("shipping", ""), offer.currency), discount)


def _summed(request: MemberAsked, lines: list[DraftLine]) -> dict[str, Any]:
    """For the foot of the sheet: the sum, or the one thing that stands in its way."""
    if not lines:
        return {"sum": None, "wrong": None}
    try:
        if request.method == "POST":
            _lines(request)
        return {"sum": _sum(request, lines), "wrong": None}
    except Refused as no:
        return {"sum": None, "wrong": no}


def _shown(request: MemberAsked, row: Conversation, lines: list[DraftLine]) -> dict[str, Any]:
    rows = Variant.objects.filter(merchant=request.merchant, id__in=[each.variant_id for each in lines])
    known = rows.select_related("product").in_bulk()
    form = request.POST
    picked = [_picked(known[each.variant_id], each) for each in lines if each.variant_id in known]
    return {
        "c": row,
        "key": form.get("key", "") or uuid.uuid4().hex,
        "picked": picked,
        "given": {name: form.get(name, "") for name in ("shipping", "discount", "note")},
        "may_price": _may_price(request),
        "shown_name": shown_name(row),
    }


def _picked(variant: Variant, line: DraftLine) -> dict[str, Any]:
    price = Money(variant.price if line.price is None else line.price, variant.currency)
    title = f"{variant.product.title}, {variant.title}" if variant.title else variant.product.title
    return {"variant": variant.id, "title": title, "quantity": line.quantity, "price": str(price.decimal)}


def _may_price(request: MemberAsked) -> bool:
    """Another price than the day's, or a discount, is a lead's to give; agents have remedies, which count."""
    return asked.may(request, Role.LEAD)


def _typed(words: str, currency: str) -> int:
    if not words.strip():
        return 0
    try:
        found = typed(words, currency, get_language() or "en")
    except BadMoney as why:
        raise Refused(str(why), _("Type it like 18.40.")) from why
    if found.minor < 0:
        raise Refused(_("This is below nothing."), _("Type it like 18.40."))
    return found.minor


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 19
