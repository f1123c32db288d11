"""A provider of texts on a real socket: Twilio's API as far as it is used, which can also misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from presszero.channels.adapter import LineSettings
from tests.serving import serving

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "12345"
NUMBER = "+442079460018"
ADA = "+447700900123"


@dataclass
class Text:
    """One message as the provider keeps it."""

    sid: str
    sender: str
    to: str
    body: str
    direction: str
    status: str
    at: datetime
    error: int | None = None
    callback: str = ""
    media: list[tuple[str, str, bytes]] = field(default_factory=list)  # (sid, content type, bytes)
    urls: list[str] = field(default_factory=list)  # of ours: where the provider fetches what goes along

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "error_code": self.error,
            "num_media": str(len(self.media)),
            "date_created": format_datetime(self.at),
            "date_sent": format_datetime(self.at),
        }


Handler = BaseHTTPRequestHandler


class Provider:
    """What it took, and how it answers: `misbehave` may answer a request in its own way and say so."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []  # (method, path, headers)
        self.misbehave: Callable[[Handler, dict[str, str]], bool] = lambda handler, fields: False
        self.able: dict[str, bool] | None = None  # what it says of the number
        self.files: dict[str, Callable[[Handler], None]] = {}  # by path, for those that are no media of a text

    def gets(self, body: str, **more: Any) -> Text:
        """Somebody texts the number; nobody is told."""
        made = Text(new_sid(), ADA, NUMBER, body, "inbound", "received", datetime.now(UTC), **more)
        self.texts.append(made)
        return made

    def takes(self, fields: dict[str, str], urls: Sequence[str] = ()) -> Text:
        made = Text(
            new_sid(), fields["From"], fields["To"], fields.get("Body", ""), "outbound-api", "queued",
            datetime.now(UTC), callback=fields.get("StatusCallback", ""), urls=list(urls),
        )  # fmt: skip
        self.texts.append(made)
        return made

    @property
    def sent(self) -> list[Text]:
        return [text for text in self.texts if text.direction == "outbound-api"]

    def handle(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((handler.command, handler.path, headers))
        length = int(headers.get("content-length") or 0)
        pairs = parse_qsl(handler.rfile.read(length).decode(), keep_blank_values=True)
        fields = dict(pairs)
        if self.misbehave(handler, fields):
            return
        if parts.path in self.files:
            self.files[parts.path](handler)
        elif handler.command == "POST" and parts.path.endswith("/Messages.json"):
            reply(handler, 201, self.takes(fields, [url for name, url in pairs if name == "MediaUrl"]).as_json())
        elif parts.path.endswith("/IncomingPhoneNumbers.json"):
            rows = [] if self.able is None else [{"phone_number": NUMBER, "capabilities": self.able}]
            reply(handler, 200, {"incoming_phone_numbers": rows})
        elif parts.path.endswith("/Messages.json"):
            reply(handler, 200, self._page(handler.path))
        elif parts.path.endswith("/Media.json"):
            named = self._named(parts.path.split("/")[-2])
            reply(handler, 200, {"media_list": [{"sid": s, "content_type": k} for s, k, _ in named.media]})
        else:
            self._file(handler, parts.path)

    def _page(self, path: str) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        rows = [text for text in self.texts if asked.get("To", text.to) == text.to]
        rows = [text for text in rows if asked.get("From", text.sender) == text.sender]
        rows = [text for text in rows if text.at.date().isoformat() >= asked.get("DateSent>", "")]
        rows.sort(key=lambda text: text.at, reverse=True)
        start, size = int(asked.get("Page", "0")) * 3, 3  # small pages, so that turning them is tried
        found: dict[str, Any] = {"messages": [text.as_json() for text in rows[start : start + size]]}
        if len(rows) > start + size:
            bare = path.partition("&Page=")[0]
            found["next_page_uri"] = f"{bare}&Page={start // 3 + 1}"
        return found

    def _named(self, sid: str) -> Text:
        return next(text for text in self.texts if text.sid == sid)

    def _file(self, handler: Handler, path: str) -> None:
        _, sid, _, file = path.rsplit("/", 3)
        kind, content = next((k, c) for s, k, c in self._named(sid).media if s == file)
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


def new_sid() -> str:
    return "SM" + token_hex(16)


def reply(handler: Handler, status: int, said: Any, **headers: str) -> None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def line(base: str = "", **secrets: str) -> LineSettings:
    """A line of the provider's at that address."""
    settings = {"account_sid": ACCOUNT, "api_base": base}
    return LineSettings(9, "sms", NUMBER, "Juniper & Co.", settings, {"auth_token": TOKEN, **secrets}, "token")


@contextmanager
def running(provider: Provider) -> Iterator[str]:
    """Its address while the block lasts."""
    with serving(provider.handle) as address:
        yield address
