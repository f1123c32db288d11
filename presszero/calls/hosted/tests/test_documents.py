"""Documents a provider can play: whatever is heard can be interrupted by a key, and whatever is said survives XML."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.calls.hosted import rendering, safe
from presszero.calls.hosted.beginning import number_of
from presszero.calls.hosted.providers import base_of, sign_in
from presszero.calls.hosted.rendering import Addresses, Speaker
from presszero.calls.hosted.signatures import verify
from presszero.calls.hosted.tokens import client_token
from presszero.calls.menu.vocabulary import Answer, Command, HangUp, Listen, Play, Prompt, Record
from presszero.channels.adapter import BadSignature, Request
from presszero.channels.models import Line
from presszero.team.models import Membership
from tests.twiml.wording import read

TO = Addresses(
    *(f"https://shop.example/{each}" for each in ("step?n=4", "rec", "room", "m.wav")),
    prompts={7: "https://shop.example/7.wav"},
)
unhurried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
prompts = st.builds(Prompt, st.text(max_size=40), st.sampled_from(["en", "de-AT", "xx"]), st.sampled_from([0, 7, 8]))
commands = st.one_of(
    st.just(Answer()),
    st.builds(Play, st.lists(prompts, max_size=3).map(tuple)),
    st.builds(Listen, st.floats(0.1, 30), st.integers(1, 12), st.booleans()),
    st.builds(Record, st.floats(1, 600)),
    st.just(HangUp()),
)


@unhurried
@given(st.lists(commands, max_size=5), st.booleans(), st.booleans())
def test_every_sound_can_be_interrupted_and_leads_on(wanted: list[Command], queued: bool, collects: bool) -> None:
    document = read(rendering.render(wanted, TO, Speaker(), queued=queued, collects=collects).xml)
    assert not [each for each in document if each.tag in ("Say", "Play")], "a key pressed there would be lost"
    for gather in document.findall("Gather"):
        whole = collects and not queued or gather.get("finishOnKey") == "#"
        assert gather.get("numDigits") == "1" or whole
        assert gather.get("action") == TO.step
    assert document[-1].tag in ("Redirect", "Hangup"), "nobody is left in silence"


@unhurried
@given(st.text(max_size=80))
def test_words_survive_as_they_are(text: str) -> None:
    said = rendering.render([Play((Prompt(text, "en"),))], TO, Speaker({"en": "Polly.Amy"}, {"en": "en-GB"}))
    found = read(said.xml).find(".//Say")
    spoken = (found.text or "") if found is not None else ""
    assert all(each in text or each == "\n" or each == "?" for each in spoken)
    if text.isprintable() and text.strip():
        assert spoken == text.strip()


def test_a_document_as_it_is_sent() -> None:
    menu = [Play((Prompt("Orders & returns: press 1.", "en"), Prompt("", "en", 7))), Listen(5)]
    assert rendering.render(menu, TO, Speaker({"en": "Polly.Amy"}, {"en": "en-GB"})).xml == (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        '<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="5" action="https://shop.example/step?n=4"'
        ' method="POST" actionOnEmptyResult="true">'
        '<Say language="en-GB" voice="Polly.Amy">Orders &amp; returns: press 1.</Say>'
        "<Play>https://shop.example/7.wav</Play></Gather>"
        '<Redirect method="POST">https://shop.example/step?n=4</Redirect></Response>'
    )


def test_keys_for_the_other_end_and_rooms() -> None:
    played = read(rendering.keys(rendering.plain_keys("12#*x"))).find("Play")
    assert played is not None and played.get("digits") == "w1w2w#w*"
    seat = read(rendering.room("abc-1", TO, ends=False, coaches="CA1").xml).find("Dial/Conference")
    assert seat is not None and seat.get("endConferenceOnExit") == "false" and seat.get("coach") == "CA1"


@pytest.mark.parametrize("tries", range(8))
@pytest.mark.parametrize("in_need", ["", "+447700900123"])
def test_the_safe_document_always_ends_with_a_person_or_a_message(tries: int, in_need: str) -> None:
    way = safe.way("https://shop.example", "token")
    document = read(safe.document({"in_need": in_need, "language": "de"}, way, tries))
    ends: list[Element] = [each for each in document.iter() if each.tag in ("Redirect", "Record", "Number")]
    assert ends and not [each for each in document if each.tag == "Say"]
    assert safe.tries_of("again=x", "https://shop.example/hosted/t/voice?again=2") == 2


def test_numbers_that_are_withheld_or_invented_are_no_numbers() -> None:
    assert number_of("+4930901820") == "+4930901820"
    for each in ("", "anonymous", "+266696687", "client:eve", "4930901820", "+49 30", "+" + "9" * 40, "+١٢٣٤٥٦٧"):
        assert number_of(each) == ""


def test_h1_telnyx_signs_time_and_body_and_the_account_must_be_ours() -> None:
    key = Ed25519PrivateKey.generate()
    secrets = {"public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode()}
    line, body = {"provider": "telnyx", "account": "acc-1"}, b"AccountSid=acc-1&CallSid=v3%3Ax"

    def asked(body: bytes, at: str, signed_at: str = "") -> dict[str, str]:
        mac = base64.b64encode(key.sign(f"{signed_at or at}|".encode() + b"AccountSid=acc-1&CallSid=v3%3Ax")).decode()
        headers = {"telnyx-timestamp": at, "telnyx-signature-ed25519": mac}
        headers["content-type"] = "application/x-www-form-urlencoded"
        return verify(Request("POST", "https://x.example/", headers, body), line, secrets, 1_000_000)

    assert asked(body, "1000000")["CallSid"] == "v3:x"
    for changed, at, signed_at in [
        (body + b"1", "1000000", ""),
        (body, "999000", ""),
        (body, "1000001", "1000000"),
        (body, "", ""),
    ]:
        with pytest.raises(BadSignature):
            asked(changed, at, signed_at)
    line["account"] = "acc-2"
    with pytest.raises(BadSignature):
        asked(body, "1000000")
    with pytest.raises(BadSignature):
        verify(Request("POST", "https://x.example/", {"telnyx-timestamp": "1000000"}, body), line, {}, 1_000_000)


def test_each_provider_has_its_address_and_its_way_to_sign_in() -> None:
    assert base_of({}) == "https://api.twilio.com/2010-04-01"
    space = {"provider": "signalwire", "space": "juniper.signalwire.com"}
    assert base_of(space) == "https://juniper.signalwire.com/api/laml/2010-04-01"
    assert sign_in({"provider": "telnyx"}, {"api_secret": "KEY1"}) == "Bearer KEY1"
    basic = sign_in({"account": "AC1"}, {"auth_token": "t"})
    assert base64.b64decode(basic.removeprefix("Basic ")) == b"AC1:t"


def test_a_members_token_lets_them_be_rung_and_dial_nowhere() -> None:
    line = Line(id=3, merchant_id=5, kind="phone", settings={"account": "AC1", "driver": "hosted"})
    line.keep_secrets({"api_key": "SK1", "api_secret": "a secret that is long enough, and then some"})
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    made = client_token(line, Membership(id=9, merchant_id=5), now)
    assert made is not None and made.identity == "pz_5_9" and (made.expires_at - now).seconds == 3600
    secret = line.secrets["api_secret"]
    claims = jwt.decode(
        made.token,
        secret,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert jwt.get_unverified_header(made.token)["cty"] == "twilio-fpa;v=1"
    assert claims["grants"] == {"identity": "pz_5_9", "voice": {"incoming": {"allow": True}}}
    assert json.dumps(claims).count("outgoing") == 0 and (claims["iss"], claims["sub"]) == ("SK1", "AC1")
    assert client_token(line, Membership(id=9, merchant_id=6), now) is None, "a member of another shop"
