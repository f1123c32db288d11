"""Whoever is not the line's own provider gets nothing, and the provider itself cannot be used against us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings

from presszero.calls.models import Call, Callback, CallStep, Leg, Recording

from .house import ADA, House
from .wording import read

Houses = Callable[..., House]


def fields(house: House, **more: str) -> dict[str, str]:
    return {"AccountSid": house.provider.account, "CallSid": "CA1", "From": ADA, "CallStatus": "ringing", **more}


def test_h1_only_the_lines_own_provider_is_listened_to(house: House, houses: Houses) -> None:
    provider, url = house.provider, house.provider.voice_url.partition("#")[0]
    given = fields(house)
    body, signature = urlencode(given), provider.sign(url, given)
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def sent(address: str = url, text: str = body, sign: str = signature, **headers: str) -> int:
        return provider.send(address, text, {**form, "X-Twilio-Signature": sign, **headers})[0]

    other = houses(mark="2", number="+442079460043")
    refused = {
        "no signature": sent(sign=""),
        "another signature": sent(sign="A" + signature[1:]),
        "another shop's": sent(sign=other.provider.sign(url, given)),
        "one byte more": sent(text=body + "x"),
        "one field more": sent(text=body + "&Digits=0"),
        "a field twice": sent(text=body + "&From=%2B4930"),
        "a query": sent(f"{url}?again=1"),
        "https": sent(sign=provider.sign(url.replace("http:", "https:"), given)),
        "another port": sent(sign=provider.sign(url.replace(":8000", ":8001"), given)),
        "as JSON": sent(**{"Content-Type": "application/json"}),
        "another line": sent(other.provider.voice_url.partition("#")[0]),
        "no line": sent(url.replace(house.line.token, "x" * 32)),
        "too long": sent(text=body + "&x=" + "y" * 200_000),
        "no UTF-8": sent(text=body + "&x=%ff"),
    }
    assert set(refused.values()) == {403}, refused
    assert not Call.objects.exists()
    assert sent(Host="127.0.0.1", **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}) == 200
    connection_port = url.replace("127.0.0.1:8000", "127.0.0.1")
    assert sent(sign=provider.sign(connection_port, given)) == 403, "8000 is not a port that http implies"


def test_h1_a_token_may_be_replaced_without_losing_a_call(house: House) -> None:
    house.line.keep_secrets({"auth_token": "the next one", "old_auth_token": house.provider.token})
    house.line.save()
    assert house.call().where == "Gather"
    house.line.keep_secrets({"auth_token": "the next one"})
    house.line.save()
    assert house.call().heard == ["an application error has occurred"]


def test_h2_what_was_said_once_counts_once(house: House) -> None:
    house.on_duty()
    caller = house.call()
    url, given = read(caller.documents[-1]).findall("Gather")[0].get("action", ""), {**caller.fields, "Digits": ""}
    caller.wait()
    after = caller.documents[-1]
    steps = CallStep.objects.count()
    for _ in range(3):
        assert house.provider.post(url, given)[1] == after, "the newest document, and nothing happens"
        assert house.provider.post(url, {**given, "Digits": "1"})[1] == after
    assert house.provider.post(house.provider.voice_url, caller.fields)[1] == after
    assert CallStep.objects.count() == steps and Call.objects.count() == 1
    Call.objects.update(began_at=house.row().began_at - timedelta(days=8))
    caller.press("1")
    caller.hang_up()
    house.settle()
    for address in (url, house.provider.voice_url):
        assert read(house.provider.post(address, given)[1])[0].tag == "Hangup", "of a call that is long over"
    assert Call.objects.count() == 1
    elsewhere = house.provider.sign(url.replace(settings.ORIGIN, "https://other.example"), given)
    assert house.provider.post(url, given, **{"X-Twilio-Signature": elsewhere})[0] == 403


def test_h3_another_shops_calls_cannot_be_ended_or_read(house: House, houses: Houses) -> None:
    other = houses(mark="2", number="+442079460043")
    house.on_duty()
    caller = house.call()
    caller.press("0")
    maya, leg, row = house.answers(), house.leg(), house.row()
    evil, root = other.provider, f"{settings.ORIGIN}/hosted/{other.line.token}"
    theirs = {"AccountSid": evil.account, "CallSid": caller.sid, "CallStatus": "completed"}
    documents = [
        evil.post(f"{root}/status", theirs),
        evil.post(f"{root}/legs/{leg.id}/status", {**theirs, "CallSid": maya.sid}),
        evil.post(f"{root}/legs/{leg.id}", {**theirs, "CallSid": maya.sid}),
        evil.post(f"{root}/{row.uid}/step?n=2", theirs),
        evil.post(f"{root}/{row.uid}/called/status", theirs),
        evil.post(f"{root}/recording", {**theirs, "RecordingSid": "RE1", "RecordingStatus": "completed"}),
        evil.post(f"{root}/room", {**theirs, "FriendlyName": f"{row.uid.hex}-1", "ConferenceSid": "CF6"}),
    ]
    assert {status for status, _text in documents} <= {200, 204}
    assert all("Conference" not in text for _status, text in documents)
    row.refresh_from_db()
    assert row.ended_at is None and Leg.objects.get(id=leg.id).ended_at is None
    assert not Recording.objects.exists() and row.dialog["conference"] != "CF6"
    house.provider.post(house.provider.status_url, {**caller.fields, "CallStatus": "queued"})
    house.provider.post(house.provider.status_url, {**caller.fields, "CallStatus": "<script>"})
    assert Call.objects.get(id=row.id).ended_at is None, "no word that is unknown ends a call"
    caller.hang_up()
    house.settle()
    house.provider.post(house.provider.status_url, {**caller.fields, "CallStatus": "in-progress"})
    assert Call.objects.get(id=row.id).ended == "served", "and what is over stays over"


@pytest.mark.parametrize("number", ["+449098790000", "+88213000000", "110"])
def test_h5_nobody_has_us_call_a_number_that_costs(house: House, number: str) -> None:
    house.on_duty()
    caller = house.call(number)
    caller.press("0")
    caller.press("1")
    caller.press(number.lstrip("+").replace("0", "*") + "#", fast=True)
    caller.wait(3)
    assert not Callback.objects.exists()
    house.settle()
    assert not [each for each in house.provider.calls_made if not each["To"].startswith("client:")]


def test_h5_a_flood_of_keys_and_hostile_words_lead_to_a_person(house: House) -> None:
    house.on_duty()
    caller = house.call()
    url, last = read(caller.documents[-1]).findall("Gather")[0].get("action", ""), caller.fields
    evil = "<Dial>+449098790000</Dial><script>alert(1)</script>\x00' OR 1=1 --" * 200
    status, text = house.provider.post(url, {**last, "SpeechResult": evil, "Digits": ""})
    assert status == 200 and not read(text).findall(".//Dial")
    for _ in range(8):
        gather = read(text).find(".//Gather")
        if gather is None:
            break
        status, text = house.provider.post(gather.get("action", ""), {**last, "Digits": "9A*#" * 500})
        assert status == 200
    caller.go(house.provider.voice_url)
    caller.press("0")
    assert house.answers().room == caller.room != ""


def test_h8_a_recording_is_fetched_by_its_id_from_the_provider_we_know(house: House) -> None:
    """The address in the webhook leads to a machine of ours; the id to another resource. Neither is followed."""
    caller = house.call()
    caller.press("2")
    caller.wait()
    told = {"RecordingSid": "../../../Accounts/other/Keys", "RecordingStatus": "completed", "RecordingDuration": "3"}
    told |= {"RecordingUrl": "http://169.254.169.254/latest/meta-data", "CallSid": caller.sid}
    root = f"{settings.ORIGIN}/hosted/{house.line.token}"
    house.provider.post(f"{root}/recording", {**fields(house), **told})
    house.settle()
    row = Recording.objects.get()
    assert row.storage_key == "" and row.trouble
    asked = [path for _method, path in house.provider.asked if "Recordings" in path and "DateCreated" not in path]
    assert asked and all("..%2F..%2F" in path for path in asked), asked
    caller.speak(5)
    house.settle()
    kept = Recording.objects.exclude(id=row.id).get()
    assert kept.state == "stored" and kept.storage_key.startswith(f"calls/{house.shop.merchant.id}/")
