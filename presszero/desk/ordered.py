"""Orders as the desk shows them: how each stands in a few chips, what is in it, where its parcels are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.commerce.models import Order, OrderLine, Shipment
from presszero.commerce.policy import is_late
from presszero.commerce.queries import Panel, find_orders
from presszero.conversations.queries.sight import customers_seen
from presszero.customers.models import Customer
from presszero.fulfilment.shown import Track, tracks
from presszero.team.models import Membership

_PAID = {"pending": "w", "authorised": "w", "paid": "g", "part_refunded": "", "refunded": "", "voided": "l"}
_SENT = {"not": "", "part": "w", "sent": "", "delivered": "g", "returned": "", "nothing": ""}
_LINES = 4  # of an order, beside a conversation


@dataclass(frozen=True, slots=True)
class Chip:
    """A word about an order. `kind`: "" plain · g good · w waits · l late."""

    word: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a parcel is called, and where it can be followed: an address of the web, or ""."""

    id: int
    label: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One order, ready to be drawn. `rest`: lines that are left out."""

    order: Order
    chips: list[Chip]
    lines: Sequence[OrderLine]
    rest: int
    parcels: list[Parcel]
    is_late: bool
    track: Track | None = None  # when it will be there, and the ways of its parcels


def glances(found: Panel) -> list[Shown]:
    """The orders of a panel, newest first."""
    today = timezone.localdate()
    pairs = [(each.order, each.shipments) for each in found.orders]
    known = tracks(found.orders[0].order.merchant_id, pairs) if pairs else {}
    return [
        replace(glance(each.order, each.lines, each.shipments, today), track=known.get(each.order.id))
        for each in found.orders
    ]


def glance(order: Order, lines: Sequence[OrderLine], shipments: Sequence[Shipment], today: date) -> Shown:
    """An order with the first of its lines."""
    late = is_late(order, shipments, today)
    shown = lines[:_LINES]
    return Shown(order, chips(order, late), shown, len(lines) - len(shown), parcels(shipments), late)


def found(member: Membership, words: str, most: int) -> list[Order]:
    """Orders that a member may open, by number, tracking number, name, address or thing."""
    return those_seen(member, find_orders(member.merchant_id, words, most))


def those_seen(member: Membership, rows: list[Order]) -> list[Order]:
    """Of these, what the member may open; what waits for proof is for whoever sees everything."""
    if member.sees_all:
        return rows
    people = Customer.objects.filter(merchant_id=member.merchant_id)
    named = {row.customer_id for row in rows if row.customer_id}
    now = {each.id: each.now_id for each in people.filter(id__in=named).only("id", "root_id")}
    mine = set(people.filter(customers_seen(member), id__in=set(now.values())).values_list("id", flat=True))
    return [row for row in rows if row.customer_id and now[row.customer_id] in mine]


def chips(order: Order, late: bool) -> list[Chip]:
    """How it stands: what it is, the money, the things, and whether it is late."""
    found = []
    if order.kind != "sale":
        found.append(Chip(_("replacement") if order.kind == "replacement" else _("exchange"), "", "refresh"))
    if order.cancelled_at:
        found.append(Chip(_("cancelled"), "l", "close"))
    if order.kind == "sale" and not (order.cancelled_at and not order.captured):
        found.append(Chip(order.get_paid_display().lower(), _PAID[order.paid], "check" if order.paid == "paid" else ""))
    if late:
        found.append(Chip(_("late"), "l", "clock"))
    if not order.cancelled_at and order.sent != "nothing":
        found.append(Chip(order.get_sent_display().lower(), "" if late else _SENT[order.sent]))
    return found


def parcels(shipments: Iterable[Shipment]) -> list[Parcel]:
    """Each with the way to follow it."""
    return [
        Parcel(
            each.id,
            " ".join(part for part in (each.carrier, each.tracking) if part),
            web(each.tracking_url),
            each.state,
        )
        for each in shipments
        if each.carrier or each.tracking
    ]


def _named(shipment: Shipment) -> str:
    return " ".join(part for part in (shipment.carrier, shipment.tracking) if part)


def web(url: str) -> str:
    """An address of the web that a store gave us, "" for anything else: it is followed by a click."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def parcel_word(state: str) -> str:
    """Where a parcel is."""
    return {
        "waiting": _("waits to be sent"),
        "sent": _("on its way"),
        "in_transit": _("on its way"),
        "out_for_delivery": _("comes today"),
        "delivered": _("delivered"),
        "exception": _("something went wrong on the way"),
        "returned": _("came back"),
        "cancelled": _("cancelled"),
    }.get(state, state)
