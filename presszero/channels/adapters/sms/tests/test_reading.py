"""What a provider posts, read; and what somebody might make of an old request of its."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest

from presszero.channels.adapter import Unreadable
from presszero.channels.adapters.sms import reading
from presszero.channels.tests.contract import samples
from presszero.channels.twilio_signing import signed, verify
from presszero.channels.vocabulary import ANSWERED_BY_PROVIDER, DeliveryReported, MessageArrived

from .contract import URL
from .provider import ADA, TOKEN, line

BODIES = {path.stem: path.read_bytes() for path in samples("presszero.channels.adapters.sms.adapter")}
QUERY = {"presszero-query": "our_id=0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b"}


def changed(name: str, **values: str) -> bytes:
    return urlencode({**dict(parse_qsl(BODIES[name].decode(), keep_blank_values=True)), **values}).encode()


def one(body: bytes) -> MessageArrived:
    (found,) = reading.read(body, {}, line())
    assert isinstance(found, MessageArrived)
    return found


def test_a_text_says_who_wrote_and_what() -> None:
    found = one(BODIES["message"])
    assert (found.sender.kind, found.sender.address) == ("phone", ADA)
    assert found.text == "Where are my boots? Order 1042 😕"
    assert found.external_id.startswith("SM") and found.proof == "seen" and not found.media


def test_pictures_are_named_and_not_fetched_here() -> None:
    found = one(BODIES["pictures"])
    assert found.text == ""
    assert [each.content_type for each in found.media] == ["image/jpeg", "video/mp4"]
    assert all(each.url.startswith("https://api.twilio.com/") for each in found.media)
    assert len(one(changed("pictures", NumMedia="99999")).media) == 0
    assert len(one(changed("pictures", NumMedia="11")).media) == 2


def test_a_word_that_the_network_answered_says_so() -> None:
    assert one(changed("message", Body="STOP", OptOutType="STOP")).warnings == (ANSWERED_BY_PROVIDER,)


@pytest.mark.parametrize(
    ("said", "state"),
    [("queued", "accepted"), ("sent", "accepted"), ("delivered", "delivered"), ("read", "read"), ("failed", "failed")],
)
def test_a_report_carries_our_own_id_and_the_state_in_our_words(said: str, state: str) -> None:
    (found,) = reading.read(changed("delivered", MessageStatus=said, SmsStatus=said), QUERY, line())
    assert isinstance(found, DeliveryReported)
    assert (found.state, found.our_id) == (state, "0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b")
    assert found.external_id.endswith(f":{said}")


def test_h3_a_state_that_nobody_knows_changes_nothing() -> None:
    assert reading.read(changed("delivered", MessageStatus="teleported", SmsStatus=""), QUERY, line()) == []
    (found,) = reading.read(BODIES["delivered"], {"presszero-query": "our_id=1%27%20OR%201"}, line())
    assert isinstance(found, DeliveryReported) and found.our_id == ""


@pytest.mark.parametrize(("code", "refusal"), [("30006", "dead"), ("21610", "opted_out"), ("30003", ""), ("99999", "")])
def test_why_a_text_did_not_arrive_is_said_in_words(code: str, refusal: str) -> None:
    (found,) = reading.read(changed("undelivered", ErrorCode=code), QUERY, line())
    assert isinstance(found, DeliveryReported)
    assert (found.state, found.refusal, found.permanent) == ("failed", refusal, refusal == "dead")
    assert code in found.reason and found.reason.endswith(".") or found.reason.endswith(")")


@pytest.mark.parametrize(
    "values",
    [
        {"From": ""},
        {"From": "<script>"},
        {"To": "+442079460019"},
        {"MessageSid": "", "SmsSid": ""},
        {"AccountSid": "AC" + "f" * 32},
    ],
)
def test_what_cannot_be_meant_for_this_line_is_shown_to_people(values: dict[str, str]) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        reading.read(changed("message", **values), {}, line())


def test_h2_fields_run_together_make_no_new_message_of_an_old_request() -> None:
    """Names and values are signed without a mark between them: a field may be read into its neighbour."""
    fields = [("Body", "hello"), ("From", ADA), ("MessageSid", "SM" + "a1" * 16), ("NumMedia", "0"), ("To", "+44")]
    signature = signed(URL, fields, TOKEN)
    sid = fields[2][1]
    for forged in (
        [*fields[:2], ("MessageSid", f"{sid}NumMedia0"), fields[4]],
        [*fields[:2], ("MessageSid", sid[:10]), (sid[10:] + "NumMedia", "0"), fields[4]],
        [fields[0], ("From", f"{ADA}MessageSid{sid}"), *fields[3:]],
        [fields[0], (f"From{ADA}", f"MessageSid{sid}"), *fields[3:]],
    ):
        if signed(URL, forged, TOKEN) == signature:
            verify(URL, forged, signature, [TOKEN])
        body = urlencode(forged).encode()
        assert reading.event_id(body) in ("", sid)
        with pytest.raises(Unreadable):
            reading.read(body, {}, line())
