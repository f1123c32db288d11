"""Parcels told in our own JSON, signed in the Standard Webhooks way. docs/how-to/carriers.md shows a whole one."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.utils.translation import gettext as _

from presszero.channels import signing
from presszero.channels.adapter import Request, Unreadable
from presszero.commerce.stores.adapter import Field

from ...vocabulary import KNOWN, Scanned, Tracked
from ..adapter import CarrierSettings
from ..reading import Node, day_end, made_id, node, nodes, text, when


class Generic:
    """`secrets`: secret, which we make."""

    kind = "generic"
    name = "Your own program"
    makes_secret = True
    fields: tuple[Field, ...] = ()

    def verify(self, request: Request, carrier: CarrierSettings) -> None:
        """Within five minutes, as the scheme says."""
        secrets = [carrier.secrets.get(name, "") for name in ("secret", "old_secret")]
        signing.verify(request.headers, request.body, secrets, time.time())

    def event_id(self, request: Request) -> str:
        return request.headers.get("webhook-id") or request.headers.get("svix-id", "")

    def lane_key(self, body: bytes) -> str:
        return text(node(body), "tracking", 120)

    def parse(self, body: bytes, headers: Mapping[str, str], carrier: CarrierSettings) -> list[Tracked]:
        said = node(body)
        tracking = text(said, "tracking", 120)
        if not tracking:
            raise Unreadable(_("It names no parcel: “tracking” is missing."))
        return [
            Tracked(
                tracking,
                text(said, "carrier", 80),
                text(said, "service", 80),
                day_end(said.get("expected"), carrier.timezone),
                tuple(_scan(each, place, carrier) for place, each in enumerate(nodes(said, "scans"), 1)),
            )
        ]


def _scan(said: Node, place: int, carrier: CarrierSettings) -> Scanned:
    stage, at = text(said, "stage", 40), when(said.get("at"), carrier.timezone)
    if stage not in KNOWN:
        raise Unreadable(_("Scan %(n)d has a stage we do not know: “%(stage)s”.") % {"n": place, "stage": stage})
    if at is None:
        raise Unreadable(_("Scan %(n)d has no moment that we can read.") % {"n": place})
    words, where = text(said, "words"), text(said, "place", 200)
    return Scanned(text(said, "id", 120) or made_id(stage, at.isoformat(), words, where), stage, at, words, where)


adapter = Generic()
