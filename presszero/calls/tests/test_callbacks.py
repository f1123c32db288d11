"""They keep their place and are called back: the place is kept, the call is made, twice, and then they are texted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from presszero.calls import actions, duty
from presszero.calls.menu.vocabulary import KeepPlace, Known, Park, SendText
from presszero.calls.models import Call, Callback, Leg, Reception
from presszero.channels.models import Line
from presszero.conversations.models import Message
from presszero.core.actor import SYSTEM
from presszero.merchants.models import Hours
from presszero.promises.actions import renegotiate
from presszero.promises.models import Promise
from presszero.routing.actions import be_ready, pick
from presszero.routing.models import Waiting
from presszero.timeline.reactions import consume_all
from tests import cast

from .test_calls import HEARS, fresh, phone, talks, understood
from .test_calls import rings as rings_from

pytestmark = pytest.mark.django_db
ADA = "+447400123456"  # one that may be dialled: those kept for films may not


def rings(line: Line, number: str = ADA, at: datetime | None = None) -> Call:
    return rings_from(line, number, at)


@pytest.fixture
def shop() -> cast.Shop:
    made = cast.juniper()
    consume_all(HEARS)
    return made


def keeps(call: Call, number: str = "", at: datetime | None = None) -> Known:
    known = actions.carry_out(call.id, KeepPlace(number), at or timezone.now())
    assert isinstance(known, Known)
    return known


def texts(shop: cast.Shop) -> Line:
    return Line.objects.create(
        merchant=shop.merchant, kind="sms", address="+447400100000", name="Texts", brand=shop.brand
    )


def hangs_up(call: Call) -> Call:
    actions.call_ended(call.id, "abandoned", timezone.now())
    return fresh(call)


def the_try(row: Callback) -> Call:
    return Call.objects.get(id=Callback.objects.get(id=row.id).try_id)


def test_a_kept_place_is_really_kept_and_our_person_is_rung_first(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line, since = phone(shop), timezone.now() - timedelta(minutes=6)
    talks(rings(line, "+447400100999"), shop.maya)  # she is busy
    call = rings(line, at=since)
    actions.carry_out(call.id, Park(0, "zero"), since)
    known = keeps(call)
    assert known.answer == "kept" and ":" in known.values["when"]
    call = understood(hangs_up(call))
    assert call.ended == "callback" and Waiting.objects.get(subject_id=call.id).left == "callback"
    row = Callback.objects.get()
    assert row.since == since and row.conversation == call.conversation
    promise = Promise.objects.get(id=row.promise_id)
    assert (promise.kind, promise.due_at) == ("callback", row.due_at)
    duty.work(timezone.now())
    back = the_try(row)
    assert (back.stage, back.inbound, back.number, back.conversation) == ("waiting", False, ADA, call.conversation)
    place = Waiting.objects.get(subject_id=back.id)
    assert place.since == since, "as if they had stayed on the line"
    later = rings(line, "+447400100555")
    actions.carry_out(later.id, Park(0, "zero"), timezone.now())
    busy = Leg.objects.get(member=shop.maya, ended_at=None)
    actions.call_ended(busy.call_id, "served", timezone.now())
    be_ready(shop.maya, True)  # done with writing it up
    actions.ring_due(shop.merchant.id, timezone.now())
    leg = Leg.objects.get(member=shop.maya, ended_at=None)
    assert leg.call == back, "before whoever came after them"
    assert fresh(back).stage == "dialling"
    assert actions.leg_answered(leg.id, "sdp", shop.maya.actor)
    actions.leg_talking(leg.id, timezone.now())
    row.refresh_from_db()
    assert row.state == "done" and Promise.objects.get(id=row.promise_id).kept_at


def test_nobody_on_duty_is_a_promise_of_the_next_open_hour(shop: cast.Shop) -> None:
    hours = Hours.objects.create(
        merchant=shop.merchant, name="Office", timezone="Europe/Berlin", weekly={"mon": [["09:00", "17:00"]]}
    )
    line = phone(shop)
    Line.objects.filter(id=line.id).update(hours=hours)
    call = understood(rings(Line.objects.get(id=line.id)))
    says = actions.carry_out(call.id, Park(0, "zero"), timezone.now())
    assert says is not None and says.nobody
    known = keeps(call)
    row = Callback.objects.get()
    local = row.due_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert local.weekday() == 0 and 9 <= local.hour < 17 and row.next_at and row.next_at <= row.due_at
    assert f"{local:%H:%M}" in known.values["when"], "what is spoken is what is kept"
    assert Promise.objects.get(id=row.promise_id).due_at == row.due_at
    assert actions.callbacks_due(row.next_at) == [], "not while nobody is there"
    hangs_up(call)
    be_ready(shop.maya, True)
    assert actions.callbacks_due(row.next_at - timedelta(minutes=1)) == []


def test_two_tries_and_then_a_text(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    texts(shop)
    call = rings(phone(shop))
    keeps(call)
    call = understood(hangs_up(call))
    row, now = Callback.objects.get(), timezone.now()
    for tries in (1, 2):
        assert duty.work(now) == 1, tries
        back = the_try(row)
        Call.objects.filter(id=back.id).update(gateway="here")  # a gateway holds it
        leg = Leg.objects.get(call=back)
        assert actions.leg_answered(leg.id, "sdp", shop.maya.actor)
        actions.call_ended(back.id, "abandoned", now)
        row.refresh_from_db()
        assert row.tries == tries
        assert duty.work(now) == 0, "not at once again"
        Callback.objects.filter(id=row.id, state="waits").update(next_at=now)  # the ten minutes are over
    assert row.state == "given_up"
    said = Message.objects.filter(conversation=call.conversation, entry__sender_kind="sms").get()
    assert "called you back" in said.entry.text and said.entry.deliveries.get().address == ADA
    assert Promise.objects.get(id=row.promise_id).kept_at, "we did call, as we had said"


def test_customers_are_rung_first_only_when_a_hand_is_free(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line = phone(shop, settings={"callback_first": "customer"})
    busy = talks(rings(line, "+447400100999"), shop.maya)
    call = rings(line)
    keeps(call)
    hangs_up(call)
    assert actions.callbacks_due(timezone.now()) == []
    actions.call_ended(busy.call_id, "served", timezone.now())
    be_ready(shop.maya, True)
    (row,) = actions.callbacks_due(timezone.now())
    back = actions.call_back(row, timezone.now())
    assert back is not None and actions.call_back(row, timezone.now()) is None, "once"
    assert (back.stage, Leg.objects.filter(call=back).count()) == ("dialling", 0)
    actions.carry_out(back.id, Park(0, "callback"), timezone.now())
    assert Waiting.objects.get(subject_id=back.id).since == row.since


def test_h5_numbers_are_asked_for_and_dear_ones_refused(shop: cast.Shop) -> None:
    line = phone(shop)
    withheld = rings(line, "")
    assert keeps(withheld).answer == "number"
    assert keeps(withheld, "09001234567").answer == "bad"
    assert keeps(withheld, "07400100321").answer == "kept"
    assert Callback.objects.get().number == "+447400100321"
    assert keeps(withheld, "07400100322").answer == "kept"
    assert Callback.objects.get().number == "+447400100322", "one wish a call"


def test_who_waits_after_all_or_calls_again_is_not_called(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line = phone(shop)
    call = understood(rings(line))
    keeps(call)
    actions.carry_out(call.id, Park(0, "zero"), timezone.now())
    row = Callback.objects.get()
    assert row.state == "cancelled" and Promise.objects.get(id=row.promise_id).withdrawn_at
    hangs_up(call)
    again = understood(rings(line))
    keeps(again)
    hangs_up(again)
    talks(rings(line), shop.maya)
    assert set(Callback.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("line_first", [True, False])
def test_a_missed_call_gets_one_text_with_a_link(shop: cast.Shop, line_first: bool) -> None:
    """Whether its place was found before it ended or after."""
    texts(shop)
    began = timezone.now() - timedelta(seconds=20)
    call = rings(phone(shop), at=began)
    steps: list[Callable[[Call], Call]] = [understood, hangs_up] if line_first else [hangs_up, understood]
    for step in [*steps, *steps]:
        call = step(call)
    said = Message.objects.get(conversation=call.conversation, entry__sender_kind="sms")
    assert "missed your call" in said.entry.text and said.entry.actor == SYSTEM.code


def test_no_text_where_it_is_off_was_brief_or_there_is_nothing_to_text_from(shop: cast.Shop) -> None:
    hangs_up(understood(rings(phone(shop), at=timezone.now() - timedelta(minutes=1))))
    texts(shop)
    line = Line.objects.get(kind="phone")
    hangs_up(understood(rings(line)))
    Reception.objects.create(merchant=shop.merchant, line=line, texts_missed=False)
    hangs_up(understood(rings(line, at=timezone.now() - timedelta(minutes=1))))
    assert not Message.objects.filter(entry__sender_kind="sms").exists()


def test_a_link_asked_for_comes_by_text_once_its_place_is_known(shop: cast.Shop) -> None:
    texts(shop)
    address = shop.chat.token
    call = rings(phone(shop))
    actions.carry_out(call.id, SendText("help"), timezone.now())
    call = understood(call)
    said = Message.objects.get(conversation=call.conversation, entry__sender_kind="sms")
    assert f"/chat/{address}" in said.entry.text


def test_what_no_gateway_could_call_was_no_try(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    call = rings(phone(shop, settings={"callback_first": "customer"}))
    keeps(call)
    hangs_up(call)
    now = timezone.now()
    assert duty.work(now) == 1
    back = the_try(Callback.objects.get())
    duty.work(now + timedelta(seconds=61))
    row = Callback.objects.get()
    assert fresh(back).ended == "failed" and (row.state, row.tries) == ("waits", 0) and row.next_at


def test_who_was_called_otherwise_is_not_called_back(shop: cast.Shop) -> None:
    consume_all(("calls.promised",))
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    keeps(call)
    call = understood(hangs_up(call))
    made = actions.dial(call.conversation, ADA, call.line, by=shop.maya)
    leg = Leg.objects.get(call=made)
    assert actions.leg_answered(leg.id, "sdp", shop.maya.actor)
    actions.leg_talking(leg.id, timezone.now())
    row = Callback.objects.get()
    assert Promise.objects.get(id=row.promise_id).kept_at
    while consume_all(("calls.promised",)):
        pass
    row.refresh_from_db()
    assert row.state == "cancelled" and duty.work(timezone.now()) == 0


def test_another_time_that_was_agreed_is_when_we_call(shop: cast.Shop) -> None:
    consume_all(("calls.promised",))
    be_ready(shop.maya, True)
    call = understood(rings(phone(shop)))
    keeps(call)
    hangs_up(call)
    row, later = Callback.objects.get(), timezone.now() + timedelta(hours=5)
    renegotiate(Promise.objects.get(id=row.promise_id), later, where="agent", by=shop.maya.actor)
    while consume_all(("calls.promised",)):
        pass
    row.refresh_from_db()
    assert (row.due_at, row.state) == (later, "waits") and row.next_at == later - timedelta(minutes=15)
    assert duty.work(timezone.now()) == 0


def test_h5_nobody_has_us_ring_one_stranger_after_another(shop: cast.Shop) -> None:
    line = phone(shop)
    answers = [keeps(rings(line, ADA), f"0740010{n:04}").answer for n in range(7)]
    assert answers == ["kept"] * 5 + [""] * 2
    assert keeps(rings(line, ADA)).answer == "kept", "they themselves are called"


def test_who_gets_through_while_their_call_back_waits_is_not_called_after_that(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    be_ready(shop.tomas, True)
    line = phone(shop)
    for member, number in ((shop.maya, "+447400100998"), (shop.tomas, "+447400100999")):
        talks(rings(line, number), member)
    call = rings(line)
    keeps(call)
    hangs_up(call)
    assert duty.work(timezone.now()) == 1
    back = the_try(Callback.objects.get())
    again = rings(line)
    actions.carry_out(again.id, Park(0, "zero"), timezone.now())
    turn = pick(Waiting.objects.get(subject_id=again.id).id, shop.team["rosa"], timezone.now())
    leg = Leg.objects.create(merchant=shop.merchant, call=again, turn=turn, member=shop.team["rosa"])
    assert actions.leg_answered(leg.id, "sdp", shop.team["rosa"].actor)
    actions.leg_talking(leg.id, timezone.now())
    duty.work(timezone.now())
    assert (fresh(back).ended, Callback.objects.get().state) == ("abandoned", "cancelled")
    assert not Waiting.objects.filter(left_at=None).exists()
