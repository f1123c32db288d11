"""Whoever carries a call, it goes alike: one test for our own gateway and for a provider, and what both are asked."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from presszero.calls.models import Ask, Call, Leg
from presszero.routing.models import Waiting
from tests.telephones import Telephone
from tests.twiml.place import provided
from tests.waiting_async import rows, until

from .office import Place, eventually, office

GATEWAY, PROVIDER = "our gateway", "a provider"
THEIRS, OURS = 1000.0, 440.0  # Hz: the caller's tone, a member's

Opened = Callable[[Path], AbstractAsyncContextManager[Place]]


def by_either(*usual: str) -> pytest.MarkDecorator:
    """`opened` is each of the two. `usual`: with which it is short enough, or dear enough, for every run."""
    drivers: dict[str, Opened] = {GATEWAY: office, PROVIDER: provided}
    return pytest.mark.parametrize(
        "opened",
        [
            pytest.param(each, id=name, marks=() if name in usual else pytest.mark.long)
            for name, each in drivers.items()
        ],
    )


async def hears_member(phone: Telephone) -> None:
    await until(lambda: phone.ear.hears(OURS) and phone.ear.share(OURS) > 0.6, 20, "a member's voice")


async def hears_no_member(phone: Telephone) -> None:
    await until(lambda: phone.ear.share(OURS) < 0.2, 20, "silence of the member")


async def member_hears(place: Place, leg: Leg, pitch: float) -> None:
    await eventually(lambda: place.agents.heard(leg.id), lambda hz: abs(hz - pitch) < 20)


async def member_hears_not(place: Place, leg: Leg, pitch: float) -> None:
    await eventually(lambda: place.agents.heard(leg.id), lambda hz: abs(hz - pitch) > 20)


async def both_hear(place: Place, phone: Telephone, leg: Leg) -> None:
    await hears_member(phone)
    await member_hears(place, leg, THEIRS)


async def end_of(member: int) -> Leg:
    """The end of a call that they took."""
    mine = Leg.objects.filter(member_id=member, ended_at=None).exclude(answered_at=None).select_related("call")
    return await eventually(lambda: rows(mine.order_by("-id").first), bool)


async def rung(member: int) -> Leg:
    """The end of a call that rings at theirs."""
    mine = Leg.objects.filter(member_id=member, ended_at=None, answered_at=None).exclude(tag="")
    return await eventually(lambda: rows(mine.select_related("call").first), bool)


async def was_done(what: str) -> None:
    last = Ask.objects.filter(what=what).exclude(done_at=None).order_by("-id")
    done: Any = await eventually(lambda: rows(last.first), lambda found: found is not None)
    assert done.failed == ""


async def ended(call_id: int) -> Call:
    one = Call.objects.filter(id=call_id)
    return await eventually(lambda: rows(one.get), lambda row: row.ended_at is not None)


async def nobody_is_left(place: Place) -> None:
    """Of what was begun nothing is open: with us, and with whoever carries calls."""

    def left() -> tuple[int, ...]:
        calls, legs = Call.objects.filter(ended_at=None), Leg.objects.filter(ended_at=None)
        return calls.count(), legs.count(), Waiting.objects.filter(left_at=None).count()

    await eventually(lambda: rows(left), lambda counts: counts == (0, 0, 0), 30)
    await eventually(place.open_still, lambda count: count == 0, 30)


def tones(sound: bytes, pitch: float) -> float:
    """Of a WAV, the share of it that is a tone of so many Hz."""
    with wave.open(io.BytesIO(sound)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64)
    samples = samples.reshape(-1, channels).sum(axis=1)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    around = np.abs(np.fft.rfftfreq(len(samples), 1 / rate) - pitch) < 10
    return float(power[around].sum() / max(power[1:].sum(), 1.0))
