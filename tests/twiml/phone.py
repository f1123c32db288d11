"""One phone at the provider: it asks for documents, plays them, and is pressed, spoken into and hung up by a test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from .wording import read

if TYPE_CHECKING:
    from .provider import Provider

_numbers = itertools.count(1)
MOST_DOCUMENTS = 200  # in one go without a wait: a loop


class Phone:
    """`heard` is everything said or played, in order; `deaf` what was heard outside a Gather, where no key counts."""

    def __init__(self, provider: Provider, caller: str, called: str, *, inbound: bool) -> None:
        self.provider, self.caller, self.called, self.inbound = provider, caller, called, inbound
        self.sid = f"CA{next(_numbers):032x}"
        self.status = "ringing"
        self.heard: list[str] = []
        self.deaf: list[str] = []
        self.lost: list[str] = []  # keys nobody took
        self.documents: list[str] = []
        self.typed = ""
        self.room: str = ""
        self.room_says: dict[str, str] = {}
        self.held = self.muted = False
        self.at: Element | None = None  # the verb it waits in
        self._rest: Iterator[Element] = iter(())
        self.status_url = ""
        self.status_events: set[str] = {"completed"}
        self.recordings: list[str] = []
        self.recording_told: tuple[str, dict[str, str]] = ("", {})  # what a recording of the talk will say at its end

    # --- what people do ---

    def press(self, keys: str, *, fast: bool = False) -> None:
        """One key after the other; `fast`: quicker than the provider can ask us in between."""
        for place, key in enumerate(keys):
            before = len(self.documents)
            self._press(key)
            if fast and len(self.documents) > before and place + 1 < len(keys):
                self.lost += keys[place + 1 :]
                return

    def wait(self, times: int = 1) -> None:
        """Lets the time of what it waits in run out: nothing is pressed and nothing said."""
        for _ in range(times):
            if self.at is not None and self.status == "in-progress":
                self._time_out(self.at)

    def speak(self, seconds: int, *, then: str = "#") -> None:
        """Talks into a Record, and ends with a key, or with silence ("")."""
        assert self.at is not None and self.at.tag == "Record", self.where
        self._recorded(self.at, seconds, then)

    def hang_up(self) -> None:
        if self.status in ("ringing", "in-progress"):
            self.end("completed" if self.status == "in-progress" else "canceled")

    def answer(self) -> None:
        """Whoever is rung takes it."""
        assert self.status == "ringing", self.status
        self.status = "in-progress"
        self.tell("in-progress", "answered")
        self.go(self.url)

    def decline(self) -> None:
        self.end("busy")

    @property
    def where(self) -> str:
        """The verb it waits in; "" when it is over."""
        return self.at.tag if self.at is not None and self.status == "in-progress" else ""

    @property
    def last(self) -> str:
        return " ".join(self.heard[-6:])

    # --- what the provider does with it ---

    url = ""

    def go(self, url: str, **given: str) -> None:
        """Asks for a document and plays it, up to where it waits."""
        self._leave_room()
        self.at = None
        for _ in range(MOST_DOCUMENTS):
            text = self.provider.ask(self, url, given)
            if text is None:
                self.heard.append("an application error has occurred")
                self.end("completed")
                return
            self.documents.append(text)
            self._rest = iter(list(read(text)))
            onward = self._play()
            if onward is None:
                return
            url, given = onward, {}
        raise AssertionError("the documents go round in circles")

    def end(self, status: str) -> None:
        self.status, self.at = status, None
        self._leave_room()
        self.tell(status, "completed")

    def tell(self, status: str, event: str) -> None:
        if self.status_url and event in self.status_events:
            self.provider.later(self.status_url, {**self.fields, "CallStatus": status})

    def left_room(self, why: str = "completed") -> None:
        """The room is over: the Dial ends, and its action is asked."""
        self.room = ""
        if self.at is not None and self.at.tag == "Dial" and self.status == "in-progress":
            action = self.at.get("action")
            if action:
                self.go(action, DialCallStatus=why)
            else:
                self._go_on()

    @property
    def fields(self) -> dict[str, str]:
        return {
            "AccountSid": self.provider.account,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Caller": self.caller,
            "Called": self.called,
            "From": self.caller,
            "To": self.called,
            "Direction": "inbound" if self.inbound else "outbound-api",
            "FromCity": "",
            "FromCountry": "DE",
        }

    def _play(self) -> str | None:
        """Up to the next wait (None), or to the address it goes on with."""
        for verb in self._rest:
            if verb.tag in ("Say", "Play", "Pause"):
                self.heard.append(verb.text or "")
                self.deaf += [verb.text or ""] if self.inbound and verb.tag != "Pause" else []
            elif verb.tag == "Redirect":
                return (verb.text or "").strip()
            elif verb.tag == "Hangup":
                self.end("completed")
                return None
            else:
                self._begin(verb)
                return None
        self.end("completed")
        return None

    def _begin(self, verb: Element) -> None:
        self.at, self.typed = verb, ""
        if verb.tag == "Gather":
            self.heard += [child.text or "" for child in verb if child.tag != "Pause"]
        elif verb.tag == "Dial":
            inner = verb[0]
            self.heard.append(f"<{inner.tag}>")
            if inner.tag == "Conference":
                self.room, self.room_says = inner.text or "", dict(inner.attrib)
                self.muted, self.held = inner.get("muted") == "true", False  # both are of one stay in one room
                self.provider.entered(self)

    def _go_on(self) -> None:
        onward = self._play()
        if onward:
            self.go(onward)

    def _press(self, key: str) -> None:
        verb = self.at
        if verb is None or verb.tag not in ("Gather", "Record") or "dtmf" not in verb.get("input", "dtmf"):
            self.lost.append(key)
            return
        if verb.tag == "Record":
            if key in verb.get("finishOnKey", "1234567890*#"):
                self._recorded(verb, 0, key)
            return
        ends = verb.get("finishOnKey", "#")
        if ends and key == ends:
            self._time_out(verb)
            return
        self.typed += key
        if len(self.typed) >= int(verb.get("numDigits", "1000")):
            self._submit(verb)

    def _submit(self, verb: Element) -> None:
        typed, self.typed = self.typed, ""
        self.go(verb.get("action", ""), Digits=typed)

    def _time_out(self, verb: Element) -> None:
        if verb.tag == "Gather" and self.typed:
            self._submit(verb)
        elif verb.tag == "Gather" and verb.get("actionOnEmptyResult") == "true":
            self.go(verb.get("action", ""), Digits="")
        elif verb.tag == "Dial" and verb[0].tag == "Conference":
            return  # music, for as long as nobody comes
        elif verb.tag == "Dial":
            self.go(verb.get("action", ""), DialCallStatus="no-answer")
        else:
            self._go_on()

    def _recorded(self, verb: Element, seconds: int, key: str) -> None:
        if seconds == 0 and not key:
            self._go_on()
            return
        sid = self.provider.recorded(self, seconds, verb.get("recordingStatusCallback", ""))
        found = {"RecordingSid": sid, "RecordingUrl": f"{self.provider.api}/evil/{sid}", "Digits": key}
        self.go(verb.get("action", ""), **found, RecordingDuration=str(seconds))

    def _leave_room(self) -> None:
        if self.room:
            room, self.room = self.room, ""
            self.provider.left(self, room)

    def __repr__(self) -> str:
        return f"<{self.caller}→{self.called} {self.status} {self.where} {urlencode(self.room_says)[:40]}>"
