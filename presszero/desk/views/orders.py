"""Orders: one with all of it, finding them, and saying whose one is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from presszero.commerce import queries
from presszero.commerce.actions.attaching import attach, detach
from presszero.commerce.models import Order
from presszero.commerce.policy import number_key
from presszero.conversations.queries.sight import customer_seen
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.models import Customer
from presszero.fulfilment.shown import tracks
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import asked_by_htmx, page

from .. import asked, ordered, remedied
from . import customers

post = require_http_methods(["POST"])
_LISTED = 50


@needs(Role.READ_ONLY)
@require_GET
def orders(request: MemberAsked) -> HttpResponse:
    """GET /orders?q=&customer=: found by number, tracking number, name, address or thing; else the newest."""
    words = one_line(request.GET.get("q", ""), 100)
    person = asked.customer(request, asked.number(request.GET["customer"])) if request.GET.get("customer") else None
    if words:
        rows = queries.find_orders(request.merchant.id, words, _LISTED)
    elif person:
        rows = queries.orders_of(person, _LISTED)
    else:
        rows = list(Order.objects.filter(merchant=request.merchant).order_by("-placed_at")[:_LISTED])
    rows = ordered.those_seen(request.member, rows)
    today = timezone.localdate()
    shown = [ordered.glance(row, [], [], today) for row in rows]
    context = {"words": words, "whose": person, "rows": shown, "may_write": asked.may_write(request), "here": "orders"}
    return page(request, "desk/orders/_found.html" if asked_by_htmx(request) else "desk/orders/orders.html", context)


@needs(Role.READ_ONLY)
@require_GET
def order(request: MemberAsked, order_id: int) -> HttpResponse:
    """GET /orders/7: all of it; for HTMX what stands in the sheet beside a conversation."""
    row = seen(request, order_id)
    context = {**everything(request, row), "beside": request.GET.get("beside", ""), "here": "orders"}
    return page(request, "desk/orders/_order.html" if asked_by_htmx(request) else "desk/orders/order.html", context)


@needs(Role.AGENT)
@post
def attachments(request: MemberAsked, number: int) -> HttpResponse:
    """POST /customers/7/orders: the order of this number is theirs, and how one knows."""
    person = asked.customer(request, number)
    row = _waiting(request, person, request.POST.get("number", ""))
    attach(row, person, request.member.actor, request.POST.get("reason", ""))
    return customers.panel_with(request, person, _("Order %(number)s stands with them now.") % {"number": row.number})


@needs(Role.AGENT)
@post
def detachment(request: MemberAsked, order_id: int) -> HttpResponse:
    """POST /orders/7/detachment: it is not theirs, and why."""
    row = seen(request, order_id)
    if row.customer_id is None:
        raise Refused(_("It belongs to nobody yet."))
    was = row.customer_id
    detach(row, request.member.actor, request.POST.get("reason", ""))
    return HttpResponseRedirect(f"/customers/{was}")


def seen(request: MemberAsked, order_id: int) -> Order:
    """The order, where the member may see whose it is; one that waits for proof is for whoever sees everything."""
    row = Order.objects.filter(merchant=request.merchant, id=order_id).select_related("store", "customer").first()
    if row is None or not ordered.those_seen(request.member, [row]):
        raise Http404
    return row


def everything(request: MemberAsked, row: Order) -> dict[str, Any]:
    """What the page and the sheet show."""
    whole = queries.order_whole(request.merchant.id, row.id)
    person = customer_seen(request.member, row.customer_id) if row.customer_id else None
    glance = ordered.glance(whole.order, whole.lines, whole.shipments, timezone.localdate())
    return {
        "order": whole.order,
        "whole": whole,
        "chips": glance.chips,
        "shop_url": ordered.web(whole.order.url),
        "tracked": [
            (each, ordered.parcel_word(each.state), ordered.web(each.tracking_url)) for each in whole.shipments
        ],
        "track": tracks(request.merchant.id, [(whole.order, whole.shipments)]).get(row.id),
        "customer": person,
        "remedies": remedied.on_order(whole.order, request.member),
        "may_write": asked.may_write(request),
        "is_ours": whole.order.store_id is None,
    }


def _waiting(request: MemberAsked, person: Customer, said: str) -> Order:
    """One that belongs to nobody: what somebody has by proof is not taken from them by a number."""
    key = number_key(said)
    rows = (
        list(Order.objects.filter(merchant=request.merchant, number_key=key).order_by("-placed_at")[:20]) if key else []
    )
    if not rows:
        raise Refused(_("There is no order of that number."), _("Look at it once more, or search the orders."))
    free = [row for row in rows if row.customer_id is None]
    if not free:
        mine = any(row.customer_id == person.id for row in rows)
        raise Refused(_("It stands with them already.") if mine else _("That order is somebody else’s."))
    return free[0]
