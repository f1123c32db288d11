"""EasyPost's tracker events, read. https://docs.easypost.com/docs/trackers and /docs/webhooks.

`X-Hmac-Signature: hmac-sha256-hex=…` is the HMAC-SHA256 of the exact bytes, under the webhook's secret in Unicode's
NFKD form. It has no time in it, so an old message can be sent again: scans are kept once, and that changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request, Unreadable
from presszero.commerce.stores.adapter import Field

from ...vocabulary import Scanned, Stage, Tracked
from ..adapter import CarrierSettings
from ..reading import Node, day_end, inner, made_id, node, nodes, place, text, when
from ..signed import verify

_PREFIX = "hmac-sha256-hex="
_STAGES = {
    "pre_transit": Stage.ANNOUNCED,
    "in_transit": Stage.IN_TRANSIT,
    "out_for_delivery": Stage.OUT_FOR_DELIVERY,
    "available_for_pickup": Stage.PICKUP,
    "delivered": Stage.DELIVERED,
    "return_to_sender": Stage.RETURNING,
    "failure": Stage.EXCEPTION,
    "error": Stage.EXCEPTION,
    "cancelled": Stage.CANCELLED,
    "canceled": Stage.CANCELLED,
}
# While a parcel is under way, the detail of a scan tells more than its status.
_DETAILS = {
    "received_at_origin_facility": Stage.ACCEPTED,
    "delivery_exception": Stage.ATTEMPTED,
    "damaged": Stage.EXCEPTION,
    "held": Stage.EXCEPTION,
    "lost": Stage.EXCEPTION,
    "refused": Stage.EXCEPTION,
    "transit_exception": Stage.EXCEPTION,
    "return": Stage.RETURNING,
}
_UNDER_WAY = (Stage.IN_TRANSIT, Stage.EXCEPTION)


def signature(body: bytes, secret: str) -> str:
    """The header's value for these bytes."""
    key = unicodedata.normalize("NFKD", secret).encode("utf-8", "replace")
    return _PREFIX + hmac.new(key, body, hashlib.sha256).hexdigest()


class EasyPost:
    """`secrets`: secret, which the merchant writes into both sides."""

    kind = "easypost"
    name = "EasyPost"
    makes_secret = False
    fields = (
        Field(
            "secret",
            gettext_lazy("Webhook secret"),
            gettext_lazy("Make one up, at least 16 characters, and write the same into the webhook at EasyPost."),
            secret=True,
        ),
    )

    def verify(self, request: Request, carrier: CarrierSettings) -> None:
        verify(request, "x-hmac-signature", carrier, signature)

    def event_id(self, request: Request) -> str:
        return text(node(request.body), "id", 200)

    def lane_key(self, body: bytes) -> str:
        return text(inner(node(body), "result"), "tracking_code", 120)

    def parse(self, body: bytes, headers: Mapping[str, str], carrier: CarrierSettings) -> list[Tracked]:
        event = node(body)
        if not text(event, "description").startswith("tracker."):
            return []  # the account may buy labels too, and tells of those
        tracker = inner(event, "result")
        tracking = text(tracker, "tracking_code", 120)
        if not tracking:
            raise Unreadable(_("It names no parcel: “tracking_code” is missing."))
        scans = tuple(scan for each in nodes(tracker, "tracking_details") if (scan := _scan(each, carrier)))
        return [
            Tracked(
                tracking,
                text(tracker, "carrier", 80),
                text(inner(tracker, "carrier_detail"), "service", 80),
                day_end(tracker.get("est_delivery_date"), carrier.timezone),
                scans or _summed_up(tracker, carrier),
            )
        ]


def _scan(said: Node, carrier: CarrierSettings) -> Scanned | None:
    """None for one that says nothing: a status that is unknown, or no moment."""
    stage, at = _STAGES.get(text(said, "status").lower()), when(said.get("datetime"), carrier.timezone)
    if stage is None or at is None:
        return None
    if stage in _UNDER_WAY:
        stage = _DETAILS.get(text(said, "status_detail").lower(), stage)
    seen = inner(said, "tracking_location")
    where = place(text(seen, name, 100) for name in ("city", "state", "country"))
    words = text(said, "message")
    return Scanned(made_id(stage, at.isoformat(), words, where), stage, at, words, where)


def _summed_up(tracker: Node, carrier: CarrierSettings) -> tuple[Scanned, ...]:
    """Where no scan is told one by one, the tracker's own state is one."""
    at = tracker.get("updated_at") or tracker.get("created_at")
    found = _scan({**tracker, "datetime": at}, carrier)
    return (found,) if found else ()


adapter = EasyPost()
