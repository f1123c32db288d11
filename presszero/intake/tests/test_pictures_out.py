"""Files that go with a text: fetched from us by the provider, or as links that the customer taps. Over real sockets."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.channels import outbox
from presszero.channels.adapters.sms.carrying import MOST, as_links
from presszero.channels.adapters.sms.tests.provider import ACCOUNT, ADA, NUMBER, TOKEN, Handler, Provider, running
from presszero.channels.models import Delivery, Line, Share
from presszero.channels.privacy import without_notes
from presszero.channels.sharing import CARRIED_WITHIN, READ_WITHIN, opened, sample
from presszero.channels.vocabulary import Shared
from presszero.conversations import actions
from presszero.conversations.actions.answer import Answer
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.actions import add_handle
from presszero.intake.texts import catch_up, catch_up_due
from tests import cast

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PNG_KEPT = without_notes(PNG)  # as an upload is kept
PDF = b"%PDF-1.4 a label to print"
YES = {"pictures": "yes"}


@dataclass
class House:
    """Juniper & Co. with a number, a matter of Ada's, and a provider that is there."""

    shop: cast.Shop
    talk: Conversation
    line: Line
    provider: Provider

    def sends(self, text: str, *files: tuple[str, bytes]) -> Delivery:
        tokens = [actions.upload(self.talk, name, content, by=self.shop.maya).token for name, content in files]
        answer = Answer(text, uuid.uuid4(), line=self.line, address=ADA, uploads=tokens)
        message = actions.reply(self.talk, answer, by=self.shop.maya)
        Delivery.objects.filter(entry=message.entry).update(not_before=timezone.now())
        return Delivery.objects.get(entry=message.entry)

    def is_set(self, **settings: Any) -> None:
        self.line.settings |= settings
        self.line.save()


@pytest.fixture
def house(db: None, settings: Settings) -> Iterator[House]:
    yield from made(settings)


def made(settings: Settings) -> Iterator[House]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    provider, shop = Provider(), cast.juniper()
    talk = cast.the(cast.ada().writes(shop, "Which boots are these?")).conversation
    add_handle(talk.customer, "phone", ADA, by=SYSTEM)
    with running(provider) as base:
        line = Line(merchant=shop.merchant, kind="sms", address=NUMBER, name="Juniper & Co.", brand=shop.brand)
        line.settings = {"account_sid": ACCOUNT, "api_base": base}
        line.keep_secrets({"auth_token": TOKEN})
        line.save()
        yield House(shop, talk, line, provider)


def now(row: Delivery) -> Delivery:
    return Delivery.objects.get(id=row.id)


@pytest.mark.django_db(transaction=True)
def test_a4_the_provider_fetches_the_exact_bytes_until_the_message_is_there(
    live_server: Any, settings: Settings
) -> None:
    settings.ORIGIN = live_server.url
    for house in made(settings):
        house.is_set(pictures="yes")
        row = house.sends("These.", ("boots.png", PNG), ("Label (return).pdf", PDF))
        assert outbox.deliver_due()
        (text,) = house.provider.sent
        assert (text.body, now(row).state, len(text.urls)) == ("These.", "accepted", 2)
        for url, kind, content in zip(text.urls, ("image/png", "application/pdf"), (PNG_KEPT, PDF), strict=True):
            for method, body in (("HEAD", b""), ("GET", content), ("GET", content)):
                with urlopen(Request(url, method=method), timeout=5) as answer:
                    assert (answer.status, answer.read()) == (200, body)
                    assert answer.headers["Content-Type"] == kind
                    assert answer.headers["Content-Length"] == str(len(content))
                    assert (
                        answer.headers["Content-Disposition"].startswith("inline")
                        and "Set-Cookie" not in answer.headers
                    )
                    assert "sandbox" in answer.headers["Content-Security-Policy"]
        outbox.report(now(row), "delivered", "")
        for url in (*text.urls, f"{live_server.url}/f/{'0' * 22}", f"{live_server.url}/f/..%2fsecret-key"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(url, timeout=5)


def test_a_try_that_follows_names_the_same_addresses_and_gives_them_more_time(house: House) -> None:
    house.is_set(pictures="yes")
    row = house.sends("These.", ("boots.png", PNG))
    assert outbox.deliver_due()
    share = Share.objects.get()
    Share.objects.update(until=timezone.now() + timedelta(minutes=1))
    outbox.report(now(row), "failed", "The provider could not fetch a file.")
    assert opened(share.token, timezone.now()) is None
    outbox.send_again(now(row), by=SYSTEM)
    assert outbox.deliver_due()
    first, second = house.provider.sent
    assert first.urls == second.urls and opened(share.token, timezone.now())
    assert opened(share.token, timezone.now() + CARRIED_WITHIN - timedelta(minutes=1))
    assert opened(share.token, timezone.now() + CARRIED_WITHIN + timedelta(minutes=1)) is None


def test_where_no_network_carries_it_the_text_holds_a_link_that_a_telephone_opens(house: House) -> None:
    row = house.sends("Here it is.", ("boots.png", PNG), ("Label.pdf", PDF))
    assert outbox.deliver_due()
    (text,) = house.provider.sent
    words, picture, label = text.body.split("\n")
    assert (words, text.urls, now(row).state) == ("Here it is.", [], "accepted")
    assert len(picture) == len(label) == len(sample())
    outbox.report(now(row), "delivered", "")
    shown, saved = (Client().get(urlsplit(url).path) for url in (picture, label))
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, PNG_KEPT)
    assert shown["Content-Disposition"].startswith("inline") and not shown.cookies
    assert saved["Content-Type"] == "application/pdf" and saved["Content-Disposition"].startswith("attachment")
    token = picture.rpartition("/")[2]
    assert opened(token, timezone.now() + READ_WITHIN + timedelta(days=1)) is None
    row.entry.attachments.all().delete()
    assert not Share.objects.exists() and opened(token, timezone.now()) is None


def test_a_text_cut_off_is_known_again_by_its_words_and_links(house: House) -> None:
    row = house.sends("Here.", ("boots.png", PNG))

    def taken_and_cut_off(handler: Handler, fields: dict[str, str]) -> bool:
        house.provider.takes(fields)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    house.provider.misbehave = taken_and_cut_off
    outbox.deliver_due()
    house.provider.misbehave = lambda handler, fields: False
    assert now(row).state == "unknown"
    catch_up(Line.objects.get(id=house.line.id), timezone.now())
    assert (now(row).state, len(house.provider.sent)) == ("accepted", 1)


@pytest.mark.parametrize(
    ("files", "text", "said"),
    [
        ([("notes.docx", b"PK\x03\x04 a document")], "Hi", "pictures, sound, film, contact cards and PDF"),
        ([("page.html", b"<html><script>alert(1)</script>")], "Hi", "pictures, sound, film"),
        ([("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")], "Hi", "pictures, sound, film"),
        ([(f"{n}.png", PNG + bytes([n])) for n in range(11)], "Hi", "At most 10 files"),
        ([(f"{n}.pdf", PDF + bytes(13_200_000) + bytes([n])) for n in range(2)], "Hi", "too large together"),
        ([("boots.png", PNG)], "x" * 1590, "With the links to its files this is"),
    ],
)
def test_what_a_text_cannot_carry_is_said_and_nothing_goes(
    house: House, files: list[tuple[str, bytes]], text: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        house.sends(text, *files)
    assert not Delivery.objects.exists() and not outbox.deliver_due() and not house.provider.sent


@pytest.mark.parametrize(
    ("settings_", "theirs", "files", "links"),
    [
        (YES, "+447700900123", [Shared("image/png", 10)], False),
        (YES, "+447700900123", [Shared("image/png", MOST)], True),
        (YES, "+447700900123", [Shared("application/pdf", 600_001)], True),
        (YES, "+447700900123", [Shared("image/jpeg", 3_000_000), Shared("text/vcard", 900)], False),
        (YES, "+447700900123", [Shared("image/webp", 10)], True),
        (YES, "+12125550142", [Shared("image/png", 10)], True),
        ({"pictures": "no", "pictures_said": True}, "+447700900123", [Shared("image/png", 10)], True),
        ({"pictures": "", "pictures_said": True}, "+447700900123", [Shared("image/png", 10)], False),
        ({"pictures_said": None}, "+447700900123", [Shared("image/png", 10)], True),
        ({}, "+447700900123", [Shared("image/png", 10)], True),
    ],
)
def test_links_go_wherever_a_network_would_not_carry_it(
    settings_: dict[str, Any], theirs: str, files: list[Shared], links: bool
) -> None:
    assert as_links(settings_, NUMBER, theirs, files) is links


@pytest.mark.parametrize(("able", "said"), [({"mms": True}, True), ({"MMS": False, "sms": True}, False), (None, None)])
def test_what_the_number_can_do_is_asked_of_the_provider_once_a_day(
    house: House, able: dict[str, bool] | None, said: bool | None
) -> None:
    house.provider.able = able
    at = timezone.now()
    for later in (timedelta(), timedelta(hours=1), timedelta(hours=25)):
        catch_up_due(at + later)
    assert Line.objects.get(id=house.line.id).settings.get("pictures_said") is said
    assert sum("IncomingPhoneNumbers" in path for _, path, _ in house.provider.asked) == 2
    house.is_set(pictures="no")
    catch_up_due(at + timedelta(days=9))
    assert sum("IncomingPhoneNumbers" in path for _, path, _ in house.provider.asked) == 2
