"""The form's side of the contract: the merchant's own form, which signs what it posts. Nothing goes back through it."""

from __future__ import annotations

import time

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.signing import signed_headers
from presszero.channels.tests.contract import Contract
from presszero.channels.vocabulary import Handle

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBmb3Jt"


def signed(body: bytes, at: float | None = None) -> Request:
    headers = signed_headers("form-event-1", int(at or time.time()), body, SECRET)
    return Request("POST", "https://desk.juniper.example/in/form/token", headers, body)


CONTRACT = Contract(
    line=LineSettings(6, "form", "Contact form", "Juniper", {}, {"secret": SECRET}),
    signed=signed,
    old=lambda body: signed(body, time.time() - 600),
    stored_headers=lambda path: {"content-type": "application/json"},
    is_posted=lambda path: True,
    other_side=None,
    recipient=Handle("visitor", "v-0f1e2d3c4b5a69788796a5b4c3d2e1f0", "Ada"),
)
