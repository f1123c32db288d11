"""What mail providers post: only they get in, and a mail says the same whichever of them brings it (H1, H2, F16)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from presszero.channels.adapter import BadSignature, LineSettings, Request, Unreadable
from presszero.channels.adapters.email.adapter import adapter
from presszero.channels.vocabulary import DeliveryReported, MessageArrived, Unread
from tests.waiting import crowded

from . import posted
from .posted import OUR_ID, Post, mails
from .posted_reports import bounces

MAILS, BOUNCES = mails(), bounces()
ALL = {**{f"mail {name}": post for name, post in MAILS.items()}, **{f"bounce {name}": p for name, p in BOUNCES.items()}}
WITHOUT_OUR_ID = {"mailersend", "postal"}  # they hand nothing back that we gave along


def parsed(post: Post) -> list[object]:
    request = post.request()
    return list(adapter.parse(request.body, request.headers, post.line))


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_whoever_brings_it(name: str) -> None:
    (message,) = parsed(MAILS[name])
    assert isinstance(message, MessageArrived)
    assert message.sender.address == "ada@ada.example"
    assert message.sender.name == "Ada Kowalski"
    assert message.subject == "Where is order 1042?"
    assert message.new_text.strip() == "Grüße, Ada"
    assert message.message_id == "1042-1@ada.example"
    assert message.tokens[:1] == ("0123456789abcdef0123456789abcdef",)
    assert message.external_id.startswith("1042-1@ada.example:")
    files = [(file.filename, file.content) for file in message.attachments]
    assert files == ([("a.eml", b"Subject: x\r\n\r\ny")] if name in ("postmark parsed", "mailgun parsed") else [])


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_says_the_same_whoever_reports_it(name: str) -> None:
    (report,) = parsed(BOUNCES[name])
    assert isinstance(report, DeliveryReported)
    assert report.state == "failed"
    assert report.permanent
    assert report.recipient == "ada@example.com"
    assert report.provider_id.strip("<>").partition("@")[0] == "p-1"
    assert report.our_id == ("" if name in WITHOUT_OUR_ID else OUR_ID)
    assert "user unknown" in report.reason or "unknown" in report.reason.lower()


@pytest.mark.parametrize("name", ALL)
def test_H1_only_the_provider_gets_in(name: str) -> None:
    post = ALL[name]
    good = post.request()
    adapter.verify(good, post.line)
    bare = replace(good, headers={"content-type": post.content_type}, url=posted.URL, query="")
    for bad, line in (
        (good, LineSettings(8, "email", "a@b.example", "", {"provider": post.provider}, other(post.secrets))),
        (good, LineSettings(8, "email", "a@b.example", "", {"provider": post.provider}, {})),
        (good, LineSettings(8, "email", "a@b.example", "", {}, post.secrets)),
        (good, LineSettings(8, "email", "a@b.example", "", {"provider": "unheard-of"}, post.secrets)),
        (bare if post.provider != "mailgun" else tokenless(good), post.line),
    ):
        with pytest.raises(BadSignature):
            adapter.verify(bad, line)


@pytest.mark.parametrize("name", [name for name, post in ALL.items() if post.signs_body])
def test_H1_a_flipped_byte_is_noticed(name: str) -> None:
    good = ALL[name].request()
    for at in (len(good.body) // 3, len(good.body) - 3):
        body = bytearray(good.body)
        body[at] ^= 1
        with pytest.raises(BadSignature):
            adapter.verify(replace(good, body=bytes(body)), ALL[name].line)


def test_H1_a_resend_signature_gets_old() -> None:
    post = BOUNCES["resend"]
    good = post.request()
    old = {**good.headers, "svix-timestamp": str(int(time.time()) - 3600)}
    with pytest.raises(BadSignature):
        adapter.verify(replace(good, headers=old), post.line)


def test_H1_mandrill_signs_the_published_address() -> None:
    post = MAILS["mandrill"]
    for url in (posted.URL.replace("https", "http"), posted.URL + "?x=1", posted.URL.replace("desk", "evil")):
        with pytest.raises(BadSignature):
            adapter.verify(replace(post.request(), url=url), post.line)


def test_H2_a_replay_is_the_same_event_even_with_other_words() -> None:
    """Mailgun signs a token and a time, never the body: who replays it with another body must not be heard."""
    post = MAILS["mailgun"]
    good = post.request()
    forged = replace(good, body=good.body.replace(b"Where is order 1042?", b"Please refund 1042"))
    assert adapter.event_id(good) == adapter.event_id(forged)
    for name, each in ALL.items():
        assert 0 < len(adapter.event_id(each.request())) <= 200, name
        assert adapter.event_id(each.request()) == adapter.event_id(each.request()) or each.provider == "resend", name


def test_H2_another_boundary_is_not_another_mail() -> None:
    good = MAILS["sendgrid"].request()
    again = replace(
        good,
        headers={**good.headers, "content-type": posted.FORM.replace("B0", "Z9z9")},
        body=good.body.replace(b"B0", b"Z9z9"),
    )
    assert adapter.event_id(again) == adapter.event_id(good)


def test_F16_one_bad_event_fails_alone() -> None:
    post = BOUNCES["sendgrid"]
    events = json.loads(post.body)
    batch = replace(
        post, body=json.dumps([events[0], {"no": "event"}, 7, {**events[0], "sg_event_id": "e-2"}]).encode()
    )
    found = parsed(batch)
    assert [type(each) for each in found] == [DeliveryReported, Unread, Unread, DeliveryReported]
    inbound = {"event": "inbound", "ts": 1, "msg": {"raw_msg": posted.RAW, "email": posted.TO}}
    bad = {"event": "inbound", "msg": {}}
    mixed = replace(MAILS["mandrill"], body=urlencode({"mandrill_events": json.dumps([bad, inbound])}).encode())
    assert [type(each) for each in parsed(mixed)] == [Unread, MessageArrived]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mailgun", "sendgrid", "mandrill", "postmark", "postal"])
def test_a_large_mail_is_taken_whole(name: str) -> None:
    """Larger than a page's form may be."""
    post = MAILS[name]
    raw = posted.RAW.replace("Grüße, Ada", "Grüße, Ada\r\n" + "x" * 75 + "\r\n" + ("y" * 75 + "\r\n") * 90_000)
    for old, new in posted.larger(post, raw):
        post = replace(post, body=post.body.replace(old, new))
    request = post.request()
    assert len(request.body) > 6_000_000
    adapter.verify(request, post.line)
    (message,) = parsed(post)
    assert isinstance(message, MessageArrived | Unread)
    assert message.external_id == f"1042-1@ada.example:{hashlib.sha256(raw.encode()).hexdigest()}"


def test_opens_and_clicks_are_nobodys_business() -> None:
    post = replace(BOUNCES["postmark"], body=json.dumps({"RecordType": "Open", "MessageID": "p-1"}).encode())
    assert parsed(post) == []


def test_what_did_not_kill_the_address_is_not_called_dead() -> None:
    for said, dead in (("552 5.2.2 mailbox full", False), ("550 5.7.1 spam", False), ("550 5.1.1 no such user", True)):
        event = {**json.loads(BOUNCES["postmark"].body), "Type": "SoftBounce", "Details": said}
        (report,) = parsed(replace(BOUNCES["postmark"], body=json.dumps(event).encode()))
        assert isinstance(report, DeliveryReported)
        assert (report.state, report.permanent) == ("failed", dead)


def test_an_id_that_is_not_ours_is_not_believed() -> None:
    event = {**json.loads(BOUNCES["postmark"].body), "Metadata": {"presszero": "1 OR 1=1"}}
    (report,) = parsed(replace(BOUNCES["postmark"], body=json.dumps(event).encode()))
    assert isinstance(report, DeliveryReported)
    assert report.our_id == ""


def test_amazons_question_is_put_to_the_merchant() -> None:
    body = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "s",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?x",
    }
    post = replace(MAILS["amazon_ses"], body=json.dumps(body).encode())
    adapter.verify(post.request(), post.line)
    with pytest.raises(Unreadable, match=r"confirm the subscription.*sns\.eu-west-1"):
        parsed(post)


STRANGE = {
    "empty": b"",
    "null": b"null", "object": b"{}", "list": b"[]", "number": b"[1]", "text": b'"x"', "bytes": b"\xff\xfe",
    "deep": b"{" * 50_000, "event": b'{"event": []}',
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_strange_bodies_are_named_and_break_nothing(name: str, body: bytes) -> None:
    post = replace(ALL[name], body=body)
    request = Request("POST", posted.URL, {"content-type": post.content_type}, body)
    with pytest.raises(BadSignature):
        adapter.verify(request, post.line)
    try:
        found = adapter.parse(body, request.headers, post.line)
    except Unreadable as why:
        assert len(str(why)) > 10
    else:
        assert all(isinstance(each, DeliveryReported | Unread) for each in found)


def test_D2_a_bomb_inside_a_taken_apart_mail_stays_a_file() -> None:
    bomb = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(1500))
    event = json.loads(MAILS["postmark parsed"].body)
    event["Attachments"][0]["Content"] = base64.b64encode(bomb.encode()).decode()
    started = time.monotonic()
    (message,) = parsed(replace(MAILS["postmark parsed"], body=json.dumps(event).encode()))
    assert isinstance(message, MessageArrived)
    assert message.attachments[0].size >= 1000
    assert time.monotonic() - started < 3 * crowded()


def other(secrets: dict[str, str]) -> dict[str, str]:
    keys = {"webhook_key": posted.public(posted.rsa.generate_private_key(65537, 2048))}
    keys["tracking_webhook_verification_key"] = posted.public(posted.ec.generate_private_key(posted.ec.SECP256R1()))
    return {name: keys.get(name, "other:secret") for name in secrets}


def tokenless(request: Request) -> Request:
    body = request.body.replace(b'name="token"', b'name="nothing"').replace(b'"token"', b'"nothing"')
    return replace(request, body=body)
