"""What a driver tells the machine, and what the machine tells a driver. Frozen, no Django, no provider's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# --- what is heard ---


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to be heard: words spoken by a voice, or a recording of the merchant's own."""

    text: str = ""
    language: str = "en"  # BCP 47
    recording: int = 0  # calls.models.Prompt; 0: the words are spoken


# --- events: a driver says what happened ---


@dataclass(frozen=True, slots=True)
class Started:
    """The caller is there, and nothing was said yet."""

    language: str = "en"


@dataclass(frozen=True, slots=True)
class Digit:
    """One key: 0-9, * or #."""

    key: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words the caller spoke, as a recogniser wrote them down."""

    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The time of a Listen is over, and no key was pressed."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was to be heard was heard to its end. Of a driver of documents: after a Play without a Listen."""


@dataclass(frozen=True, slots=True)
class Known:
    """The answer to a Question. `values` may be put into prompts: {{ order.number }}."""

    answer: str  # one of the question's answers; "" when it could not be found out
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message was left; seconds of it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Joined:
    """A person is on the line."""


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """The person hung up, or lost the line, while the caller is still there. `lost`: it was not on purpose."""

    lost: bool = False


@dataclass(frozen=True, slots=True)
class QueueSays:
    """What the queue tells who waits: their place (1 is next) and the honest seconds, or that nobody comes."""

    place: int = 0
    seconds: int = 0  # 0: unknown
    nobody: bool = False  # nobody is rostered any more
    callback: bool = True  # may be offered
    plan: str = "callback"  # when nobody is: callback (a promise of one) · voicemail (and a message) · say (no more)


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone."""


Event = Started | Digit | Said | Silence | Played | Known | Recorded | Joined | PersonLeft | QueueSays | HungUp


# --- commands: the machine says what is to be done, in this order ---


@dataclass(frozen=True, slots=True)
class Answer:
    """Take the call."""


@dataclass(frozen=True, slots=True)
class Play:
    """Let these be heard one after the other; any key stops them. Played follows when they end by themselves."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for keys (each is one Digit), and words where speech is on. Silence follows after `seconds` without any.

    Counted from the end of what is heard. A driver of documents puts Play and Listen into one Gather.
    """

    seconds: float
    most: int = 1  # keys that are expected; a provider may hand them over together, the machine takes them one by one
    speech: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Find something out, and come back with Known. `what`: hours · staff · order · menu; it never stops key 0."""

    what: str
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Park:
    """Put the caller into a queue and ring people; music meanwhile. QueueSays follows now and then, Joined at last.

    It ends whatever is played, recorded or looked up, and nothing that comes after it in the same step may stop it.
    """

    queue: int  # routing.models.Queue; 0: the reception's own
    why: str  # zero · node · words: why they wait
    node: str = ""  # where they pressed it


@dataclass(frozen=True, slots=True)
class Unpark:
    """They leave the queue: callback · voicemail · closed · abandoned."""

    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """Let them leave a message after the tone; Recorded follows on #, silence or after `seconds`."""

    seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class KeepPlace:
    """They are called back under this number, and keep their place. "" : the number they called from."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class SendText:
    """Text them a link: help · order · pay · form, or an article."""

    what: str


@dataclass(frozen=True, slots=True)
class Consent:
    """They were asked whether the call may be recorded, and this is their answer."""

    given: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A step of their way, for the agent to read."""

    what: str  # entered · digit · zero · looked · callback · failed · language (`says` is which, from here on)
    node: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""

    why: str = "served"


Command = Answer | Play | Listen | Ask | Park | Unpark | Record | KeepPlace | SendText | Consent | Note | HangUp
