"""What a caller hears when we cannot answer: the same for every state, made of nothing but the line's own settings.

It comes back to us a few times, since most troubles last seconds. Then it rings the number the shop chose for that, and
then it takes a message, which the provider keeps until we fetch it. 0 tries us, and that number, at once. Needs no
database: the edge says it too, when the app is down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from presszero.calls.menu.sayings import saying

from .providers import region_of, voice_of

TRIES = 3  # how often we are tried again before somebody else is rung
PAUSE = 3  # seconds between them


@dataclass(frozen=True, slots=True)
class Way:
    """Whole addresses: of the menu (which comes back to where the call was), and of this very document."""

    voice: str
    safe: str
    recording: str


def way(origin: str, token: str) -> Way:
    """Of the line with that token."""
    root = f"{origin}/hosted/{token}"
    return Way(f"{root}/voice", f"{origin}/safe/{token}", f"{root}/recording")


def tries_of(query: str, failed: str) -> int:
    """How often we were tried: by this address, or by the one that failed and that the provider names."""
    return max(_number(query), _number(urlsplit(failed).query))


def answer(settings: Mapping[str, Any], way: Way, query: str, fields: Mapping[str, str]) -> str:
    """The document for a signed request to the safe address."""
    talked = fields.get("DialCallStatus") in ("completed", "answered")
    if talked or parse_qs(query).get("over"):
        return over()
    return document(settings, way, tries_of(query, fields.get("ErrorUrl", "")), pressed=fields.get("Digits", ""))


def document(settings: Mapping[str, Any], way: Way, tries: int, *, pressed: str = "") -> str:
    """The document for the call after so many tries; `pressed` is a key they pressed in it."""
    response = Element("Response")
    if pressed == "0":
        tries = 0
    if tries < TRIES:
        _wait(response, settings, way, tries)
    elif tries == TRIES and settings.get("in_need"):
        _ring(response, settings, way)
    else:
        _message(response, settings, way)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")


def _wait(response: Element, settings: Mapping[str, Any], way: Way, tries: int) -> None:
    again = f"{way.voice}?again={tries + 1}"
    gather = _gather(response, again, PAUSE)
    if tries == 0:
        _say(gather, settings, "keep", "connecting")
    SubElement(response, "Redirect", method="POST").text = again


def _ring(response: Element, settings: Mapping[str, Any], way: Way) -> None:
    on = f"{way.safe}?again={TRIES + 1}"
    dial = SubElement(response, "Dial", timeout="25", timeLimit="3600", action=on, method="POST")
    SubElement(dial, "Number").text = str(settings["in_need"])
    SubElement(response, "Redirect", method="POST").text = on


def _message(response: Element, settings: Mapping[str, Any], way: Way) -> None:
    on = f"{way.safe}?again={TRIES + 2}"
    _say(_gather(response, on, 1, empty=False), settings, "nobody", "voicemail")
    written = {"maxLength": "180", "timeout": "5", "playBeep": "true", "finishOnKey": "1234567890*#"}
    told = {"recordingStatusCallback": way.recording, "recordingStatusCallbackMethod": "POST"}
    SubElement(response, "Record", {**written, **told, "action": f"{way.safe}?over=1", "method": "POST"})
    SubElement(response, "Hangup")


def over() -> str:
    """After the message."""
    response = Element("Response")
    SubElement(response, "Hangup")
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")


def _gather(response: Element, action: str, seconds: int, *, empty: bool = True) -> Element:
    written = {"input": "dtmf", "numDigits": "1", "finishOnKey": "", "timeout": str(seconds), "action": action}
    return SubElement(response, "Gather", {**written, "method": "POST", "actionOnEmptyResult": str(empty).lower()})


def _say(inside: Element, settings: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        prompt = saying(key, str(settings.get("language") or "en"))
        written = {"language": region_of(prompt.language)}
        if voice := voice_of(settings, prompt.language):
            written["voice"] = voice
        SubElement(inside, "Say", written).text = prompt.text


def _number(query: str) -> int:
    given = parse_qs(query).get("again", ["0"])[0]
    return min(int(given), 99) if given.isascii() and given.isdecimal() else 0
