"""The provider's API, as far as calls need it: ring, send elsewhere, hang up, rooms, recordings.

Every request goes through the guarded client, ends within seconds, and raises NotDone with a sentence; `gone` says
that what was asked about is not there (any more), which for hanging up is as good as done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from presszero.channels.models import Line
from presszero.core.http import Asking, CannotFetch, Fetched, Limits, fetch

from .providers import base_of, provider_of, sign_in

QUICK = Limits(seconds=5, size=1_000_000, redirects=0)
SOUND = Limits(seconds=60, size=200_000_000, redirects=2)  # some providers send us on to where the file lies
GONE = frozenset({404, 410})
_JSON = "application/json"
_EVENTS = ("ringing", "answered", "completed")
_SAID = {"true": True, "false": False}  # what is no word in JSON


class NotDone(Exception):
    """The provider did not do it. `gone`: what it was about is over; `refused`: asking again is useless."""

    def __init__(self, sentence: str, *, gone: bool = False, refused: bool = False) -> None:
        super().__init__(sentence)
        self.gone, self.refused = gone, refused


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom to ring, and where the provider asks what to do once they took it."""

    to: str  # E.164, or client:name
    caller: str  # E.164 that is shown
    url: str
    status: str  # told of ringing, answered and ended
    seconds: int = 30
    custom: Mapping[str, str] = field(default_factory=dict)  # for a client: what its program reads


class Api:
    """One line's account."""

    def __init__(self, line: Line) -> None:
        self._settings: Mapping[str, Any] = line.settings
        self._provider = provider_of(line.settings)
        self._headers = {"Authorization": sign_in(line.settings, line.secrets), "Accept": "application/json"}
        self._root = f"{base_of(line.settings)}/Accounts/{quote(str(line.settings.get('account', '')), safe='')}"

    def ring(self, ring: Ring) -> str:
        """The provider's id of the new call. Never tried twice by itself: the first may have been heard."""
        custom = f"?{urlencode(dict(ring.custom))}" if ring.custom and ring.to.startswith("client:") else ""
        given = {"To": ring.to + custom, "From": ring.caller, "Url": ring.url}
        told = {"StatusCallback": ring.status, "StatusCallbackMethod": "POST"}
        found = self._asked("POST", "Calls", [*given.items(), *told.items(), *self._how(ring)])
        return str(found.get("sid") or found.get("call_sid") or "")

    def _how(self, ring: Ring) -> list[tuple[str, str]]:
        """What providers call differently. Where the time of ringing cannot be said, we end it ourselves."""
        if self._provider.texml:
            events = [("StatusCallbackEvent", " ".join(_EVENTS)), ("UrlMethod", "POST")]
            return [("ApplicationSid", str(self._settings.get("application", ""))), *events]
        return [
            ("Method", "POST"),
            ("Timeout", str(ring.seconds)),
            *(("StatusCallbackEvent", each) for each in _EVENTS),
        ]

    def send_to(self, call: str, url: str) -> None:
        """Whatever the call does now, it goes on with that document."""
        self._asked("POST", f"Calls/{_part(call)}", [("Url", url), ("Method", "POST")])

    def hang_up(self, call: str) -> None:
        """Ends it, answered or not. That it is over already is no error."""
        try:
            self._asked("POST", f"Calls/{_part(call)}", [("Status", "completed")])
        except NotDone as why:
            if not why.gone:
                raise

    def status(self, call: str) -> str:
        """queued · ringing · in-progress · completed · busy · failed · no-answer · canceled. Raises NotDone."""
        return str(self.call(call).get("status", ""))

    def call(self, call: str) -> dict[str, Any]:
        """What the provider knows of a call: status, from, to."""
        return self._asked("GET", f"Calls/{_part(call)}")

    def room(self, name: str) -> str:
        """The provider's id of the room that is open under our name; "" when there is none."""
        query = urlencode({"FriendlyName": name, "Status": "in-progress", "PageSize": 1})
        rooms = self._asked("GET", "Conferences", query=query).get("conferences") or []
        return str(rooms[0].get("sid", "")) if rooms else ""

    def in_room(self, room: str, call: str, **given: str) -> None:
        """Changes one participant: Hold, HoldUrl, Muted, Coaching, CallSidToCoach, AnnounceUrl."""
        self._asked("POST", f"Conferences/{_part(room)}/Participants/{_part(call)}", list(given.items()))

    def record(self, call: str, told: str) -> str:
        """Begins to record a call, each side for itself; the provider's id of the recording."""
        given = {"RecordingStatusCallback": told, "RecordingStatusCallbackMethod": "POST", "RecordingChannels": "dual"}
        return str(self._asked("POST", f"Calls/{_part(call)}/Recordings", list(given.items())).get("sid", ""))

    def pause(self, call: str, recording: str, *, on: bool) -> None:
        """Pauses a recording (on=False), nothing of the pause is kept; or goes on."""
        given = {"Status": "in-progress" if on else "paused"}
        given |= {} if on or self._provider.texml else {"PauseBehavior": "skip"}
        self._asked("POST", f"Calls/{_part(call)}/Recordings/{_part(recording)}", list(given.items()))

    def stop(self, call: str, recording: str) -> None:
        self._asked("POST", f"Calls/{_part(call)}/Recordings/{_part(recording)}", [("Status", "stopped")])

    def sound(self, recording: str) -> bytes:
        """The recording as WAV. By its id alone: no address that somebody sent us is ever fetched."""
        if self._provider.bearer:
            found = self._asked("GET", f"Recordings/{_part(recording)}")
            return self._fetched("GET", str(found.get("media_url", "")), limits=SOUND, signed=False).body
        return self._fetched("GET", f"{self._root}/Recordings/{_part(recording)}.wav", limits=SOUND).body

    def forget(self, recording: str) -> None:
        """Deletes the provider's copy. That it is gone already is no error."""
        try:
            self._fetched("DELETE", self._address(f"Recordings/{_part(recording)}"))
        except NotDone as why:
            if not why.gone:
                raise

    def recordings_since(self, day: str) -> list[dict[str, Any]]:
        """Recordings the account made since a day (YYYY-MM-DD), the newest first, at most 100."""
        query = urlencode({"DateCreated>": day, "PageSize": 100})
        found = self._asked("GET", "Recordings", query=query).get("recordings") or []
        return [each for each in found if isinstance(each, dict)]

    def point(self, number: str, *, voice: str, fallback: str, status: str) -> None:
        """Has a number of the account ask these addresses when it is called. Raises NotDone when it is not there."""
        query = urlencode({"PhoneNumber": number})
        rows = self._asked("GET", "IncomingPhoneNumbers", query=query).get("incoming_phone_numbers") or []
        if not rows:
            raise NotDone(f"{self._provider.name} knows no number {number} in this account.", gone=True)
        given = {"VoiceUrl": f"{voice}#rc=2&rp=all", "VoiceMethod": "POST", "VoiceFallbackUrl": fallback}
        given |= {"VoiceFallbackMethod": "POST", "StatusCallback": f"{status}#rc=5&rp=all"}
        self._asked("POST", f"IncomingPhoneNumbers/{_part(str(rows[0].get('sid', '')))}", list(given.items()))

    def _address(self, resource: str, query: str = "") -> str:
        return f"{self._root}/{resource}{self._provider.behind(resource)}" + (f"?{query}" if query else "")

    def _asked(
        self, method: str, resource: str, given: list[tuple[str, str]] | None = None, *, query: str = ""
    ) -> dict[str, Any]:
        body = _as_json(given) if given and self._provider.texml else urlencode(given or []).encode()
        answer = self._fetched(method, self._address(resource, query), body)
        try:
            found = json.loads(answer.body or b"{}")
        except ValueError as why:
            raise NotDone(f"{self._provider.name} answered in a way we cannot read.") from why
        return found if isinstance(found, dict) else {}

    def _fetched(
        self, method: str, url: str, body: bytes = b"", *, limits: Limits = QUICK, signed: bool = True
    ) -> Fetched:
        headers = {**self._headers} if signed else {}
        if body:
            headers["Content-Type"] = _JSON if self._provider.texml else "application/x-www-form-urlencoded"
        try:
            answer = fetch(Asking(url, method, headers, body), limits)
        except CannotFetch as why:
            raise NotDone(str(why)) from why
        if answer.status >= 400:
            gone, refused = answer.status in GONE, 400 <= answer.status < 500 and answer.status not in (408, 429)
            raise NotDone(_sentence(self._provider.name, answer), gone=gone, refused=refused)
        return answer


def _as_json(given: list[tuple[str, str]]) -> bytes:
    return json.dumps({name: _SAID.get(value, value) for name, value in given}).encode()


def _part(given: str) -> str:
    """One part of a path, whatever it holds."""
    return quote(given, safe="")


def _sentence(name: str, answer: Fetched) -> str:
    """What a provider says about an error, short; never what we asked."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    words = said.get("message") or first.get("detail") or first.get("title") or ""
    return f"{name} answered {answer.status}: {str(words)[:150]}" if words else f"{name} answered {answer.status}."
