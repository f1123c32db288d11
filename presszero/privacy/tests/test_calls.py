"""Calls: out of an erasure, in a person's own copy, and sound that goes when its time is over."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from presszero.calls import actions
from presszero.calls.menu.vocabulary import Note
from presszero.calls.models import Call, CallStep, Recording
from presszero.calls.tests.test_calls import ADA, HEARS, phone, rings, understood
from presszero.customers.models import Customer
from presszero.privacy.actions import Request, erase, erase_due, hold, lift
from presszero.privacy.exporting import export, write_due
from presszero.privacy.models import SubjectExport
from presszero.privacy.retention import purge_one, rules
from presszero.timeline.reactions import consume_all
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
VOICE = b"RIFF....WAVE the voice of Ada"


def a_call(shop: cast.Shop) -> tuple[Call, Recording, Customer]:
    """Ada called, keyed something in, and left a message."""
    consume_all(HEARS)
    call = rings(phone(shop))
    actions.carry_out(call.id, Note("looked", "order", "1042"), timezone.now())
    key = default_storage.save(f"calls/{uuid4()}.wav", ContentFile(VOICE))  # files are all workers'
    kept = actions.keep_recording(call.id, "voicemail", "", key, 9.0, timezone.now())
    actions.call_ended(call.id, "voicemail", timezone.now())
    call = understood(call)
    assert kept is not None and call.customer is not None
    return call, kept, call.customer


def test_gd2_an_erasure_takes_their_number_and_their_voice() -> None:
    shop = cast.juniper()
    call, kept, person = a_call(shop)
    key = kept.storage_key
    assert erase(person, Request(), by=shop.tomas.actor, at_once=True) and erase_due(timezone.now()) == 1
    call.refresh_from_db()
    kept.refresh_from_db()
    assert (call.number, kept.storage_key, kept.state) == ("", "", "deleted")
    assert not default_storage.exists(key)
    assert set(CallStep.objects.filter(call=call).values_list("says", flat=True)) <= {""}
    assert call.ended == "voicemail" and call.began_at, "that somebody called stays, and names nobody"


def test_gd1_a_copy_holds_their_calls_and_their_voice() -> None:
    shop = cast.juniper()
    _, kept, person = a_call(shop)
    export(person, Request(), with_notes=False, by=shop.tomas.actor)
    assert write_due(timezone.now()) == 1
    with default_storage.open(SubjectExport.objects.get().storage_key) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    (told,) = json.loads(archive.read("data.json"))["calls"]
    assert (told["number"], told["who_called"], told["came_to"]) == (ADA, "you", "voicemail")
    assert archive.read(told["sounds"][0]) == VOICE


def test_gd4_sound_goes_after_half_a_year_unless_a_hold_keeps_it() -> None:
    shop = cast.juniper()
    _, kept, person = a_call(shop)
    assert {rule.what: rule.days for rule in rules(shop.merchant)}["recordings"] == 180
    standing = hold(person, "Court case 12", by=shop.tomas.actor)
    half_a_year = timezone.now() + timedelta(days=181)
    purge_one(shop.merchant, half_a_year)
    assert Recording.objects.get(id=kept.id).state == "stored"
    lift(standing, by=shop.tomas.actor)
    purge_one(shop.merchant, half_a_year)
    assert Recording.objects.get(id=kept.id).state == "deleted" and not default_storage.exists(kept.storage_key)
