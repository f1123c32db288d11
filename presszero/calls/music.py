"""What is heard while waiting, where a shop chose nothing: slow soft chords, made here, so that they are ours."""

from __future__ import annotations

import io
import wave
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .speaking import RATE

SECONDS = 3  # a chord
LOUD = 5200  # of 32,767
# Frequencies in Hz of four chords that lead round to the first.
_CHORDS = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (261.63, 329.63, 392.0), (196.0, 246.94, 293.66))


@cache
def waiting_music() -> bytes:
    """Some twelve seconds as WAV, 8 kHz mono."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate([_chord(chord) for chord in _CHORDS]).astype("<i2").tobytes())
    return sound.getvalue()


def _chord(tones: tuple[float, ...]) -> NDArray[np.float64]:
    """Swells and fades, so that no chord begins or ends with a click."""
    count = RATE * SECONDS
    seconds = np.arange(count) / RATE
    together = np.sum([np.sin(2 * np.pi * tone * seconds) for tone in tones], axis=0) / len(tones)
    return np.asarray(LOUD * np.sin(np.pi * np.arange(count) / count) ** 2 * together, dtype=np.float64)
