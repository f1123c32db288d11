"""One recording, one answer: the sound goes to the transcriber as a form, and its words come back."""

from __future__ import annotations

import io
import json
import secrets
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from presszero.core import http
from presszero.core.text import clean, one_line

MOST = 20_000_000  # bytes of one request: the smallest limit among those who offer this is 25 MB
MAX_TEXT = 200_000  # characters kept of one recording
_MAX_ANSWER = 4_000_000  # bytes
_PATIENCE = 120.0  # seconds, and three times as long as the sound: a small machine takes its time
_LONGEST = 1800.0
_UNFIT = (400, 413, 415, 422)  # this sound will not be understood the next time either


class NotWritten(Exception):
    """It was not written down; the text says why. `for_good`: no later try would help."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Program:
    """Where the transcriber is, what it is called there, and the key it wants, "" for none."""

    url: str
    model: str
    key: str = ""


def written(program: Program, sound: bytes, language: str, seconds: float) -> str:
    """The words; "" when there were none. `language`: ISO 639-1, "" unknown. Raises NotWritten."""
    parts = [_asked(program, part, language, seconds) for part in pieces(sound)]
    return clean(" ".join(part for part in parts if part), MAX_TEXT).strip()


def pieces(sound: bytes, most: int = MOST) -> Iterator[bytes]:
    """A sound in parts that one request carries, each a WAV of its own; whole where it fits, or is no plain WAV."""
    if len(sound) <= most:
        yield sound
        return
    try:
        with wave.open(io.BytesIO(sound)) as whole:
            many = max(1, (most - 1024) // (whole.getsampwidth() * whole.getnchannels()))
            while frames := whole.readframes(many):
                yield _wav(whole.getparams(), frames)
    except (wave.Error, EOFError):
        yield sound


def _wav(shape: Any, frames: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as part:
        part.setparams(shape)
        part.writeframes(frames)
    return out.getvalue()


def _asked(program: Program, sound: bytes, language: str, seconds: float) -> str:
    fields = {"model": program.model, "response_format": "json", **({"language": language} if language else {})}
    kind, body = _form(fields, sound)
    headers = {"Content-Type": kind, "Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {program.key}"} if program.key else {}
    asking = http.Asking(f"{program.url.rstrip('/')}/audio/transcriptions", "POST", headers, body)
    limits = http.Limits(min(_LONGEST, _PATIENCE + 3 * seconds), _MAX_ANSWER, 0)  # no redirect: the key stays there
    try:
        return _words(http.fetch(asking, limits))
    except http.CannotFetch as why:
        raise NotWritten(str(why)) from why


def _words(answer: http.Fetched) -> str:
    given = _json(answer.body)
    if answer.status == 200:
        text = given.get("text")
        if not isinstance(text, str):
            raise NotWritten(_("The transcriber answered in a way we cannot read."))
        return text.strip()
    error = given.get("error")
    said = error.get("message") if isinstance(error, Mapping) else error or given.get("detail")
    words = one_line(said if isinstance(said, str) else "", 160)
    reason = _("The transcriber answered %(status)d. %(words)s") % {"status": answer.status, "words": words}
    raise NotWritten(reason.strip(), for_good=answer.status in _UNFIT)


def _json(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _form(fields: Mapping[str, str], sound: bytes) -> tuple[str, bytes]:
    """A multipart form (RFC 7578): its content type and its bytes."""
    mark = secrets.token_hex(16)
    out = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, kind = ("sound.mp3", "audio/mpeg") if sound[:4] not in (b"RIFF", b"RIFX") else ("sound.wav", "audio/wav")
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    out += [head.encode(), sound, f"\r\n--{mark}--\r\n".encode()]
    return f"multipart/form-data; boundary={mark}", b"".join(out)
