"""A webhook comes in."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from presszero.channels.models import Line
from presszero.mailroom.actions import body_of
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Received

from .conftest import SECRET, EdgeProcess, Shop, wait_until
from .kiosk import sign


def test_it_is_stored_as_it_came_before_we_say_so(edge: EdgeProcess, shop: Shop) -> None:
    body = b'{"id": "a1",   "from": "ada"}'
    answered = edge.deliver(shop.kiosk, body)
    row = Received.objects.get(merchant=shop.merchant)
    assert (answered.status, body_of(row), row.external_id) == (200, body, "a1")
    assert (row.line_id, row.lane) == (shop.kiosk.id, lane(shop.kiosk.id, "ada"))
    assert row.headers["x-signature"] == sign(body, SECRET)
    assert not row.backfill and row.split_at is None


def test_credentials_in_headers_are_not_kept(edge: EdgeProcess, shop: Shop) -> None:
    body = b'{"id": 1, "from": "ada"}'
    path = f"/in/kiosk/{shop.kiosk.token}"
    headers = {"x_signature": sign(body, SECRET), "authorization": "Basic c2VjcmV0", "cookie": "pz_session=t"}
    assert edge.call("POST", path, body, **headers).status == 200
    assert not {"authorization", "cookie"} & Received.objects.get(merchant=shop.merchant).headers.keys()


def test_workers_are_woken_after_the_commit(edge: EdgeProcess, shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN arrivals")
    edge.arrive(shop.kiosk, 1)
    assert connection.connection is not None
    notes = list(connection.connection.notifies(timeout=5, stop_after=1))
    assert [note.channel for note in notes] == ["arrivals"]


def test_h1_a_wrong_signature_is_refused_before_reading(edge: EdgeProcess, shop: Shop, other_shop: Shop) -> None:
    body = b'{"id": "a1", "from": "ada"}'
    good = sign(body, SECRET)
    other_shop.kiosk.keep_secrets({"secret": "another"})
    other_shop.kiosk.save()
    refused = [
        edge.deliver(shop.kiosk, body, signature="0" * 64),
        edge.deliver(shop.kiosk, body + b" ", signature=good),
        edge.deliver(other_shop.kiosk, body, signature=good),
        edge.deliver(shop.kiosk, b"no json at all", signature=good),
        edge.call("POST", f"/in/kiosk/{shop.kiosk.token}", body),
        edge.call("POST", f"/in/kiosk/{shop.kiosk.token}", body, x_signature=good, X_Signature="x"),
    ]
    assert [answer.status for answer in refused] == [403] * 6
    assert shop.received() == other_shop.received() == []


def test_h1_a_secret_that_was_changed_counts_from_the_next_request_on(edge: EdgeProcess, shop: Shop) -> None:
    assert edge.arrive(shop.kiosk, 1).status == 200
    shop.kiosk.keep_secrets({"secret": "new"})
    shop.kiosk.save()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY lines")
    wait_until(lambda: edge.arrive(shop.kiosk, 2).status == 403)
    body = b'{"id": "3", "from": "ada"}'
    assert edge.deliver(shop.kiosk, body, signature=sign(body, "new")).status == 200


def test_h2_a_replayed_request_is_stored_once_however_late(edge: EdgeProcess, shop: Shop) -> None:
    edge.arrive(shop.kiosk, "a1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailroom_received SET received_at = now() - interval '8 days'")
    assert edge.arrive(shop.kiosk, "a1").status == 200
    assert shop.received() == ["a1"]


def test_h2_the_same_id_on_another_line_is_another_arrival(edge: EdgeProcess, shop: Shop, other_shop: Shop) -> None:
    for line in (shop.kiosk, shop.big, other_shop.kiosk):
        assert edge.arrive(line, "a1").status == 200
    assert shop.received() == ["a1", "a1"]
    assert other_shop.received() == ["a1"]


def test_f14_fifty_at_once_are_one(edge: EdgeProcess, shop: Shop) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: edge.arrive(shop.kiosk, "a1").status, range(50)))
    assert answers == [200] * 50
    assert shop.received() == ["a1"]


def test_one_after_another_they_keep_their_order(edge: EdgeProcess, shop: Shop) -> None:
    for number in range(30):
        edge.arrive(shop.kiosk, number)
    assert shop.received() == [str(number) for number in range(30)]


def test_ids_that_no_column_could_hold_are_kept_all_the_same(edge: EdgeProcess, shop: Shop) -> None:
    long = "x" * 1000
    for number in (long + "1", long + "2", "nul \0 inside", "\ud800", ""):
        assert edge.arrive(shop.kiosk, number).status == 200
    ids = shop.received()
    assert len(set(ids)) == 5 and all(len(found) <= 200 for found in ids)


def test_a_signed_body_nobody_can_read_is_kept_for_the_quarantine(edge: EdgeProcess, shop: Shop) -> None:
    assert edge.deliver(shop.kiosk, b"\xff\x00 not json").status == 200
    assert body_of(Received.objects.get(merchant=shop.merchant)) == b"\xff\x00 not json"


def test_an_unknown_address_is_nothing_here(edge: EdgeProcess, shop: Shop) -> None:
    paths = ["/in/", "/in/kiosk", "/in/kiosk/", "/in/kiosk/short", "/in/kiosk/" + "a" * 32, "/in/kiosk/" + "a" * 9000]
    paths += [f"/in/big/{shop.kiosk.token}", f"/in/kiosk/{shop.kiosk.token}/x", f"/in/fax/{shop.kiosk.token}"]
    assert {edge.call("POST", path, b"{}").status for path in paths} <= {404, 414, 431}


def test_a_line_made_a_moment_ago_is_found(edge: EdgeProcess, shop: Shop) -> None:
    edge.arrive(shop.kiosk, 1)
    line = Line(merchant=shop.merchant, kind="kiosk", address="new", name="New", brand=shop.kiosk.brand)
    line.keep_secrets({"secret": SECRET})
    line.save()
    assert edge.arrive(line, 1).status == 200


def test_other_methods_are_refused(edge: EdgeProcess, shop: Shop) -> None:
    answered = edge.call("GET", f"/in/kiosk/{shop.kiosk.token}")
    assert (answered.status, answered.headers["allow"]) == (405, "POST")


def test_when_a_line_was_heard_is_written_down(start_edge, shop: Shop) -> None:
    edge = start_edge()
    edge.arrive(shop.kiosk, 1)
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY lines")
    wait_until(lambda: Line.objects.get(id=shop.kiosk.id).heard_at)
    assert Line.objects.get(id=shop.big.id).heard_at is None


def test_a_body_past_the_limit_is_refused_and_a_large_one_is_stored_where_it_may(edge: EdgeProcess, shop: Shop) -> None:
    body = json.dumps({"id": "big", "from": "ada", "file": "x" * 3_000_000}).encode()
    head = b"POST /in/kiosk/%s HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n" % shop.kiosk.token.encode()
    assert b" 413 " in first_words(edge, head)
    assert edge.deliver(shop.big, body).status == 200
    assert [len(body_of(row)) for row in Received.objects.filter(merchant=shop.merchant)] == [len(body)]


def test_a_body_without_an_announced_length_is_counted_as_it_comes(edge: EdgeProcess, shop: Shop) -> None:
    head = b"POST /in/kiosk/%s HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" % shop.kiosk.token.encode()
    assert b" 413 " in first_words(edge, head + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 16)
    assert shop.received() == []


def test_d5_deep_and_wide_json_costs_the_door_nothing(edge: EdgeProcess, shop: Shop) -> None:
    deep = b'{"id":' + b"[" * 400_000 + b"]" * 400_000 + b"}"
    wide = b"{" + b",".join(b'"k%d":1' % n for n in range(80_000)) + b"}"
    begun = time.process_time()
    for body in (deep, wide):
        assert edge.deliver(shop.kiosk, body).status == 200
    huge = b"POST /in/kiosk/%s HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n" % shop.kiosk.token.encode()
    assert b" 413 " in first_words(edge, huge)
    assert time.process_time() - begun < 5
    assert edge.arrive(shop.kiosk, "after").status == 200
    assert len(shop.received()) == 3


def test_d5_repeated_headers_are_refused_in_time(edge: EdgeProcess, shop: Shop) -> None:
    raw = b"POST /in/kiosk/%s HTTP/1.1\r\nhost: x\r\n" % shop.kiosk.token.encode() + b"x-a: 1\r\n" * 20_000 + b"\r\n"
    assert b" 431 " in first_words(edge, raw)


def test_w1_errors_say_nothing_of_the_inside(edge: EdgeProcess, shop: Shop) -> None:
    answers = [
        edge.call("POST", f"/in/kiosk/{shop.kiosk.token}", b"{}"),
        edge.call("POST", "/in/kiosk/" + "a" * 32, b"{}"),
        edge.get("/live/nothing"),
        edge.get("/live/desk"),
        edge.get("/live/desk?conversation=abc", cookie="pz_session=x"),
        edge.call("POST", "/live/desk", b"\xff" * 1000),
        edge.call("BREW", f"/in/kiosk/{shop.kiosk.token}"),
    ]
    for answered in answers:
        assert 400 <= answered.status < 500
        assert len(answered.body) < 60
        for inside in (b"Traceback", b"presszero", b"psycopg", b"Error", b"line"):
            assert inside not in answered.body


def test_w1_a_websocket_is_turned_away(edge: EdgeProcess) -> None:
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    answered = edge.get("/live/desk", **upgrade, sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==")
    assert answered.status in (401, 403)


def first_words(edge: EdgeProcess, raw: bytes) -> bytes:
    """What the edge answers to these bytes, which need not be a whole request."""
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as client:
        client.sendall(raw)
        return client.recv(200)
