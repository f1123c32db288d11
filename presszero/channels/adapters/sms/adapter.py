"""The five verbs of texts, and two of their own: what was missed, and how a picture is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from presszero.channels import twilio_signing
from presszero.channels.adapter import Abilities, LineSettings, Request
from presszero.channels.vocabulary import Arrived, Outgoing, Sent, Shared
from presszero.core import http

from . import account, carrying, listing, reading, sending

MAX_TEXT = 1600  # characters, as Twilio takes them: ten texts joined


class Sms:
    """kind "sms". Settings: account_sid, api_base, service_sid, media_hosts, pictures (yes · no · "": as the provider
    says of the number, which is pictures_said). Secrets: auth_token, old_auth_token, signing_key (where it is another).
    """

    kind = "sms"
    handle_kind = "phone"
    can = Abilities(
        attachments=True,
        max_text=MAX_TEXT,
        max_attachment_bytes=carrying.MOST_LINKED,
        max_files=carrying.MOST_FILES,
        kinds=carrying.KINDS,
        addresses=True,
        trusted_clock=True,
    )
    max_body = 100_000  # bytes of a request: 1,600 characters and what stands around them
    thanks = (b"text/xml", b'<?xml version="1.0" encoding="UTF-8"?><Response/>')  # other words would be sent to them

    def verify(self, request: Request, line: LineSettings) -> None:
        """Over the exact public address, by the token, or the one before while it is replaced."""
        names = ("signing_key", "auth_token", "old_auth_token")
        twilio_signing.verify_request(request, [line.secrets.get(name, "") for name in names])

    def event_id(self, request: Request) -> str:
        """The message's own id, and for a report of it the state that it tells."""
        return reading.event_id(request.body)

    def lane_key(self, body: bytes) -> str:
        return reading.other_side(body)

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        return reading.read(body, headers, line)

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        return sending.send(out, line, self.can, writing)

    def links(self, line: LineSettings, number: str, files: Sequence[Shared]) -> bool:
        """Whether these files go as links in the words, since no network would carry them to that number."""
        return carrying.as_links(line.settings, line.address, number, files)

    def capable(self, line: LineSettings) -> bool | None:
        """Whether the provider says that the number may send picture messages; None: it does not say."""
        return account.sends_pictures(line)

    def listed(self, line: LineSettings, since: datetime) -> Iterator[listing.Listed]:
        """What the provider has of this number since then, newest first. Raises http.CannotFetch."""
        return listing.since(line, since)

    def media(self, url: str, line: LineSettings, limits: http.Limits) -> http.Fetched:
        """A file of a message. Raises http.CannotFetch, and NotAllowed for an address that is not the provider's."""
        return account.media(line, url, limits)


adapter = Sms()
