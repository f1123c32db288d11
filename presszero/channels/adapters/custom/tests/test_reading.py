"""What programs post becomes messages and reports; what makes no sense is shown, and its neighbours go on."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.channels.adapter import BadSignature, LineSettings, Request, Unreadable
from presszero.channels.adapters.custom.adapter import adapter
from presszero.channels.signing import signed_headers, verify
from presszero.channels.vocabulary import DeliveryReported, MessageArrived, Proof, Unread

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD = {"id": "1", "from": {"address": "ada"}, "text": "Hello"}


def line(**settings: Any) -> LineSettings:
    return LineSettings(3, "custom", "Kiosk", "Kiosk", settings, {"secret": "whsec_c2VjcmV0", "old_secret": "older"})


def parsed(given: object, **settings: Any) -> list[Any]:
    return adapter.parse(json.dumps(given).encode(), {}, line(**settings))


def request(body: bytes, secret: str = "whsec_c2VjcmV0", at: float | None = None, number: str = "m1") -> Request:
    headers = signed_headers(number, int(at or time.time()), body, secret)
    return Request("POST", "https://desk.example/in/custom/x", headers, body)


def test_a_message_with_everything() -> None:
    (message,) = adapter.parse((SAMPLES / "message.json").read_bytes(), {}, line())
    assert isinstance(message, MessageArrived)
    assert (message.sender.kind, message.sender.address, message.sender.name) == ("custom", "ada-7781", "Ada Kowalski")
    assert message.text.startswith("Where is my parcel?\n")
    assert message.sent_at == datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
    assert (message.thread_key, message.external_id) == ("kiosk-visit-55", "kiosk-0001")
    assert [(a.filename, a.content_type, a.content[:4]) for a in message.attachments] == [
        ("label.png", "image/png", b"\x89PNG")
    ]


def test_who_it_is_counts_only_where_the_line_trusts_the_program() -> None:
    verified = {**GOOD, "from": {"address": "ada", "verified": True}}
    assert parsed(verified)[0].proof is Proof.SEEN
    assert parsed(verified, trusts_identity=True)[0].proof is Proof.VERIFIED
    assert parsed(verified, trusts_identity="yes")[0].proof is Proof.SEEN
    assert parsed(GOOD, trusts_identity=True)[0].proof is Proof.SEEN
    assert parsed({**GOOD, "from": {"address": "ada", "verified": "true"}}, trusts_identity=True)[0].proof is Proof.SEEN


def test_a_status_says_what_became_of_ours() -> None:
    (report,) = adapter.parse((SAMPLES / "status.json").read_bytes(), {}, line())
    assert isinstance(report, DeliveryReported)
    assert (report.our_id, report.state) == ("0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b", "delivered")


def test_F16_one_bad_element_fails_alone() -> None:
    found = parsed(
        {"messages": [GOOD, {"id": "2", "from": {"address": "ben"}, "subject": "S"}, 7, {**GOOD, "id": "3"}]}
    )
    assert [type(each) for each in found] == [MessageArrived, Unread, Unread, MessageArrived]
    assert found[1].sender == "ben" and found[1].subject == "S"
    assert "`text`" in found[1].reason
    assert len({each.external_id for each in found}) == 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": None}, "`id`"),
        ({"id": " "}, "`id`"),
        ({"id": 7}, "`id`"),
        ({"id": "x" * 201}, "`id`"),
        ({"from": "ada"}, "`from`"),
        ({"from": {}}, "`address`"),
        ({"text": ["x"]}, "`text`"),
        ({"text": "x" * 1_000_001}, "`text`"),
        ({"text": " "}, "`text`"),
        ({"attachments": {}}, "`attachments`"),
        ({"attachments": [{}]}, "`attachments[0]`"),
        ({"attachments": [{"filename": "a", "base64": "not base64!"}]}, "`attachments[0].base64`"),
        ({"attachments": [{"filename": "a", "base64": "QQ=="}] * 21}, "`attachments`"),
        ({"type": "order"}, "`type`"),
        ({"type": "status"}, "`state`"),
        ({"type": "status", "state": "read"}, "`our_id`"),
        ({"type": "status", "state": "read", "our_id": "1 OR 1=1"}, "`our_id`"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], named: str) -> None:
    (bad,) = parsed({**GOOD, **change})
    assert isinstance(bad, Unread)
    assert named in bad.reason


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[1]", b'"x"', b'{"messages": []}', b'{"messages": 1}', b"[" * 100_000]
)
def test_what_is_no_request_at_all_is_said(body: bytes) -> None:
    with pytest.raises(Unreadable) as why:
        adapter.parse(body, {}, line())
    assert str(why.value).endswith(".")


def test_D5_a_deep_request_costs_little() -> None:
    body = b'{"messages":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}"
    started = time.process_time()
    with pytest.raises(Unreadable):
        adapter.parse(body, {}, line())
    assert time.process_time() - started < 0.5


def test_files_are_named_and_typed_by_us() -> None:
    html = base64.b64encode(b"<html><script>1</script>").decode()
    name = "../../etc/pass\x00wd\u202egnp.exe"
    (message,) = parsed({**GOOD, "attachments": [{"filename": name, "content_type": "image/png", "base64": html}]})
    (file,) = message.attachments
    assert "/" not in file.filename and "\u202e" not in file.filename and "\x00" not in file.filename
    assert file.content_type != "image/png"


def test_a_clock_that_makes_no_sense_does_not_lose_the_message() -> None:
    for given_at in ("yesterday", 17, "2026-11-21T10:00:00"):
        (message,) = parsed({**GOOD, "sent_at": given_at})
        assert message.sent_at is None and message.warnings


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_named = st.dictionaries(
    st.sampled_from(
        ["id", "type", "from", "text", "subject", "thread", "sent_at", "attachments", "state", "our_id", "at"]
    ),
    _json,
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(_named | _json, min_size=1, max_size=4))
def test_nothing_that_is_json_breaks_it(messages: list[Any]) -> None:
    found = parsed({"messages": messages})
    assert len(found) == len(messages)
    for each in found:
        assert isinstance(each, MessageArrived | DeliveryReported | Unread)
        assert len(each.external_id) <= 300 and "\x00" not in repr(each)


def test_H1_only_a_holder_of_the_secret_gets_in() -> None:
    body = json.dumps(GOOD).encode()
    adapter.verify(request(body), line())
    adapter.verify(request(body, "older"), line())  # while the secret is being replaced
    good = request(body)
    for bad in (
        request(body, "another"),
        request(body, ""),
        Request("POST", good.url, good.headers, body + b" "),
        Request("POST", good.url, {}, body),
        Request("POST", good.url, {**good.headers, "webhook-id": "m2"}, body),
        Request("POST", good.url, {**good.headers, "webhook-timestamp": str(int(time.time()) - 1)}, body),
        Request("POST", good.url, {**good.headers, "webhook-signature": "v1,"}, body),
        Request(
            "POST", good.url, {**good.headers, "webhook-signature": "v2" + good.headers["webhook-signature"][2:]}, body
        ),
    ):
        with pytest.raises(BadSignature):
            adapter.verify(bad, line())
    unset = LineSettings(3, "custom", "Kiosk", "Kiosk", {}, {})
    for secret in ("", "whsec_"):
        with pytest.raises(BadSignature):
            adapter.verify(request(body, secret), unset)


@pytest.mark.parametrize("seconds", [-8 * 86400, -3600, -301, 301])
def test_H2_an_old_request_is_refused(seconds: int) -> None:
    body = json.dumps(GOOD).encode()
    with pytest.raises(BadSignature):
        adapter.verify(request(body, at=time.time() + seconds), line())
    adapter.verify(request(body, at=time.time() + (280 if seconds > 0 else -280)), line())


def test_H2_a_replay_within_its_time_is_the_same_event() -> None:
    body = json.dumps(GOOD).encode()
    assert adapter.event_id(request(body)) == adapter.event_id(request(body, at=time.time() - 60))
    assert adapter.event_id(request(body)) != adapter.event_id(request(body, number="m2"))
    assert len(adapter.event_id(request(body, number="x" * 900))) <= 200


def test_the_scheme_is_the_published_one() -> None:
    """The test vector of the Standard Webhooks specification's libraries."""
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert verify(headers, body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], 1614265330) == headers["webhook-id"]


def test_one_senders_messages_share_a_lane() -> None:
    single = (SAMPLES / "message.json").read_bytes()
    assert adapter.lane_key(single) == "ada-7781"
    assert adapter.lane_key((SAMPLES / "batch.json").read_bytes()) == ""
    assert adapter.lane_key(b"\xff\x00{") == ""
    assert adapter.lane_key(json.dumps({"from": {"name": "x", "address": 'a"\u00e9'}}).encode()) == 'a"é'
