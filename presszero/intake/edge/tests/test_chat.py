"""What a widget posts: stored as the door stores, under the visitor's own name and nobody else's."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels.adapters.chat.adapter import adapter
from presszero.channels.models import Line
from presszero.channels.vocabulary import MessageArrived, Proof
from presszero.mailroom.actions import body_of
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Received
from presszero.visitors.models import Visitor
from tests.waiting import crowded

from .conftest import EdgeProcess, Shop, Tap, wait_until
from .test_door import first_words
from .widgets import Widget, chat_line, conversation, feeds

pytestmark = pytest.mark.slow


@pytest.fixture
def line(shop: Shop) -> Line:
    return chat_line(shop)


@pytest.fixture
def ada(edge: EdgeProcess, line: Line) -> Widget:
    return Widget(edge, line)


def stored(line: Line) -> list[MessageArrived]:
    """What the stored bodies say, oldest first."""
    found = []
    for row in Received.objects.filter(merchant_id=line.merchant_id, line_id=line.id).order_by("id"):
        (arrived,) = adapter.parse(body_of(row), row.headers, line.for_adapter())
        assert isinstance(arrived, MessageArrived)
        found.append(arrived)
    return found


def test_a_message_is_stored_under_the_visitors_own_address(ada: Widget, line: Line) -> None:
    number = str(uuid.uuid4())
    answered = ada.says("Where are my boots?", client_id=number)
    assert (answered.status, json.loads(answered.body)) == (200, {"stored": True})
    (said,) = stored(line)
    assert (said.text, said.sender.address, said.sender.name) == ("Where are my boots?", ada.row.address, "Ada")
    assert said.proof == Proof.CLAIMED
    row = Received.objects.get(merchant_id=line.merchant_id)
    assert (row.external_id, row.lane) == (f"{ada.row.address}:{number}", lane(line.id, ada.row.address))
    assert row.headers == {"content-type": "application/json"}


def test_l1_who_wrote_is_never_taken_from_the_body(ada: Widget, line: Line) -> None:
    assert ada.says(sender="s-1042", proof="verified", name="Tomas", visitor=1, line_id=1).status == 200
    (said,) = stored(line)
    assert (said.sender.address, said.sender.name, said.proof) == (ada.row.address, "Ada", Proof.CLAIMED)


def test_l1_a_signed_in_shopper_is_proven_until_it_runs_out(ada: Widget, line: Line) -> None:
    ada.signs_in("s-1042")
    ada.says("in")
    ada.signs_in("s-1042", until=timezone.now() - timedelta(seconds=1))
    ada.says("out")
    told = [(said.text, said.sender.address, said.proof) for said in stored(line)]
    assert told == [("in", "s-1042", Proof.VERIFIED), ("out", ada.row.address, Proof.CLAIMED)]


def test_f14_sending_twice_is_one_message(ada: Widget, line: Line) -> None:
    number = str(uuid.uuid4())
    assert [ada.says("once", client_id=given).status for given in (number, number.upper())] == [200, 200]
    assert len(stored(line)) == 1


def test_files_and_a_new_matter_come_along(ada: Widget, line: Line) -> None:
    file = {"filename": "boots.txt", "content_type": "text/plain", "base64": base64.b64encode(b"brown").decode()}
    assert ada.says("", attachments=[file], new_matter=True).status == 200
    (said,) = stored(line)
    assert [(each.filename, each.content) for each in said.attachments] == [("boots.txt", b"brown")]
    assert said.new_matter


def test_a_large_message_is_stored_whole(ada: Widget, line: Line) -> None:
    content = bytes(range(256)) * 20_000
    file = {"filename": "film", "content_type": "video/mp4", "base64": base64.b64encode(content).decode()}
    assert ada.says("Look", attachments=[file]).status == 200
    assert stored(line)[0].attachments[0].content == content


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": "x" * 20_001}, "too long"),
        ({"text": "  \n"}, "Write something"),
        ({"text": 5}, "cannot be read"),
        ({"client_id": "1"}, "no id"),
        ({"client_id": None}, "no id"),
        ({"client_id": ["a"]}, "no id"),
        ({"attachments": [{"filename": "a", "base64": ""}] * 11}, "10 files"),
        ({"attachments": {}}, "cannot be read"),
        ({"attachments": ["x"]}, "add it again"),
        ({"attachments": [{"filename": 1, "base64": ""}]}, "add it again"),
        ({"attachments": [{"filename": "a"}]}, "broken"),
        ({"attachments": [{"filename": "a", "base64": "%%%"}]}, "broken"),
        ({"attachments": [{"filename": "a", "base64": "ä"}]}, "broken"),
    ],
)
def test_what_cannot_be_stored_is_answered_with_a_sentence(
    ada: Widget, line: Line, change: dict[str, Any], says: str
) -> None:
    answered = ada.says(**{"text": "Hello", **change})
    assert answered.status == 422 and answered.headers["content-type"] == "application/json"
    assert says in json.loads(answered.body)["error"]
    assert stored(line) == []


def test_files_past_ten_megabytes_are_refused_with_a_sentence(ada: Widget, line: Line) -> None:
    file = {"filename": "a", "content_type": "", "base64": base64.b64encode(b"x" * 5_300_000).decode()}
    answered = ada.says("Hello", attachments=[file, file])
    assert (answered.status, json.loads(answered.body)["error"][:23]) == (422, "The files are too large")
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in ada.headers.items())
    raw = f"POST /chat/{line.token}/messages HTTP/1.1\r\nhost: x\r\n{head}content-length: 15728641\r\n\r\n"
    assert b" 413 " in first_words(ada.edge, raw.encode())
    assert stored(line) == []


def test_without_the_lines_cookie_nothing_is_stored(ada: Widget, shop: Shop, line: Line) -> None:
    other = chat_line(shop)
    elsewhere = Widget(ada.edge, other)
    refused = [
        ada.posts("messages", b"{}", cookie=""),
        ada.posts("messages", b"{}", cookie=ada.cookie + "x"),
        ada.posts("messages", b"{}", cookie=elsewhere.cookie),
        ada.posts("messages", b"{}", cookie=f"{ada.cookie.partition('=')[0]}={elsewhere.secret}"),
        ada.posts("typing", b"", cookie=""),
    ]
    assert [answered.status for answered in refused] == [401] * 5
    assert ada.edge.call("POST", "/chat/" + "a" * 32 + "/messages", b"{}", **ada.headers).status == 404
    assert ada.edge.call("POST", f"/chat/{shop.kiosk.token}/messages", b"{}", **ada.headers).status == 404
    assert stored(line) == stored(other) == []


@pytest.mark.parametrize("lost", ["ended", "paused"])
def test_who_lost_the_right_is_a_stranger(ada: Widget, line: Line, lost: str) -> None:
    if lost == "ended":
        Visitor.objects.update(ended_at=timezone.now())
    else:
        Line.objects.filter(id=line.id).update(paused_at=timezone.now())
    assert ada.says().status == ada.types().status == 401
    assert stored(line) == []


def test_other_ways_in_are_refused(ada: Widget, line: Line) -> None:
    assert ada.posts("messages", b"{}", content_type="text/plain").status == 415
    answered = ada.edge.get(f"/chat/{line.token}/messages", **ada.headers)
    assert (answered.status, answered.headers["allow"]) == (405, "POST")
    assert ada.posts("typing", b"x" * 2000).status == 413


@pytest.mark.slow
def test_f17_a_known_visitor_can_write_while_the_database_is_away(
    start_edge: Callable[..., EdgeProcess], line: Line, tap: Tap
) -> None:
    edge = start_edge()
    ada, ben = Widget(edge, line), Widget(edge, line)
    assert ada.says("before").status == 200
    tap.cut()
    begun = time.monotonic()
    assert ada.says("meanwhile").status == 200
    assert time.monotonic() - begun < 6 * crowded()
    unknown = ben.says("who?")
    assert (unknown.status, "retry-after" in unknown.headers) == (503, True)
    tap.mend()
    wait_until(lambda: [said.text for said in stored(line)] == ["before", "meanwhile"])


def test_typing_is_written_down_and_nudges_the_desk(ada: Widget, line: Line) -> None:
    place = conversation(line)
    feeds(ada.thread(), place)
    with connection.cursor() as cursor:
        cursor.execute("LISTEN looking")
    assert ada.types().status == 204
    assert notes() == [f"{line.merchant_id}:{place.id}"]
    assert Visitor.objects.get(id=ada.row.id).typing_at is not None


def test_typing_counts_once_in_three_seconds(ada: Widget) -> None:
    assert [ada.types().status for _ in range(5)] == [204] * 5
    wait_until(lambda: Visitor.objects.get(id=ada.row.id).typing_at)
    first = Visitor.objects.get(id=ada.row.id).typing_at
    time.sleep(0.6)
    ada.types()
    time.sleep(0.6)
    assert Visitor.objects.get(id=ada.row.id).typing_at == first


def test_who_sent_it_no_longer_types(ada: Widget) -> None:
    ada.types()
    wait_until(lambda: Visitor.objects.get(id=ada.row.id).typing_at)
    ada.says()
    wait_until(lambda: Visitor.objects.get(id=ada.row.id).typing_at is None)


def test_a_conversation_merged_into_another_is_nudged_there(ada: Widget, line: Line) -> None:
    root, merged = conversation(line), conversation(line)
    merged.root = root
    merged.save()
    feeds(ada.thread(), merged)
    with connection.cursor() as cursor:
        cursor.execute("LISTEN looking")
    ada.types()
    assert notes() == [f"{line.merchant_id}:{root.id}"]


def notes(seconds: float = 5) -> list[str]:
    """What NOTIFY said, once something came."""
    assert connection.connection is not None
    return [note.payload for note in connection.connection.notifies(timeout=seconds, stop_after=1)]
