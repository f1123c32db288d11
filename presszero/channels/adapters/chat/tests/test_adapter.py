"""What the chat makes of what the edge stored, and of what an app posts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from presszero.channels.adapter import LineSettings, Request, Unreadable
from presszero.channels.adapters.chat.adapter import MAX_FILES, MAX_TEXT, adapter
from presszero.channels.vocabulary import MessageArrived, Proof

from .contract import CONTRACT

LINE: LineSettings = CONTRACT.line
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def read(**changes: Any) -> MessageArrived:
    given = {"client_id": "1", "sender": "v-ab", "proof": "claimed", "text": "Hello"} | changes
    (found,) = adapter.parse(json.dumps(given).encode(), {}, LINE)
    assert isinstance(found, MessageArrived)
    return found


def test_an_unproven_browser_is_only_a_claim() -> None:
    found = read(name="Ada")
    assert (found.sender.kind, found.sender.address, found.sender.name) == ("visitor", "v-ab", "Ada")
    assert (found.proof, found.proof_reason) == (Proof.CLAIMED, "")


@pytest.mark.parametrize("proof", ["VERIFIED", "seen", True, 1, None, ["verified"]])
def test_nothing_but_the_one_word_proves_who_it_is(proof: object) -> None:
    assert read(proof=proof).proof is Proof.CLAIMED


def test_a_signed_in_shopper_is_verified_and_it_says_why() -> None:
    assert (read(proof="verified").proof, read(proof="verified").proof_reason) == (
        Proof.VERIFIED,
        "Signed in at the shop.",
    )


def test_a_message_is_one_by_who_sent_it_and_the_id_its_page_gave_it() -> None:
    posted = Request("POST", "", {}, json.dumps({"sender": "v-ab", "client_id": "1", "text": "Hi"}).encode())
    assert adapter.event_id(posted) == "v-ab:1" == read().external_id
    assert adapter.lane_key(posted.body) == "v-ab"


@pytest.mark.parametrize(
    "broken",
    [
        {"text": " \n\x00 "},
        {"sender": ""},
        {"sender": 7},
        {"client_id": None},
        {"attachments": [{"filename": "a.png", "base64": "not base64!"}]},
    ],
)
def test_what_makes_no_sense_says_so(broken: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read(**broken)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"a":', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_object_says_so(body: bytes) -> None:
    with pytest.raises(Unreadable):
        adapter.parse(body, {}, LINE)


def test_words_and_files_are_cut_to_what_we_carry() -> None:
    files = [{"filename": "a.txt", "base64": ""}] * (MAX_FILES + 5)
    found = read(text="x" * (MAX_TEXT + 10), attachments=files)
    assert len(found.text) == MAX_TEXT
    assert len(found.attachments) == MAX_FILES


def test_a_file_is_what_its_bytes_say_whatever_it_is_called() -> None:
    (page,) = read(
        attachments=[{"filename": "../../a.png", "content_type": "image/png", "base64": _in_64(b"<script>1</script>")}]
    ).attachments
    assert page.content_type != "image/png"
    assert "/" not in page.filename
    (picture,) = read(
        attachments=[{"filename": "a.png", "content_type": "text/html", "base64": _in_64(PNG)}]
    ).attachments
    assert picture.content_type == "image/png"


def test_another_matter_only_when_they_said_so() -> None:
    assert read(new_matter=True).new_matter
    assert not read(new_matter="yes").new_matter


@pytest.mark.parametrize("at", ["yesterday", "2026-11-21T10:15:00", 5, None])
def test_a_time_without_a_zone_is_no_time(at: object) -> None:
    assert read(at=at).sent_at is None


def _in_64(content: bytes) -> str:
    return base64.b64encode(content).decode()
