"""The one place where text from outside loses what no database, screen or header may hold."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff]")
_ORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)")
_ENTITY_PATH = re.compile(r"(?i)%(2f|5c|00)")

MAX_FILENAME = 150  # characters: fits every file system even as UTF-8


def body(text: str) -> str:
    """Text of many lines: newlines are \\n, tabs stay, everything unprintable goes."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Text of one line: a subject, a name. No newline survives, so nothing can be injected into a header (M14)."""
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()


def name(text: str) -> str:
    """A display name: one line, without characters that reorder or hide what is shown (M13)."""
    return line(_INVISIBLE.sub("", _BIDI.sub("", text)))


def reorders(text: str) -> bool:
    """True where invisible characters change the order in which the text is shown."""
    return bool(_ORDERING.search(text))


def filename(text: str) -> str:
    """A name for showing and for the download dialog, never a path. Normalised first, checked afterwards (U3)."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _BIDI.sub("", body(text))))
    text = _ENTITY_PATH.sub("/", text).replace("\\", "/").replace("\n", " ")
    text = _SPACES.sub(" ", text.rpartition("/")[2]).strip(" .") if text.strip("/. ") else ""
    text = re.sub(r'[<>:"|?*]', "_", text)
    text = _DEVICES.sub(r"_\1", text)
    return _shortened(text)


def _shortened(text: str) -> str:
    if len(text) <= MAX_FILENAME:
        return text
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > 12:
        return text[:MAX_FILENAME]
    return stem[: MAX_FILENAME - len(suffix) - 1] + "." + suffix
