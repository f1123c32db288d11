"""What a document may hold, by the providers' own pages: verbs, attributes, and which of them stands in which."""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

_TOLD = {"recordingStatusCallback", "recordingStatusCallbackMethod"}
ATTRIBUTES: dict[str, set[str]] = {
    "Response": set(),
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Gather": {"action", "method", "input", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult", "language"}
    | {"speechTimeout", "hints", "speechModel"},
    "Redirect": {"method"},
    "Record": {"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim"} | _TOLD,
    "Dial": {"action", "method", "timeout", "timeLimit", "callerId", "record", "answerOnBridge"},
    "Number": {"url", "statusCallback", "statusCallbackEvent"},
    "Conference": {"beep", "muted", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl", "waitMethod", "coach"}
    | {"maxParticipants", "statusCallback", "statusCallbackMethod", "statusCallbackEvent", "record", "region"},
    "Hangup": set(),
    "Reject": {"reason"},
}
INSIDE = {
    "Response": {"Say", "Play", "Pause", "Gather", "Redirect", "Record", "Dial", "Hangup", "Reject"},
    "Gather": {"Say", "Play", "Pause"},
    "Dial": {"Number", "Conference"},
}
ADDRESSES = {"action", "recordingStatusCallback", "statusCallback"}
BOOLEANS = {"muted", "startConferenceOnEnter", "endConferenceOnExit", "actionOnEmptyResult", "playBeep"}
KEYS = set("0123456789*#")


class Malformed(AssertionError):
    """A provider would stop the call here with an error of its own."""


def read(text: str) -> Element:
    """The document. Raises Malformed."""
    try:
        found = fromstring(text)
    except Exception as why:
        raise Malformed(f"no XML: {why}: {text[:200]!r}") from why
    if found.tag != "Response":
        raise Malformed(f"begins with {found.tag}")
    _check(found)
    return found


def _check(element: Element) -> None:
    unknown = set(element.attrib) - ATTRIBUTES.get(element.tag, set())
    if element.tag not in ATTRIBUTES or unknown:
        raise Malformed(f"<{element.tag}> {sorted(unknown)}")
    for name, value in element.attrib.items():
        _check_value(element.tag, name, value)
    if element.tag == "Redirect":
        _whole(element.text or "")
    if element.tag == "Play" and "digits" not in element.attrib:
        _whole(element.text or "")
    for child in element:
        if child.tag not in INSIDE.get(element.tag, set()):
            raise Malformed(f"<{child.tag}> in <{element.tag}>")
        _check(child)


def _check_value(tag: str, name: str, value: str) -> None:
    if name in ADDRESSES:
        _whole(value)
    if name in BOOLEANS and value not in ("true", "false"):
        raise Malformed(f"{tag} {name}={value!r}")
    if name in ("timeout", "numDigits", "maxLength", "timeLimit") and not (value.isdecimal() and int(value) > 0):
        raise Malformed(f"{tag} {name}={value!r}")
    if name == "finishOnKey" and not set(value) <= KEYS:
        raise Malformed(f"{tag} {name}={value!r}")


def _whole(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or " " in address:
        raise Malformed(f"no whole address: {address!r}")
