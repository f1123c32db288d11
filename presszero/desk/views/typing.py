"""Orders that no shop's program knows: typed in, said to be paid, said to be sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.commerce.actions import typing as actions
from presszero.commerce.actions.typing import Parcel, Paying, TypedLine, TypedOrder
from presszero.commerce.vocabulary import Address
from presszero.core.money import BadMoney, typed
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from .orders import seen

_MOST_LINES = 200
PLACES = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def new(request: MemberAsked) -> HttpResponse:
    """GET /orders/new?customer=: an empty form. POST keeps the order; a second click keeps no second."""
    form = request.POST if request.method == "POST" else request.GET
    person = asked.customer(request, asked.number(form["customer"])) if form.get("customer") else None
    if request.method == "GET":
        return page(request, "desk/orders/new.html", _shown(request, person, form))
    try:
        row = actions.type_order(request.merchant, _typed(request, person), request.member.actor)
        if form.get("paid"):
            how = Paying(one_line(form.get("method", ""), 40) or "transfer", "", one_line(form.get("key", ""), 60))
            actions.mark_paid(row, request.member.actor, how=how)
    except Refused as no:
        return page(request, "desk/orders/new.html", {**_shown(request, person, form), "refused": no}, 422)
    return HttpResponseRedirect(f"/orders/{row.id}")


@needs(Role.AGENT)
@require_http_methods(["POST"])
def payments(request: MemberAsked, order_id: int) -> HttpResponse:
    """POST /orders/7/payments: what was open was paid. The page's key makes a second click harmless."""
    row = seen(request, order_id)
    actions.mark_paid(row, request.member.actor, how=Paying("transfer", "", one_line(request.POST.get("key", ""), 60)))
    return HttpResponseRedirect(f"/orders/{row.id}")


@needs(Role.AGENT)
@require_http_methods(["POST"])
def shipments(request: MemberAsked, order_id: int) -> HttpResponse:
    """POST /orders/7/shipments: all that was left went out."""
    row = seen(request, order_id)
    form = request.POST
    parcel = Parcel(form.get("carrier", ""), form.get("tracking", ""), form.get("tracking_url", ""))
    actions.mark_sent(row, request.member.actor, parcel)
    return HttpResponseRedirect(f"/orders/{row.id}")


def _typed(request: MemberAsked, person: Customer | None) -> TypedOrder:
    form, currency = request.POST, _currency(request, request.POST)
    said = {name: one_line(form.get(f"to_{name}", ""), 200) for name in PLACES}
    place = Address(**{**said, "country": said["country"].upper()[:2]}) if any(said.values()) else None
    return TypedOrder(
        key=one_line(form.get("key", ""), 60),
        currency=currency,
        lines=tuple(_lines(form, currency)),
        customer=person,
        number=one_line(form.get("number", ""), 60),
        email=one_line(form.get("email", ""), 320),
        phone=one_line(form.get("phone", ""), 40),
        name=one_line(form.get("name", ""), 200),
        ship_to=place,
        note=form.get("note", "")[:2000],
        shipping=_minor(form.get("shipping", ""), currency),
        discount=_minor(form.get("discount", ""), currency),
    )


def _lines(form: QueryDict, currency: str) -> Iterator[TypedLine]:
    """Parallel lists, as the picker makes them. A line without pieces or a name is none."""
    names = ("variant", "title", "quantity", "price")
    for variant, title, pieces, price in list(zip(*(form.getlist(name) for name in names), strict=False))[:_MOST_LINES]:
        count = int(pieces) if pieces.isdecimal() and len(pieces) < 7 else 0
        if count and (title.strip() or variant):
            number = int(variant) if variant.isdecimal() and len(variant) < 19 else None
            yield TypedLine(one_line(title, 300), count, _minor(price, currency), number)


def _minor(words: str, currency: str) -> int:
    if not words.strip():
        return 0
    try:
        return typed(words, currency, get_language() or "en").minor
    except BadMoney as why:
        raise Refused(str(why), _("Type it like 18.40.")) from why


def _currency(request: MemberAsked, form: QueryDict) -> str:
    said = one_line(form.get("currency", ""), 3).upper()
    return said if len(said) == 3 else request.merchant.currency


def _shown(request: MemberAsked, person: Customer | None, form: QueryDict) -> dict[str, Any]:
    """The form with what was typed; nothing is lost by a refusal."""
    names = ("variant", "title", "quantity", "price")
    lines = [dict(zip(names, each, strict=True)) for each in zip(*(form.getlist(n) for n in names), strict=False)]
    proven = next((h.address for h in customers.handles(person) if h.kind == "email"), "") if person else ""
    given = {name: str(form.get(name, "")) for name in form}
    usual = {"name": person.name, "email": proven} if person else {}
    return {
        "whose": person,
        "given": {**usual, **given},
        "lines": lines,
        "key": given.get("key") or str(uuid.uuid4()),
        "currency": _currency(request, form),
        "here": "orders",
    }
