"""STOP, START and HELP by text, and everything that people say instead."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from freezegun import freeze_time

from presszero.channels import outbox
from presszero.channels.models import Delivery, Entry
from presszero.channels.vocabulary import ANSWERED_BY_PROVIDER, Sent
from presszero.conversations.models import Message, Note
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.customers.models import Consent, Handle
from presszero.mailroom.models import Arrival, Received
from presszero.outreach.gate import may_contact
from presszero.outreach.gate.places import whereabouts
from presszero.outreach.models import Manners, StopWish, Suppression
from presszero.outreach.saying_stop import means_again, means_help, means_stop, seems_to_mean
from presszero.outreach.stopping import heed, refused_by_network
from presszero.outreach.suppressing import lift
from presszero.outreach.wishing_stop import settle

from .conftest import Stage, Texts

ADA = "+447700900123"
NOON = datetime(2037, 11, 25, 12, tzinfo=UTC)  # far ahead of the clock of the database, which none of this stops
at_noon = freeze_time(NOON)  # in London


@pytest.fixture
def awake(stage: Stage) -> Stage:
    """Nobody's quiet hours, and caps that are far away."""
    given = {"quiet_from": time(0), "quiet_to": time(0), "a_day": 9, "a_week": 99}
    Manners.objects.create(merchant=stage.shop.merchant, **given)
    return stage


def became(row: Delivery) -> tuple[str, str]:
    now = Delivery.objects.get(id=row.id)
    return now.state, now.reason


def says(stage: Stage, text: str) -> Message:
    heard = stage.hears(text)
    heed(heard)
    return heard


def words_to_her() -> list[str]:
    return list(Entry.objects.filter(automatic__in=("stop", "help")).values_list("text", flat=True))


STOPS = "STOP, stop., Stop!, STOPALL, Stop all, QUIT, End, revoke, OPT OUT, opt-out, OptOut, CANCEL, unsubscribe 🙏"
ELSEWHERE = "Abmelden, ABBESTELLEN!, Stopp, baja, BAJA., alto, arrêt, Désabonner, annulla, afmelden, стоп, إيقاف, 退订"


@pytest.mark.parametrize("said", [*STOPS.split(", "), *ELSEWHERE.split(", "), '"Stop"', "please stop", "STOP thanks"])
def test_sm1_every_reasonable_word_ends_it(said: str) -> None:
    assert means_stop(said, by_text=True)


@pytest.mark.parametrize(
    "said",
    [
        "Please don't text me any more",
        "do not contact me again",
        "Stop texting me!!",
        "stop sending me these messages",
        "take me off your list",
        "remove my number",
        "leave me alone",
        "I don’t want to receive any texts from you",
        "Hi, no more messages please, thanks",
        "Bitte schicken Sie mir keine SMS mehr",
        "Lassen Sie mich in Ruhe",
        "ich möchte keine Nachrichten mehr bekommen",
        "no me escriban más",
        "dejen de enviarme mensajes",
        "ne m'envoyez plus de messages",
    ],
)
def test_sm1_sentences_that_seem_to_mean_it_are_shown_to_a_person(said: str) -> None:
    assert not means_stop(said, by_text=True)
    assert seems_to_mean(said) == "person"


@pytest.mark.parametrize("said", ["Wrong number", "you have the wrong person", "Falsche Nummer!", "número equivocado"])
def test_sm9_somebody_elses_number_is_noticed(said: str) -> None:
    assert seems_to_mean(said) == "wrong"


@pytest.mark.parametrize(
    "said",
    [
        "Please stop by the shop tomorrow",
        "Cancel order 1042 please",
        "Don't forget to text me when it ships",
        "Can you call me?",
        "The zip does not stop at the end",
        "I need help with my boots",
        "Please do not send it to the old address",
        "My number is 07700 900123",
        "When does it start?",
    ],
)
def test_what_merely_sounds_like_it_is_a_message_like_any_other(said: str) -> None:
    assert not (means_stop(said, by_text=True) or means_again(said) or means_help(said) or seems_to_mean(said))


@at_noon
def test_sm2_one_word_confirms_it_and_a_second_stop_gets_none(awake: Stage, texts: Texts) -> None:
    says(awake, "STOP")
    says(awake, "stop!!")
    assert len(words_to_her()) == 1 and awake.line.brand.name in words_to_her()[0]
    outbox.deliver_due()
    assert texts.taken == [ADA]
    assert not may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes


def test_sm2_a_word_that_comes_too_late_does_not_go(awake: Stage, texts: Texts) -> None:
    with freeze_time(NOON) as clock:
        says(awake, "STOP")
        clock.tick(timedelta(minutes=6))
        outbox.deliver_due()
        assert texts.taken == []
        (row,) = Delivery.objects.all()
        assert became(row)[0] == "failed"


@at_noon
def test_where_the_network_confirmed_it_we_say_nothing(awake: Stage) -> None:
    heard = awake.hears("STOP")
    Entry.objects.filter(id=heard.entry_id).update(warnings=[ANSWERED_BY_PROVIDER])
    heed(Message.objects.get(id=heard.id))
    assert words_to_her() == []
    assert Suppression.objects.filter(address=ADA, lifted_at=None).exists()


@at_noon
@pytest.mark.parametrize("where", ["unread", "unheeded", "heeded"])
def test_sm5_a_stop_that_overtakes_an_answer_stops_it_however_far_it_got(
    awake: Stage, texts: Texts, where: str
) -> None:
    row = awake.answers(awake.hears("Where is it?"))
    if where == "unread":
        got = Received.objects.create(
            merchant=awake.shop.merchant, line_id=awake.line.id, external_id="SM1", lane=1, headers={}, body=b"",
            sha256=b"",
        )  # fmt: skip
        payload = {"sender": {"address": ADA}, "new_text": "Stop"}
        Arrival.objects.create(
            merchant=awake.shop.merchant, received=got, line_id=awake.line.id, external_id="SM1", lane=1,
            payload=payload, arrived_at=NOON,
        )  # fmt: skip
    else:
        heard = awake.hears("Stop")
        if where == "heeded":
            heed(heard)
    while outbox.deliver_due():  # one of a conversation at a time, and the word that confirms may be first
        continue
    state, why = became(row)
    assert state == "failed" and "START" in why
    assert texts.taken == ([] if where != "heeded" else texts.taken)


@at_noon
def test_start_lets_answers_and_news_through_again(awake: Stage, texts: Texts) -> None:
    says(awake, "STOP")
    heard = says(awake, "Start")
    row = awake.answers(heard)
    while outbox.deliver_due():
        continue
    assert became(row)[0] == "accepted"
    assert may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes
    assert not may_contact(awake.ada, "sms", "marketing", timezone.now(), address=ADA).yes


@at_noon
def test_who_asks_something_after_stop_is_answered_and_not_written_to_first(awake: Stage, texts: Texts) -> None:
    says(awake, "STOP")
    row = awake.answers(says(awake, "Actually, where are my boots?"))
    first = awake.writes_first()
    while outbox.deliver_due():
        continue
    assert became(row)[0] == "accepted"
    assert became(first)[0] == "failed"


@at_noon
def test_an_agent_who_was_told_otherwise_lifts_it(awake: Stage, texts: Texts) -> None:
    heard = says(awake, "STOP")
    with freeze_time(NOON + timedelta(hours=1)):
        lift(Suppression.objects.get(), by=Actor("member", 1))
        row = awake.answers(heard)
        while outbox.deliver_due():
            continue
        assert became(row)[0] == "accepted"


@at_noon
def test_sm4_help_says_who_we_are_and_how_else_to_reach_us(awake: Stage) -> None:
    says(awake, "HELP?")
    (said,) = words_to_her()
    assert awake.line.brand.name in said and "STOP" in said and awake.shop.line.address in said


@pytest.mark.parametrize("all_of_it", [True, False])
@at_noon
def test_sm3_stop_ends_everything_unless_the_merchant_says_less(awake: Stage, all_of_it: bool) -> None:
    Manners.objects.update(stop_ends_all=all_of_it)
    awake.writes_first("survey")
    says(awake, "STOP")
    assert not may_contact(awake.ada, "sms", "survey", timezone.now(), address=ADA).yes
    assert may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes is not all_of_it


def test_sm6_what_nobody_asked_for_waits_for_the_morning_and_an_answer_does_not(awake: Stage, texts: Texts) -> None:
    Manners.objects.update(quiet_from=time(21), quiet_to=time(8))
    with freeze_time(NOON - timedelta(hours=10)):
        heard = awake.hears("Is it here yet?")
        answer, unasked = awake.answers(heard), awake.writes_first(purpose="")
        while outbox.deliver_due():
            continue
        assert became(answer)[0] == "accepted"
        state, why = became(unasked)
        assert state == "queued" and "quiet" in why
        assert Delivery.objects.get(id=unasked.id).not_before == NOON - timedelta(hours=4)


@at_noon
def test_a_sentence_waits_for_a_person_and_holds_what_we_would_write_first(awake: Stage, texts: Texts) -> None:
    heard = says(awake, "Please don't text me any more")
    wish = StopWish.objects.get()
    says(awake, "I said leave me alone")
    assert (wish.message_id, wish.why, Note.objects.count()) == (heard.id, "person", 1)
    first = awake.writes_first()
    outbox.deliver_due()
    assert became(first)[0] == "queued" and not Suppression.objects.exists()
    settle(wish, True, by=SYSTEM)
    assert not may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes
    assert Consent.objects.filter(channel="", given=False).count() == 3
    assert not StopWish.objects.filter(settled_at=None).exists()
    with pytest.raises(Refused):
        settle(wish, False, by=SYSTEM)


@at_noon
def test_a_person_who_reads_it_otherwise_lets_everything_go_on(awake: Stage) -> None:
    says(awake, "Stop sending me messages about the blue ones, I ordered red!")
    settle(StopWish.objects.get(), False, by=SYSTEM)
    assert may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes


@pytest.mark.parametrize("refusal", ["opted_out", "dead"])
@at_noon
def test_what_the_network_refuses_is_written_down(
    awake: Stage, texts: Texts, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "send", lambda *given: Sent("refused", reason="21610", refusal=refusal), raising=False)
    row = awake.answers(awake.hears("Hi"))
    outbox.deliver_due()
    found = Delivery.objects.select_related("line", "merchant").get(id=row.id)
    assert (found.state, found.refusal) == ("failed", refusal)
    refused_by_network(found)
    if refusal == "dead":
        assert Handle.objects.get(address=ADA).bounced_at
    else:
        assert not may_contact(awake.ada, "sms", "service", timezone.now(), address=ADA).yes


def test_sm6_a_number_is_where_its_area_code_is_and_else_anywhere_in_its_country() -> None:
    def zones(number: str) -> tuple[str, ...]:
        return whereabouts(zone="", country="", region="", number=number, at_home="Europe/London").zones

    assert zones("+61892212345") == ("Australia/Adelaide", "Australia/Perth")
    assert len(zones("+61412345678")) > 3  # a mobile says nothing of where in Australia
    assert zones("+12125550142") == ("America/New_York",)
    assert "Europe/Berlin" in zones("+4915112345678")
