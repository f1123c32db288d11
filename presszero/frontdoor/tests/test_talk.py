"""Talk now: what the page asks and is told. The sound itself is the gateway's, and is tried there."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.calls.models import Ask, Call
from presszero.channels.models import Line
from presszero.core import turn
from presszero.frontdoor.talk import views
from presszero.intake.phone import records
from tests import cast
from tests.cast import Shop

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8 101\r\n"


def calls(line: Line, body: object) -> tuple[int, dict[str, str]]:
    answer = Client().post(f"/talk/{line.token}/calls", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_call_from_a_page_waits_for_a_gateway_and_hears_its_answer(shop: Shop, line: Line) -> None:
    assert "data-talk" in Client().get(f"/talk/{line.token}").content.decode()
    status, told = calls(line, {"sdp": SDP})
    assert status == 201
    row = Call.objects.get(merchant=shop.merchant)
    assert (row.kind, row.number, row.dialog["offer"], str(row.uid)) == ("talk", "", SDP, told["call"])
    assert records.news_of("gateway-1") == {row.id}
    claimed = records.claim(row.id, "gateway-1")
    assert claimed is not None and records.claim(row.id, "gateway-2") is None
    where = f"/talk/{line.token}/calls/{told['call']}"
    assert Client().get(where).json() == {"stage": "menu", "answer": ""}
    records.keep(row.id, {}, {"answer": "v=0 ours"})
    assert Client().get(where).json() == {"stage": "menu", "answer": "v=0 ours"}
    assert Client().post(f"{where}/end").status_code == 204
    assert Ask.objects.get(call=row).what == "hangup"


@pytest.mark.parametrize("body", [None, [], {}, {"sdp": 7}, {"sdp": "hello"}, {"sdp": "v=0\r\nm=video 9"}])
def test_what_is_no_description_begins_no_call(shop: Shop, line: Line, body: object) -> None:
    assert calls(line, body)[0] == 422
    assert calls(line, {"sdp": SDP + "a=x\r\n" * 9_000})[0] == 422
    assert not Call.objects.filter(merchant=shop.merchant).exists()


def test_a_page_is_lent_a_relay_of_its_own_for_a_call(shop: Shop, line: Line, settings: Settings) -> None:
    where = f"/talk/{line.token}/ways"
    assert Client().get(where).json() == {"ice": []}
    settings.TURN, settings.TURN_SECRET = "turn:turn.example:3478", "secret"
    first, second = (Client().get(where).json()["ice"][0] for _n in range(2))
    assert first["urls"] == ["turn:turn.example:3478"] and first["username"] != second["username"]
    until = int(first["username"].partition(":")[0]) - timezone.now().timestamp()
    assert 0 < until <= turn.LENT_FOR.total_seconds()
    settings.TURN = "no address"
    assert Client().get(where).json() == {"ice": []}, "calls that need none go on"
    assert Client().get("/talk/nobody/ways").status_code == 404


def test_h5_one_network_cannot_keep_everybody_busy(shop: Shop, line: Line) -> None:
    answers = [calls(line, {"sdp": SDP})[0] for _n in range(views.CALLS.most + 2)]
    assert answers == [201] * views.CALLS.most + [429] * 2


def test_only_who_has_its_number_sees_a_call_and_only_on_its_line(shop: Shop, line: Line) -> None:
    number = calls(line, {"sdp": SDP})[1]["call"]
    other = cast.thistle()
    given = {"merchant": other.merchant, "brand": other.brand, "name": "Theirs", "settings": {"driver": "sip"}}
    theirs = Line.objects.create(kind="phone", address="+442079460043", **given)
    for where in (f"/talk/{theirs.token}/calls/{number}", f"/talk/nobody/calls/{number}"):
        assert Client().get(where).status_code == 404
        assert Client().post(f"{where}/end").status_code == 404
    line.paused_at = timezone.now()
    line.save()
    assert Client().get(f"/talk/{line.token}").status_code == 404
    assert Client().post(f"/talk/{line.token}/calls").status_code == 404
    assert not Ask.objects.exists()


def test_outside_the_demo_nobody_says_which_number_they_call_from(shop: Shop, line: Line) -> None:
    headers = {"X-Pretend": "+447700900123"}
    body = json.dumps({"sdp": SDP})
    Client().post(f"/talk/{line.token}/calls", body, content_type="application/json", headers=headers)
    assert Call.objects.get(merchant=shop.merchant).number == ""
