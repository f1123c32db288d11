"""Everything else goes to the app and comes back as it was."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.ports import free_port

from .conftest import EdgeProcess, wait_until

pytestmark = pytest.mark.slow

StartEdge = Callable[..., EdgeProcess]


class App(ThreadingHTTPServer):
    """Stands where the app stands, and keeps what it was asked."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0) -> None:
        self.asked: list[tuple[str, list[tuple[str, str]], bytes]] = []
        self.go_on = threading.Event()
        super().__init__(("127.0.0.1", port), Page)


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: App

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.items(), b""))
        if self.path == "/slowly":
            self._slowly()
            return
        if self.path == "/torn":
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"a part")
            self.close_connection = True
            return
        self.send_response(303 if self.path == "/moved" else 200)
        self.send_header("set-cookie", "a=1")
        self.send_header("set-cookie", "b=2")
        self.send_header("content-encoding", "gzip")
        self.send_header("connection", "x-private")
        self.send_header("x-private", "for this hop only")
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"page")

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        body = b""
        while len(body) < length and (read := self.rfile.read(min(65536, length - len(body)))):
            body += read
        self.server.asked.append((self.path, self.headers.items(), body))
        self.send_response(422)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nobody reads it."""

    def _slowly(self) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for _ in range(3):
            self.wfile.write(b"4\r\npart\r\n")
            self.server.go_on.wait(20)
        self.wfile.write(b"0\r\n\r\n")


@pytest.fixture
def app() -> Iterator[App]:
    server = App()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def front(start_edge: StartEdge, app: App) -> EdgeProcess:
    return start_edge(PRESSZERO_APP_PORT=str(app.server_address[1]))


def test_a_page_comes_through_as_it_is(front: EdgeProcess, app: App) -> None:
    answered = front.get("/conversations/1?q=a%20b&q=c", accept="text/html", cookie="pz_session=t", host="shop.example")
    assert (answered.status, answered.body) == (200, b"page")
    assert answered.headers["content-encoding"] == "gzip"
    path, headers, _ = app.asked[0]
    assert path == "/conversations/1?q=a%20b&q=c"
    assert dict(headers)["host"] == "shop.example" and dict(headers)["cookie"] == "pz_session=t"


def test_a_path_is_passed_on_byte_for_byte(front: EdgeProcess, app: App) -> None:
    front.get("/a%2Fb/%C3%A9/..%2f?x=%00&y=%26")
    assert app.asked[0][0] == "/a%2Fb/%C3%A9/..%2f?x=%00&y=%26"


def test_repeated_headers_survive_and_those_of_one_hop_do_not(front: EdgeProcess, app: App) -> None:
    raw = b"GET /x HTTP/1.1\r\nhost: x\r\nx-a: 1\r\nx-a: 2\r\nconnection: x-b, close\r\nx-b: 3\r\nte: trailers\r\n\r\n"
    answered = exchange(front, raw).lower()
    assert answered.count(b"set-cookie: ") == 2
    assert b"x-private" not in answered
    headers = [(name.lower(), value) for name, value in app.asked[0][1]]
    assert [value for name, value in headers if name == "x-a"] == ["1", "2"]
    assert not {"x-b", "te"} & {name for name, _ in headers}


def test_h1_nobody_outside_says_where_a_request_came_from(front: EdgeProcess, app: App) -> None:
    said = {
        "x_forwarded_for": "6.6.6.6",
        "x_forwarded_proto": "https",
        "forwarded": "for=6.6.6.6",
        "x_real_ip": "6.6.6.6",
    }
    front.get("/", **said, x_forwarded_host="evil.example")
    exchange(front, b"GET / HTTP/1.1\r\nhost: x\r\nX_Forwarded_For: 6.6.6.6\r\nconnection: close\r\n\r\n")
    for _, headers, _ in app.asked:
        kept = {name.lower(): value for name, value in headers}
        assert kept["x-forwarded-for"] == "127.0.0.1"
        assert kept["x-forwarded-proto"] == "http"
        assert not {"forwarded", "x-real-ip", "x-forwarded-host", "x_forwarded_for"} & kept.keys()


def test_a_trusted_proxy_is_believed(start_edge: StartEdge, app: App) -> None:
    edge = start_edge(PRESSZERO_APP_PORT=str(app.server_address[1]), PRESSZERO_TRUSTED_PROXIES="127.0.0.0/8")
    edge.get("/", x_forwarded_for="6.6.6.6", x_forwarded_proto="https")
    kept = {name.lower(): value for name, value in app.asked[0][1]}
    assert (kept["x-forwarded-for"], kept["x-forwarded-proto"]) == ("6.6.6.6, 127.0.0.1", "https")


def test_a_form_goes_through_and_its_refusal_comes_back(front: EdgeProcess, app: App) -> None:
    body = bytes(range(256)) * 20_000
    assert front.call("POST", "/reply", body, content_type="application/octet-stream").status == 422
    path, headers, read = app.asked[0]
    assert (path, read == body) == ("/reply", True)
    assert {name.lower(): value for name, value in headers}["content-type"] == "application/octet-stream"


def test_a_redirect_is_the_browsers_to_follow(front: EdgeProcess) -> None:
    assert front.get("/moved").status == 303


def test_a_page_is_streamed(front: EdgeProcess, app: App) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as client:
        client.sendall(b"GET /slowly HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        read = b""
        while b"part" not in read:  # though the rest is not written yet
            read += client.recv(1000)
        app.go_on.set()
        while came := client.recv(1000):
            read += came
        assert read.count(b"part") == 3


def test_a_page_cut_short_is_not_passed_off_as_whole(front: EdgeProcess) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=5) as client:
        client.sendall(b"GET /torn HTTP/1.1\r\nhost: x\r\n\r\n")
        read = b""
        while more := client.recv(1000):
            read += more
    assert b"content-length: 1000" in read and read.endswith(b"a part")


def test_a_body_past_the_limit_is_refused(front: EdgeProcess, app: App) -> None:
    raw = b"POST /reply HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (51 * 1024 * 1024)
    assert b" 413 " in exchange(front, raw)
    assert app.asked == []


def test_odd_requests_are_refused(front: EdgeProcess, app: App) -> None:
    assert b" 400 " in exchange(front, b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n")
    assert b" 400 " in exchange(front, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1e3\r\n\r\n")
    assert app.asked == []


def test_an_app_that_is_away_is_said_plainly(start_edge: StartEdge) -> None:
    edge = start_edge(PRESSZERO_APP_PORT=str(free_port()))
    answered = edge.get("/conversations")
    assert answered.status == 502 and int(answered.headers["retry-after"]) > 0
    assert b"Back in a moment" in answered.body
    for inside in (b"Connection", b"aiohttp", b"127.0.0.1", b"Traceback"):
        assert inside not in answered.body


def test_the_page_is_there_again_when_the_app_is(start_edge: StartEdge) -> None:
    port = free_port()
    edge = start_edge(PRESSZERO_APP_PORT=str(port))
    assert edge.get("/").status == 502
    app = App(port)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    wait_until(lambda: edge.get("/").status == 200)
    app.shutdown()
    app.server_close()


def test_without_the_relay_other_addresses_are_nothing_here(start_edge: StartEdge, app: App) -> None:
    edge = start_edge(PRESSZERO_APP_PORT=str(app.server_address[1]), PRESSZERO_RELAY="0")
    assert edge.get("/").status == 404
    assert edge.get("/up").status == 200
    assert app.asked == []


def exchange(edge: EdgeProcess, raw: bytes) -> bytes:
    """The head of what the edge answers to these bytes."""
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as client:
        client.sendall(raw)
        return client.recv(4000)
