"""Words become sound, and uploads fit a telephone."""

from __future__ import annotations

import io
import math
import struct
import time
import wave
from pathlib import Path

import pytest
from pytest_django import Settings

from presszero.calls import speaking

pytestmark = pytest.mark.slow  # two programs of the machine's


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def tone(seconds: float, rate: int = 44_100) -> bytes:
    """440 Hz in stereo, as a recorder would write it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        samples = (int(12_000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<hh", each, each) for each in samples))
    return out.getvalue()


def test_words_are_spoken_as_a_telephone_carries_them_and_once() -> None:
    path = speaking.spoken("Welcome to Juniper. Press 1 for orders.", "en")
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        assert any(sound.readframes(16_000)), "silence"
    assert 1.5 < speaking.seconds_in(path) < 6
    made = path.stat().st_mtime_ns
    time.sleep(0.01)
    assert speaking.spoken("  Welcome to Juniper.\nPress 1 for orders. ", "en") == path
    assert path.stat().st_mtime_ns == made


def test_languages_sound_different_and_an_unknown_one_is_not_silent() -> None:
    german, english, klingon = (speaking.spoken("Guten Tag", each).read_bytes() for each in ("de-AT", "en", "tlh"))
    assert german != english
    assert klingon == english


def test_what_looks_like_an_option_or_markup_is_only_words() -> None:
    for words in ("--help", "-w /tmp/x", "<speak>$(id)</speak>", "; rm -rf /", "\x00\x01", ""):
        assert speaking.seconds_in(speaking.spoken(words, "en")) < 20


def test_an_upload_is_made_fit() -> None:
    sound, seconds = speaking.fitted(tone(1.5))
    assert seconds == pytest.approx(1.5, abs=0.02)
    with wave.open(io.BytesIO(sound)) as made:
        assert (made.getframerate(), made.getnchannels()) == (8000, 1)
        loud = max(abs(each) for (each,) in struct.iter_unpack("<h", made.readframes(8000)))
    assert loud > 8_000


@pytest.mark.parametrize("upload", [b"", b"no sound at all", b"RIFF" + bytes(200), tone(0.0), bytes(21 * 1024 * 1024)])
def test_what_is_no_sound_is_refused_in_a_sentence(upload: bytes) -> None:
    with pytest.raises(speaking.NotSound) as refused:
        speaking.fitted(upload)
    assert str(refused.value) and refused.value.next_step


def test_a_recording_of_an_hour_is_refused() -> None:
    with pytest.raises(speaking.NotSound, match="five minutes"):
        speaking.fitted(tone(301, rate=4_000))
