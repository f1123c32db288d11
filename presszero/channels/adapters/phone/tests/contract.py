"""The telephone's side of the contract: a telephone system of the merchant's own signs what it posts."""

from __future__ import annotations

import time

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.signing import signed_headers
from presszero.channels.tests.contract import Contract
from presszero.channels.vocabulary import Handle

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBwaG9uZQ=="


def signed(body: bytes, at: float | None = None) -> Request:
    headers = signed_headers("phone-event-1", int(at or time.time()), body, SECRET)
    return Request("POST", "https://desk.juniper.example/in/phone/token", headers, body)


CONTRACT = Contract(
    line=LineSettings(7, "phone", "+442079460018", "Juniper", {}, {"secret": SECRET}),
    signed=signed,
    old=lambda body: signed(body, time.time() - 600),
    stored_headers=lambda path: {"content-type": "application/json"},
    is_posted=lambda path: True,
    other_side=None,
    recipient=Handle("phone", "+447700900123", "Ada"),
)
