"""A shop's page on an origin of its own, and behind it a house that speaks the chat's contract and can be made unwell.

The frame page is the product's own, drawn by its template; what the app and the edge answer is played here, so that a
cut, a delay or a repeated delivery happens when a test says so, and every request of the browser is written down.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import RequestFactory

from presszero.frontdoor.chat import texts
from presszero.frontdoor.chat.frame import policy
from presszero.ui.assets import asset
from presszero.ui.page import page
from tests.ports import free_port

TOKEN = "a-chat-line-of-juniper"
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<script async src="{house}/widget.js" data-shop="{token}"></script></head>
<body><main><h1>{title}</h1><p><a href="/boots">Boots</a></p><button id="last">The last thing of the page</button>
</main></body></html>"""


@dataclass
class Asked:
    """One request of the browser."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]


@dataclass
class House:
    """Who answers. Tests change its fields while the browser talks to it."""

    port: int = field(default_factory=free_port)
    host: str = "127.0.0.1"  # the shop's site; "localhost" is another one, to which this browser gives no storage
    sites: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    visitor: str = ""  # the cookie's value; "" before anybody is one
    visited: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    open: bool = True
    asked: list[Asked] = field(default_factory=list)
    refuses: list[int] = field(default_factory=list)  # a status for each of the next messages; 0 cuts the connection
    loses_answers: int = 0  # messages that are stored, and whose answer never arrives
    slow: float = 0  # seconds before an answer
    streams: list[Callable[[str], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> House:
        self._server = _serve(self.port, _answering(self))
        return self

    def stop(self) -> None:
        """As when the process ends: every stream is cut."""
        for cut in list(self.streams):
            cut("")
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def says(self, text: str, who: str = "Maya", **more: Any) -> dict[str, Any]:
        """An agent writes, and every open page is nudged."""
        made = self._entry(mine=False, who=who, text=text, **more)
        self.nudge()
        return made

    def nudge(self, **what: Any) -> None:
        for tell in list(self.streams):
            tell(f"data: {json.dumps(what or {'changed': ['transcript']})}\n\n")

    def of(self, what: str, method: str = "POST") -> list[Asked]:
        """Requests to one of the chat's addresses."""
        return [each for each in list(self.asked) if each.path.endswith(f"/{what}") and each.method == method]

    def take(self, given: dict[str, Any]) -> None:
        """Stores a message, once however often it comes."""
        with self._lock:
            if any(each["client_id"] == given["client_id"] for each in self.entries):
                return
            files = [
                {"name": f["filename"], "type": f["content_type"], "size": len(f["base64"]) * 3 // 4, "url": "/no.png"}
                for f in given["attachments"]
            ]
            self._entry(mine=True, who="", text=given["text"], client_id=given["client_id"], state="sent", files=files)
        self.nudge()

    def transcript(self, before: int | None) -> dict[str, Any]:
        found = [each for each in self.entries if before is None or each["id"] < before]
        answers = "We usually answer within 5 minutes." if self.open else "We are back Monday at 09:00."
        more = len(found) > 40
        return {"entries": found[-40:], "more": more, "typing": "", "open": self.open, "answers": answers}

    def _entry(self, **given: Any) -> dict[str, Any]:
        number = self.entries[-1]["id"] + 1 if self.entries else 1
        at = datetime.now(UTC).isoformat()
        made = {"id": number, "client_id": "", "automatic": False, "at": at, "state": "", "files": [], **given}
        self.entries.append(made)
        return made


def talk_of(house: House, many: int, *, ago: timedelta = timedelta(minutes=2)) -> None:
    """A history that ended a while ago."""
    for number in range(many):
        mine = number % 2 == 0
        made = house._entry(
            mine=mine, who="" if mine else "Maya", text=f"word {number + 1}", state="read" if mine else ""
        )
        made["at"] = (datetime.now(UTC) - ago - timedelta(minutes=many - number)).isoformat()


@contextmanager
def shop_page(house: House, policy_of_page: str = "", **words: str) -> Iterator[str]:
    """Serves the shop's pages; its origin."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    house.sites.append(origin)

    class Page(_Quiet):
        def do_GET(self) -> None:
            if self.path == "/favicon.ico":
                self.answer(204, b"", "image/x-icon")
                return
            title = {"/": "Juniper & Co.", "/boots": "Fell boots"}.get(urlsplit(self.path).path, "A page")
            given = {"language": "en", "token": TOKEN, "house": house.origin, "title": title, **words}
            headers = {"Content-Security-Policy": policy_of_page} if policy_of_page else {}
            self.answer(200, _PAGE.format(**given).encode(), "text/html", **headers)

    server = _serve(port, Page)
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()


def _serve(port: int, how: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    ThreadingHTTPServer.allow_reuse_address = True
    server = ThreadingHTTPServer(("127.0.0.1", port), how)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests read what was asked from the house."""


class _Answering(_Quiet):
    house: House

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self._is_down():
            return
        self._note(None)
        if path == "/widget.js":
            self._file("built/widget.js", **{"Cross-Origin-Resource-Policy": "cross-origin"})
        elif path.startswith("/assets/"):
            self._file(path.split("/", 3)[3])
        elif path == f"/chat/{TOKEN}":
            self._frame()
        elif path == f"/live/chat/{TOKEN}":
            self._stream()
        elif path.endswith("/transcript"):
            self._transcript()
        else:
            self.answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if self._is_down():
            return
        self._note(body)
        what = self.path.rpartition("/")[2]
        if self.headers["Origin"] != self.house.origin:
            self._json(403, {})
        elif what == "visit":
            self._visit()
        elif not self._known():
            self._json(401, {})
        elif what == "messages":
            self._message(body)
        elif what == "code" and self.command == "PUT" and body["code"] != "424242":
            self._json(422, {"error": "This is not the code we sent.", "next": "Try again."})
        elif what == "identity" and self.command == "POST":
            self.house.visited.update(signed=True, name="Ada Kowalski", address="s-1")
            self._visit()
        else:
            self._json(200, {})

    do_PUT = do_DELETE = do_POST

    def _is_down(self) -> bool:
        """A connection that was open before gets no answer either."""
        self.close_connection = self.close_connection or self.house._server is None
        return self.house._server is None

    def _note(self, body: Any) -> None:
        self.house.asked.append(Asked(self.command, self.path, body, dict(self.headers)))
        if self.house.slow and not self.path.startswith(("/assets", "/widget", "/live")):
            time.sleep(self.house.slow)

    def _known(self) -> bool:
        return bool(self.house.visitor) and f"visitor={self.house.visitor}" in (self.headers["Cookie"] or "")

    def _visit(self) -> None:
        cookies = {}
        if not self._known():
            self.house.visitor = f"v{len(self.house.asked)}"
            cookies = {
                "Set-Cookie": f"visitor={self.house.visitor}; HttpOnly; Secure; SameSite=None; Partitioned; Path=/"
            }
        found = {"address": "v-1", "signed": False, "name": "", "claimed": "", "open": self.house.open, "answers": ""}
        self._json(200, {**found, "matter": None, **self.house.visited}, **cookies)

    def _transcript(self) -> None:
        if not self._known():
            self._json(401, {})
            return
        before = parse_qs(urlsplit(self.path).query).get("before")
        self._json(200, self.house.transcript(int(before[0]) if before else None))

    def _message(self, body: dict[str, Any]) -> None:
        status = self.house.refuses.pop(0) if self.house.refuses else 200
        if status == 0:
            self.close_connection = True
            return
        if status != 200:
            self._json(status, {}, **({"Retry-After": "1"} if status == 429 else {}))
            return
        self.house.take(body)
        if self.house.loses_answers:
            self.house.loses_answers -= 1
            self.close_connection = True
            return
        self._json(200, {"stored": True})

    def _stream(self) -> None:
        if not self._known():
            self._json(401, {})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        ended = threading.Event()

        def tell(words: str) -> None:
            try:
                self.wfile.write(words.encode())
                self.wfile.flush()
                if not words:
                    ended.set()
            except OSError:
                ended.set()

        tell("retry: 500\n\n")
        self.house.streams.append(tell)
        while not ended.wait(0.2):
            tell(": here\n\n")
        self.house.streams.remove(tell)
        self.close_connection = True

    def _frame(self) -> None:
        drawn = page(RequestFactory().get("/"), "frontdoor/chat.html", {"config": config(self.house)})
        self.answer(200, drawn.content, "text/html", **{"Content-Security-Policy": policy(self.house.sites)})

    def _file(self, path: str, **headers: str) -> None:
        found = asset(RequestFactory().get("/"), "", path)
        self.answer(200, found.content, found["Content-Type"], **headers)

    def _json(self, status: int, given: Any, **headers: str) -> None:
        self.answer(status, json.dumps(given).encode(), "application/json", **headers)


def _answering(house: House) -> type[BaseHTTPRequestHandler]:
    return type("Answering", (_Answering,), {"house": house})


def config(house: House) -> dict[str, Any]:
    """What the frame is drawn with, in this house."""
    language = house.config.get("language", "en")
    answers = "We usually answer within 5 minutes." if house.open else "We are back Monday at 09:00."
    return {
        "token": TOKEN,
        "name": "Juniper & Co.",
        "language": language,
        "rtl": language in texts.RIGHT_TO_LEFT,
        "sites": house.sites,
        "colour": "#00695c",
        "position": "right",
        "open": house.open,
        "answers": answers,
        "opens": "",
        "minutes": 5,
        "privacy": "https://juniper.example/privacy",
        "phone": "",
        "texts": texts.texts(language, {}),
        "invitations": [],
        "limits": {"files": 10, "bytes": 10 * 1024 * 1024, "text": 20_000},
        **house.config,
    }
