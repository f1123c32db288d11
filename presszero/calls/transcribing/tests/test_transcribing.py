"""Recordings given to a program on a real socket that speaks OpenAI's form, well, badly, late and not at all."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.calls import actions, cards
from presszero.calls.forgetting import take_sound
from presszero.calls.menu.vocabulary import Consent, Unpark
from presszero.calls.models import Recording, Transcriber, Transcription
from presszero.calls.tests.test_calls import HEARS, phone, rings, understood
from presszero.calls.transcribing.asking import NotWritten, Program, pieces, written
from presszero.calls.transcribing.digits import without_cards
from presszero.calls.transcribing.working import want_again, work
from presszero.channels.models import Entry, Line
from presszero.conversations.models import Conversation, Message
from presszero.core.refusal import Refused
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.serving import serving

pytestmark = pytest.mark.django_db
SAID = "Hello, this is Ada. My boots leak."


def wav(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(range(256)) * int(seconds * 8000 * 2 / 256))
    return out.getvalue()


@dataclass
class Writer:
    """The program: keeps what it was asked, and answers with the next of its answers, else with the words."""

    asked: list[dict[str, Any]] = field(default_factory=list)  # its form, and "authorization"
    answers: list[tuple[int, Any]] = field(default_factory=list)

    def hears(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        whole = message_from_bytes(f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode() + body)
        parts = {str(part.get_param("name", header="Content-Disposition")): part for part in whole.get_payload()}
        form: dict[str, Any] = {
            name: part.get_payload(decode=True).decode() for name, part in parts.items() if name != "file"
        }
        form |= {"path": handler.path, "authorization": handler.headers.get("Authorization", "")}
        self.asked.append(form | {"file": parts["file"].get_payload(decode=True), "name": parts["file"].get_filename()})
        status, said = self.answers.pop(0) if self.answers else (200, {"text": SAID})
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def running(writer: Writer) -> Iterator[str]:
    with serving(writer.hears) as address:
        yield f"{address}/v1"


@dataclass
class House:
    shop: cast.Shop
    line: Line
    writer: Writer
    program: Transcriber

    def leaves(self, language: str = "") -> Recording:
        """Somebody leaves a message of twelve seconds; it stands in a conversation."""
        call = understood(rings(self.line))
        type(call).objects.filter(id=call.id).update(language=language)
        actions.carry_out(call.id, Unpark("voicemail"), timezone.now())
        key = default_storage.save("calls/message.wav", ContentFile(wav(0.2)))
        kept = actions.keep_recording(call.id, "voicemail", "", key, 12.4, timezone.now())
        assert kept is not None
        actions.call_ended(call.id, "abandoned", timezone.now())
        understood(call)
        return kept

    def entry(self, kept: Recording) -> Entry:
        return Entry.objects.get(message_id=f"voicemail:{kept.id}")


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    shop, writer = cast.juniper(), Writer()
    consume_all(HEARS)
    with running(writer) as url:
        program = Transcriber(merchant=shop.merchant, url=url, model="base.en", voicemails=True, calls=True)
        program.keep_key("sk-secret")
        program.save()
        line = phone(shop, records="asked")
        yield House(shop, line, writer, program)


def browser(member: Membership) -> Client:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.5", "t"), timezone.now()).token
    return client


def test_a_message_left_reads_like_any_other_and_is_found(house: House) -> None:
    kept = house.leaves(language="de-DE")
    Conversation.objects.update(snippet=house.entry(kept).text)  # in one transaction no clock says which came last
    assert work() == 1 and work() == 0
    (asked,) = house.writer.asked
    assert (asked["path"], asked["model"], asked["language"]) == ("/v1/audio/transcriptions", "base.en", "de")
    assert (asked["authorization"], asked["name"], asked["file"]) == ("Bearer sk-secret", "sound.wav", wav(0.2))
    entry = house.entry(kept)
    assert entry.text == SAID and "12" in entry.folded and entry.attachments.get().content_type.startswith("audio/")
    talk = Message.objects.get(entry=entry).conversation
    assert talk.snippet == SAID
    maya = browser(house.shop.maya)
    page = maya.get(f"/conversations/{talk.id}").content.decode()
    assert SAID in page
    assert f"/conversations/{talk.id}" in maya.get("/search?q=leak").content.decode()


def test_a_call_stands_as_text_beside_its_sound_and_goes_with_it(house: House) -> None:
    call = understood(rings(house.line))
    actions.carry_out(call.id, Consent(True), timezone.now())
    key = default_storage.save("calls/talk.wav", ContentFile(wav(0.2)))
    kept = actions.keep_recording(call.id, "call", "", key, 3.0, timezone.now())
    assert kept is not None and work() == 1
    call.refresh_from_db()
    assert call.entry is not None and call.entry_id is not None
    entry = Entry.objects.get(id=call.entry_id)
    assert entry.text.endswith(SAID) and entry.text != SAID
    (sound,) = cards.cards(call.merchant_id, [call.entry_id])[call.entry_id].sounds
    assert (sound.transcript, sound.writing) == (SAID, "")
    take_sound(call.merchant_id, [kept.id])
    entry.refresh_from_db()
    kept.refresh_from_db()
    assert SAID not in entry.text and entry.text and kept.transcript == "" and not Transcription.objects.exists()


def test_a_message_whose_sound_is_over_is_called_as_before(house: House) -> None:
    kept = house.leaves()
    work()
    take_sound(kept.merchant_id, [kept.id])
    entry = house.entry(kept)
    assert "12" in entry.text and SAID not in entry.text + entry.folded
    assert SAID not in Message.objects.get(entry=entry).conversation.snippet


def test_words_understood_before_the_message_found_its_place_join_it_there(house: House) -> None:
    call = understood(rings(house.line))
    actions.carry_out(call.id, Unpark("voicemail"), timezone.now())
    key = default_storage.save("calls/message.wav", ContentFile(wav(0.2)))
    kept = actions.keep_recording(call.id, "voicemail", "", key, 12.4, timezone.now())
    assert kept is not None and work() == 1 and not Entry.objects.filter(message_id=f"voicemail:{kept.id}").exists()
    understood(call)
    assert house.entry(kept).text == SAID


def test_who_declined_has_no_words_and_a_deleted_sound_none_that_come_late(house: House) -> None:
    declined = rings(house.line)
    actions.carry_out(declined.id, Consent(False), timezone.now())
    key = default_storage.save("calls/no.wav", ContentFile(wav(0.2)))
    assert actions.keep_recording(declined.id, "call", "", key, 3.0, timezone.now()) is None
    assert work() == 0 and not house.writer.asked
    kept = house.leaves()
    hears = house.writer.hears

    def deleted_meanwhile(handler: BaseHTTPRequestHandler) -> None:
        hears(handler)

    Recording.objects.filter(id=kept.id).update(state=Recording.State.DELETED)
    setattr(house.writer, "hears", deleted_meanwhile)  # noqa: B010 - the answer comes, and nothing is kept of it
    assert work() == 1
    kept.refresh_from_db()
    assert kept.transcript == "" and not Transcription.objects.exists()


def test_it_is_tried_over_a_day_and_says_what_is_wrong_meanwhile(house: House) -> None:
    house.writer.answers = [(503, b"busy")] * 40
    kept = house.leaves()
    at, tries = timezone.now() + timedelta(seconds=1), 0
    while Transcription.objects.get(recording=kept).state == "waiting":
        assert tries < 20, "it ends"
        tries += work(at)
        at += timedelta(minutes=10)
        if tries == 1:
            (sound,) = cards.cards(kept.merchant_id, [kept.call.entry_id or 0])[kept.call.entry_id or 0].sounds
            assert sound.writing == "waiting" and "503" in sound.trouble
    assert 8 <= tries <= 10 and timedelta(hours=20) < at - timezone.now() < timedelta(hours=36)
    house.program.refresh_from_db()
    assert "503" in house.program.trouble and house.program.trouble_since
    house.writer.answers = []
    maya = browser(house.shop.maya)
    assert maya.post(f"/calls/recordings/{kept.id}/transcript").status_code == 204
    assert work() == 1
    assert house.entry(kept).text == SAID
    house.program.refresh_from_db()
    assert house.program.trouble == "" and house.program.worked_at
    assert maya.post(f"/calls/recordings/{kept.id}/transcript").status_code == 422


@pytest.mark.parametrize(
    ("status", "said", "for_good"),
    [
        (400, {"error": {"message": "Invalid file format."}}, True),
        (413, b"too large", True),
        (401, {"error": {"message": "Incorrect API key"}}, False),
        (404, {"detail": "Model is not installed"}, False),
        (500, b"<html>", False),
        (200, b"no json", False),
        (200, {"words": 1}, False),
        (302, b"", False),
    ],
)
def test_what_it_answers_is_judged(house: House, status: int, said: Any, for_good: bool) -> None:
    house.writer.answers = [(status, said)]
    with pytest.raises(NotWritten) as why:
        written(Program(house.program.url, "m"), wav(0.1), "", 1)
    assert why.value.for_good is for_good and str(why.value).strip()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/v1", "http://169.254.169.254/v1", "http://[::1]:80", "file:///etc"]
)
def test_s1_a_private_address_is_asked_only_where_the_environment_opens_it(settings: Settings, url: str) -> None:
    settings.HTTP_MAY_REACH = []
    with pytest.raises(NotWritten, match="private network|Only http"):
        written(Program(url, "m", "key"), wav(0.1), "", 1)


def test_a_long_sound_goes_in_parts_and_loses_nothing() -> None:
    whole = wav(10)
    parts = list(pieces(whole, 60_000))
    assert len(parts) == 3 and all(len(part) <= 60_000 for part in parts)
    frames = b""
    for part in parts:
        with wave.open(io.BytesIO(part)) as sound:
            assert sound.getframerate() == 8000
            frames += sound.readframes(sound.getnframes())
    with wave.open(io.BytesIO(whole)) as sound:
        assert frames == sound.readframes(sound.getnframes())
    assert list(pieces(b"ID3 no wave" * 10, 20)) == [b"ID3 no wave" * 10]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("My card is 4111 1111 1111 1111, thanks.", "My card is •••• 1111, thanks."),
        ("It is 4111, 1111, 1111, 1111.", "It is •••• 1111."),
        ("four one one one one one one one one one one one one one one one, right?", "••••, right?"),
        ("four triple one one one one one one one one one one one one one", "••••"),
        ("vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins bitte", "•••• bitte"),
        ("one two three, one two three", "one two three, one two three"),
        ("order one zero four two of the year 2026", "order one zero four two of the year 2026"),
    ],
)
def test_cards_that_are_said_are_taken_out_before_anybody_reads_them(said: str, kept: str) -> None:
    assert without_cards(said) == kept


def set_up(**changes: str) -> dict[str, str]:
    given = {"url": "https://api.openai.com/v1/audio/transcriptions", "model": "whisper-1", "key": "sk-1", "calls": "1"}
    return {**given, **changes}


def test_s5_it_is_set_up_on_a_page_and_the_key_stays_with_its_address(shop_: cast.Shop) -> None:
    rosa, at = browser(shop_.team["rosa"]), "/settings/phone/transcriber"
    assert rosa.post(at, set_up()).status_code == 302
    row = Transcriber.objects.get()
    assert (row.url, row.key, row.voicemails, row.calls) == ("https://api.openai.com/v1", "sk-1", False, True)
    page = rosa.get(at).content.decode()
    assert "https://api.openai.com/v1" in page and "sk-1" not in page
    assert "whisper-1" in rosa.get("/settings/phone").content.decode()
    rosa.post(at, set_up(key="", model="gpt-4o-transcribe"))
    assert Transcriber.objects.get().key == "sk-1"
    rosa.post(at, set_up(key="", url="https://evil.example/v1"))
    assert Transcriber.objects.get().key == "", "a key never goes to another address than its own"
    for wrong in ({"url": "javascript:x"}, {"url": "https://me:secret@x.example"}, {"model": ""}, {"calls": ""}):
        assert rosa.post(at, set_up(**wrong)).status_code == 422
    assert browser(shop_.maya).post(at, set_up()).status_code == 403
    assert [each.verb for each in Record.objects.filter(verb__startswith="transcriber").order_by("id")] == [
        "transcriber.save"
    ] * 3
    assert not Record.objects.filter(after__icontains="sk-1").exists()
    rosa.post(f"{at}/removal")
    assert not Transcriber.objects.exists()


@pytest.fixture
def shop_() -> cast.Shop:
    return cast.juniper()


def test_without_one_nothing_is_written_down_and_asking_says_so(house: House) -> None:
    house.program.delete()
    kept = house.leaves()
    assert not Transcription.objects.exists() and work() == 0
    with pytest.raises(Refused, match="Nothing is set up"):
        want_again(Recording.objects.select_related("call").get(id=kept.id), by=house.shop.maya.actor)
