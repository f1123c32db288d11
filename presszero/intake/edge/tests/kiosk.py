"""The smallest channel: signed JSON. Only tests know it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from presszero.channels.adapter import Abilities, BadSignature, LineSettings, Request
from presszero.channels.vocabulary import Arrived, Outgoing, Sent


def sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Kiosk:
    kind = "kiosk"
    handle_kind = "custom"
    can = Abilities()

    def verify(self, request: Request, line: LineSettings) -> None:
        given = request.headers.get("x-signature", "")
        if not hmac.compare_digest(given.encode(), sign(request.body, line.secrets["secret"]).encode()):
            raise BadSignature

    def event_id(self, request: Request) -> str:
        return str(json.loads(request.body)["id"])

    def lane_key(self, body: bytes) -> str:
        return str(json.loads(body)["from"])

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        return []

    def send(self, out: Outgoing, line: LineSettings) -> Sent:
        return Sent("accepted")


class BigKiosk(Kiosk):
    kind = "big"
    max_body = 50 * 1024 * 1024


adapter = Kiosk()
