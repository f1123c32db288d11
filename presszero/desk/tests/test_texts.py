"""A number for texts in the settings, and texts as the desk shows and counts them."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.channels.adapters.sms.tests.provider import ACCOUNT, ADA, NUMBER, Provider, new_sid, reply, running
from presszero.channels.media import fetch_due
from presszero.channels.models import Entry, Line
from presszero.channels.sharing import sample
from presszero.conversations.actions import upload
from presszero.conversations.actions.texting import text
from presszero.conversations.models import Message
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.actions import add_handle
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.outreach.models import Suppression
from presszero.outreach.stopping import heed
from tests import cast

from .conftest import At, words


@pytest.fixture
def rosa(shop: cast.Shop) -> At:
    return At(shop.team["rosa"])


def fields(shop: cast.Shop, **more: Any) -> dict[str, Any]:
    given = {
        "address": "020 7946 0018", "name": "Texts", "brand": shop.brand.id, "first_reply_minutes": 15,
        "next_reply_minutes": 30, "provider": "twilio", "account_sid": ACCOUNT, "auth_token": "first-token",
    }  # fmt: skip
    return {**given, **more}


def number(shop: cast.Shop, base: str = "", address: str = NUMBER) -> Line:
    line = Line(merchant=shop.merchant, kind="sms", address=address, name="Texts", brand=shop.brand)
    line.settings = {"account_sid": ACCOUNT, "api_base": base}
    line.keep_secrets({"auth_token": "12345"})
    line.save()
    return line


def test_a_number_is_connected_and_its_tokens_overlap_while_one_is_replaced(rosa: At, shop: cast.Shop) -> None:
    assert rosa.client.post("/settings/lines/new/sms", fields(shop)).status_code == 302
    row = Line.objects.get(kind="sms")
    assert (row.address, row.settings["api_base"]) == (NUMBER, "https://api.twilio.com")
    page = rosa.open(f"/settings/lines/{row.id}").content.decode()
    assert f"/in/sms/{row.token}#rc=5" in page and "first-token" not in page and "+44 20 7946 0018" in page
    rosa.client.post(f"/settings/lines/{row.id}", fields(shop, auth_token="second"))
    row.refresh_from_db()
    assert (row.secrets["auth_token"], row.secrets["old_auth_token"]) == ("second", "first-token")
    rosa.client.post(f"/settings/lines/{row.id}", fields(shop, auth_token="", forget_old="1"))
    row.refresh_from_db()
    assert (row.secrets["auth_token"], row.secrets["old_auth_token"]) == ("second", "")
    assert not Record.objects.filter(after__icontains="token").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"address": "hello"}, {"auth_token": ""}, {"account_sid": ""}, {"provider": "other", "api_base": "javascript:x"}],
)
def test_what_cannot_work_is_said_beside_its_field(rosa: At, shop: cast.Shop, wrong: dict[str, str]) -> None:
    answer = rosa.client.post("/settings/lines/new/sms", fields(shop, **wrong))
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()
    assert not Line.objects.filter(kind="sms").exists()


def test_signalwires_space_is_enough(rosa: At, shop: cast.Shop) -> None:
    rosa.client.post("/settings/lines/new/sms", fields(shop, provider="signalwire", api_base="juniper.signalwire.com"))
    assert Line.objects.get(kind="sms").settings["api_base"] == "https://juniper.signalwire.com/api/laml"


def test_a_trial_goes_to_the_number_that_was_named(rosa: At, shop: cast.Shop, settings: Settings) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    provider = Provider()
    with running(provider) as base:
        row = number(shop, base)
        assert "The provider took it." in words(
            rosa.asks(f"/settings/lines/{row.id}/trial", "post", number="07700900123")
        )
        assert [text.to for text in provider.sent] == [ADA]
        assert rosa.asks(f"/settings/lines/{row.id}/trial", "post", number="me").status_code == 422
    assert At(shop.maya).asks(f"/settings/lines/{row.id}/trial", "post", number=ADA).status_code == 403


def test_who_wrote_by_mail_can_be_answered_by_text_and_sees_it_counted(shop: cast.Shop, ada: cast.Shopper) -> None:
    message = cast.the(ada.writes(shop, "Where are my boots?"))
    add_handle(message.conversation.customer, "phone", ADA, by=SYSTEM)
    assert "Text to" not in words(At(shop.maya).open(f"/conversations/{message.conversation_id}"))
    line = number(shop)
    page = At(shop.maya).open(f"/conversations/{message.conversation_id}").content.decode()
    assert f'value="line:{line.id}:{ADA}"' in page and "Text to +44 7700 900123" in page and "data-segments" in page


def test_a_customer_is_texted_from_the_number_they_know_else_the_least_used_of_their_country(
    shop: cast.Shop, ada: cast.Shopper
) -> None:
    message = cast.the(ada.writes(shop, "Hello"))
    talk, person = message.conversation, message.conversation.customer
    numbers = [ADA, "+447700900124", "+447700900125", "+12125550142"]
    for each in numbers:
        add_handle(person, "phone", each, by=SYSTEM)
    american = number(shop, address="+12125550100")
    first, second = number(shop, address="+442079460018"), number(shop, address="+442079460019")
    used = [text(talk, "Hi", number=each, by=SYSTEM).entry.thread.line_id for each in (*numbers, ADA)]
    assert used == [first.id, second.id, first.id, american.id, first.id]


def test_a_text_of_the_products_own_is_sent_once_and_only_to_a_number_of_theirs(
    shop: cast.Shop, ada: cast.Shopper
) -> None:
    talk = cast.the(ada.writes(shop, "Hello")).conversation
    add_handle(talk.customer, "phone", ADA, by=SYSTEM)
    with pytest.raises(Refused, match="no number to text from"):
        text(talk, "Sorry we missed you", number=ADA, by=SYSTEM)
    number(shop)
    made = text(talk, "Sorry we missed you", number=ADA, by=SYSTEM, key=(key := uuid.uuid4()))
    assert text(talk, "Sorry we missed you", number=ADA, by=SYSTEM, key=key).id == made.id
    assert made.entry.automatic == "service"
    for wrong, to in (("Hi", "+447700900999"), ("", ADA), ("x" * 1601, ADA)):
        with pytest.raises(Refused):
            text(talk, wrong, number=to, by=SYSTEM)
    assert Entry.objects.filter(inbound=False).count() == 1


def texted(shop: cast.Shop, line: Line, words_: str, **more: str) -> Message:
    """A text of Ada's, as the provider posts it."""
    sid = new_sid()
    given = {"MessageSid": sid, "From": ADA, "To": NUMBER, "Body": words_, "NumMedia": "0", **more}
    kind = {"content-type": "application/x-www-form-urlencoded"}
    receive([Incoming(shop.merchant.id, line.id, sid, lane(line.id, ADA), kind, urlencode(given).encode())])
    return cast.the(cast.work())


def test_an_agent_decides_what_a_sentence_meant(shop: cast.Shop) -> None:
    message = texted(shop, number(shop), "Please don't text me any more")
    heed(message)
    maya, at = At(shop.maya), f"/conversations/{message.conversation_id}"
    page = maya.open(at).content.decode()
    assert "They seem to ask for no more messages." in page and f"/entries/{message.entry_id}/stop-wish" in page
    answer = maya.asks(f"/entries/{message.entry_id}/stop-wish", "put", meant="1")
    assert "Nothing is written first to them any more." in words(answer)
    assert "stop-wish" not in maya.open(at).content.decode()
    assert Suppression.objects.filter(address=ADA, lifted_at=None).exists()
    assert maya.asks(f"/entries/{message.entry_id}/stop-wish", "put", meant="1").status_code == 422


def test_a_picture_that_stays_away_says_why_and_is_asked_for_again(shop: cast.Shop, settings: Settings) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    provider = Provider()
    with running(provider) as base:
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
        provider.files[path] = lambda handler: reply(handler, 404, b"")
        message = texted(shop, number(shop, base), "Look", NumMedia="1", MediaUrl0=base + path)
        at = f"/conversations/{message.conversation_id}"
        assert "is being fetched from the network" in words(At(shop.maya).open(at))
        fetch_due()
        page = words(At(shop.maya).open(at))
        assert "could not be fetched: The provider answered 404." in page and "Try again" in page
        provider.files[path] = lambda handler: reply(handler, 200, b"\xff\xd8\xff\xe0 jpeg", Content_Type="image/jpeg")
        At(shop.maya).asks(f"/entries/{message.entry_id}/media", "post")
        fetch_due()
        page = words(At(shop.maya).open(at))
        assert "picture-1.jpg" in page and "fetched" not in page


def test_a_telephone_among_the_lines_leads_to_its_own_settings(rosa: At, shop: cast.Shop) -> None:
    row = Line.objects.create(merchant=shop.merchant, kind="phone", address="+442079460042", brand=shop.brand)
    assert rosa.open(f"/settings/lines/{row.id}").headers["Location"] == f"/settings/phone/numbers/{row.id}"


def test_the_composer_says_how_files_go_with_a_text_and_what_does_not(shop: cast.Shop, ada: cast.Shopper) -> None:
    message = cast.the(ada.writes(shop, "Which boots are these?"))
    talk = message.conversation
    add_handle(talk.customer, "phone", ADA, by=SYSTEM)
    line, maya = number(shop), At(shop.maya)
    way = f"/conversations/{talk.id}/way?way=line:{line.id}:%2B{ADA[1:]}"
    assert "picture message" not in words(maya.open(way)) and "data-attached" not in maya.open(way).content.decode()
    upload(talk, "boots.png", b"\x89PNG\r\n\x1a\n a picture", by=shop.maya)
    page = maya.open(way)
    assert "gets a link to each file" in words(page)
    assert 'data-attached="1"' in page.content.decode() and f'data-link="{sample()}"' in page.content.decode()
    line.settings |= {"pictures": "yes"}
    line.save()
    page = maya.open(way)
    assert "as a picture message" in words(page) and 'data-link=""' in page.content.decode()
    upload(talk, "notes.docx", b"PK\x03\x04 a document", by=shop.maya)
    page = maya.open(way)
    assert "contact cards and PDF" in words(page) and "data-attached" not in page.content.decode()
