"""AfterShip's tracking updates, read. https://www.aftership.com/docs/tracking/webhook/webhook-overview

`aftership-hmac-sha256` is the base64 of the HMAC-SHA256 of the exact bytes. It has no time in it, so an old message can
be sent again: scans are kept once, and that changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request, Unreadable
from presszero.commerce.stores.adapter import Field

from ...vocabulary import Scanned, Stage, Tracked
from ..adapter import CarrierSettings
from ..reading import Node, day_end, inner, made_id, node, nodes, place, text, when
from ..signed import verify

_STAGES = {
    "InfoReceived": Stage.ANNOUNCED,
    "InTransit": Stage.IN_TRANSIT,
    "OutForDelivery": Stage.OUT_FOR_DELIVERY,
    "AttemptFail": Stage.ATTEMPTED,
    "AvailableForPickup": Stage.PICKUP,
    "Delivered": Stage.DELIVERED,
    "Exception": Stage.EXCEPTION,
}
_SUBTAGS = {
    "InTransit_002": Stage.ACCEPTED,
    "Exception_010": Stage.RETURNING,
    "Exception_011": Stage.RETURNED,
}
_EXPECTED = ("courier_estimated_delivery_date", "aftership_estimated_delivery_date", "custom_estimated_delivery_date")


def signature(body: bytes, secret: str) -> str:
    """The header's value for these bytes."""
    return base64.b64encode(hmac.new(secret.encode("utf-8", "replace"), body, hashlib.sha256).digest()).decode()


class AfterShip:
    """`secrets`: secret, which AfterShip makes."""

    kind = "aftership"
    name = "AfterShip"
    makes_secret = False
    fields = (
        Field(
            "secret",
            gettext_lazy("Webhook secret"),
            gettext_lazy("In AfterShip under Settings, Webhooks: it stands beside your addresses."),
            secret=True,
        ),
    )

    def verify(self, request: Request, carrier: CarrierSettings) -> None:
        verify(request, "aftership-hmac-sha256", carrier, signature)

    def event_id(self, request: Request) -> str:
        return text(node(request.body), "event_id", 200)

    def lane_key(self, body: bytes) -> str:
        return text(inner(node(body), "msg"), "tracking_number", 120)

    def parse(self, body: bytes, headers: Mapping[str, str], carrier: CarrierSettings) -> list[Tracked]:
        tracking = inner(node(body), "msg")
        if not tracking:
            return []  # a trial of the address
        number = text(tracking, "tracking_number", 120)
        if not number:
            raise Unreadable(_("It names no parcel: “tracking_number” is missing."))
        service = text(tracking, "shipment_type", 80) or text(tracking, "service_type_name", 80)
        return [
            Tracked(
                number,
                text(tracking, "slug", 80).replace("-", " ").upper(),
                service,
                _expected(tracking, carrier.timezone),
                tuple(scan for each in nodes(tracking, "checkpoints") if (scan := _scan(each, carrier))),
            )
        ]


def _scan(said: Node, carrier: CarrierSettings) -> Scanned | None:
    """None for one that says nothing: a tag that is pending, or no moment."""
    stage = _SUBTAGS.get(text(said, "subtag")) or _STAGES.get(text(said, "tag"))
    at = when(said.get("checkpoint_time") or said.get("created_at"), carrier.timezone)
    if stage is None or at is None:
        return None
    country = text(said, "country_name", 60) or text(said, "country_region_name", 60)
    where = text(said, "location", 200) or place((text(said, "city", 80), text(said, "state", 60), country))
    words = text(said, "message") or text(said, "subtag_message")
    return Scanned(made_id(stage, at.isoformat(), words, where), stage, at, words, where)


def _expected(tracking: Node, zone: str) -> datetime | None:
    """The carrier's own day before anybody else's guess."""
    for name in _EXPECTED:
        if found := day_end(inner(tracking, name).get("estimated_delivery_date"), zone):
            return found
    return day_end(tracking.get("expected_delivery"), zone)


adapter = AfterShip()
