"""Texts with a provider on a real socket: what webhooks missed, what was cut off, pictures, and news in any order."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from presszero.channels import media, outbox, policy
from presszero.channels.adapters.sms import reading
from presszero.channels.adapters.sms.tests.provider import (
    ACCOUNT,
    ADA,
    NUMBER,
    TOKEN,
    Handler,
    Provider,
    Text,
    new_sid,
    reply,
    running,
)
from presszero.channels.models import Attachment, Delivery, Entry, Line, MediaToFetch
from presszero.conversations.models import Conversation, Message
from presszero.intake import texts
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.outreach.stopping import heed
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

FORM = {"content-type": "application/x-www-form-urlencoded"}
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


@dataclass
class House:
    """Juniper & Co. with a number at the provider."""

    shop: cast.Shop
    line: Line
    provider: Provider
    base: str

    def webhook(self, text: Text) -> Message | None:
        """As the provider posts it; what became of it."""
        fields = {"MessageSid": text.sid, "AccountSid": ACCOUNT, "From": text.sender, "To": text.to, "Body": text.body}
        fields["NumMedia"] = str(len(text.media))
        for place, (file, kind, _content) in enumerate(text.media):
            path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{text.sid}/Media/{file}"
            fields |= {f"MediaUrl{place}": self.base + path, f"MediaContentType{place}": kind}
        return self.posted(text.sid, fields, text.sender)

    def posted(self, external_id: str, fields: dict[str, str], sender: str) -> Message | None:
        body, number = urlencode(fields).encode(), lane(self.line.id, sender)
        receive([Incoming(self.line.merchant_id, self.line.id, external_id, number, FORM, body)])
        return cast.work()

    def answers(self, message: Message | None, text: str = "On its way.") -> Delivery:
        sent = cast.answer(cast.the(message).conversation, text, self.shop.maya)
        Delivery.objects.filter(entry=sent.entry).update(not_before=timezone.now())
        return Delivery.objects.get(entry=sent.entry)

    def catch_up(self, ahead: timedelta = timedelta()) -> int:
        return texts.catch_up(Line.objects.get(id=self.line.id), timezone.now() + ahead)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    provider, shop = Provider(), cast.juniper()
    with running(provider) as base:
        line = Line(merchant=shop.merchant, kind="sms", address=NUMBER, name="Juniper & Co.", brand=shop.brand)
        line.settings = {"account_sid": ACCOUNT, "api_base": base}
        line.keep_secrets({"auth_token": TOKEN})
        line.save()
        yield House(shop, line, provider, base)


def state(row: Delivery) -> str:
    return str(Delivery.objects.get(id=row.id).state)


def test_a_text_opens_a_conversation_and_its_answer_goes_back_from_the_same_number(house: House) -> None:
    message = cast.the(house.webhook(house.provider.gets("Where are my boots?")))
    assert (message.entry.text, message.conversation.last_channel) == ("Where are my boots?", "sms")
    row = house.answers(message)
    assert outbox.deliver_due()
    (sent,) = house.provider.sent
    assert (sent.sender, sent.to, sent.body, state(row)) == (NUMBER, ADA, "On its way.", "accepted")
    house.posted(f"{sent.sid}:delivered", {"MessageSid": sent.sid, "MessageStatus": "delivered", "To": ADA}, ADA)
    assert state(row) == "delivered"


def test_f17_what_came_while_nobody_listened_is_fetched_once_and_in_its_place(house: House) -> None:
    first = house.provider.gets("One")
    house.webhook(first)
    missed = [house.provider.gets(f"Missed {n}") for n in range(7)]  # three pages of the provider's
    for minutes, text in enumerate(missed):
        text.at -= timedelta(minutes=20 - minutes)
    assert house.catch_up() == 7
    cast.work()
    assert house.catch_up() == 0
    house.webhook(missed[0])  # the webhook comes after all
    said = list(Entry.objects.filter(inbound=True).order_by("at").values_list("text", flat=True))
    assert sorted(said) == sorted(["One", *(text.body for text in missed)])
    assert said[:7] == [text.body for text in missed]
    assert Conversation.objects.count() == 1


def test_news_that_never_came_is_fetched_too(house: House) -> None:
    row = house.answers(house.webhook(house.provider.gets("Hi")))
    outbox.deliver_due()
    house.provider.sent[0].status, house.provider.sent[0].error = "undelivered", 30006
    house.catch_up()
    now = Delivery.objects.get(id=row.id)
    assert (now.state, now.refusal) == ("failed", "dead") and "landline" in now.reason


@pytest.mark.parametrize("taken", [True, False])
def test_f12_what_was_cut_off_is_settled_by_the_list_and_never_sent_twice(house: House, taken: bool) -> None:
    row = house.answers(house.webhook(house.provider.gets("Hi")))

    def cut(handler: Handler, fields: dict[str, str]) -> bool:
        if handler.command != "POST":
            return False
        if taken:
            house.provider.takes(fields)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    house.provider.misbehave = cut
    outbox.deliver_due()
    assert state(row) == "unknown"
    house.provider.misbehave = lambda handler, fields: False
    house.catch_up(timedelta(minutes=1))
    assert state(row) == ("accepted" if taken else "unknown")
    house.catch_up(timedelta(minutes=11))
    while outbox.deliver_due():
        continue
    assert state(row) == "accepted"
    assert len(house.provider.sent) == 1
    assert Delivery.objects.get(id=row.id).provider_id == house.provider.sent[0].sid


def test_two_answers_of_the_same_words_are_told_apart(house: House) -> None:
    message = house.webhook(house.provider.gets("Hi"))
    rows = [house.answers(message, "ok"), house.answers(message, "ok")]

    def cut(handler: Handler, fields: dict[str, str]) -> bool:
        if handler.command != "POST":
            return False
        house.provider.takes(fields)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    house.provider.misbehave = cut
    outbox.deliver_due(), outbox.deliver_due()
    house.catch_up(timedelta(minutes=1))
    found = [Delivery.objects.get(id=row.id) for row in rows]
    assert [row.state for row in found] == ["accepted", "accepted"]
    assert {row.provider_id for row in found} == {text.sid for text in house.provider.sent}


def test_a_provider_that_does_not_answer_is_the_lines_trouble_until_it_does(house: House) -> None:
    def away(handler: Handler, fields: dict[str, str]) -> bool:
        reply(handler, 503, b"busy")
        return True

    house.provider.misbehave = away
    house.catch_up()
    row = Line.objects.get(id=house.line.id)
    assert "503" in row.trouble and row.checked_at is None  # so that the next look goes as far back
    house.provider.misbehave = lambda handler, fields: False
    house.catch_up()
    assert Line.objects.get(id=house.line.id).trouble == ""


REPORTS = ["queued", "sending", "sent", "delivered", "undelivered", "failed", "read", "teleported"]


@given(st.lists(st.sampled_from(REPORTS), max_size=12))
@example(["delivered", "sent", "queued"])
@example(["undelivered", "delivered", "failed"])
def test_h3_states_in_any_order_end_where_the_best_evidence_says(told: list[str]) -> None:
    now = "accepted"
    for said in told:
        heard = reading.STATES.get(said)
        before = now
        now = heard if heard and policy.moves_forward(now, heard) else now
        assert policy.moves_forward(now, before) is False or (before, now) in {
            ("failed", "delivered"),
            ("failed", "read"),
        }
    known = {reading.STATES[said] for said in told if said in reading.STATES}
    best = next((each for each in ("read", "delivered", "failed") if each in known), "accepted")
    assert now == best


def test_h3_a_report_of_another_merchants_text_changes_nothing(house: House) -> None:
    row = house.answers(house.webhook(house.provider.gets("Hi")))
    outbox.deliver_due()
    other = cast.thistle()
    line = Line.objects.create(merchant=other.merchant, kind="sms", address="+442079460099", brand=other.brand)
    sid = house.provider.sent[0].sid
    told = reading.reported(sid, "failed", "30006", recipient=ADA, our_id=str(row.our_id))
    cast.reported(line, told)
    assert state(row) == "accepted"


def test_a_callback_that_overtakes_our_own_answer_counts(house: House) -> None:
    row = house.answers(house.webhook(house.provider.gets("Hi")))

    def quick(handler: Handler, fields: dict[str, str]) -> bool:
        made = house.provider.takes(fields)
        told = reading.reported(made.sid, "delivered", None, recipient=ADA)
        cast.reported(house.line, told)
        connection.close()  # of the provider's thread
        reply(handler, 201, made.as_json())
        return True

    house.provider.misbehave = quick
    outbox.deliver_due()
    assert state(row) == "delivered"


def picture(house: House, kind: str = "image/jpeg", content: bytes = JPEG) -> MediaToFetch:
    sent = house.provider.gets("", media=[("ME" + "a" * 32, kind, content)])
    message = cast.the(house.webhook(sent))
    return MediaToFetch.objects.get(entry=message.entry)


def test_h8_a_picture_follows_its_words_and_is_fetched_once(house: House) -> None:
    row = picture(house)
    assert not Attachment.objects.exists()
    assert media.fetch_due() == 1 and media.fetch_due() == 0
    file = Attachment.objects.get(entry=row.entry)
    assert (file.content_type, file.filename, file.size) == ("image/jpeg", "picture-1.jpg", len(JPEG))
    fetched = [path for method, path, headers in house.provider.asked if "/Media/" in path]
    assert len(fetched) == 1
    assert Event.objects.filter(kind="media.fetched", data__here=True).count() == 1


def test_h8_what_calls_itself_a_picture_and_is_a_page_is_never_shown_as_one(house: House) -> None:
    row = picture(house, content=b"<html><script>alert(1)</script></html>")
    media.fetch_due()
    assert Attachment.objects.get(entry=row.entry).content_type.startswith("text/")


@pytest.mark.parametrize("way", ["elsewhere", "redirect", "large", "gone"])
def test_h8_a_picture_that_may_not_be_fetched_loses_no_words_and_says_why(
    house: House, way: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = picture(house, content=JPEG * 100)
    path = row.url.removeprefix(house.base)
    if way == "elsewhere":
        MediaToFetch.objects.filter(id=row.id).update(url="http://169.254.169.254/latest/meta-data/")
    elif way == "redirect":
        house.provider.files[path] = lambda handler: reply(handler, 302, b"", Location="http://10.0.0.1/secret")
    elif way == "gone":
        house.provider.files[path] = lambda handler: reply(handler, 404, b"")
    else:
        monkeypatch.setattr(media, "MAX_SIZE", 1000)
    media.fetch_due()
    row.refresh_from_db()
    assert row.state == "failed" and row.reason.endswith(".")
    assert not Attachment.objects.exists()
    assert Message.objects.filter(inbound=True).count() == 1


def test_a_picture_that_is_late_is_tried_again(house: House) -> None:
    row = picture(house)
    path = row.url.removeprefix(house.base)
    house.provider.files[path] = lambda handler: reply(handler, 500, b"")
    media.fetch_due()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 1) and row.not_before > timezone.now()
    del house.provider.files[path]
    assert media.fetch_due(row.not_before) == 1
    assert Attachment.objects.filter(entry=row.entry).exists()


def test_our_own_texts_in_the_list_are_nobodys_message(house: House) -> None:
    house.provider.texts.append(
        Text(new_sid(), NUMBER, ADA, "by another program", "outbound-api", "sent", timezone.now())
    )
    assert house.catch_up() == 0
    assert not Entry.objects.exists()


def test_a_stop_out_of_nowhere_waits_for_nobody(house: House) -> None:
    message = cast.the(house.webhook(house.provider.gets("STOP")))
    heed(message)
    row = Conversation.objects.get(id=message.conversation_id)
    assert (row.state, row.waiting_since) == ("resolved", None)
    again = cast.the(house.webhook(house.provider.gets("Where are my boots?")))
    assert (again.conversation_id, again.conversation.state) == (row.id, "open")
