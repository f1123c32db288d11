"""Callers who press 0 in every state of a menu: some reach a person, some find nobody and are promised a call."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
import wave
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from presszero.calls.actions.callbacks import told
from presszero.calls.menu.sayings import saying
from presszero.calls.models import Call, Callback, Leg, Menu, Reception
from presszero.calls.speaking import spoken
from presszero.channels.models import Line
from presszero.promises.models import Promise
from presszero.routing.models import Queue
from presszero.routing.queries import main_queue
from presszero.team.models import Membership, TeamMember
from tests.cast import Shop
from tests.telephones import Telephone
from tests.waiting_async import rows, until

from .office import NUMBER, Place, eventually, telephone_line

NIGHT = "+4930999999"  # a line whose people are not there


def heard(words: str) -> dict[str, Any]:
    return {"texts": {"en": words}}


MENU: dict[str, Any] = {
    "start": "hello",
    "languages": ["en"],
    "nodes": {
        "hello": {"kind": "say", "name": "Greeting", "heard": heard("Welcome to Juniper and Company."), "to": "main"},
        "main": {
            "kind": "choose",
            "name": "Main menu",
            "heard": heard("For your order press one. To leave a message press two. To be called back press three."),
            "choices": {
                "1": {"name": "Order", "to": "order"},
                "2": {"name": "Message", "to": "message"},
                "3": {"name": "Back", "to": "back"},
                "4": {"name": "Hours", "to": "hours"},
                "5": {"name": "Returns", "to": "returns"},
                "6": {"name": "People", "to": "people"},
            },
        },
        "order": {"kind": "lookup", "name": "Your order", "what": "order", "found": "found", "none": "main"},
        "found": {"kind": "say", "name": "Found", "heard": heard("It is on its way."), "to": "bye"},
        "message": {"kind": "voicemail", "name": "Message", "heard": heard("Please speak after the tone.")},
        "back": {"kind": "callback", "name": "Back", "heard": heard("We call you back.")},
        "hours": {"kind": "hours", "name": "Hours", "open": "bye", "closed": "bye"},
        "returns": {"kind": "keys", "name": "Number", "heard": heard("Key in the number."), "as": "rma", "to": "bye"},
        "people": {"kind": "queue", "name": "People", "queue": 0},
        "bye": {"kind": "end", "name": "Bye", "heard": heard("Thank you for your call. Good bye for today.")},
    },
}
MEMBER = 440.0  # Hz
# The keys that lead to each state, and the seconds till it is reached. 0 is pressed there.
STATES: dict[str, tuple[str, float]] = {
    "before a word was said": ("", 0.0),
    "in the greeting": ("", 0.5),
    "in the menu": ("#", 0.3),
    "while a number is keyed in": ("#51", 0.5),
    "while an order is asked for": ("#1", 0.4),
    "with the order half keyed in": ("#11", 0.5),
    "before the tone": ("#2", 0.3),
    "while a message is recorded": ("#2", 3.0),
    "after being promised a call": ("#3", 1.0),
    "in the last words": ("#4", 0.5),
    "in the queue": ("#6", 0.5),
}
ALIKE = 0.9  # of a promise that was spoken, and only that: with another time in it, it is less
_NUMBERS = itertools.count()  # a number and a tone of their own for each caller


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the tone by which they are known from others."""

    number: str
    tone: float

    @classmethod
    def next(cls) -> Caller:
        one = next(_NUMBERS)
        return cls(f"+49176{10_000_000 + one}", 700.0 + 40 * (one % 32))


async def pressing(place: Place, state: str, way: str, who: Caller, called: str = NUMBER) -> tuple[Telephone, float]:
    """Their telephone once they pressed 0 in this state, and when that was."""
    keys, seconds = STATES[state]
    phone = await place.calls(called, number=who.number, tone=who.tone)
    phone.ear.keeps = 12
    if keys:
        await asyncio.sleep(0.3)
    for key in keys:
        phone.press(key, way)
        await asyncio.sleep(0.25)
    await asyncio.sleep(seconds)
    phone.press("0", way)
    return phone, time.monotonic()


async def zero_from(place: Place, state: str, way: str, *, stays: bool = True) -> float:
    """Seconds from the key to the member's voice. Who stays is heard too; others hang up on its first sound."""
    who = Caller.next()
    phone, pressed = await pressing(place, state, way, who)
    await until(lambda: phone.ear.hears(MEMBER), 40, f"the voice of a member, from {state}")
    took = time.monotonic() - pressed
    if stays:
        await both_hear(place, phone, who, state)
    await phone.bye()
    return took


async def both_hear(place: Place, phone: Telephone, who: Caller, state: str) -> None:
    """Two-way speech: written down as such, the caller's own tone at the member's ear, the member's at theirs."""
    talks = Leg.objects.filter(call__number=who.number, ended_at=None).exclude(talked_at=None)
    leg = await eventually(lambda: rows(talks.order_by("-id").first), bool, 20)
    await eventually(lambda: place.agents.heard(leg.id), lambda hz: abs(hz - who.tone) < 15, 20)
    await until(lambda: phone.ear.hears(MEMBER), 20, f"that they still hear the member, from {state}")


# --- nobody is there ---


def night_line(shop: Shop, port: int) -> Line:
    """A line with the same menu, whose queue is a team's in which nobody is. It dials out through `port`."""
    main_queue(shop.merchant)  # the first is where the others' 0 leads
    line = telephone_line(shop, NIGHT, host="127.0.0.1", port=port)
    queue = Queue.objects.create(merchant=shop.merchant, name="Night", team=shop.queue("Night"))
    menu = Menu.objects.get(merchant=shop.merchant)
    Reception.objects.filter(line=line).update(menu=menu, queue=queue, closed_plan="callback")
    return line


def morning(line: Line, members: list[Membership]) -> None:
    """They come to work."""
    team = Reception.objects.select_related("queue__team").get(line=line).queue.team
    TeamMember.objects.bulk_create(
        TeamMember(merchant_id=line.merchant_id, team=team, member=member, role="agent") for member in members
    )


@dataclass(frozen=True, slots=True)
class Promised:
    """Somebody was told when they are called, `took` seconds after the key."""

    who: Caller
    took: float


async def promised_from(place: Place, state: str, way: str) -> Promised:
    """Presses 0 where nobody is, and hears the promise with its time to the end."""
    who = Caller.next()
    phone, pressed = await pressing(place, state, way, who, NIGHT)
    asked = Call.objects.filter(Q(zero_at__isnull=False) | Q(steps__what="zero"), number=who.number)
    await eventually(lambda: rows(asked.exists), bool, 20)

    async def alike() -> float:
        await asyncio.sleep(0.2)
        words = await rows(_promise_to, who.number)
        return await asyncio.to_thread(phone.ear.heard_of, samples(words)) if words else 0.0

    await eventually(alike, lambda found: found > ALIKE, 40)
    took = time.monotonic() - pressed
    await phone.bye()
    return Promised(who, took)


def _promise_to(number: str) -> str:
    """What somebody is to be told, with the time; "" while no call is kept for them."""
    mine = Callback.objects.filter(number=number, state="waits").select_related("line__merchant", "line__hours")
    row = mine.order_by("-id").first()
    return saying("promised", "en", when=told(row, row.asked_at)).text if row else ""


async def called_back(place: Place, promised: Promised) -> None:
    """Their telephone rings, and the two talk."""
    who = promised.who
    phone = await place.called(who.number, tone=who.tone)
    await until(lambda: phone.ear.hears(MEMBER), 240, "the call that was promised")
    await both_hear(place, phone, who, "being called back")
    await phone.bye()


@cache
def samples(words: str) -> NDArray[np.float64]:
    """The words as a caller hears them, without the silence around."""
    with wave.open(str(spoken(words, "en"))) as sound:
        found = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).astype(np.float64)
    loud = np.flatnonzero(np.abs(found) > 200)
    return found[loud[0] : loud[-1] + 1]


# --- many of them ---


@dataclass
class Zeros:
    """What became of many who pressed 0."""

    asked: int
    voices: list[float] = field(default_factory=list)  # seconds to a member's voice
    promises: list[Promised] = field(default_factory=list)
    kept: int = 0
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        voices, promises = sorted(self.voices), sorted(each.took for each in self.promises)
        return (
            f"{self.asked} calls pressed 0 in {len(STATES)} states: {len(voices)} ended in two-way speech, "
            f"{len(promises)} found nobody and heard by when they are called, {self.kept} of these were by then. "
            f"Key to voice p50 {at(voices, 0.5):.2f} s, p95 {at(voices, 0.95):.2f} s; "
            f"key to the end of the promise p50 {at(promises, 0.5):.1f} s, p95 {at(promises, 0.95):.1f} s."
        )


def at(values: list[float], share: float) -> float:
    """Of sorted values; 0 where there are none."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


async def many_zeros(place: Place, count: int, at_once: int) -> Zeros:
    """So many calls, every eleventh where nobody is; each state, each way to press a key, each kind of line."""
    found, room = Zeros(count), asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        state, way = list(STATES)[number % len(STATES)], ("rtp", "info")[number // len(STATES) % 2]
        async with room:
            try:
                if (number + number // len(STATES)) % len(STATES) == 0:
                    found.promises.append(await promised_from(place, state, way))
                else:
                    found.voices.append(await zero_from(place, state, way))
            except (AssertionError, OSError, TimeoutError) as why:
                found.failed.append(f"{state} by {way}: {why}")

    await asyncio.gather(*(one(number) for number in range(count)))
    return found


async def all_called_back(place: Place, found: Zeros) -> None:
    """Everybody who was promised a call gets it, and then it counts as kept."""

    async def one(promised: Promised) -> None:
        try:
            await called_back(place, promised)
        except (AssertionError, OSError, TimeoutError) as why:
            found.failed.append(f"called back: {why}")

    await asyncio.gather(*(one(each) for each in found.promises))
    numbers = [each.who.number for each in found.promises]
    with contextlib.suppress(AssertionError):  # it is told as it is
        await eventually(lambda: rows(_kept, numbers), lambda kept: kept == len(numbers), 20)
    found.kept = await rows(_kept, numbers)


def _kept(numbers: list[str]) -> int:
    """How many of them talked with somebody by when they were told; a promise in the books says the same."""
    done = Callback.objects.filter(number__in=numbers, state="done")
    talks = Call.objects.filter(id=OuterRef("try_id"), talked_at__lte=OuterRef("due_at"))
    still_open = Promise.objects.filter(id=OuterRef("promise_id"), kept_at=None, withdrawn_at=None)
    return done.filter(Exists(talks)).exclude(Exists(still_open)).count()
