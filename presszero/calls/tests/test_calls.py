"""What becomes of calls: stored first, placed in the conversation, waiting, rung, answered, ended."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.calls import actions, duty
from presszero.calls.actions import parking
from presszero.calls.actions.recordings import go_on_after_payment
from presszero.calls.menu.vocabulary import Ask, Consent, Known, Note, Park, QueueSays, Unpark
from presszero.calls.models import Ask as Asked
from presszero.calls.models import Call, CallStep, Leg, MobileEnd, Reception, Recording
from presszero.channels.models import Line
from presszero.channels.vocabulary import Proof
from presszero.commerce.vocabulary import Address
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.customers.actions import add_handle
from presszero.customers.models import Customer
from presszero.routing.actions import be_ready
from presszero.routing.models import MemberSkill, Queue, Skill, Turn, Waiting
from presszero.team.models import Membership
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast

pytestmark = pytest.mark.django_db
ADA = "+447700900123"
HEARS = ("calls.place",)
WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x08\0\0\0" + bytes(8)


@pytest.fixture
def shop() -> cast.Shop:
    made = cast.juniper()
    consume_all(HEARS)  # whoever listens for the first time begins at the present
    return made


def phone(shop: cast.Shop, **reception: object) -> Line:
    line = Line.objects.create(
        merchant=shop.merchant, kind="phone", address="+442079460018", name="Phone", brand=shop.brand,
        settings={"driver": "sip"},
    )  # fmt: skip
    if reception:
        Reception.objects.create(merchant=shop.merchant, line=line, **reception)
    return line


def rings(line: Line, number: str = ADA, at: datetime | None = None, **more: object) -> Call:
    uid = uuid.uuid4()
    at = at or timezone.now()
    moment = actions.Moment(line, "sip", f"sip-{uid}", uid, number, **more)
    return actions.ring_in(moment, actions.plan_of(line, at), at)


def understood(call: Call) -> Call:
    """The worker takes the arrival in, and the reaction joins the call to it."""
    cast.work()
    while consume_all(HEARS):
        pass
    return fresh(call)


def fresh(call: Call) -> Call:
    return Call.objects.get(id=call.id)


def zero(call: Call) -> Leg:
    """They press 0, and somebody's phone rings."""
    actions.carry_out(call.id, Park(0, "zero", "which"), timezone.now())
    return Leg.objects.get(call=call, ended_at=None)


def talks(call: Call, member: Membership) -> Leg:
    leg = zero(call)
    assert actions.leg_answered(leg.id, "sdp", member.actor)
    actions.leg_talking(leg.id, timezone.now())
    return Leg.objects.get(id=leg.id)


def test_h5_a_call_joins_the_open_matter_of_whose_number_it_is_and_proves_nothing(shop: cast.Shop) -> None:
    ada = cast.ada()
    mail = cast.the(ada.writes(shop, "Where are my boots?", "Boots"))
    add_handle(mail.conversation.customer, "phone", ADA, by=SYSTEM)
    line = phone(shop)
    call = rings(line, "+44 7700 900123")
    assert (call.number, call.customer) == (ADA, mail.conversation.customer), "shown at once, by the number alone"
    moment = actions.Moment(line, "sip", call.provider_id, call.uid, ADA)
    assert actions.ring_in(moment, actions.plan_of(line, call.began_at), call.began_at) == call, "told twice, it is one"
    call = understood(call)
    assert call.conversation == mail.conversation
    assert call.entry is not None and call.entry.proof == Proof.CLAIMED
    place = Message.objects.get(entry=call.entry)
    assert "e-mail" in place.reason
    handle = call.customer.handles.get(kind="phone")
    assert handle.proof == Proof.CLAIMED, "a caller's number proves nothing"


def test_a_withheld_number_is_somebody_new_each_time(shop: cast.Shop) -> None:
    line = phone(shop)
    first, second = understood(rings(line, "")), understood(rings(line, ""))
    assert first.customer and second.customer and first.customer != second.customer
    assert first.customer.name == "" and first.conversation != second.conversation


def test_zero_rings_whoever_is_ready_and_talking_is_an_answer(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line = phone(shop)
    call = understood(rings(line))
    assert Conversation.objects.get(id=call.conversation_id).waiting_since is not None
    leg = zero(call)
    assert (leg.member, leg.via, leg.state) == (shop.maya, "browser", "offered")
    assert fresh(call).stage == "waiting" and fresh(call).zero_node == "which"
    actions.leg_offered(leg.id, "tag-1", "offer")
    assert actions.leg_answered(leg.id, "answer", shop.maya.actor)
    assert actions.leg_answered(leg.id, "answer", shop.maya.actor), "asked twice, it is theirs still"
    assert Waiting.objects.get(subject_id=call.id).left == "answered"
    actions.leg_talking(leg.id, timezone.now())
    call = fresh(call)
    assert call.stage == "talking" and call.talked_at
    talk = Conversation.objects.get(id=call.conversation_id)
    assert talk.waiting_since is None and talk.assignee == shop.maya
    actions.leg_ended(leg.id, "hung_up", timezone.now())
    actions.call_ended(call.id, "abandoned", timezone.now())
    call = fresh(call)
    assert (call.ended, call.stage) == ("served", "ended")
    assert Turn.objects.get().ended_at and Event.objects.filter(kind="call.ended").count() == 1


def test_who_answered_before_the_arrival_was_understood_answered_all_the_same(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    talks(call, shop.maya)
    call = understood(call)
    assert Conversation.objects.get(id=call.conversation_id).waiting_since is None


def test_who_declines_or_lets_it_ring_gives_it_to_the_next(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    be_ready(shop.tomas, True)
    call = rings(phone(shop))
    first = zero(call)
    actions.leg_ended(first.id, "declined", timezone.now())
    (second,) = actions.ring_due(shop.merchant.id, timezone.now())
    assert second.member != first.member
    assert not actions.leg_answered(first.id, "late", SYSTEM), "who said no has it no more"
    third = actions.rung_out(second.offered_at + timedelta(seconds=21))
    assert Turn.objects.get(id=second.turn_id).outcome == "missed"
    assert [leg.member for leg in third] in ([], [first.member])


@pytest.mark.parametrize("why", ["hung_up", "cancelled", "transferred"])
def test_however_a_ring_ended_somebody_else_is_rung(shop: cast.Shop, why: str) -> None:
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    actions.leg_ended(zero(call).id, why, timezone.now())
    be_ready(shop.tomas, True)
    (second,) = actions.ring_due(shop.merchant.id, timezone.now())
    assert second.member_id == shop.tomas.id


def test_their_own_telephone_has_time_for_a_key(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    MobileEnd.objects.create(merchant=shop.merchant, member=shop.maya, number="+447700900999", when="always")
    leg = zero(rings(phone(shop)))
    for seconds, ended in ((30, ""), (36, "missed")):
        actions.rung_out(leg.offered_at + timedelta(seconds=seconds))
        leg.refresh_from_db()
        assert (leg.via, leg.ended) == ("mobile", ended)


def test_a_caller_who_hangs_up_frees_whoever_was_rung(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    leg = zero(call)
    actions.call_ended(call.id, "abandoned", timezone.now())
    actions.call_ended(call.id, "abandoned", timezone.now())
    assert Leg.objects.get(id=leg.id).ended == "withdrawn"
    assert Waiting.objects.get().left == "abandoned" and Turn.objects.get().outcome == "withdrawn"
    assert not actions.leg_answered(leg.id, "late", shop.maya.actor)
    assert zero(rings(phone_of(shop))).member == shop.maya, "free for the next at once"


def phone_of(shop: cast.Shop) -> Line:
    return Line.objects.get(merchant=shop.merchant, kind="phone")


def test_a_lost_line_goes_to_the_front_with_the_time_they_waited(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    began = timezone.now() - timedelta(minutes=4)
    call = rings(phone(shop), at=began)
    actions.carry_out(call.id, Park(0, "zero"), began)
    leg = Leg.objects.get(call=call)
    assert actions.leg_answered(leg.id, "sdp", shop.maya.actor)
    actions.leg_talking(leg.id, timezone.now())
    actions.leg_ended(leg.id, "lost", timezone.now())
    actions.carry_out(call.id, Park(0, "lost"), timezone.now())
    again = Waiting.objects.get(left_at=None)
    assert again.since == began and again.priority == 1


def test_place_and_estimate_are_told_and_nobody_is_said(shop: cast.Shop) -> None:
    line = phone(shop, closed_plan="voicemail")
    first, second = rings(line), rings(line, "+447700900124")
    says = actions.carry_out(first.id, Park(0, "zero"), timezone.now())
    assert says == QueueSays(nobody=True, plan="voicemail"), "nobody is on duty"
    be_ready(shop.maya, True)
    actions.ring_due(shop.merchant.id, timezone.now())
    actions.carry_out(second.id, Park(0, "zero"), timezone.now())
    says = actions.queue_says(second.id, timezone.now())
    assert says is not None and (says.place, says.nobody) == (1, False), "the one before is being rung"
    assert actions.queue_says(first.id, timezone.now()) is None, "nothing is said while somebody's phone rings"
    actions.carry_out(second.id, Unpark("abandoned"), timezone.now())
    assert actions.queue_says(second.id, timezone.now()) is None


def test_h5_i1_an_order_is_told_to_who_knows_its_postcode_and_to_nobody_who_guesses(shop: cast.Shop) -> None:
    cast.ada().order(shop, "1042", ship_to=Address(postcode="8001", city="Zürich"))
    call = rings(phone(shop))

    def asks(number: str, postcode: str, of: Call = call) -> Known:
        known = actions.carry_out(of.id, Ask("order", {"number": number, "postcode": postcode}), timezone.now())
        assert isinstance(known, Known)
        return known

    found = asks("1042", "8001")
    assert found.answer == "found" and found.values["order.number"] == "1042" and found.values["order.state"]
    assert "Ada" not in str(found.values)
    assert [asks("1042", "8002").answer, asks("9", "8001").answer] == ["none", "none"]
    assert asks("1042", "8003").answer == "person", "the third wrong one is a person's"
    assert asks("1042", "8001").answer == "person", "and right ones tell nothing more to this number"
    other = rings(phone_of(shop), "+447700900199")
    assert asks("1042", "8001", other).answer == "found", "somebody else is not shut out by it"


def test_h5_keys_in_a_row_are_not_written_down_and_cards_never(shop: cast.Shop) -> None:
    call = rings(phone(shop))
    for key in "4111111111111111":
        actions.carry_out(call.id, Note("digit", "which", key), timezone.now())
    actions.carry_out(call.id, Note("looked", "order", "4111 1111 1111 1111"), timezone.now())
    said = "".join(CallStep.objects.filter(call=call).order_by("id").values_list("says", flat=True))
    assert "4111111111" not in said.replace(" ", "") and "•" in said


def test_nothing_is_kept_of_a_call_before_consent(shop: cast.Shop) -> None:
    line = phone(shop, records="asked")
    assert actions.plan_of(line, timezone.now()).flow.record is not None, "asked in our own words"
    declined, agreed = rings(line), rings(line, "+447700900124")
    actions.carry_out(declined.id, Consent(False), timezone.now())
    actions.carry_out(agreed.id, Consent(True), timezone.now())
    keys = [default_storage.save(f"calls/{n}.wav", ContentFile(b"RIFF")) for n in range(2)]
    assert actions.keep_recording(declined.id, "call", "", keys[0], 3.0, timezone.now()) is None
    assert not default_storage.exists(keys[0]), "what was recorded against their word is gone"
    kept = actions.keep_recording(agreed.id, "call", "", keys[1], 3.0, timezone.now())
    assert kept is not None and kept.consent_at and Recording.objects.count() == 1


def test_a_message_left_stands_in_the_conversation_with_its_sound(shop: cast.Shop) -> None:
    call = understood(rings(phone(shop)))
    actions.carry_out(call.id, Unpark("voicemail"), timezone.now())
    key = default_storage.save("calls/message.wav", ContentFile(WAV))
    kept = actions.keep_recording(call.id, "voicemail", "", key, 12.4, timezone.now())
    assert kept is not None
    actions.recording_stored(kept.id, timezone.now())
    actions.call_ended(call.id, "abandoned", timezone.now())
    call = understood(call)
    assert call.ended == "voicemail"
    left = Message.objects.filter(conversation=call.conversation).order_by("-id")[0].entry
    assert "12" in left.text and left.attachments.get().content_type.startswith("audio/")
    assert Message.objects.filter(conversation=call.conversation).count() == 2, "told twice, it is one"


def test_we_call_them_and_it_stands_in_their_conversation(shop: cast.Shop) -> None:
    mail = cast.the(cast.ada().writes(shop, "Where are my boots?"))
    line = phone(shop)
    call = actions.dial(mail.conversation, ADA, line, by=shop.maya)
    leg = Leg.objects.get(call=call)
    assert (call.stage, leg.member, leg.turn, call.conversation) == ("dialling", shop.maya, None, mail.conversation)
    talk = Conversation.objects.get(id=mail.conversation.id)
    assert talk.waiting_since is not None, "nobody has talked yet"
    assert actions.leg_answered(leg.id, "sdp", shop.maya.actor)
    actions.leg_talking(leg.id, timezone.now())
    talk.refresh_from_db()
    assert talk.waiting_since is None
    unknown = actions.dial(None, "+447700900777", line, by=shop.maya)
    assert (
        unknown.conversation and Customer.objects.get(id=unknown.customer_id).handles.get().address == "+447700900777"
    )


def test_who_chose_a_language_is_put_through_to_somebody_who_speaks_it(shop: cast.Shop) -> None:
    german = Skill.objects.create(merchant=shop.merchant, name="German", language="de")
    MemberSkill.objects.create(merchant=shop.merchant, member=shop.tomas, skill=german, level=3)
    be_ready(shop.maya, True)
    be_ready(shop.tomas, True)
    call = rings(phone(shop))
    actions.carry_out(call.id, Note("language", "which", "de"), timezone.now())
    assert fresh(call).language == "de"
    assert zero(call).member == shop.tomas


def test_nobody_is_recorded_while_they_pay(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line = phone(shop, records="asked")
    call = understood(rings(line))
    actions.carry_out(call.id, Consent(True), timezone.now())
    talks(call, shop.maya)
    talk = Conversation.objects.get(id=call.conversation_id)
    assert (actions.pause_at_payment(talk), actions.pause_at_payment(talk)) == (1, 0)
    asked = Asked.objects.get()
    assert (asked.what, asked.given["on"], asked.leg.member) == ("record", False, shop.maya)
    row = Recording.objects.get()
    assert row.state == "paused" and row.pauses[0][1] is None
    go_on_after_payment(talk)
    row.refresh_from_db()
    assert row.state == "running" and row.pauses[0][1] is not None
    assert [each.given["on"] for each in Asked.objects.order_by("id")] == [False, True]


def test_who_calls_somebody_is_not_rung_meanwhile(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    line = phone(shop)
    made = actions.dial(None, "+447700900777", line, by=shop.maya)
    waits = rings(line)
    actions.carry_out(waits.id, Park(0, "zero"), timezone.now())
    assert not Leg.objects.filter(call=waits).exists()
    duty.work(made.began_at + timedelta(seconds=61))
    assert fresh(made).ended == "failed", "no gateway took it"
    assert Leg.objects.get(call=waits).member == shop.maya


def test_what_fails_beside_it_keeps_nobody_from_a_person(shop: cast.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> None:
        raise RuntimeError("away")

    for what in ("write_step", "tell", "knows_them", "callback_of", "speaking", "forget_wish", "queue_says"):
        monkeypatch.setattr(parking, what, fails)
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    assert zero(call).member == shop.maya
    assert fresh(call).stage == "waiting" and fresh(call).zero_at


def test_a_park_that_is_told_again_after_they_talk_changes_nothing(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    call = rings(phone(shop))
    talks(call, shop.maya)
    actions.carry_out(call.id, Park(0, "zero"), timezone.now())
    assert fresh(call).stage == "talking" and not Waiting.objects.filter(left_at=None).exists()


def test_people_of_the_queue_beside_count_as_somebody_and_are_rung_after_a_while(shop: cast.Shop) -> None:
    be_ready(shop.maya, True)
    beside = Queue.objects.create(merchant=shop.merchant, name="Beside")
    nobodys = Queue.objects.create(
        merchant=shop.merchant, name="Night", team=shop.queue("Night"), overflow=beside, overflow_seconds=60
    )
    call = rings(phone(shop, queue=nobodys))
    says = actions.carry_out(call.id, Park(0, "zero"), timezone.now())
    assert not isinstance(says, QueueSays) or not says.nobody, "nobody is told that nobody is there"
    assert not Leg.objects.exists()
    (leg,) = actions.ring_due(shop.merchant.id, timezone.now() + timedelta(seconds=61))
    assert leg.member == shop.maya
