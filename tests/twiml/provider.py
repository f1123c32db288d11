"""The provider itself: its phones and rooms, its API over real HTTP, and the signed requests it sends to us.

What the API is asked to do to a phone is done by `settle`, in the test's own time: a provider answers the API first and
asks for the document after that.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from .phone import Phone

_numbers = itertools.count(1)


class Provider:
    """`origin` is our public address, as signatures see it; `serves` says where a path really answers ("host:port")."""

    def __init__(self, account: str, token: str, origin: str, serves: Callable[[str], str]) -> None:
        self.account, self.token, self.origin, self.serves = account, token, origin.rstrip("/"), serves
        self.signs_in = (account, token)  # to the API; an API key and its secret do as well
        self.phones: list[Phone] = []
        self.rooms: dict[str, str] = {}  # name → id of the open one
        self.members: dict[str, list[Phone]] = {}  # by room's name
        self.recordings: dict[str, bytes] = {}
        self.paused: dict[str, str] = {}
        self.calls_made: list[dict[str, str]] = []
        self.asked: list[tuple[str, str]] = []  # method and path of every request to the API
        self.down = False  # the API answers 503
        self.seconds: list[float] = []  # how long each answer of ours took
        self.statuses: list[tuple[str, int]] = []
        self.voice_url = self.fallback_url = self.status_url = ""
        self._later: list[Callable[[], None]] = []
        self._server = _serve(self)
        self.api = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- for tests ---

    def call(self, number: str, called: str) -> Phone:
        """Somebody calls us."""
        phone = Phone(self, number, called, inbound=True)
        phone.status, phone.status_url = "in-progress", self.status_url
        self.phones.append(phone)
        phone.go(self.voice_url)
        return phone

    def ringing(self, to: str = "") -> list[Phone]:
        return [each for each in self.phones if each.status == "ringing" and each.called.startswith(to)]

    def settle(self) -> bool:
        """Does what the API was asked for, and tells what there is to tell. Whether there was anything."""
        todo, self._later = self._later, []
        for each in todo:
            each()
        return bool(todo)

    def post(self, url: str, fields: dict[str, str], **more: str) -> tuple[int, str]:
        """A signed request to us; `more` replaces headers. What stands behind # is for the provider alone."""
        url = url.partition("#")[0]
        body = urlencode(fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": self.sign(url, fields)}
        return self.send(url, body, {**headers, **more})

    def send(self, url: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """As it stands."""
        parts = urlsplit(url)
        began = time.monotonic()
        connection = HTTPConnection(self.serves(parts.path), timeout=15)
        try:
            connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            found = answer.status, answer.read().decode()
        finally:
            connection.close()
        self.seconds.append(time.monotonic() - began)
        self.statuses.append((parts.path, found[0]))
        return found

    def sign(self, url: str, fields: dict[str, str]) -> str:
        """By the providers' page: the address, then every field's name and value in the order of their names."""
        text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        return base64.b64encode(hmac.new(self.token.encode(), text.encode(), hashlib.sha1).digest()).decode()

    # --- for phones ---

    def ask(self, phone: Phone, url: str, given: dict[str, str]) -> str | None:
        """A document, from the fallback address when the first does not give one; None when neither does."""
        fields = {**phone.fields, **given}
        status, text = self._try(url, fields)
        if status < 400:
            return text
        failed = {**phone.fields, "ErrorCode": "11200", "ErrorUrl": url}
        status, text = self._try(self.fallback_url, failed) if self.fallback_url else (500, "")
        return text if status < 400 else None

    def later(self, url: str, fields: dict[str, str]) -> None:
        self._later.append(lambda: void(self._try(url, fields)))

    def entered(self, phone: Phone) -> None:
        room = self.rooms.setdefault(phone.room, f"CF{next(_numbers):032x}")
        members = self.members.setdefault(phone.room, [])
        members.append(phone)
        self._tell_room(phone, phone.room, room, "participant-join")
        if len(members) > 1 and any(each.room_says.get("startConferenceOnEnter") == "true" for each in members):
            self._tell_room(phone, phone.room, room, "conference-start")

    def left(self, phone: Phone, name: str) -> None:
        members = self.members.get(name, [])
        if phone not in members:
            return
        members.remove(phone)
        room = self.rooms[name]
        self._tell_room(phone, name, room, "participant-leave")
        if phone.room_says.get("endConferenceOnExit") == "true" or not members:
            del self.rooms[name], self.members[name]
            self._tell_room(phone, name, room, "conference-end")
            for each in members:
                self._later.append(lambda each=each: each.left_room() if each.room == name else None)

    def recorded(self, phone: Phone, seconds: int, told: str) -> str:
        sid = f"RE{next(_numbers):032x}"
        self.recordings[sid] = b"RIFF" + sid.encode() + b"\0" * 200
        phone.recordings.append(sid)
        if told:
            found = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": str(seconds)}
            about = {"AccountSid": self.account, "CallSid": phone.sid, "RecordingUrl": "http://169.254.169.254/latest"}
            self.later(told, {**about, **found})
        return sid

    def phone(self, sid: str) -> Phone | None:
        return next((each for each in self.phones if each.sid == sid), None)

    def _try(self, url: str, fields: dict[str, str]) -> tuple[int, str]:
        try:
            return self.post(url, fields)
        except OSError:
            return 502, ""

    def _tell_room(self, phone: Phone, name: str, room: str, event: str) -> None:
        url = phone.room_says.get("statusCallback", "")
        if url and event.rpartition("-")[2] in phone.room_says.get("statusCallbackEvent", "").split():
            about = {"ConferenceSid": room, "FriendlyName": name, "StatusCallbackEvent": event}
            self.later(url, {"AccountSid": self.account, "CallSid": phone.sid, **about})

    # --- the API ---

    def api_calls(self, given: dict[str, str], events: set[str]) -> tuple[int, dict[str, Any]]:
        self.calls_made.append(given)
        phone = Phone(self, given["From"], given["To"], inbound=False)
        phone.url, phone.status_url, phone.status_events = given["Url"], given.get("StatusCallback", ""), events
        self.phones.append(phone)
        phone.tell("ringing", "ringing")
        return 201, {"sid": phone.sid, "status": "queued"}

    def api_call(self, sid: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        phone = self.phone(sid)
        if phone is None:
            return 404, {"message": "not found"}
        if given.get("Status") == "completed":
            self._later.append(phone.hang_up)
        elif "Url" in given:
            if phone.status != "in-progress":
                return 400, {"message": "Call is not in-progress. Cannot redirect."}
            self._later.append(lambda: phone.go(given["Url"]))
        return 200, {"sid": sid, "status": phone.status}

    def api_participant(self, room: str, sid: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        phone = self.phone(sid)
        name = next((name for name, each in self.rooms.items() if each == room), "")
        if phone is None or not name or phone.room != name:
            return 404, {"message": "participant not found"}
        phone.held = given.get("Hold", str(phone.held)).lower() == "true"
        phone.muted = given.get("Muted", str(phone.muted)).lower() == "true"
        if "AnnounceUrl" in given:
            phone.heard.append(given["AnnounceUrl"])
        if given.get("Coaching") == "true":
            phone.room_says["coach"] = given["CallSidToCoach"]
        elif given.get("Coaching") == "false":
            phone.room_says.pop("coach", None)
        return 200, {"call_sid": sid}

    def api_recording(self, sid: str, recording: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        phone = self.phone(sid)
        if phone is None:
            return 404, {"message": "not found"}
        if recording:
            self.paused[recording] = given["Status"]
            return 200, {"sid": recording, "status": given["Status"]}
        made = self.recorded(phone, 60, "")
        phone.room_says["recorded"] = made
        found = {"RecordingSid": made, "RecordingStatus": "completed", "RecordingDuration": "60"}
        about = {"AccountSid": self.account, "CallSid": sid}
        phone.recording_told = (given["RecordingStatusCallback"], {**about, **found})
        return 201, {"sid": made, "status": "in-progress"}


def void(_: object) -> None:
    """A callable's answer that nobody needs."""


def _serve(provider: Provider) -> ThreadingHTTPServer:
    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def do_DELETE(self) -> None:
            self._answer("DELETE")

        def log_message(self, format: str, *args: object) -> None:
            return

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            pairs = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
            status, found = _routed(provider, method, self.path, pairs, self.headers.get("Authorization", ""))
            body = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def _routed(
    provider: Provider, method: str, path: str, pairs: list[tuple[str, str]], signed_in: str
) -> tuple[int, dict[str, Any] | bytes]:
    parts = urlsplit(path)
    provider.asked.append((method, path))
    if provider.down:
        return 503, {"message": "down"}
    wanted = "Basic " + base64.b64encode(":".join(provider.signs_in).encode()).decode()
    if signed_in != wanted:
        return 401, {"message": "Authenticate"}
    names = [unquote(part).removesuffix(".json") for part in parts.path.strip("/").split("/")]
    if names[:2] != ["Accounts", provider.account]:
        return 404, {"message": "no such account"}
    given, events = dict(pairs), {value for name, value in pairs if name == "StatusCallbackEvent"}
    match method, names[2:]:
        case "POST", ["Calls"]:
            return provider.api_calls(given, events)
        case "POST", ["Calls", sid]:
            return provider.api_call(sid, given)
        case "GET", ["Calls", sid]:
            phone = provider.phone(sid)
            about = {"status": phone.status, "from": phone.caller, "to": phone.called} if phone else {}
            return (200, about) if phone else (404, {})
        case "POST", ["Calls", sid, "Recordings"]:
            return provider.api_recording(sid, "", given)
        case "POST", ["Calls", sid, "Recordings", recording]:
            return provider.api_recording(sid, recording, given)
        case "GET", ["Conferences"]:
            name = parse_qs(parts.query).get("FriendlyName", [""])[0]
            found = [{"sid": provider.rooms[name]}] if name in provider.rooms else []
            return 200, {"conferences": found}
        case "POST", ["Conferences", room, "Participants", sid]:
            return provider.api_participant(room, sid, given)
        case "GET", ["Recordings"]:
            rows = [
                {"sid": sid, "call_sid": phone.sid, "duration": "4", "status": "completed"}
                for phone in provider.phones
                for sid in phone.recordings
                if sid in provider.recordings
            ]
            return 200, {"recordings": rows}
        case "GET", ["Recordings", name]:
            sound = provider.recordings.get(name.removesuffix(".wav"))
            return (200, sound) if sound else (404, {"message": "gone"})
        case "DELETE", ["Recordings", name]:
            return (204, b"") if provider.recordings.pop(name, None) else (404, {"message": "gone"})
    return 404, {"message": "no such resource"}
