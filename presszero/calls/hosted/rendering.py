"""What the menu machine wants done, as a document for the provider, up to the first thing we wait for.

A key pressed outside a Gather is lost, so everything that is heard stands inside one that takes a single key of any
kind, and comes back to us even when nothing was pressed. Only a number that is keyed in is gathered whole: between two
documents fast fingers would lose keys. Pure: no database, no clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, tostring

from presszero.calls.menu.vocabulary import Command, HangUp, Listen, Park, Play, Prompt, Record, Unpark
from presszero.core.text import clean

AFTER_PLAY = 1  # seconds a Gather listens on after what only had to be heard
SILENCE = 5  # seconds of it that end a message
BETWEEN = 3  # seconds between the keys of a number; so long 0 waits there at most
MOST_KEYS = 24  # of a number
_LETTERS = {"*": "s", "#": "h"}
LONGEST_CALL = 4 * 3600  # seconds with a person; nobody pays for a line that was forgotten open


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider comes back to, and where it fetches sound; all of them whole."""

    step: str  # with the number of the document that is made
    recording: str  # told when a recording is ready
    room: str  # told who comes into a room, and who leaves
    music: str
    prompts: Mapping[int, str] = field(default_factory=dict)  # calls.models.Prompt by id


@dataclass(frozen=True, slots=True)
class Speaker:
    """A provider's voices and regions, by language."""

    voices: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """What is sent."""

    xml: str


def render(
    commands: Sequence[Command], to: Addresses, speaker: Speaker, *, queued: bool = False, collects: bool = False
) -> Document:
    """`queued`: they wait for a person, and hear music until something happens. `collects`: a number is keyed in."""
    prompts = [prompt for each in commands if isinstance(each, Play) for prompt in each.prompts]
    wish = _last_wish(commands, queued)
    response = Element("Response")
    if isinstance(wish, HangUp):
        if prompts:
            _heard(_gather(response, to, AFTER_PLAY, empty=False), prompts, to, speaker)
        SubElement(response, "Hangup")
        return Document(_written(response))
    if isinstance(wish, Record):
        if prompts:
            _heard(_gather(response, to, AFTER_PLAY, empty=False), prompts, to, speaker)
        _record(response, wish, to)
        return Document(_written(response))
    listens = wish if isinstance(wish, Listen) else None
    gather = _gather(response, to, _patience(listens), speech=_spoken_to(listens, prompts, speaker))
    if collects:
        gather.attrib.update(numDigits=str(MOST_KEYS), finishOnKey="#", timeout=str(BETWEEN))
    _heard(gather, prompts, to, speaker)
    if queued:
        SubElement(gather, "Play").text = to.music
    SubElement(response, "Redirect", method="POST").text = to.step
    return Document(_written(response))


def room(name: str, to: Addresses, *, ends: bool, muted: bool = False, coaches: str = "") -> Document:
    """Into a call's room. `ends`: when this one leaves, the room is over and everybody comes back to us."""
    response = Element("Response")
    dial = SubElement(response, "Dial", action=to.step, method="POST", timeLimit=str(LONGEST_CALL))
    written = {
        "beep": "false",
        "startConferenceOnEnter": "false" if muted or coaches else "true",
        "endConferenceOnExit": "true" if ends else "false",
        "waitUrl": "",
        "maxParticipants": "10",
        "statusCallback": to.room,
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "start end join leave",
    }
    written |= {"muted": "true"} if muted else {}
    written |= {"coach": coaches} if coaches else {}
    SubElement(dial, "Conference", written).text = name
    SubElement(response, "Redirect", method="POST").text = to.step
    return Document(_written(response))


def confirm(prompts: Sequence[Prompt], to: Addresses, speaker: Speaker, seconds: int = 8) -> Document:
    """A member's own phone: somebody must press a key, so that no answering machine takes a customer."""
    response = Element("Response")
    _heard(_gather(response, to, seconds, empty=False), prompts, to, speaker)
    SubElement(response, "Hangup")
    return Document(_written(response))


def said_and_gone(prompts: Sequence[Prompt], to: Addresses, speaker: Speaker) -> Document:
    """For a member who came too late: a sentence, and the line is free."""
    response = Element("Response")
    _heard(response, prompts, to, speaker)
    SubElement(response, "Hangup")
    return Document(_written(response))


def plain_keys(digits: str) -> str:
    """Keys for an address: star and hash as letters, since not everybody signs what is escaped in the same way."""
    return "".join(_LETTERS.get(digit, digit) for digit in digits if digit in "0123456789*#")


def keys(plain: str) -> str:
    """A document that presses keys, half a second apart; for a menu at the other end."""
    response, back = Element("Response"), {letter: key for key, letter in _LETTERS.items()}
    digits = [back.get(each, each) for each in plain]
    SubElement(response, "Play", digits="".join(f"w{digit}" for digit in digits if digit in "0123456789*#"))
    return _written(response)


def gone() -> Document:
    """Nothing is left to say."""
    response = Element("Response")
    SubElement(response, "Hangup")
    return Document(_written(response))


def _last_wish(commands: Sequence[Command], queued: bool) -> Command | None:
    """What the document ends with. Whoever waits for a person hears music, whatever else was wished."""
    for each in reversed(commands):
        if isinstance(each, HangUp | Record):
            return each
        if isinstance(each, Listen | Park | Unpark):
            break
    listens = [each for each in commands if isinstance(each, Listen)]
    return listens[-1] if listens and not queued else None


def _patience(listens: Listen | None) -> int:
    return max(1, math.ceil(listens.seconds)) if listens else AFTER_PLAY


def _spoken_to(listens: Listen | None, prompts: Sequence[Prompt], speaker: Speaker) -> str:
    """The language to recognise; "" where only keys count."""
    if not (listens and listens.speech):
        return ""
    language = prompts[-1].language if prompts else "en"
    return speaker.regions.get(language, language)


def _gather(response: Element, to: Addresses, seconds: int, *, empty: bool = True, speech: str = "") -> Element:
    """One key of any kind. `empty`: nothing pressed is an answer too; else the document goes on below."""
    written = {
        "input": "dtmf speech" if speech else "dtmf",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": str(seconds),
        "action": to.step,
        "method": "POST",
        "actionOnEmptyResult": "true" if empty else "false",
    }
    written |= {"language": speech, "speechTimeout": "auto"} if speech else {}
    return SubElement(response, "Gather", written)


def _heard(inside: Element, prompts: Sequence[Prompt], to: Addresses, speaker: Speaker) -> None:
    for prompt in prompts:
        address = to.prompts.get(prompt.recording, "") if prompt.recording else ""
        if address:
            SubElement(inside, "Play").text = address
        elif text := clean(prompt.text, 3000).strip():
            _say(inside, text, prompt.language, speaker)


def _say(inside: Element, text: str, language: str, speaker: Speaker) -> None:
    short = language.partition("-")[0].lower()
    written = {"language": speaker.regions.get(language, language)}
    if voice := speaker.voices.get(language) or speaker.voices.get(short):
        written["voice"] = voice
    SubElement(inside, "Say", written).text = text


def _record(response: Element, wish: Record, to: Addresses) -> None:
    """Any key ends it: 0 because they want a person, the others because they are done."""
    written = {
        "action": to.step,
        "method": "POST",
        "maxLength": str(math.ceil(wish.seconds)),
        "timeout": str(SILENCE),
        "finishOnKey": "1234567890*#",
        "playBeep": "true",
        "trim": "do-not-trim",
        "recordingStatusCallback": to.recording,
        "recordingStatusCallbackMethod": "POST",
    }
    SubElement(response, "Record", written)
    SubElement(response, "Redirect", method="POST").text = to.step  # an empty recording asks nobody


def _written(response: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")
