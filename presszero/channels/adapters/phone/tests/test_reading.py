"""From a call, or a message that was left, to what arrived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapter import Unreadable
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import WITHHELD, Handle, MessageArrived, Outgoing, Proof

from .contract import CONTRACT

SAMPLES = Path(__file__).parents[1] / "samples"


def read(name: str, **changes: Any) -> MessageArrived:
    given = json.loads((SAMPLES / name).read_text()) | changes
    (found,) = adapter("phone").parse(json.dumps(given).encode(), {}, CONTRACT.line)
    assert isinstance(found, MessageArrived)
    return found


def test_a_callers_number_is_claimed_and_proves_nothing() -> None:
    found = read("call.json")
    assert found.sender == Handle("phone", "+447700900123") and found.proof == Proof.CLAIMED
    assert found.message_id == "call:0b1f6a7e-55d0-4c8e-9a51-0d9d4f6a2b11"


def test_a_message_left_brings_its_sound() -> None:
    (sound,) = read("voicemail.json").attachments
    assert sound.filename == "message.wav" and sound.content_type.startswith("audio/") and sound.content[:4] == b"RIFF"


def test_who_withholds_the_number_is_named_by_the_call() -> None:
    assert read("call.json", kind=WITHHELD, sender="5f0c").sender == Handle(WITHHELD, "5f0c")


@pytest.mark.parametrize(
    "change", [{"what": "fax"}, {"id": ""}, {"sender": ""}, {"kind": "email"}, {"sound": {"base64": "?"}}]
)
def test_what_is_no_call_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read("call.json", **change)


def test_nothing_is_sent_by_telephone() -> None:
    out = Outgoing("1", "<1@x>", Handle("phone", "+442079460018"), (CONTRACT.recipient,), "Hello")
    assert adapter("phone").send(out, CONTRACT.line, lambda: None).state == "refused"
