"""From a stored submission to what arrived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapter import Unreadable
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Handle, MessageArrived, Proof

from .contract import CONTRACT

SAMPLES = Path(__file__).parents[1] / "samples"
PLAIN: dict[str, Any] = {"id": "n1", "sender": "v-1", "text": "Hello"}


def read(given: dict[str, Any]) -> MessageArrived:
    (found,) = adapter("form").parse(json.dumps(given).encode(), {}, CONTRACT.line)
    assert isinstance(found, MessageArrived)
    return found


def sample(name: str) -> dict[str, Any]:
    given: dict[str, Any] = json.loads((SAMPLES / name).read_text())
    return given


def test_what_was_typed_as_an_address_is_a_claim_and_never_the_sender() -> None:
    found = read(sample("late-order.json"))
    assert (found.sender.kind, found.sender.address) == ("visitor", "v-0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    assert found.proof is Proof.CLAIMED and found.reply_to is None and found.to == ()
    assert found.claims == (
        Handle("email", "ada@example.com", "Ada Kowalski"),
        Handle("phone", "+447700900123", "Ada Kowalski"),
    )


def test_the_fields_stand_below_the_words() -> None:
    found = read(sample("late-order.json"))
    assert found.topic == "Late delivery" and found.subject == "Where are my boots?"
    assert found.text.startswith("They were due on Monday.\n")
    assert found.text.endswith("\n\nOrder number: 1042\nWhen was it due?: 16 November 2026\nNumber: F7K3M9Q2")


def test_what_matters_and_by_when_comes_along() -> None:
    found = read(sample("late-order.json"))
    assert found.wish and found.wish.matters == 3 and found.wish.channel == "email"
    assert found.wish.needed_by and found.wish.needed_by.isoformat() == "2026-11-21T12:00:00+00:00"


def test_a_file_alone_is_a_message_and_its_kind_is_what_its_bytes_say() -> None:
    found = read(sample("photo-signed-in.json") | {"wish": None})
    assert found.proof is Proof.VERIFIED and found.text == ""
    assert [(file.filename, file.content_type) for file in found.attachments] == [("sole.png", "image/png")]


@pytest.mark.parametrize(
    "given",
    [
        {},
        PLAIN | {"sender": ""},
        PLAIN | {"id": 7},
        PLAIN | {"text": " "},
        PLAIN | {"attachments": [{"filename": "a", "base64": "%%"}]},
        PLAIN | {"attachments": ["a"]},
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        read(given)


@pytest.mark.parametrize("wish", [[], "soon", {"matters": 9, "needed_by": "soon", "words": 7, "channel": None}])
def test_a_wish_that_makes_no_sense_says_nothing(wish: object) -> None:
    found = read(PLAIN | {"wish": wish}).wish
    assert found is None or (found.matters, found.needed_by) == (None, None)


def test_controls_newlines_and_lone_surrogates_stay_out_of_every_line() -> None:
    found = read(PLAIN | {"subject": "a\r\nBcc: x\x00", "name": "Ada\nEve\ud800", "fields": [["L\n", "1\n2"], ["x"]]})
    assert found.subject == "a Bcc: x" and "\n" not in found.sender.name
    assert found.text == "Hello\n\nL: 1 2"
