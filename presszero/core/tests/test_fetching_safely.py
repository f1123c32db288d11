"""Attacks S1 to S4 on whatever fetches an address that somebody else chose. Real sockets, real names."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from presszero.core import http
from presszero.core.http import Asking, CannotFetch, Limits, NotAllowed, allowed, fetch
from tests.waiting import crowded

HERE = ("127.0.0.1/32",)


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Answers every connection with `answer`; yields its address and the requests it heard."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                heard.append(_request(connection))
                with suppress(OSError):
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(2)


def _request(connection: socket.socket) -> bytes:
    """Everything of one request: its head, and as much body as that announces."""
    got = b""
    while b"\r\n\r\n" not in got and (more := connection.recv(65536)):
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]) and (more := connection.recv(65536)):
        got, body = got + more, body + more
    return got


def ok(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")


def test_an_answer_comes_with_its_status_and_headers() -> None:
    with server(ok) as (url, heard):
        got = fetch(Asking(url + "/a?b=c", "POST", {"X-Ours": "1"}, b"body"), may_reach=HERE)
    assert (got.status, got.body, got.headers["content-type"]) == (200, b"hello", "text/plain")
    assert heard[0].startswith(b"POST /a?b=c HTTP/1.1") and heard[0].endswith(b"body") and b"X-Ours: 1" in heard[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://localhost.:{port}/",
        "http://0.0.0.0:{port}/",
        "http://0:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://user:pass@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\\@example.com/",
    ],
)
def test_s1_no_spelling_of_this_machine_is_reached(url: str) -> None:
    with server(ok) as (base, heard), pytest.raises(CannotFetch):
        fetch(Asking(url.format(port=base.rsplit(":", 1)[1])), Limits(seconds=3))
    assert heard == []


PRIVATE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 198.18.0.1
::1 :: fe80::1 fd00::8 ff02::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe::
2001:0:4136:e378:8000:63bf:80ff:fffe fe80::1%eth0 2001:db8::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_s1_addresses_of_private_networks_are_refused(address: str) -> None:
    assert not allowed(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "1.1.1.1", "64:ff9b::101:101"])
def test_addresses_of_the_open_internet_are_allowed(address: str) -> None:
    assert allowed(address)


NOT_THE_WEB = """
file:///etc/passwd gopher://x/ ftp://x/a dict://x:1/ unix:///run/x javascript:alert(1) data:text/html,x //x/y /x x http://
http:///x https://
"""


@pytest.mark.parametrize("url", [*NOT_THE_WEB.split(), ""])
def test_s1_only_the_web_is_fetched(url: str) -> None:
    with pytest.raises(NotAllowed):
        fetch(Asking(url))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_s2_a_redirect_into_a_private_network_is_refused(status: int) -> None:
    with server(ok) as (inside, heard_inside):
        target = inside.replace("127.0.0.1", "127.0.0.2")

        def away(connection: socket.socket) -> None:
            connection.sendall(f"HTTP/1.1 {status} X\r\nLocation: {target}/\r\nContent-Length: 0\r\n\r\n".encode())

        with server(away) as (url, _), pytest.raises(NotAllowed):
            fetch(Asking(url), may_reach=HERE)
        assert heard_inside == []


def test_s2_a_redirect_to_a_file_is_refused() -> None:
    def away(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 X\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")

    with server(away) as (url, _), pytest.raises(NotAllowed):
        fetch(Asking(url), may_reach=HERE)


def test_s2_redirects_end() -> None:
    def again(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with server(again) as (url, heard), pytest.raises(CannotFetch):
        fetch(Asking(url), may_reach=HERE)
    assert len(heard) == Limits().redirects + 1


def test_what_was_meant_for_one_host_is_not_told_another() -> None:
    with server(ok) as (other, heard):
        port = other.rsplit(":", 1)[1]

        def away(connection: socket.socket) -> None:
            head = f"HTTP/1.1 307 X\r\nLocation: http://localhost:{port}/\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(head.encode())

        with server(away) as (url, _):
            fetch(Asking(url, headers={"Authorization": "Bearer s"}), may_reach=("127.0.0.1/32", "::1/128"))
    assert b"Authorization" not in heard[0]


def test_s3_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that says one thing when asked first and another when asked again: it is asked once."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def changing(host: str, *rest: object, **more: object) -> object:
        if host != "rebind.example":
            return real(host, *rest, **more)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, rest[0]))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with server(ok) as (url, heard):
        port = url.rsplit(":", 1)[1]
        assert fetch(Asking(f"http://rebind.example:{port}/"), may_reach=HERE).status == 200
        with pytest.raises(NotAllowed):
            fetch(Asking(f"http://rebind.example:{port}/"), may_reach=HERE)
    assert asked == ["rebind.example"] * 2 and len(heard) == 1
    assert b"Host: rebind.example" in heard[0]


def test_s3_one_private_address_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(NotAllowed):
        fetch(Asking("http://both.example/"))


def _drip(head: bytes, every: float) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for byte in head + b"x" * 500:
            connection.sendall(bytes([byte]))
            time.sleep(every)

    return answer


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_s4_a_dripping_answer_ends_in_time(head: bytes) -> None:
    with server(_drip(head, 0.05)) as (url, _):
        began = time.monotonic()
        with pytest.raises(CannotFetch):
            fetch(Asking(url), Limits(seconds=0.6), HERE)
        assert time.monotonic() - began < 2 * crowded()


def test_s4_an_endless_answer_ends_at_the_limit() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100_000):
            connection.sendall(b"ffff\r\n" + b"x" * 65535 + b"\r\n")

    with server(endless) as (url, _), pytest.raises(CannotFetch, match="more than"):
        fetch(Asking(url), Limits(size=1_000_000), HERE)


def test_s4_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)

    def answer(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
        connection.sendall(head.encode() + bomb)

    with server(answer) as (url, heard), pytest.raises(CannotFetch, match="compressed"):
        fetch(Asking(url), may_reach=HERE)
    assert b"Accept-Encoding: identity" in heard[0]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_s4_a_wrong_length_or_another_protocol_is_an_error_not_an_answer(reply: bytes) -> None:
    with server(lambda connection: connection.sendall(reply)) as (url, _), pytest.raises(CannotFetch):
        fetch(Asking(url), Limits(seconds=3), HERE)


def test_whether_the_request_may_have_arrived_is_told() -> None:
    with server(lambda connection: None) as (url, _), pytest.raises(CannotFetch) as broke_off:
        fetch(Asking(url, "POST", body=b"x"), may_reach=HERE)
    assert broke_off.value.sent
    with pytest.raises(CannotFetch) as unreached:
        fetch(Asking("http://127.0.0.1:9/", "POST", body=b"x"), may_reach=HERE)
    assert not unreached.value.sent


def test_a_name_that_does_not_exist_is_said_plainly() -> None:
    with pytest.raises(CannotFetch, match="no host"):
        http.fetch(Asking("http://no-such-host.invalid/"))
