"""A line to a shop that breaks when it is told to: at a given request after a given moment, in one of three ways.

before: the shop never hears of it. during: it hears half. after: it hears, acts, and we hear nothing.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from presszero.commerce.stores.adapter import StoreSettings


@dataclass
class Cutting:
    """Passes everything on until `arm`ed; then cuts the `at`-th request, once. `acts` says which requests count."""

    target: int
    acts: Callable[[str, bytes], bool] = lambda method, body: True
    port: int = 0
    way: str = ""
    at: int = 0
    seen: int = 0
    cut: bool = False

    def arm(self, way: str, at: int) -> None:
        self.way, self.at, self.seen, self.cut = way, at, 0, False

    def due(self, method: str, body: bytes) -> bool:
        """Whether the request that just came is the one."""
        if not self.way or self.cut or not self.acts(method, body):
            return False
        self.seen += 1
        self.cut = self.seen == self.at
        return self.cut

    def to(self, store: StoreSettings) -> StoreSettings:
        """The same store, by this line."""
        return replace(store, address=f"http://127.0.0.1:{self.port}")


@contextmanager
def cutting(address: str) -> Iterator[Cutting]:
    """A line to the shop at an address, for as long as the block lasts."""
    line = Cutting(urlsplit(address).port or 80)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Line", (_Line,), {"line": line}))
    server.daemon_threads = True
    line.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()


class _Line(BaseHTTPRequestHandler):
    line: Cutting

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        way = self.line.way if self.line.due(self.command, body) else ""
        if way == "during":
            self._half(body)
        if way not in ("before", "during"):
            status, names, said = self._passed_on(body)
            if not way:
                self._say(status, names, said)
        if way:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        there = http.client.HTTPConnection("127.0.0.1", self.line.target, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        there.request(self.command, self.path, body or None, headers)
        got = there.getresponse()
        said = got.read()
        there.close()
        return got.status, got.getheaders(), said

    def _say(self, status: int, names: list[tuple[str, str]], said: bytes) -> None:
        self.send_response_only(status)
        for name, value in names:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_PUT = do_DELETE = do_GET

    def _half(self, body: bytes) -> None:
        head = f"{self.command} {self.path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in self.headers.items())
        with socket.create_connection(("127.0.0.1", self.line.target), timeout=5) as there:
            there.sendall(head.encode() + b"\r\n" + body[: len(body) // 2] if body else head.encode())

    def log_message(self, *_: object) -> None:
        pass
