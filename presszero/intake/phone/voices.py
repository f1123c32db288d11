"""Prompts as files that rtpengine can read. Several that follow each other become one file: no gap, one command."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import struct
import wave
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from presszero.calls.menu.vocabulary import Prompt
from presszero.calls.music import waiting_music
from presszero.calls.speaking import RATE, CannotSpeak, spoken

log = logging.getLogger(__name__)

RECORDED = Callable[[int], "bytes | None"]
HEAD = 44  # bytes of a WAV before its samples, as all of ours are written
LOUD = 1800  # of 32,767


class Voices:
    """`folder` keeps what was made; `recorded` finds a merchant's own recording (calls.models.Prompt) by its id."""

    def __init__(self, folder: Path, recorded: RECORDED) -> None:
        self._folder, self._recorded = folder, recorded
        self._threads = ThreadPoolExecutor(2, "phone-voices")
        self._known: dict[tuple[Prompt, ...], str] = {}
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # rtpengine may run as another user; names of files cannot be guessed

    async def path(self, prompts: Sequence[Prompt]) -> str:
        """The file; "" when there is nothing to be heard."""
        wanted = tuple(prompts)
        found = self._known.get(wanted)
        if found is None:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, self._made, wanted)
            self._known[wanted] = found
        return found

    def warm(self, prompts: Sequence[Prompt]) -> None:
        """Makes them beforehand, in the background."""
        for prompt in prompts:
            self._threads.submit(self._made, (prompt,))

    def music(self) -> str:
        """Ours, while a line has none of its own."""
        return str(_written(self._folder / "waiting.wav", lambda: waiting_music()[HEAD:]))

    def tone(self) -> str:
        """What is heard before a message is recorded."""
        return str(_written(self._folder / "tone.wav", lambda: _sine(0.4, (880.0,))))

    def ringing(self) -> str:
        """What is heard by who calls somebody: 425 Hz, one second of five, as in most of Europe."""
        return str(_written(self._folder / "ringing.wav", lambda: _sine(1.0, (425.0,)) + bytes(4 * RATE * 2)))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _made(self, prompts: tuple[Prompt, ...]) -> str:
        sounds = [sound for sound in map(self._samples, prompts) if sound]
        if not sounds:
            return ""
        whole = b"".join(sounds)
        name = hashlib.sha256(whole).hexdigest()[:40]
        return str(_written(self._folder / f"{name}.wav", lambda: whole))

    def _samples(self, prompt: Prompt) -> bytes:
        kept = self._recorded(prompt.recording) if prompt.recording else None
        if kept:
            return kept[HEAD:]  # 8 kHz mono, as calls.speaking fits every upload
        try:
            with wave.open(str(spoken(prompt.text, prompt.language))) as sound:
                return bytes(sound.readframes(sound.getnframes()))
        except (CannotSpeak, OSError, wave.Error) as why:
            log.warning("A prompt was not spoken: %s", why)
            return b""


def _written(path: Path, samples: Callable[[], bytes]) -> Path:
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{id(samples)}")
        with wave.open(str(fresh), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(samples())
        fresh.chmod(0o644)
        fresh.replace(path)
    return path


def _sine(seconds: float, tones: Sequence[float]) -> bytes:
    count = int(seconds * RATE)
    values = (
        math.sin(math.pi * n / count) * sum(math.sin(2 * math.pi * tone * n / RATE) for tone in tones)
        for n in range(count)
    )
    return b"".join(struct.pack("<h", int(LOUD * value)) for value in values)
