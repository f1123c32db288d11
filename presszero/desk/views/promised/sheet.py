"""Promising something by hand: what, on which order, by when. After a call the same sheet asks what was promised."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.commerce import queries as commerce
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.queries import today
from presszero.promises.actions import Made, make
from presszero.promises.models import Kind, Promise, Where
from presszero.promises.retelling import tell_new_time
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ... import asked, promised
from ...giving import likeliest
from ...promising.chips import take
from ...promising.days import picked, usual
from ...promising.lines import ICONS, OWN, line, names, own_kinds
from ..said import Undo, changed
from ..settling import moment

_MOST_ORDERS = 20
_KINDS = (Kind.DELIVERY, Kind.CALLBACK, Kind.REFUND, Kind.RESTOCK, Kind.REPAIR)


@needs(Role.AGENT)
@require_GET
def new(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/promises/new?where=call: the sheet."""
    row = asked.conversation(request, number)
    return page(request, "desk/promised/_sheet.html", shown(request, row, request.GET))


@needs(Role.AGENT)
@require_POST
def promises(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `kind`, `day` or `own_day`, `clock`, `order`, `promise` (chips) keeps what was promised.

    With `due_at` alone they are told a new moment by which we answer.
    """
    row, form = asked.conversation(request, number), request.POST
    if "due_at" in form:
        answer = tell_new_time(row, moment(form["due_at"]), by=request.member)
        said = _("They are told: by %(when)s.") % {"when": promised.at_moment(answer.due_at, timezone.now())}
        return changed(request, asked.conversation(request, number), said)
    try:
        made = _promised(request, row)
    except Refused as no:
        return page(request, "desk/promised/_sheet.html", {**shown(request, row, form), "refused": no}, 422)
    known = names(request.merchant)
    each = line(made[-1], known)
    say = _("Promised: %(what)s by %(when)s.") % {"what": each.what, "when": each.when}
    return changed(request, asked.conversation(request, number), say, Undo(f"/promises/{made[-1].id}"))


def shown(request: MemberAsked, row: Conversation, form: QueryDict) -> dict[str, Any]:
    """The sheet with what was filled in; nothing is lost by a refusal."""
    orders = commerce.orders_of(today(row.customer), _MOST_ORDERS)
    said = form.get("order")
    order = next((o for o in orders if str(o.id) == said), None) if said is not None else likeliest(orders, row.subject)
    kinds = [(str(kind), str(kind.label), ICONS[kind]) for kind in _KINDS]
    kinds += [(f"{OWN}{each.id}", each.name, "flag") for each in own_kinds(request.merchant)]
    return {
        "c": row,
        "orders": orders,
        "order": order,
        "kinds": kinds,
        "days": usual(names(request.merchant)),
        "g": {name: str(form.get(name, "")) for name in form},
        "where": form.get("where", ""),
    }


def _promised(request: MemberAsked, row: Conversation) -> list[Promise]:
    """What stands on the sheet: chips that were taken, or one by hand."""
    form, where = request.POST, request.POST.get("where", "")
    if form.getlist("promise"):
        return take(form.getlist("promise"), row, None, request.member)
    due, whole = picked(form, names(request.merchant))
    orders = {str(order.id): order for order in commerce.orders_of(today(row.customer), _MOST_ORDERS)}
    order = orders.get(form.get("order", ""))
    what = Made(
        merchant_id=row.merchant_id,
        customer_id=row.customer_id,
        kind=form.get("kind", ""),
        due_at=due,
        whole_day=whole,
        where=where if where == Where.CALL else Where.AGENT,
        conversation_id=row.id,
        order_id=order.id if order else None,
        quote=one_line(form.get("quote", ""), 300),
    )
    return [make(what, request.member.actor)]
