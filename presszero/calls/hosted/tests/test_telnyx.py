"""Telnyx's API on a real socket, as it documents it: JSON, one key, an application, its own addresses and errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

import pytest
from pytest_django import Settings

from presszero.calls.hosted.rest import Api, NotDone, Ring
from presszero.channels.models import Line
from tests.serving import serving

ACCOUNT = "61bf923e-5e4d-4595-a110-56190ea18a1b"
APPLICATION = "1494404757140276705"
WAV = b"RIFF\x24\x00\x00\x00WAVE"
ROOT = f"/v2/texml/Accounts/{ACCOUNT}"
FIELDS = {
    "Calls": {"ApplicationSid", "To", "From", "Url", "UrlMethod"}
    | {"StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent"},
    "Calls/v3:one": {"Url", "Method", "Status"},
    "Calls/v3:one/Recordings.json": {"RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod"},
    "Calls/v3:one/Recordings/rec-1.json": {"Status"},
    "Conferences/room-1/Participants/v3:one": {"Hold", "HoldUrl", "Muted", "Coaching", "CallSidToCoach", "AnnounceUrl"},
}  # fmt: skip


class Telnyx:
    """Takes what is documented and nothing else; `asked` has (method, path, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.base = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, Any]:
        path, _mark, query = handler.path.partition("?")
        if path == "/file.wav":
            assert "Authorization" not in handler.headers, "the key is for the API alone"
            return 200, WAV
        if handler.headers.get("Authorization") != "Bearer KEY01":
            return 401, {"errors": [{"code": "10009", "title": "Authentication failed", "detail": "No key found."}]}
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else {}
        resource = unquote(path.removeprefix(f"{ROOT}/"))
        self.asked.append((handler.command, resource, body or query))
        return self._said(handler.command, resource, body)

    def _said(self, method: str, resource: str, body: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST":
            if resource == "Calls/v3:gone":
                return 404, {"errors": [{"code": "10005", "title": "Resource not found"}]}
            if resource not in FIELDS or set(body) - FIELDS[resource]:
                return 422, {"errors": [{"code": "10015", "title": "Bad Request", "detail": f"Unknown: {resource}"}]}
            if resource == "Calls":
                if body.get("ApplicationSid") != APPLICATION:
                    return 422, {"errors": [{"code": "10015", "detail": "ApplicationSid is invalid."}]}
                return 200, {"from": body["From"], "to": body["To"], "status": "queued"}
            return 200, {"sid": "rec-1" if "Recordings" in resource else "v3:one", "status": "in-progress"}
        if resource == "Conferences":
            return 200, {"conferences": [{"sid": "room-1", "friendly_name": "r", "status": "in-progress"}]}
        if resource == "Recordings/rec-1.json":
            return (204, b"") if method == "DELETE" else (200, {"sid": "rec-1", "media_url": f"{self.base}/file.wav"})
        if resource == "Recordings.json":
            return 200, {"recordings": [{"sid": "rec-1", "call_sid": "v3:one", "duration": "5", "status": "completed"}]}
        if resource == "Calls/v3:one":
            return 200, {"sid": "v3:one", "status": "in-progress", "from": "+13120001234", "to": "+13121230000"}
        return 404, {"errors": [{"code": "10005", "title": "Resource not found"}]}


@contextmanager
def running(telnyx: Telnyx) -> Iterator[None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, said = telnyx.answer(handler)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with serving(answer) as telnyx.base:
        yield


@pytest.fixture
def telnyx(settings: Settings) -> Iterator[Telnyx]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    made = Telnyx()
    with running(made):
        yield made


def api(telnyx: Telnyx, key: str = "KEY01", application: str = APPLICATION) -> Api:
    line = Line(kind="phone", address="+13120001234")
    line.settings = {"driver": "hosted", "provider": "telnyx", "account": ACCOUNT, "application": application}
    line.settings["api"] = f"{telnyx.base}/v2/texml"
    line.keep_secrets({"api_secret": key})
    return Api(line)


def test_a_call_is_made_moved_and_ended_as_it_documents(telnyx: Telnyx) -> None:
    found = api(telnyx)
    ring = Ring("+13121230000", "+13120001234", "https://x.example/called", "https://x.example/status", 30)
    assert found.ring(ring) == "", "it says no id at once; its first request does"
    given = telnyx.asked[0][2]
    assert (given["UrlMethod"], given["StatusCallbackEvent"]) == ("POST", "ringing answered completed")
    found.send_to("v3:one", "https://x.example/step")
    found.hang_up("v3:one")
    found.hang_up("v3:gone")
    assert found.status("v3:one") == "in-progress"
    assert [body for method, path, body in telnyx.asked[1:3]] == [
        {"Url": "https://x.example/step", "Method": "POST"},
        {"Status": "completed"},
    ]


def test_recordings_have_addresses_of_their_own(telnyx: Telnyx) -> None:
    found = api(telnyx)
    assert found.record("v3:one", "https://x.example/recording") == "rec-1"
    found.pause("v3:one", "rec-1", on=False)
    found.pause("v3:one", "rec-1", on=True)
    found.stop("v3:one", "rec-1")
    assert [body.get("Status") for _, path, body in telnyx.asked[1:]] == ["paused", "in-progress", "stopped"]
    assert found.sound("rec-1") == WAV
    assert [row["sid"] for row in found.recordings_since("2026-11-01")] == ["rec-1"]
    found.forget("rec-1")


def test_a_room_is_found_and_its_people_changed(telnyx: Telnyx) -> None:
    found = api(telnyx)
    assert found.room("r") == "room-1"
    found.in_room("room-1", "v3:one", Hold="true", HoldUrl="https://x.example/music")
    assert telnyx.asked[-1][2] == {"Hold": True, "HoldUrl": "https://x.example/music"}


def test_what_it_refuses_is_said_in_its_words(telnyx: Telnyx) -> None:
    ring = Ring("+13121230000", "+13120001234", "https://x.example/called", "https://x.example/status")
    with pytest.raises(NotDone, match="ApplicationSid is invalid") as why:
        api(telnyx, application="").ring(ring)
    assert why.value.refused
    with pytest.raises(NotDone, match="No key found"):
        api(telnyx, key="wrong").status("v3:one")
