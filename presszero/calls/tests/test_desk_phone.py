"""A member's phone: what it shows, what may be asked of a call and by whom, calling out, their own telephone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.calls.cards import card
from presszero.calls.models import Ask, Call, CallStep, Leg, MobileEnd, Reception, Recording
from presszero.calls.policy_dial import HANDS, MEMBER_HOUR
from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.team.models import Membership
from tests import cast
from tests.walls.everything import browser

pytestmark = pytest.mark.django_db
TRUNK = {"driver": "sip", "trunk": {"host": "sip.carrier.example"}}
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"


@pytest.fixture
def shop() -> cast.Shop:
    made = cast.juniper()
    given = {"kind": "phone", "address": "+442079460018", "name": "Phone", "settings": TRUNK}
    Line.objects.create(merchant=made.merchant, brand=made.brand, **given)
    return made


@pytest.fixture
def talk(shop: cast.Shop) -> Conversation:
    return cast.the(cast.ada().writes(shop, "Order 1042 is late.", "Boots")).conversation


@pytest.fixture
def maya(shop: cast.Shop) -> Client:
    return browser(shop.maya)


def call_of(shop: cast.Shop, talk: Conversation | None, **of: Any) -> Call:
    line = Line.objects.get(merchant=shop.merchant, kind="phone")
    beside = {"conversation": talk, "customer": talk.customer if talk else None}
    names = {"uid": uuid.uuid4(), "provider_id": uuid.uuid4().hex}
    given = {"driver": "sip", "inbound": True, "number": "+442079460123", "stage": Call.Stage.WAITING, **of}
    return Call.objects.create(merchant=shop.merchant, line=line, **names, **beside, **given)


def leg_of(shop: cast.Shop, talk: Conversation | None, member: Membership, **of: Any) -> Leg:
    return Leg.objects.create(merchant=shop.merchant, call=call_of(shop, talk), member=member, **of)


def talks(**of: Any) -> dict[str, Any]:
    return {"state": Leg.State.TALKING, "answered_at": timezone.now(), "talked_at": timezone.now(), **of}


def test_a_phone_shows_what_rings_with_its_matter_and_says_that_a_number_is_a_hint(
    shop: cast.Shop, talk: Conversation, maya: Client
) -> None:
    leg = leg_of(shop, talk, shop.maya, offer=SDP, tag="t1")
    leg_of(shop, None, shop.tomas)
    (shown,) = maya.get("/phone").json()["legs"]
    assert (shown["id"], shown["sdp"], shown["tag"], shown["state"]) == (leg.id, SDP, "t1", "offered")
    assert (shown["who"], shown["hint"], shown["number"]) == ("Ada Kowalski", True, "+44 20 7946 0123")
    assert (shown["conversation"], shown["subject"]) == (talk.id, "Boots")


def test_a_relay_is_lent_while_there_is_a_call(shop: cast.Shop, maya: Client, settings: Settings) -> None:
    settings.TURN, settings.TURN_SECRET = "turn:turn.example:3478", "secret"
    assert maya.get("/phone").json()["ice"] == []
    leg_of(shop, None, shop.maya, offer=SDP)
    (lent,) = maya.get("/phone").json()["ice"]
    assert lent["username"].endswith(f":member-{shop.maya.id}") and lent["credential"]


def test_who_may_not_see_the_matter_is_told_nothing_of_it(shop: cast.Shop, talk: Conversation) -> None:
    limited = shop.limited("Lin Few", shop.queue("Returns"))
    leg_of(shop, talk, limited)
    (shown,) = browser(limited).get("/phone").json()["legs"]
    assert (shown["conversation"], shown["subject"], shown["order"]) == (0, "", None)


def test_an_answer_is_asked_of_whoever_holds_the_call(shop: cast.Shop, maya: Client) -> None:
    leg = leg_of(shop, None, shop.maya, offer=SDP)
    assert maya.post(f"/phone/legs/{leg.id}/answer", {"sdp": SDP}).status_code == 200
    asked = Ask.objects.get(call=leg.call)
    assert (asked.what, asked.given, asked.leg_id, asked.by) == ("answer", {"sdp": SDP}, leg.id, shop.maya.actor.code)


@pytest.mark.parametrize(
    ("state", "what", "form", "status"),
    [
        ("offered", "hold", {}, 409),
        ("talking", "answer", {"sdp": SDP}, 409),
        ("talking", "resdp", {"sdp": "<script>"}, 422),
        ("talking", "resdp", {"sdp": "v=0" + "x" * 20_000}, 422),
        ("talking", "keys", {"digits": "1A"}, 422),
        ("talking", "keys", {"digits": "1" * 33}, 422),
        ("talking", "record", {"on": "1"}, 409),  # nobody consented
        ("talking", "transfer", {"to": "member:999999"}, 422),
        ("talking", "transfer", {"to": "queue:999999"}, 422),
        ("talking", "transfer", {"to": "+44 9098 790000"}, 422),
        ("talking", "nonsense", {}, 404),
        ("ended", "hold", {}, 409),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    shop: cast.Shop, maya: Client, state: str, what: str, form: dict[str, str], status: int
) -> None:
    at = {"ended_at": timezone.now()} if state == "ended" else {}
    leg = leg_of(shop, None, shop.maya, state=state, **at)
    answer = maya.post(f"/phone/legs/{leg.id}/{what}", form, headers={"accept": "application/json"})
    assert answer.status_code == status
    assert status == 404 or answer.json()["refused"]
    assert not Ask.objects.exists()


def test_nobody_acts_on_a_colleagues_end_of_a_call(shop: cast.Shop) -> None:
    leg = leg_of(shop, None, shop.maya, **talks())
    assert browser(shop.tomas).post(f"/phone/legs/{leg.id}/hangup").status_code == 404


def test_h5_a_call_is_not_passed_on_for_ever(shop: cast.Shop, maya: Client) -> None:
    leg = leg_of(shop, None, shop.maya, **talks())
    to = {"to": f"member:{shop.tomas.id}"}
    got = [maya.post(f"/phone/legs/{leg.id}/transfer", to).status_code for _again in range(HANDS + 1)]
    assert got == [200] * HANDS + [422]


def test_a_line_without_a_carrier_is_offered_nowhere_and_says_why(shop: cast.Shop, maya: Client) -> None:
    Line.objects.filter(merchant=shop.merchant, kind="phone").update(settings={"driver": "sip", "trunk": {}})
    told = maya.get("/phone?first=1").json()
    assert told["lines"] == []
    assert len(told["mute"]) == 1 and "only takes calls" in told["mute"][0]
    for url, given in (("/phone/calls", {"number": "+44 7400 123456"}), ("/me/phone", {"number": "+44 7400 123456"})):
        answer = maya.post(url, given, headers={"accept": "application/json"})
        assert answer.status_code == 422 and "only takes calls" in answer.content.decode()
    assert not Call.objects.exists() and not MobileEnd.objects.exists()


def test_a_call_is_begun_from_a_line_of_ours_to_where_it_may_ring(
    shop: cast.Shop, talk: Conversation, maya: Client
) -> None:
    line = Line.objects.get(merchant=shop.merchant, kind="phone")
    asked = {"number": "020 7946 0123", "line": line.id, "conversation": talk.id}
    made = maya.post("/phone/calls", asked).json()
    call = Call.objects.get(id=made["dialled"])
    assert (call.number, call.inbound, call.conversation_id) == ("+442079460123", False, talk.id)
    assert Leg.objects.get(call=call).member_id == shop.maya.id
    assert maya.post("/phone/calls", asked).status_code == 409, "two calls at once"


def test_h5_premium_foreign_and_too_many_calls_are_refused(shop: cast.Shop, maya: Client) -> None:
    line = Line.objects.get(merchant=shop.merchant, kind="phone")
    for number in ("+44 9098 790000", "+1 212 555 2368", "+882 13 12345678"):
        assert maya.post("/phone/calls", {"number": number}).status_code == 422
    Reception.objects.create(merchant=shop.merchant, line=line, countries=["US"])
    Leg.objects.bulk_create(
        Leg(merchant=shop.merchant, call=call_of(shop, None, inbound=False), member=shop.maya, ended_at=timezone.now())
        for _many in range(MEMBER_HOUR)
    )
    refused = maya.post("/phone/calls", {"number": "+1 212 555 2368"}, headers={"accept": "application/json"})
    assert refused.status_code == 422
    assert "within an hour" in refused.json()["refused"]
    assert not Call.objects.filter(number="+12125552368").exists()


def test_a_lead_listens_once_and_an_agent_never(shop: cast.Shop, talk: Conversation, maya: Client) -> None:
    leg = leg_of(shop, talk, shop.maya, **talks())
    Call.objects.filter(id=leg.call_id).update(stage=Call.Stage.TALKING)
    assert maya.post(f"/phone/calls/{leg.call_id}/listen").status_code == 403
    for _again in range(2):
        assert browser(shop.tomas).post(f"/phone/calls/{leg.call_id}/listen").status_code == 200
    assert Leg.objects.get(call=leg.call, role="listens").member_id == shop.tomas.id


def test_what_is_to_be_written_up_is_asked_until_it_is(shop: cast.Shop, talk: Conversation, maya: Client) -> None:
    now = timezone.now()
    leg = leg_of(shop, talk, shop.maya, **talks(talked_at=now - timedelta(minutes=3), ended_at=now, state="ended"))
    Call.objects.filter(id=leg.call_id).update(ended_at=now, stage=Call.Stage.ENDED)
    assert maya.get("/phone").json()["wrap"]["minutes"] == 3
    words = {"text": "She gets them.", "client_id": str(uuid.uuid4()), "call": leg.call_id, "direction": "in"}
    assert maya.post(f"/conversations/{talk.id}/calls", words, headers={"hx-request": "true"}).status_code == 200
    assert maya.get("/phone").json()["wrap"] is None


def test_whoever_was_asked_and_came_again_writes_the_call_up(shop: cast.Shop, talk: Conversation, maya: Client) -> None:
    now = timezone.now()
    over = {"state": "ended", "talked_at": now - timedelta(minutes=9)}
    colleague = {**over, "role": "colleague"}
    asked = leg_of(shop, talk, shop.maya, **talks(**colleague, ended_at=now - timedelta(minutes=5)))
    beside = {"merchant": shop.merchant, "call": asked.call}
    Leg.objects.create(**beside, member=shop.tomas, **talks(**over, ended_at=now - timedelta(minutes=2)))
    stayed = Leg.objects.create(**beside, member=shop.maya, **talks(**colleague, ended_at=now))
    Call.objects.filter(id=stayed.call_id).update(ended_at=now, stage=Call.Stage.ENDED)
    assert maya.get("/phone").json()["wrap"]["minutes"] == 9
    assert browser(shop.tomas).get("/phone").json()["wrap"] is None


def test_how_it_sounded_is_kept_and_shown(shop: cast.Shop, talk: Conversation, maya: Client) -> None:
    leg = leg_of(shop, talk, shop.maya, **talks())
    told = {"jitter": "80", "lost": "0.2", "rtt": "300", "mos": "2.1"}
    assert maya.post(f"/phone/legs/{leg.id}/quality", told).status_code == 204
    call = Call.objects.get(id=leg.call_id)
    assert call.quality[str(leg.id)]["mos"] == 2.1
    assert card(call, [], [leg], [], timezone.now()).quality == "poor"
    assert maya.post(f"/phone/legs/{leg.id}/quality", {**told, "mos": "nan"}).status_code == 204
    assert maya.post(f"/phone/legs/{leg.id}/quality", {**told, "mos": "x"}).status_code == 422


def test_the_stream_tells_the_way_of_a_call(shop: cast.Shop, talk: Conversation, maya: Client) -> None:
    leg = leg_of(shop, talk, shop.maya, **talks())
    entry = cast.the(cast.ada().writes(shop, "Phone call", "Re: Boots")).entry
    began = timezone.now() - timedelta(seconds=90)
    at = {"began_at": began, "zero_at": began + timedelta(seconds=4), "waiting_at": began + timedelta(seconds=4)}
    Call.objects.filter(id=leg.call_id).update(entry=entry, talked_at=began + timedelta(seconds=15), **at)
    for what, says in (("entered", "Greeting"), ("digit", "1"), ("zero", "")):
        CallStep.objects.create(merchant=shop.merchant, call=leg.call, what=what, says=says)
    type(entry.thread.line).objects.filter(id=entry.thread.line_id).update(kind="phone")
    shown = maya.get(f"/conversations/{talk.id}").text
    assert "pressed 0 after 4" in shown
    assert "waited 11" in shown
    assert "Greeting" in shown
    assert "a hint, not proof" in shown


def test_h8_a_recording_is_heard_by_who_sees_the_matter_whole_or_in_parts(
    shop: cast.Shop, talk: Conversation, maya: Client
) -> None:
    key = default_storage.save("calls/one.wav", ContentFile(b"RIFF" + bytes(range(96))))
    kept = {"kind": "call", "state": Recording.State.STORED, "storage_key": key}
    row = Recording.objects.create(merchant=shop.merchant, call=call_of(shop, talk), **kept)
    url = f"/calls/recordings/{row.id}/sound"
    whole = maya.get(url)
    assert (whole.status_code, len(b"".join(whole.streaming_content))) == (200, 100)
    part = maya.get(url, headers={"range": "bytes=90-"})
    assert (part.status_code, part["Content-Range"]) == (206, "bytes 90-99/100")
    assert len(b"".join(part.streaming_content)) == 10
    assert browser(shop.limited("Lin Few", shop.queue("Returns"))).get(url).status_code == 404


def test_ones_own_telephone_is_kept_checked_and_written_down(shop: cast.Shop, maya: Client) -> None:
    assert maya.post("/me/phone", {"number": "+44 9098 790000", "when": "always"}).status_code == 422
    assert maya.post("/me/phone", {"number": "07400 123456", "when": "always"}).status_code == 302
    row = MobileEnd.objects.get(member=shop.maya)
    assert (row.number, row.when, row.confirmed_at) == ("+447400123456", "always", None)
    MobileEnd.objects.update(confirmed_at=timezone.now())
    maya.post("/me/phone", {"number": "07400 123456", "when": "away"})
    assert MobileEnd.objects.get().confirmed_at, "the same number need not be confirmed again"
    maya.post("/me/phone", {"number": "07400 123457", "when": "away"})
    assert MobileEnd.objects.get().confirmed_at is None
    assert "07400" not in str(list(Record.objects.filter(verb="member.mobile").values_list("before", "after")))
    maya.post("/me/phone", {"number": ""})
    assert not MobileEnd.objects.exists()
    assert "Your phone" in maya.get("/me/phone").text


def test_a_phone_is_told_why_it_rings_no_more_and_the_call_says_whom_it_rang_at(
    shop: cast.Shop, talk: Conversation, maya: Client
) -> None:
    call, now = call_of(shop, talk), timezone.now()
    for why in ("declined", "missed", "withdrawn", "withdrawn"):
        Leg.objects.create(merchant=shop.merchant, call=call, member=shop.maya, ended_at=now, ended=why, state="ended")
    assert [one["why"] for one in maya.get("/phone").json()["left"]] == ["taken", "taken", "missed", "declined"]
    Call.objects.update(ended_at=now)
    assert [one["why"] for one in maya.get("/phone").json()["left"]] == ["gone", "gone", "missed", "declined"]
    legs = list(Leg.objects.filter(call=call).order_by("id"))
    assert card(call, (), legs, (), now).facts == ["Maya said not now", "Maya did not answer"]
