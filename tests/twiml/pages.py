"""Members' real pages at the provider: what it does when `client:…` is rung, with sound from browser to telephone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from presszero.intake.phone.media import BROWSER, CALLER, KEEPS, NOBODY, Media
from presszero.intake.phone.sdp import plain

from .over_sip import SipProvider, Wire, WirePhone
from .signalling import Page, Signalling


class PagePhone(WirePhone):
    """One that rings in pages. `pressed`: keys its member pressed, which everybody in the room hears."""

    signalling: Signalling
    pressed = ""
    page: Page | None = None  # who answered
    rung: list[Page]

    @property
    def identity(self) -> str:
        return self.called.removeprefix("client:").partition("?")[0]

    def ring(self) -> None:
        """In every window that is registered now; where none is, nobody can answer."""
        if self.status != "ringing":
            return
        self.rung = self.signalling.registered(self.identity)
        if not self.rung:
            self.end("no-answer")
            return
        params = self.called.partition("?")[2]
        told = {"CallSid": self.sid, "From": self.caller, "To": f"client:{self.identity}", "Params": params}
        self.media.from_browser()
        offer = self.wire.do(self._offer())
        self._tell(self.rung, "invite", sdp=offer, parameters=told, reconnect=f"again-{self.sid}")

    def said(self, kind: str, payload: dict[str, Any], page: Page) -> None:
        """By a page that rings, or talks."""
        if kind == "answer" and self.status == "ringing":
            self.page = page
            self._tell([each for each in self.rung if each is not page], "cancel")
            self.taken(payload["sdp"])
        elif kind == "reject" and self.status == "ringing":
            self.decline()
        elif kind in ("hangup", "gone") and page is self.page:
            self.hang_up()
        elif kind == "invite" and payload.get("reconnect") == f"again-{self.sid}" and self.status == "in-progress":
            self.page = page  # its network was away
            self._tell([page], "answer", reconnect=payload["reconnect"])

    def key(self, digit: str) -> None:
        self.pressed += digit
        for other in self.provider.members.get(self.room, []):
            if isinstance(other, WirePhone) and not isinstance(other, PagePhone):
                self.wire.tell(self.wire.sip.press, other.leg, digit)

    def end(self, status: str) -> None:
        was = self.status
        super().end(status)
        if was == "ringing":
            self._tell(self.rung, "cancel")
        elif was == "in-progress" and self.page:
            self._tell([self.page], "hangup")

    def _tell(self, pages: list[Page], kind: str, **payload: Any) -> None:
        for page in pages:
            self.wire.do(self.signalling.tell(page, kind, callsid=self.sid, **payload))

    async def _offer(self) -> str:
        """As a browser takes it, and the relay begins the handshake: it knows whom to trust only after the answer."""
        told = {"from-tag": NOBODY, "to-tag": CALLER, "sdp": plain(), "flags": [*KEEPS, "generate mid"], **BROWSER}
        sdp = str((await self.wire.ng.ask("offer", self.sid, told))["sdp"])
        return sdp.replace("a=setup:actpass", "a=setup:active")


class PageProvider(SipProvider):
    """Rings members in their pages, by its own door; everybody else at telephones."""

    signalling: Signalling

    def open_door(self, wire: Wire, folder: Path, key: str, secret: str) -> Signalling:
        self.signs_in = (key, secret)
        self.signalling = Signalling(self.account, key, secret, self._heard)
        return wire.do(self.signalling.open(folder))

    def api_calls(self, given: dict[str, str], events: set[str]) -> tuple[int, dict[str, Any]]:
        if not given["To"].startswith("client:"):
            return super().api_calls(given, events)
        self.calls_made.append(given)
        phone = PagePhone(self, given["From"], given["To"], inbound=False)
        phone.wire, phone.media, phone.leg = self.wire, Media(self.wire.ng, phone.sid), phone.sid
        phone.signalling, phone.rung = self.signalling, []
        self.wire.phones[phone.leg] = phone
        self.phones.append(phone)
        phone.url, phone.status_url, phone.status_events = given["Url"], given.get("StatusCallback", ""), events
        phone.tell("ringing", "ringing")
        self._later.append(phone.ring)
        return 201, {"sid": phone.sid, "status": "queued"}

    def _heard(self, kind: str, payload: dict[str, Any], page: Page) -> None:
        for phone in self.wire.phones.values():
            if isinstance(phone, PagePhone) and (phone.sid == payload.get("callsid") or phone.page is page):
                self.wire.events.put(partial(phone.said, kind, payload, page))
