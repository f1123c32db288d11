"""What a provider records, as the sound it was: a message after the tone, or a call with its pauses left out."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import numpy as np

from presszero.intake.phone.companding import FRAME, Samples

RATE = 8000


class Tape:
    """Of one phone: what is said into it, and what it hears. `skips`: seconds at the beginning that are not kept."""

    def __init__(self, skips: float = 0.0) -> None:
        self.paused = False
        self._skips, self._frames = round(skips * RATE / FRAME), list[bytes]()

    def hear(self, frames: Sequence[Samples]) -> None:
        """The next 20 ms; of nobody it is silence."""
        if self._skips > 0:
            self._skips -= 1
        elif not self.paused:
            mixed = np.sum(frames, axis=0, dtype=np.int32) if frames else np.zeros(FRAME, np.int32)
            self._frames.append(np.clip(mixed, -32768, 32767).astype("<i2").tobytes())

    @property
    def seconds(self) -> float:
        return len(self._frames) * FRAME / RATE

    def wav(self) -> bytes:
        into = io.BytesIO()
        with wave.open(into, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(b"".join(list(self._frames)))
        return into.getvalue()
