"""Words become sound: prompts spoken by espeak-ng, and recordings of the merchant's own made fit for a telephone.

Both programs run as children that get the words by their standard input, a few seconds, and no shell.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused

PARTS = ("espeak-ng", "sox")  # Debian's packages of the same names
RATE = 8000  # samples a second, as the telephone network carries
LONGEST_TEXT = 2000  # characters of one prompt
LONGEST_SOUND = 300.0  # seconds of one recording
LARGEST_UPLOAD = 20 * 1024 * 1024  # bytes
PATIENCE = 15.0  # seconds for one prompt
WORDS_A_MINUTE = 150  # slower than espeak's own 175: this is heard on a telephone, once
_VOICES = {
    "en": "en-gb",
    "pt": "pt-br",
    "zh": "cmn",
    "no": "nb",
    "es-mx": "es-419",
    "fr": "fr-fr",
}  # where names differ


class CannotSpeak(Exception):
    """A program is not installed, or did not do it; the text of the error says which and why."""


class NotSound(Refused):
    """The upload is no sound we can read, or too much of it."""


def missing() -> list[str]:
    """Which of the programs are not on this machine."""
    return [part for part in PARTS if shutil.which(part) is None]


def spoken(text: str, language: str = "en") -> Path:
    """A WAV of the words, 16 bit, mono, 8,000 samples a second; made once and kept. Raises CannotSpeak."""
    words = " ".join(text.split())[:LONGEST_TEXT] or "."
    name = hashlib.sha256(f"{RATE} {WORDS_A_MINUTE} {language} {words}".encode()).hexdigest()
    target = _folder() / f"{name}.wav"
    if not target.exists():
        speech = _run(["espeak-ng", "-v", _voice(language), "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"], words)
        _put(target, _fit(["-t", "wav", "--ignore-length", "-"], speech))
    return target


def warm(prompts: Iterable[tuple[str, str]]) -> int:
    """Speaks each of (text, language) beforehand, so that no caller waits for it; how many there are."""
    return len([spoken(text, language) for text, language in prompts])


def fitted(upload: bytes) -> tuple[bytes, float]:
    """An uploaded recording as the telephone carries it, and its seconds. Raises NotSound, CannotSpeak."""
    if not 0 < len(upload) <= LARGEST_UPLOAD:
        raise NotSound(_("That file is empty, or larger than 20 MB."), _("Save the recording as MP3 or WAV."))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"upload.{_ending(upload)}")
        source.write_bytes(upload)
        try:
            sound = _fit([str(source)])
        except CannotSpeak as why:
            if missing():
                raise
            raise NotSound(_("That file is no sound we can read."), _("Save it as WAV, MP3, OGG or FLAC.")) from why
        seconds = seconds_of(sound)
    if not 0 < seconds <= LONGEST_SOUND:
        raise NotSound(_("A recording takes five minutes at most."), _("Cut it, or say it in fewer words."))
    return sound, seconds


def seconds_of(sound: bytes) -> float:
    """How long a WAV of ours lasts: two bytes a sample behind a head of 44."""
    return max(0, len(sound) - 44) / 2 / RATE


def seconds_in(path: Path) -> float:
    """How long a WAV on disk lasts."""
    with wave.open(str(path)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def _fit(source: list[str], given: bytes = b"") -> bytes:
    """Through sox, guarded against clipping. Into a file: only there can it say in the head how long it became."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "fit.wav")
        form = ["-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer"]
        _run(["sox", "-G", "-D", *source, *form, str(target), "trim", "0", str(LONGEST_SOUND + 1)], given)
        if not target.exists():
            raise CannotSpeak("sox: nothing came out of it.")
        return target.read_bytes()


def _folder() -> Path:
    folder = Path(settings.HOME) / "spoken"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _voice(language: str) -> str:
    """The voice for a language; English where there is none, since hearing something beats silence."""
    found, short = language.lower(), language.lower().partition("-")[0]
    names = (_VOICES.get(found), _VOICES.get(short), found, short)
    return next((name for name in names if name in _voices()), "en-gb")


@cache
def _voices() -> frozenset[str]:
    rows = _run(["espeak-ng", "--voices"], b"").decode(errors="replace").splitlines()[1:]
    return frozenset(row.split()[1] for row in rows if len(row.split()) > 1)


def _ending(upload: bytes) -> str:
    """sox goes by the name's ending; ours comes from the bytes, never from whoever sent them."""
    for start, ending in ((b"RIFF", "wav"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"FORM", "aiff")):
        if upload.startswith(start):
            return ending
    return "mp3"


def _put(target: Path, sound: bytes) -> None:
    """Whole or not at all, whoever else makes the same at this moment."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(sound)
    Path(name).replace(target)


def _run(command: list[str], given: str | bytes) -> bytes:
    given = given.encode() if isinstance(given, str) else given
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE, check=False)
    except FileNotFoundError as why:
        raise CannotSpeak(f"{command[0]} is not installed: apt-get install {command[0]}") from why
    except subprocess.TimeoutExpired as why:
        raise CannotSpeak(f"{command[0]} took longer than {PATIENCE:.0f} s.") from why
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CannotSpeak(f"{command[0]}: {said[-1] if said else 'nothing came out of it.'}")
    return done.stdout
