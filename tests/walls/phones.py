"""Rows of the phone, of the shop that has one of everything."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.calls.editing import publishing, starters
from presszero.calls.models import Call, Leg, Menu, Reception, Recording
from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.routing.queries import main_queue
from tests import cast


def menu(shop: cast.Shop) -> Menu:
    """Published once, and changed since."""
    found = Menu.objects.filter(merchant=shop.merchant).first()
    if found:
        return found
    by = next(iter(shop.team.values()))
    made = publishing.begin(shop.merchant, "Main", starters.filled("orders", "Juniper", ["en"]), by=by)
    publishing.publish(made, "", timezone.now(), by=by)
    return made


def line(shop: cast.Shop) -> Line:
    """A number answered with that menu."""
    given = {"merchant": shop.merchant, "kind": "phone"}
    found = Line.objects.filter(**given).first()
    if found:
        return found
    address = f"+4420794{60000 + shop.merchant.id % 9999:05d}"
    settings = {"driver": "sip"}
    made = Line.objects.create(**given, address=address, name="Service", brand=shop.brand, settings=settings)
    queue = main_queue(shop.merchant)
    Reception.objects.create(merchant=shop.merchant, line=made, menu=menu(shop), queue=queue)
    return made


def leg(shop: cast.Shop, talk: Conversation) -> Leg:
    """Rosa talks with somebody about this matter."""
    found = Leg.objects.filter(merchant=shop.merchant).first()
    if found:
        return found
    given = {"merchant": shop.merchant, "line": line(shop), "customer": talk.customer, "conversation": talk}
    call = Call.objects.create(
        **given, driver="sip", provider_id="a-call", uid=uuid.uuid4(), inbound=True, stage=Call.Stage.TALKING
    )
    now = timezone.now()
    at = {"state": Leg.State.TALKING, "answered_at": now, "talked_at": now}
    return Leg.objects.create(merchant=shop.merchant, call=call, member=shop.team["rosa"], **at)


def recording(shop: cast.Shop, talk: Conversation) -> Recording:
    """What was kept of that call."""
    found = Recording.objects.filter(merchant=shop.merchant).first()
    if found:
        return found
    key = default_storage.save("calls/one.wav", ContentFile(b"RIFF....WAVE"))
    stored = {"kind": "call", "state": Recording.State.STORED, "storage_key": key, "seconds": 1.0}
    return Recording.objects.create(merchant=shop.merchant, call=leg(shop, talk).call, **stored)
