"""A program of the merchant's that is told things: a real server on a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes
    port: int = 0  # the sender's


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Receiver:
    """`answers` says what to answer: (status, headers, body), from how many came before."""

    answers: Callable[[int], tuple[int, dict[str, str], bytes]] = lambda number: (200, {}, b"ok")
    slow: float = 0.0
    awake: threading.Event = field(default_factory=_set)  # cleared: answers nothing until it is set
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def running(self) -> Iterator[Receiver]:
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                number = len(receiver.heard)
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.heard.append(Heard(self.path, headers, body, self.client_address[1]))
                time.sleep(receiver.slow)
                receiver.awake.wait(120)
                status, headers, said = receiver.answers(number)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/told"
        try:
            yield self
        finally:
            self.awake.set()
            server.shutdown()
            server.server_close()
