"""The side of the contract that texts keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from presszero.channels.adapter import Request
from presszero.channels.tests.contract import Contract, OtherSide
from presszero.channels.twilio_signing import form, signed
from presszero.channels.vocabulary import Handle

from .provider import ADA, TOKEN, Provider, line, running

URL = "https://desk.juniper.example/in/sms/token"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def request(body: bytes, query: str = "", token: str = TOKEN) -> Request:
    """As the provider posts it."""
    url = f"{URL}?{query}" if query else URL
    return Request("POST", url, {**FORM, "x-twilio-signature": signed(url, form(body), token)}, body, query)


@contextmanager
def other_side() -> Iterator[OtherSide]:
    provider = Provider()
    with running(provider) as base:
        yield OtherSide(line(base), lambda: [_ours(text.callback) for text in provider.sent])


def _ours(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["our_id"][0]


CONTRACT = Contract(
    line=line(),
    signed=request,
    old=None,  # the scheme has no time; ids make a replay harmless
    stored_headers=lambda path: {**FORM, "presszero-query": "our_id=0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b"},
    is_posted=lambda path: True,
    other_side=other_side,
    recipient=Handle("phone", ADA, "Ada"),
)
