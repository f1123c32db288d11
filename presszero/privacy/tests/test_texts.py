"""Texts of somebody who is erased: their words, their number, and a picture that was still to come."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.utils import timezone

from presszero.channels.media import fetch_due
from presszero.channels.models import Entry, Line, MediaToFetch
from presszero.conversations.models import Message
from presszero.customers.models import Handle
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.outreach.models import StopWish, Suppression
from presszero.outreach.stopping import heed, stop
from presszero.privacy.actions import Request, erase, erase_due
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

ADA = "+447700900123"


def texted(line: Line, words: str, **more: str) -> Message:
    sid = f"SM{words[:1].lower().encode().hex():0>32}"
    given = {"MessageSid": sid, "From": ADA, "To": line.address, "Body": words, "NumMedia": "0", **more}
    kind = {"content-type": "application/x-www-form-urlencoded"}
    receive([Incoming(line.merchant_id, line.id, sid, lane(line.id, ADA), kind, urlencode(given).encode())])
    return cast.the(cast.work())


def test_gd2_an_erasure_leaves_no_number_no_words_and_fetches_nothing_more() -> None:
    shop = cast.juniper()
    line = Line.objects.create(merchant=shop.merchant, kind="sms", address="+442079460018", brand=shop.brand)
    message = texted(line, "Please stop texting me", NumMedia="1", MediaUrl0="https://api.twilio.com/x/Media/ME1")
    heed(message)
    stop(texted(line, "STOP"))
    person = Handle.objects.get(address=ADA).customer
    erase(person, Request(), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    assert not MediaToFetch.objects.exists() and fetch_due() == 0
    assert StopWish.objects.get().address == ""
    assert not Entry.objects.filter(text__contains="stop").exists()
    assert not Entry.objects.filter(sender_address=ADA).exists()
    assert ADA not in Suppression.objects.get().address
    again = texted(line, "Hello, who is this?")  # and what they asked of us still holds
    assert again.conversation.customer_id != person.id
