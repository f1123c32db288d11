"""Whole calls at a provider, document by document: 0 reaches a person from everywhere, and nobody's call is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage

from presszero.calls.asking import ask
from presszero.calls.hosted import duty
from presszero.calls.models import Call, Callback, Leg, Reception, Recording
from presszero.routing.models import Waiting

from .house import ADA, House, talking
from .phone import Phone

WAYS = {  # what leads a caller to a place of the menu: a key, "." to let time run out
    "the greeting": "",
    "the choice": ".",
    "the choice in Spanish, after a wrong key": ".49",
    "in the middle of a number": ".112",
    "leaving a message": ".2.",
    "the last words": ".5",
    "in the queue, told their place again": ".1123#7",
}


def go(caller: Phone, way: str) -> None:
    for step in way:
        caller.wait() if step == "." else caller.press(step)


@pytest.mark.parametrize("place", WAYS)
def test_zero_reaches_a_person_from(place: str, house: House) -> None:
    house.on_duty()
    caller = house.call()
    go(caller, WAYS[place])
    caller.press("0")
    caller.wait(2)  # a number that is keyed in is taken together, after three seconds
    maya = house.answers(house.shop.maya)
    assert talking(caller, maya), caller.heard
    row = house.row()
    assert row.stage == Call.Stage.TALKING and row.talked_at and (row.zero_at or "1123" in WAYS[place])
    assert not caller.deaf and not caller.lost, "every prompt could be interrupted"
    maya.hang_up()
    house.settle()


def test_a_call_is_answered_hung_up_and_written_down(house: House) -> None:
    house.on_duty()
    caller = house.call()
    assert "Welcome to Juniper & Co." in caller.heard
    caller.press("1")
    caller.press("1042#".replace("0", "*"), fast=True)
    assert not caller.lost, "a number keyed in fast comes through whole"
    maya = house.answers()
    assert talking(caller, maya) and house.provider.calls_made[0]["To"].startswith("client:pz_")
    ask(house.row(), "hangup", leg=house.leg(), by=house.shop.maya.actor)
    house.settle()
    row = house.row()
    assert caller.status == maya.status == "completed" and (row.ended, row.stage) == ("served", "ended")
    assert row.number == ADA and row.waiting is not None and row.waiting.left == Waiting.Left.ANSWERED


def test_who_hangs_up_first_leaves_nobody_behind(house: House) -> None:
    """The caller, at every moment; and each time the next call is served."""
    house.on_duty()
    for place in WAYS.values():
        caller = house.call()
        go(caller, place)
        leaves = caller.where == "Record"
        caller.hang_up()
        house.settle()
        if leaves:  # what was said may be told in a moment, and then it may not
            Call.objects.filter(ended_at=None).update(dialog={**house.row().dialog, "gone": 1})
            house.settle()
        assert house.row().ended_at, place
    for moment in ("rings", "talks"):
        caller = house.call()
        caller.press("0")
        house.settle()
        maya = house.provider.ringing("client:")[0]
        if moment == "talks":
            maya.answer()
            house.settle()
        caller.hang_up()
        house.settle()
        assert maya.status in ("canceled", "completed"), moment
        assert house.row().ended == ("abandoned" if moment == "rings" else "served")
    assert not Leg.objects.filter(ended_at=None).exists() and not Waiting.objects.filter(left_at=None).exists()


def test_with_nobody_there_a_call_back_is_promised(house: House) -> None:
    Reception.objects.filter(line=house.line).update(closed_plan="callback")
    caller = house.call()
    caller.press("0")
    caller.wait()
    assert "call you back" in " ".join(caller.heard), caller.heard
    assert Callback.objects.get().number == ADA
    caller.wait(4)
    assert caller.status == "completed" and not caller.deaf


def test_keeping_ones_place(house: House) -> None:
    """Somebody is on duty, and does not answer: the place is kept, under another number too."""
    house.on_duty()
    caller = house.call()
    caller.press("0")
    house.settle()
    caller.press("1")
    assert Callback.objects.get().number == ADA and "keep your place" in " ".join(caller.heard)
    caller.press("1")
    caller.press("*74**123457#", fast=True)
    caller.wait(3)
    assert not caller.lost and caller.status == "completed", caller.heard
    assert Callback.objects.get(ended_at=None).number == "+447400123457"


def test_a_message_is_fetched_once_kept_privately_and_forgotten_over_there(house: House) -> None:
    caller = house.call()
    caller.press("2")
    caller.wait()
    caller.speak(12)
    house.settle()
    row = Recording.objects.get()
    assert (row.kind, row.state, row.seconds) == ("voicemail", "stored", 12.0), row.trouble
    assert default_storage.open(row.storage_key).read().startswith(b"RIFF")
    assert not house.provider.recordings, "the provider's copy is gone"
    assert sum(path.endswith(".wav") for _method, path in house.provider.asked) == 1
    house.provider.recordings[row.provider_id] = b"RIFF: not deleted the first time"
    Recording.objects.update(trouble="Twilio answered 503.")
    duty.look_around()
    assert not house.provider.recordings and Recording.objects.get().trouble == ""
    caller.wait(2)
    house.settle()
    assert house.row().ended == "voicemail"


def test_hold_mute_keys_and_transfer(house: House) -> None:
    house.on_duty()
    caller = house.call()
    caller.press("0")
    maya, leg, by = house.answers(), house.leg(), house.shop.maya.actor
    for what, given in (("hold", {}), ("mute", {"on": True}), ("keys", {"digits": "12#"})):
        ask(house.row(), what, given, leg=leg, by=by)
    house.settle()
    assert (caller.held, maya.muted) == (True, True) and caller.heard[-1].endswith("/keys?d=12h")
    leg.refresh_from_db()
    assert (leg.state, leg.muted) == (Leg.State.HELD, True)
    ask(house.row(), "resume", leg=leg, by=by)
    ask(house.row(), "mute", {"on": False}, leg=leg, by=by)
    house.settle()
    assert talking(caller, maya) and (caller.held, maya.muted) == (False, False)
    tomas = _warm_transfer(house, caller, leg)
    assert talking(caller, tomas) and maya.status == "completed" and not caller.deaf
    assert len(house.provider.calls_made) == 2, "nobody is rung twice for one call"
    tomas.hang_up()
    house.settle()
    assert house.row().ended_at or caller.where == "Gather"


def _warm_transfer(house: House, caller: Phone, leg: Leg) -> Phone:
    to = {"to": f"member:{house.shop.tomas.id}", "warm": True}
    ask(house.row(), "transfer", to, leg=leg, by=house.shop.maya.actor)
    tomas = house.answers(house.shop.tomas)
    assert caller.held and tomas.room == caller.room, "the two agents speak, the caller hears music"
    ask(house.row(), "complete", leg=leg, by=house.shop.maya.actor)
    house.settle()
    return tomas


def test_a_call_passed_on_blindly_waits_for_whom_it_was_meant(house: House) -> None:
    house.on_duty()
    caller = house.call()
    caller.press("0")
    maya = house.answers()
    to = {"to": f"member:{house.shop.tomas.id}"}
    ask(house.row(), "transfer", to, leg=house.leg(), by=house.shop.maya.actor)
    house.settle()
    assert maya.status == "completed" and caller.where == "Gather", "music, and 0 would still count"
    tomas = house.answers(house.shop.tomas)
    assert talking(caller, tomas)


def test_an_agent_who_is_cut_off_costs_the_caller_nothing(house: House) -> None:
    house.on_duty(house.shop.maya, house.shop.tomas)
    caller = house.call()
    caller.press("0")
    maya = house.answers()
    maya.hang_up()  # the page said nothing: the line broke
    house.provider.settle()
    assert caller.status == "in-progress" and caller.where == "Gather"
    assert "We lost the line" in " ".join(caller.heard)
    again = house.answers()
    assert talking(caller, again)


def test_a_mobile_must_press_a_key_and_an_answering_machine_takes_nobody(house: House) -> None:
    house.on_duty()
    caller = house.call()
    caller.press("0")
    Leg.objects.update(via="mobile", number="+447700900555")
    house.settle()
    machine = house.provider.ringing("+447700900555")[0]
    machine.answer()
    house.settle()
    assert "Press 1" in machine.heard[0] and not caller.room
    machine.wait()
    house.settle()
    assert machine.status == "completed" and house.leg().via == "mobile"
    assert caller.status == "in-progress" and not caller.room


def test_the_app_answers_in_time(house: House) -> None:
    house.on_duty()
    for _ in range(2):
        caller = house.call()
        go(caller, ".1123#")
        caller.hang_up()
        house.settle()
    seconds = sorted(house.provider.seconds)
    assert seconds[len(seconds) // 2] < 0.3, seconds
    assert all(status < 300 for _path, status in house.provider.statuses)


def test_two_shops_never_hear_of_each_other(houses: Callable[..., House], house: House) -> None:
    other = houses(mark="2", number="+442079460043")
    house.on_duty()
    caller, theirs = house.call(), other.call()
    caller.press("0")
    theirs.press("0")
    house.settle()
    other.settle()
    assert len(house.provider.phones) == 2 and len(other.provider.phones) == 1
    assert {leg.call.line_id for leg in Leg.objects.select_related("call")} == {house.line.id}
