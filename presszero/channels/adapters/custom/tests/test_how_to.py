"""The example in the documentation works as printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapter import BadSignature, LineSettings, Request
from presszero.channels.adapters.custom.adapter import adapter
from presszero.channels.adapters.custom.sending import payload
from presszero.channels.vocabulary import DeliveryReported, Handle, MessageArrived, Outgoing

from .program import Program, running

PAGE = Path(__file__).parents[5] / "docs" / "how-to" / "custom-channel.md"
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBraW9zaw=="
LINE = LineSettings(3, "custom", "Kiosk", "Kiosk", {}, {"secret": SECRET})


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)


def run_example(url: str, secret: str) -> None:
    client, message, status = blocks("python")
    assert len(client.strip().splitlines()) <= 20
    known: dict[str, Any] = {"line": url, "secret": secret, "our_id": "0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b"}
    for block in (client, message, status):
        exec(compile(block, str(PAGE), "exec"), known)


def test_the_client_is_understood() -> None:
    program = Program()
    with running(program) as url:
        run_example(url, SECRET)
    requests = [Request("POST", url, headers, body) for headers, body in program.got]
    found = []
    for request in requests:
        adapter.verify(request, LINE)
        found += adapter.parse(request.body, request.headers, LINE)
    message, report = found
    assert isinstance(message, MessageArrived) and isinstance(report, DeliveryReported)
    assert (message.sender.address, message.text, message.thread_key) == ("ada-7781", "Where is my parcel?", "visit-55")
    assert (report.our_id, report.state) == ("0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b", "read")


def test_the_client_with_a_wrong_secret_is_refused() -> None:
    program = Program()
    with running(program) as url:
        run_example(url, "whsec_d3Jvbmc=")
    for headers, body in program.got:
        with pytest.raises(BadSignature):
            adapter.verify(Request("POST", url, headers, body), LINE)


def test_the_answer_shown_has_the_fields_we_send() -> None:
    (shown,) = (json.loads(block) for block in blocks("json"))
    out = Outgoing("id", "mid", Handle("custom", "Kiosk", "Juniper"), (Handle("custom", "ada"),), "x")
    assert set(shown) == set(payload(out))
