"""Calls we make, who listens and is brought in, what is recorded, and what still works when something is down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from presszero.calls import actions
from presszero.calls.asking import ask
from presszero.calls.hosted import duty
from presszero.calls.models import Ask, Call, Callback, Leg, Reception, Recording
from presszero.channels.models import Line

from .house import ADA, House, talking
from .phone import Phone
from .wording import read


def in_talk(house: House) -> tuple[Phone, Phone]:
    house.on_duty()
    caller = house.call()
    caller.press("0")
    return caller, house.answers(house.shop.maya)


def test_a_member_calls_a_customer(house: House) -> None:
    by = house.shop.maya
    row = actions.dial(None, ADA, house.line, by=by)
    house.settle()
    assert [each.called for each in house.provider.phones][0].startswith(f"client:pz_{house.shop.merchant.id}_{by.id}")
    maya = house.answers(by)
    ada = house.provider.ringing(ADA)[0]
    assert ada.caller == house.line.address and maya.room, "theirs rings once hers is there"
    ada.answer()
    house.settle()
    assert talking(maya, ada)
    row.refresh_from_db()
    assert row.talked_at and row.provider_id == ada.sid
    ada.hang_up()
    house.settle()
    row.refresh_from_db()
    assert row.ended == "served" and maya.status == "completed"


def test_whoever_is_not_there_when_we_call_leaves_nobody_waiting(house: House) -> None:
    row = actions.dial(None, ADA, house.line, by=house.shop.maya)
    maya = house.answers(house.shop.maya)
    house.provider.ringing(ADA)[0].decline()
    house.settle()
    row.refresh_from_db()
    assert row.ended_at and row.talked_at is None and maya.status == "completed"


@pytest.mark.parametrize("hangs_up", ["before theirs rings", "while theirs rings", "never comes"])
def test_whoever_calls_and_is_gone_leaves_no_telephone_ringing(house: House, hangs_up: str) -> None:
    row = actions.dial(None, ADA, house.line, by=house.shop.maya)
    house.settle()
    maya = house.provider.ringing("client:")[0]
    if hangs_up == "never comes":
        maya.end("no-answer")
    else:
        maya.answer()
        if hangs_up == "while theirs rings":
            house.settle()
        maya.hang_up()
    house.settle()
    row.refresh_from_db()
    assert row.ended_at and row.talked_at is None
    assert not [each for each in house.provider.phones if each.status in ("ringing", "in-progress")]


def test_whoever_holds_among_three_hears_music_and_the_others_go_on(house: House) -> None:
    caller, maya = in_talk(house)
    row, mine = house.row(), house.leg()
    ask(row, "add", {"to": f"member:{house.shop.tomas.id}"}, leg=mine, by=house.shop.maya.actor)
    tomas = house.answers(house.shop.tomas)
    theirs = house.leg()

    def asks(what: str, leg: Leg) -> tuple[bool, ...]:
        ask(row, what, leg=leg, by=house.shop.maya.actor)
        house.settle()
        assert not Ask.objects.latest("id").failed
        return caller.held, maya.held, tomas.held

    assert asks("hold", theirs) == (False, False, True)
    assert asks("hold", mine) == (True, True, True), "nobody is left to talk to the caller"
    assert asks("resume", theirs) == (False, True, False)
    assert asks("resume", mine) == (False, False, False)
    asks("hold", theirs)
    asks("hangup", mine)
    theirs.refresh_from_db()
    assert talking(caller, tomas) and theirs.state == Leg.State.TALKING, "who stays alone with them is with them"


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_a_kept_place_is_called_back(house: House, first: str) -> None:
    caller = house.call()
    house.on_duty()
    caller.press("0")
    house.settle()
    caller.press("1")
    caller.hang_up()
    house.settle()
    assert not [each for each in house.provider.phones if each.status == "in-progress"]
    Callback.objects.update(first=first, next_at=timezone.now() - timedelta(seconds=1))
    Callback.objects.update(asked_at=timezone.now() - timedelta(minutes=9))
    [row] = actions.callbacks_due(timezone.now())
    actions.call_back(row, timezone.now())
    house.settle()
    if first == "customer":
        house.provider.ringing(ADA)[0].answer()
        house.settle()
    maya = house.answers(house.shop.maya)
    if first == "agent":
        house.provider.ringing(ADA)[0].answer()
        house.settle()
    ada = [each for each in house.provider.phones if each.called == ADA][-1]
    assert talking(ada, maya) and Callback.objects.get().state == "done"


def test_only_who_went_on_after_being_asked_is_recorded(house: House) -> None:
    Reception.objects.filter(line=house.line).update(records="asked")
    house.on_duty()
    declines = house.call()
    declines.press("9")
    declines.press("0")
    maya = house.answers(house.shop.maya)
    assert talking(declines, maya) and not [
        path for _m, path in house.provider.asked if path.endswith("Recordings.json")
    ]
    declines.hang_up()
    house.settle()
    house.on_duty(house.shop.tomas)
    agrees = house.call()
    assert "record" in agrees.heard[0]
    agrees.wait()
    agrees.press("0")
    house.answers()
    row = Recording.objects.get(call=house.row(), kind="call")
    assert row.consent_at and row.provider_id in house.provider.recordings
    for _ in range(2):  # by hand, and by a page on which they pay
        ask(house.row(), "record", {"on": False}, leg=house.leg(), by=house.shop.tomas.actor)
    house.settle()
    row.refresh_from_db()
    assert row.pauses[0][1] is None, "as paying reads it"
    assert (row.state, house.provider.paused[row.provider_id], len(row.pauses)) == ("paused", "paused", 1)
    ask(house.row(), "record", {"on": True}, leg=house.leg(), by=house.shop.tomas.actor)
    house.settle()
    row.refresh_from_db()
    assert row.state == "running" and row.pauses[0][1] >= row.pauses[0][0]
    agrees.hang_up()
    house.settle()
    house.provider.post(*agrees.recording_told)
    house.settle()
    row.refresh_from_db()
    assert row.state == "stored" and not house.provider.recordings


def test_a_lead_listens_and_whispers_and_a_colleague_is_added_and_let_go(house: House) -> None:
    caller, maya = in_talk(house)
    row, by, lead = house.row(), house.shop.maya.actor, house.shop.tomas
    mine = Leg.objects.create(merchant=house.shop.merchant, call=row, member=lead, role="listens")
    ask(row, "listen", leg=mine, by=lead.actor)
    ear = house.answers(lead)
    assert (ear.room, ear.muted) == (caller.room, True)
    ask(row, "whisper", {"on": True}, leg=mine, by=lead.actor)
    house.settle()
    assert (ear.room_says.get("coach"), ear.muted) == (maya.sid, False), Ask.objects.latest("id").failed
    ask(row, "hangup", leg=mine, by=lead.actor)
    house.settle()
    assert ear.status == "completed" and talking(caller, maya), "who only listened ends nothing"
    first = Leg.objects.get(call=row, role="agent")
    to = {"to": f"member:{house.shop.team['rosa'].id}", "warm": True}
    ask(row, "transfer", to, leg=first, by=by)
    rosa = house.answers(house.shop.team["rosa"])
    assert caller.held
    ask(row, "cancel", leg=first, by=by)
    house.settle()
    assert rosa.status == "completed" and talking(caller, maya)
    ask(row, "complete", leg=first, by=by)
    house.settle()
    assert Ask.objects.latest("id").failed, "nobody is there to pass it on to, and that is said"
    assert talking(caller, maya)


def test_a_call_passed_on_to_a_queue_and_one_passed_on_in_vain(house: House) -> None:
    caller, maya = in_talk(house)
    house.on_duty(house.shop.tomas)
    queue = Call.objects.get().waiting.queue_id
    ask(house.row(), "transfer", {"to": f"queue:{queue}"}, leg=house.leg(), by=house.shop.maya.actor)
    house.settle()
    assert maya.status == "completed" and caller.where == "Gather"
    tomas = house.answers(house.shop.tomas)
    assert talking(caller, tomas)
    to = {"to": f"member:{house.shop.team['rosa'].id}"}
    ask(house.row(), "transfer", to, leg=house.leg(), by=house.shop.tomas.actor)
    house.settle()
    house.provider.ringing("client:")[0].decline()
    house.settle()
    caller.wait()
    assert house.row().stage == Call.Stage.WAITING and "putting you through" in caller.last


@pytest.mark.parametrize("how", ["passed on", "left alone"])
def test_whoever_answers_while_another_leaves_meets_the_caller(house: House, how: str) -> None:
    """Not in the room that is over."""
    caller, maya = in_talk(house)
    to = {"to": f"member:{house.shop.team['rosa'].id}"}
    ask(house.row(), "transfer" if how == "passed on" else "add", to, leg=house.leg(), by=house.shop.maya.actor)
    duty.work()  # she rings; whoever is to leave is hung up in a moment
    if how == "left alone":
        maya.hang_up()
    [rosa] = house.provider.ringing("client:")
    rosa.answer()
    house.settle()
    assert talking(caller, rosa) and maya.status == "completed"
    ask(house.row(), "hangup", leg=house.leg(), by=house.shop.team["rosa"].actor)
    house.settle()
    assert house.row().ended == "served" and caller.status == "completed"


def test_the_providers_api_is_down_and_the_caller_is_put_through_all_the_same(house: House) -> None:
    house.on_duty()
    caller = house.call()
    caller.press("0")
    house.settle()
    maya = house.provider.ringing("client:")[0]
    house.provider.down = True
    maya.answer()
    house.settle()
    assert not caller.room
    caller.wait()
    assert talking(caller, maya), "with the next round of music"


def test_what_fails_in_us_is_a_safe_document_that_comes_back_to_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.on_duty()
    caller = house.call()

    def fails(*given: Any) -> None:
        raise RuntimeError("a disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "carry_out", fails)
        caller.press("0")
        assert caller.where == "Gather" and "putting you through" in caller.last
        assert "again=1" in read(caller.documents[-1])[0].get("action", "")
    caller.wait()
    assert talking(caller, house.answers(house.shop.maya)) and not caller.deaf


def test_a_call_whose_end_nobody_told_is_found(house: House) -> None:
    house.provider.status_url = ""
    caller = house.call()
    caller.hang_up()
    house.settle()
    assert house.row().ended_at is None
    Call.objects.update(dialog={**house.row().dialog, "heard": int(timezone.now().timestamp()) - 200})
    house.settle()
    assert house.row().ended == "abandoned"


@pytest.mark.parametrize("says", [0, 4])
def test_who_hangs_up_in_a_message_has_left_it_when_something_was_said(house: House, says: int) -> None:
    """Also where the end of the call is told first."""
    caller = house.call()
    caller.press("2")
    caller.wait()
    assert caller.at is not None and caller.where == "Record"
    action, told = caller.at.get("action", ""), caller.at.get("recordingStatusCallback", "")
    caller.hang_up()
    house.settle()
    assert house.row().ended_at is None
    if says:
        sid = house.provider.recorded(caller, says, told)
        found = {"RecordingSid": sid, "RecordingDuration": str(says), "Digits": "hangup"}
        house.provider.post(action, {**caller.fields, **found})
    else:
        Call.objects.update(dialog={**house.row().dialog, "gone": int(timezone.now().timestamp()) - 11})
    house.settle()
    assert house.row().ended == ("voicemail" if says else "abandoned")


def test_messages_left_while_we_were_down_are_found(house: House) -> None:
    """Of this number alone, however many numbers the account has."""
    for called in (house.line.address, "+442079460099"):
        phone = Phone(house.provider, ADA, called, inbound=True)
        house.provider.phones.append(phone)
        house.provider.recorded(phone, 4, "")
    assert duty.look_back(timezone.now()) == 1
    house.settle()
    row = Recording.objects.get()
    assert (row.kind, row.state, row.call.number, row.call.ended) == ("voicemail", "stored", ADA, "voicemail")
    assert duty.look_back(timezone.now()) == 0 and len(house.provider.recordings) == 1


def test_a_line_that_is_not_at_a_provider_answers_nobody(house: House) -> None:
    Line.objects.filter(id=house.line.id).update(settings={"driver": "sip"})
    assert house.provider.post(house.provider.voice_url, {"CallSid": "CA1"})[0] == 403
