"""The custom channel's side of the contract."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.signing import signed_headers
from presszero.channels.tests.contract import Contract, OtherSide
from presszero.channels.vocabulary import Handle

from .program import Program, running

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBraW9zaw=="


def line(url: str = "") -> LineSettings:
    settings = {"reply_url": url, "trusts_identity": True}
    return LineSettings(3, "custom", "Kiosk", "Kiosk", settings, {"secret": SECRET})


def signed(body: bytes, at: float | None = None) -> Request:
    headers = signed_headers("kiosk-event-1", int(at or time.time()), body, SECRET)
    return Request("POST", "https://desk.juniper.example/in/custom/token", headers, body)


@contextmanager
def other_side() -> Iterator[OtherSide]:
    program = Program()
    with running(program) as url:
        yield OtherSide(line(url), lambda: [headers["webhook-id"] for headers, _ in program.got])


CONTRACT = Contract(
    line=line(),
    signed=signed,
    old=lambda body: signed(body, time.time() - 600),
    stored_headers=lambda path: {"content-type": "application/json"},
    is_posted=lambda path: True,
    other_side=other_side,
    recipient=Handle("custom", "ada-7781", "Ada"),
)
