"""Every channel that signs, at the real door: only the genuine gets in, and however often it comes it is one row."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.conf import settings
from django.db import connection

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.adapters.email.tests import posted, posted_reports
from presszero.channels.adapters.sms.tests import contract as texts
from presszero.channels.models import Line
from presszero.channels.registry import kinds
from presszero.channels.signing import signed_headers
from presszero.channels.tests.contract import contract, samples
from presszero.core.sealing import new_token
from presszero.mailroom.models import Received

from .conftest import Answer, EdgeProcess, Shop

pytestmark = pytest.mark.slow

STANDARD = ("custom", "chat", "form")  # signed in the Standard Webhooks way, with a time


@dataclass(frozen=True)
class Sender:
    """Somebody who posts to a line: `signed` makes the request anew, for the address it goes to."""

    line: LineSettings
    signed: Callable[[], Request]


def _senders() -> dict[str, Sender]:
    found = {}
    for kind in kinds():
        known = contract(kind, settings.CHANNELS[kind])
        for path in samples(settings.CHANNELS[kind]):
            if known.is_posted(path):
                body = path.read_bytes()
                found[f"{kind} {path.stem}"] = Sender(known.line, lambda known=known, body=body: known.signed(body))
    for what, posts in (("mail", posted.mails()), ("bounce", posted_reports.bounces())):
        for name, post in posts.items():
            found[f"{what} {name}"] = Sender(post.line, post.request)
    return found


SENDERS = _senders()
each_sender = pytest.mark.parametrize("name", SENDERS)


def open_line(shop: Shop, like: LineSettings, **secrets: str) -> Line:
    line = Line(merchant=shop.merchant, kind=like.kind, address=new_token()[:12], name="x", brand=shop.kiosk.brand)
    line.settings = dict(like.settings)
    line.keep_secrets(secrets or dict(like.secrets))
    line.save()
    return line


def post(edge: EdgeProcess, line: Line, request: Request) -> Answer:
    query = f"?{request.query}" if request.query else ""
    headers = {name.replace("-", "_"): value for name, value in request.headers.items()}
    return edge.call("POST", f"/in/{line.kind}/{line.token}{query}", request.body, **headers)


def signed_for(edge: EdgeProcess, line: Line, name: str, monkeypatch: pytest.MonkeyPatch) -> Request:
    """As its sender would sign it for this line's address; some sign the address too."""
    monkeypatch.setattr(posted, "URL", f"http://127.0.0.1:{edge.port}/in/email/{line.token}")
    monkeypatch.setattr(texts, "URL", f"http://127.0.0.1:{edge.port}/in/sms/{line.token}")
    return SENDERS[name].signed()


def age(days: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailroom_received SET received_at = received_at - %s * interval '1 day'", [days])


@each_sender
def test_h2_a_replay_is_stored_once_after_a_minute_an_hour_and_eight_days(
    edge: EdgeProcess, shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    line = open_line(shop, SENDERS[name].line)
    request = signed_for(edge, line, name, monkeypatch)
    assert post(edge, line, request).status == 200
    for days in (1 / 1440, 1 / 24, 8):
        age(days)
        assert post(edge, line, request).status == 200
    assert Received.objects.filter(merchant=shop.merchant).count() == 1


@each_sender
def test_h1_h2_what_was_signed_for_one_line_is_nothing_at_another(
    edge: EdgeProcess, shop: Shop, other_shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Another merchant, and our own other environment: the same request, and secrets of their own."""
    like = SENDERS[name].line
    line = open_line(shop, like)
    others = {key: f"{value[:8]}another" for key, value in like.secrets.items()}
    elsewhere = [open_line(other_shop, like, **others), open_line(shop, like, **others)]
    request = signed_for(edge, line, name, monkeypatch)
    assert [post(edge, each, request).status for each in elsewhere] == [403, 403]
    assert not Received.objects.exists()


@each_sender
def test_h1_without_its_proof_or_with_another_body_nothing_is_read(
    edge: EdgeProcess, shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    line = open_line(shop, SENDERS[name].line)
    good = signed_for(edge, line, name, monkeypatch)
    bare = replace(good, headers={"content-type": good.headers.get("content-type", "")}, query="")
    tries = [replace(bare, body=b""), replace(bare, body=b"{}")]
    if "mailgun" not in name:  # its proof stands in the body
        tries.append(bare)
    if _signs_body(name):
        tries += [replace(good, body=good.body + b" "), replace(good, body=good.body[:-1])]
    assert {post(edge, line, each).status for each in tries} == {403}
    assert not Received.objects.exists()


@pytest.mark.parametrize("name", [name for name in SENDERS if name.partition(" ")[0] in STANDARD])
def test_h1_h2_a_signature_with_a_time_gets_old(edge: EdgeProcess, shop: Shop, name: str) -> None:
    """After a minute it is known; after an hour, a week, or from tomorrow it is refused before anything is read."""
    sender = SENDERS[name]
    line = open_line(shop, sender.line)
    body, now = sender.signed().body, int(time.time())

    def of(at: int) -> int:
        return post(
            edge, line, Request("POST", "", signed_headers("e1", at, body, sender.line.secrets["secret"]), body)
        ).status

    assert [of(now - 3600), of(now - 8 * 86400), of(now + 86400), of(0)] == [403] * 4
    assert not Received.objects.exists()
    assert [of(now - 60), of(now)] == [200, 200]
    assert Received.objects.filter(merchant=shop.merchant).count() == 1


@pytest.mark.parametrize("kind", STANDARD)
def test_h1_variants_of_a_good_signature_are_none(edge: EdgeProcess, shop: Shop, kind: str) -> None:
    sender = next(each for name, each in SENDERS.items() if name.startswith(kind))
    line = open_line(shop, sender.line)
    good = sender.signed()
    names = {name.partition("-")[2]: value for name, value in good.headers.items() if name.startswith("webhook-")}
    signature = names["signature"]
    variants = [
        {"signature": signature.replace("v1,", "v1a,")},
        {"signature": signature.replace("v1,", "")},
        {"signature": signature.upper()},
        {"signature": signature[:-4]},
        {"signature": "v1,"},
        {"signature": " ".join(["v1,AAAA"] * 10 + [signature])},  # past the ten that are looked at
        {"signature": signature + "," + signature},
        {"id": names["id"] + "x"},
        {"id": ""},
        {"timestamp": "+" + names["timestamp"]},
        {"timestamp": names["timestamp"] + ".0"},
        {"timestamp": "٣" * 10},
        {"timestamp": "9" * 5000},
    ]
    for changed in variants:
        headers = {f"webhook-{name}": value for name, value in {**names, **changed}.items()}
        headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        assert post(edge, line, replace(good, headers=headers)).status == 403, changed
    twice = replace(good, headers={**good.headers, "Webhook-Signature": "v1,AAAA"})
    assert post(edge, line, twice).status == 403  # two headers of one name are one value that matches nothing
    assert not Received.objects.exists()
    assert post(edge, line, good).status == 200


def test_h1_a_replaced_secret_holds_beside_the_new_one_until_it_is_dropped(edge: EdgeProcess, shop: Shop) -> None:
    for kind in STANDARD:
        sender = next(each for name, each in SENDERS.items() if name.startswith(kind))
        old = sender.line.secrets["secret"]
        both = open_line(shop, sender.line, secret="whsec_bmV3IG5ldyBuZXcgbmV3IG5ldw==", old_secret=old)
        dropped = open_line(shop, sender.line, secret="whsec_bmV3IG5ldyBuZXcgbmV3IG5ldw==")
        none = open_line(shop, sender.line, other="x")
        good = sender.signed()
        assert [post(edge, line, good).status for line in (both, dropped, none)] == [200, 403, 403]


@pytest.mark.parametrize("name", ["mail mandrill", "bounce mandrill"])
def test_h1_the_signed_address_is_the_one_we_publish(
    edge: EdgeProcess, shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever the request says about host, scheme, port and prefix."""
    line = open_line(shop, SENDERS[name].line)
    good = signed_for(edge, line, name, monkeypatch)
    said = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    assert post(edge, line, replace(good, query="a=1")).status == 403
    assert post(edge, line, replace(good, headers={**good.headers, **said})).status == 200


def _signs_body(name: str) -> bool:
    what, _, provider = name.partition(" ")
    posts = {"mail": posted.mails, "bounce": posted_reports.bounces}.get(what)
    return posts()[provider].signs_body if posts else True
