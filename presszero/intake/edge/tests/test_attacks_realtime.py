"""Attacks on what is open all the time: streams, the chat's messages and its typing, all by strangers (L, W)."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from presszero.channels.models import Line
from presszero.mailroom.models import Received
from tests.waiting import crowded

from .conftest import Answer, EdgeProcess, Shop, wait_until
from .widgets import Widget, chat_line, entry

pytestmark = pytest.mark.slow

INSIDE = (b"Traceback", b"presszero", b"psycopg", b"Error", b"django", b"granian", b'File "', b"v-", b"visitors_")
FOREIGN = [
    "null",
    "http://evil.example",
    "http://juniper.example",
    "http://127.0.0.1.evil.example",
    "http://evil127.0.0.1",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}, http://evil.example",
    "",
]


@pytest.fixture
def line(shop: Shop) -> Line:
    return chat_line(shop)


@pytest.fixture
def ada(edge: EdgeProcess, line: Line) -> Widget:
    return Widget(edge, line)


@pytest.fixture
def raw(edge: EdgeProcess) -> Iterator[Callable[..., socket.socket]]:
    """Connections that send what they like."""
    opened: list[socket.socket] = []

    def connect(*lines: str, body: bytes = b"") -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", edge.port), timeout=20))
        opened[-1].sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


def everywhere(shop: Shop, ada: Widget) -> dict[str, dict[str, str]]:
    """Every address of the edge that is open to browsers, with the headers of somebody who may use it."""
    token = ada.line.token
    return {
        "/live/desk": {"cookie": f"pz_session={shop.token}"},
        f"/live/chat/{token}": {"cookie": ada.cookie},
        f"/chat/{token}/messages": ada.headers,
        f"/chat/{token}/typing": ada.headers,
    }


# --- W1: nonsense on every address


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_w1_an_unknown_method_is_refused(edge: EdgeProcess, shop: Shop, ada: Widget, method: str) -> None:
    for path, headers in everywhere(shop, ada).items():
        says_nothing(edge.call(method, path, b"{}", **headers), 405)


def test_w1_made_up_addresses_are_nothing(edge: EdgeProcess, ada: Widget) -> None:
    token = ada.line.token
    paths = [
        "/live/",
        "/live/chat",
        "/live/chat/",
        f"/live/chat/{token}/x",
        "/live/chat/%00",
        "/live/chat/" + "a" * 9000,
    ]
    paths += [f"/live/chat/{token.upper()[::-1]}", "/live/chat/..%2fdesk", "/live/chat/" + "%C3%A4" * 20]
    for path in paths:
        answered = edge.get(path, cookie=ada.cookie)
        assert answered.status in (400, 404, 414, 431), path
        assert not [word for word in INSIDE if word in answered.body]


WRONG = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"5",
    b"NaN",
    b'{"client_id": {"a": 1}, "text": {}}',
    b'{"event": "unknown", "data": {}}',
    b'{"client_id": "00000000-0000-0000-0000-000000000000", "text": ["x"]}',
    b'{"client_id": "00000000-0000-0000-0000-000000000000", "text": ',
    b"\xff\xfe\x00\x01" * 1000,
    b"\x81\x05hello",  # a frame of a web socket
    b"[" * 500_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(400_000)) + b"}",
    b"1" * 5_000_000,
    b'"' + b"\\u0041" * 800_000 + b'"',
    b"1e" + b"9" * 100_000,
]


@pytest.mark.parametrize("body", WRONG, ids=[repr(body[:16]) for body in WRONG])
def test_w1_what_is_no_message_is_refused_quickly_and_hurts_nobody(ada: Widget, body: bytes) -> None:
    begun = time.monotonic()
    says_nothing(ada.posts("messages", body), 422)
    assert time.monotonic() - begun < 1 * crowded()
    assert ada.says("Still there?").status == 200
    assert Received.objects.filter(merchant_id=ada.line.merchant_id).count() == 1


def test_w1_more_than_may_come_is_refused_before_it_comes(
    shop: Shop, ada: Widget, raw: Callable[..., socket.socket]
) -> None:
    for path, headers in everywhere(shop, ada).items():
        given = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        client = raw(f"POST {path} HTTP/1.1", "host: x", *given, "content-length: 99999999")
        first = client.recv(300)
        assert b" 413 " in first or b" 405 " in first, path
        assert not [word for word in INSIDE if word in first.partition(b"\r\n\r\n")[2]]


def test_w1_a_body_without_an_end_is_counted_as_it_comes(ada: Widget, raw: Callable[..., socket.socket]) -> None:
    given = [f"{name.replace('_', '-')}: {value}" for name, value in ada.headers.items()]
    client = raw(f"POST /chat/{ada.line.token}/messages HTTP/1.1", "host: x", *given, "transfer-encoding: chunked")
    for _ in range(16):
        client.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
    assert b" 413 " in client.recv(300)
    assert ada.says("Still there?").status == 200


def test_w1_headers_without_end_or_sense_are_refused(ada: Widget, raw: Callable[..., socket.socket]) -> None:
    path = f"/chat/{ada.line.token}/messages"
    many = [f"x-{n}: 1" for n in range(5000)]
    assert b" 431 " in raw(f"POST {path} HTTP/1.1", "host: x", *many).recv(300)
    lengths = ["content-length: -1", "content-length: 1e3", "content-length: ٣".encode().decode("latin-1")]
    for length in lengths:
        assert b" 400 " in raw(f"POST {path} HTTP/1.1", "host: x", f"cookie: {ada.cookie}", length).recv(300)
    odd = ["=;=;=", 'a="; b', "x" * 5000, "\xff\xfe", f"{ada.cookie.partition('=')[0]}="]
    assert {ada.posts("messages", b"{}", cookie=cookie).status for cookie in odd} == {401}


# --- W3: half a request, a reader that does not read


def test_w3_half_a_message_is_not_stored(ada: Widget, raw: Callable[..., socket.socket]) -> None:
    given = [f"{name.replace('_', '-')}: {value}" for name, value in ada.headers.items()]
    path = f"/chat/{ada.line.token}/messages"
    client = raw(f"POST {path} HTTP/1.1", "host: x", *given, "content-length: 500", body=b'{"client_id": "')
    client.close()
    assert ada.says("whole").status == 200
    assert Received.objects.filter(merchant_id=ada.line.merchant_id).count() == 1


def test_w3_widgets_that_do_not_read_cost_nothing(
    start_edge: Callable[..., EdgeProcess], line: Line, happen: Callable[..., int]
) -> None:
    """A nudge is a mark in a set, however often it comes: nothing is kept for who does not take it."""
    edge = start_edge()
    widgets = [Widget(edge, line) for _ in range(20)]
    pages = [widget.opens() for widget in widgets]
    words = [entry(widget.thread()) for widget in widgets]
    time.sleep(0.5)
    before = edge.memory
    for _ in range(30):
        for each in words:
            happen(line.merchant_id, "message.sent", 1, entry_id=each.id, channel="chat")
    time.sleep(0.5)
    assert edge.memory - before < 4_000_000
    assert pages[0].next_event() == {"changed": ["transcript"]}
    assert Widget(edge, line).says("Still there?").status == 200


# --- W4, L4: other sites' pages


@pytest.mark.parametrize("origin", FOREIGN)
def test_w4_l4_another_sites_page_may_neither_write_nor_listen(
    edge: EdgeProcess, shop: Shop, ada: Widget, origin: str
) -> None:
    said = origin.format(port=edge.port)
    for path, headers in everywhere(shop, ada).items():
        method = "GET" if path.startswith("/live/") else "POST"
        answered = edge.call(method, path, None if method == "GET" else b"{}", **{**headers, "origin": said})
        assert answered.status == 403, path
        assert not [name for name in answered.headers if name.startswith("access-control")]
    assert not Received.objects.exists()


def test_l4_a_browser_that_says_another_site_asks_is_believed(edge: EdgeProcess, shop: Shop, ada: Widget) -> None:
    for path, headers in everywhere(shop, ada).items():
        method = "GET" if path.startswith("/live/") else "POST"
        for site in ("cross-site", "same-site"):
            assert edge.call(method, path, None, **{**headers, "sec_fetch_site": site}).status == 403, path


def test_l4_a_write_without_an_origin_is_refused(ada: Widget) -> None:
    headers = {name: value for name, value in ada.headers.items() if name != "origin"}
    for verb in ("messages", "typing"):
        path = f"/chat/{ada.line.token}/{verb}"
        assert ada.edge.call("POST", path, b"{}", **headers).status == 403


def test_w4_a_web_socket_from_another_site_is_refused_and_one_from_ours_is_no_socket(
    edge: EdgeProcess, shop: Shop, ada: Widget, raw: Callable[..., socket.socket]
) -> None:
    upgrade = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
    upgrade += ["sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="]
    for path, headers in everywhere(shop, ada).items():
        cookie = f"cookie: {headers['cookie']}"
        foreign = raw(f"GET {path} HTTP/1.1", "host: x", cookie, "origin: http://evil.example", *upgrade).recv(300)
        assert b" 403 " in foreign or (b" 405 " in foreign and path.startswith("/chat/")), path
        own = raw(f"GET {path} HTTP/1.1", "host: x", cookie, *upgrade).recv(300)
        assert b" 101 " not in own, path


# --- L6: floods


def test_l6_one_visitor_writes_ten_at_once_and_then_one_a_second(ada: Widget, line: Line) -> None:
    begun = time.monotonic()
    answers = [ada.says(f"number {n}") for n in range(30)]
    stored = [answered for answered in answers if answered.status == 200]
    refused = [answered for answered in answers if answered.status == 429]
    assert 10 <= len(stored) <= 11 + time.monotonic() - begun and len(stored) + len(refused) == 30
    assert all(int(answered.headers["retry-after"]) >= 1 for answered in refused)
    assert all(json.loads(answered.body) == {"error": "Too many at once."} for answered in refused)
    assert Received.objects.filter(merchant_id=line.merchant_id).count() == len(stored)
    assert Widget(ada.edge, line).says("Another visitor").status == 200


def test_l6_many_large_messages_of_one_visitor_are_refused_before_they_come(
    ada: Widget, raw: Callable[..., socket.socket]
) -> None:
    """A megabyte of words is no message; the fourth one full of files must wait, and holds up nobody else."""
    assert ada.says("x" * 1_000_000).status == 422
    path = f"/chat/{ada.line.token}/messages"

    def announce(widget: Widget) -> socket.socket:
        given = [f"{name.replace('_', '-')}: {value}" for name, value in widget.headers.items()]
        return raw(f"POST {path} HTTP/1.1", "host: x", *given, "content-length: 15000000")

    waiting = [announce(ada) for _ in range(3)]
    time.sleep(0.3)
    assert b" 429 " in announce(ada).recv(300)
    ben = Widget(ada.edge, ada.line)
    assert b" 503 " in announce(ben).recv(300)  # the line's room is taken, for half a minute at the most
    assert ben.says("Small ones come through").status == 200
    for each in waiting:
        each.close()


def test_l6_large_messages_to_one_line_leave_room_at_the_others(
    ada: Widget, other_shop: Shop, raw: Callable[..., socket.socket]
) -> None:
    given = [f"{name.replace('_', '-')}: {value}" for name, value in ada.headers.items()]
    path = f"/chat/{ada.line.token}/messages"
    for _ in range(3):
        raw(f"POST {path} HTTP/1.1", "host: x", *given, "content-length: 15000000")
    elsewhere = Widget(ada.edge, chat_line(other_shop))
    file = {"filename": "a", "content_type": "", "base64": "A" * 1_000_000}
    assert elsewhere.says("Look", attachments=[file]).status == 200


def test_l6_typing_is_one_write_in_three_seconds_and_then_refused(ada: Widget) -> None:
    begun = time.monotonic()
    answers = [ada.types().status for _ in range(40)]
    assert 10 <= answers.count(204) <= 11 + time.monotonic() - begun
    assert set(answers) <= {204, 429}


def test_l6_streams_are_few_for_a_visitor_and_bounded_for_a_caller(edge: EdgeProcess, line: Line) -> None:
    """One address opens and closes them as fast as it can, by many visitors; others from elsewhere come in."""
    caller = "127.0.7.1"
    widgets = [Widget(edge, line, caller=caller) for _ in range(70)]
    opened, pages = [], []
    for _ in range(6):
        for widget in widgets:
            pages.append(widget.opens())
            opened.append(pages[-1].status)
    assert opened.count(200) == 250 and set(opened) == {200, 429}
    elsewhere = Widget(edge, line, caller="127.0.7.2").opens()
    assert elsewhere.status == 200
    for page in [*pages, elsewhere]:
        page.close()


def test_l6_streams_of_one_merchant_leave_room_for_the_others(
    start_edge: Callable[..., EdgeProcess], shop: Shop, other_shop: Shop
) -> None:
    edge = start_edge(PRESSZERO_CHAT_STREAMS="20")
    flooded, quiet = chat_line(shop), chat_line(other_shop)
    pages = [Widget(edge, flooded).opens() for _ in range(25)]
    assert [page.status for page in pages] == [200] * 20 + [429] * 5
    assert Widget(edge, quiet).opens().status == 200
    pages[0].close()
    wait_until(lambda: Widget(edge, flooded).opens().status == 200)


def test_l6_guessing_cookies_is_bounded(ada: Widget) -> None:
    answers, begun = [], time.monotonic()
    client = HTTPConnection("127.0.0.1", ada.edge.port, timeout=20, source_address=("127.0.7.3", 0))
    for number in range(600):
        headers = {**ada.headers, "cookie": f"{ada.cookie}{number}"}
        client.request("POST", f"/chat/{ada.line.token}/typing", b"", headers)
        answered = client.getresponse()
        answered.read()
        answers.append(answered.status)
    assert set(answers) <= {401, 429}
    assert answers.count(401) <= 301 + 100 * (time.monotonic() - begun)


def test_l6_what_a_client_says_about_its_address_does_not_make_it_another(ada: Widget) -> None:
    ada.caller = "127.0.7.4"
    opened = []
    for number in range(260):
        widget = Widget(ada.edge, ada.line, caller=ada.caller)
        opened.append(widget.opens("", x_forwarded_for=f"10.0.0.{number % 250}", x_real_ip="1.2.3.4"))
    assert [page.status for page in opened] == [200] * 250 + [429] * 10
    for page in opened:
        page.close()


def test_l6_another_merchant_notices_nothing_of_a_flood(
    start_edge: Callable[..., EdgeProcess], shop: Shop, other_shop: Shop
) -> None:
    """A hundred messages and as many typing marks and streams a second at one merchant; the other's time to store."""
    edge = start_edge()
    flooded, kiosk = chat_line(shop), other_shop.kiosk
    before = times(edge, kiosk, "before")
    ended = threading.Event()
    attackers = [Widget(edge, flooded, caller=f"127.0.8.{n + 1}") for n in range(10)]
    flood = threading.Thread(target=flooding, args=(attackers, ended))
    flood.start()
    try:
        during = times(edge, kiosk, "during")
    finally:
        ended.set()
        flood.join()
    assert statistics.median(during) < 2 * statistics.median(before) + 0.005
    assert Received.objects.filter(merchant=other_shop.merchant).count() == 200


def times(edge: EdgeProcess, line: Line, mark: str) -> list[float]:
    """Seconds that each of a hundred webhooks took, a few dozen a second."""
    found = []
    for number in range(100):
        begun = time.perf_counter()
        assert edge.arrive(line, f"{mark}{number}").status == 200
        found.append(time.perf_counter() - begun)
        time.sleep(0.02)
    return found


def flooding(attackers: list[Widget], ended: threading.Event) -> None:
    """Each attacker about ten times a second: a message, a typing mark, a stream."""
    while not ended.is_set():
        for widget in attackers:
            widget.says("flood")
            widget.types()
            widget.opens().close()
            if ended.wait(0.01):
                return


def says_nothing(answered: Answer, status: int) -> None:
    assert answered.status == status
    assert len(answered.body) < 120
    assert not [word for word in INSIDE if word in answered.body]
