"""D5, I10, I11, L6, M12, U2–U5, U8, X1 at the web form, where anybody may write, and claims that prove nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from presszero.channels import outbox
from presszero.channels.adapters.email.tests.servers import Relay, relay
from presszero.channels.models import Attachment, Entry, Line
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.frontdoor.form import limits, ticket
from presszero.frontdoor.form.uploads import MAX_BODY, MAX_BYTES
from presszero.frontdoor.tests.form_filling import ADA, Browser, form_of, text_of, value
from presszero.intake import hearing
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Quarantine, Received
from presszero.promises.models import Acknowledged
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.walls.everything import browser as signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CANARY = "pz<svg/onload=alert(1)>\"'`{{7*7}}"
HEARS = ("promises.acknowledgement",)


@pytest.fixture
def form(shop: cast.Shop) -> Browser:
    return Browser(form_of(shop))


@pytest.fixture
def posted() -> Iterator[Callable[[], list[str]]]:
    """Every raw mail that left, by SMTP, as the receiving server took it."""
    hearing.register()
    consume_all(HEARS)  # a listener begins at the present
    taken = Relay()
    with relay(taken) as port:
        yield lambda: _deliver(port, taken)


def _deliver(port: int, taken: Relay) -> list[str]:
    while consume_all(HEARS):
        continue
    smtp = {"smtp": {"host": "127.0.0.1", "port": port, "security": "none"}}
    for line in Line.objects.filter(kind="email"):
        line.settings = {**line.settings, **smtp}
        line.save()
    while outbox.deliver_next():
        continue
    return [raw.decode() for raw in taken.accepted]


def test_m12_the_acknowledgement_carries_nothing_of_the_strangers(
    form: Browser, posted: Callable[[], list[str]]
) -> None:
    bait = "Win EVILPRIZE now evil.example "
    given = dict.fromkeys(("subject", "name"), bait * 3) | {"text": bait * 30, "needed_words": bait * 3}
    fields = {"topic": "Wrong size", "drawn": "Wrong size", "t-1-0": "41", "t-1-2": "no", "t-1-3": bait * 9}
    sent = form.send(**given, **fields, email="victim@example.net", files=[("EVILPRIZE.txt", b"EVILPRIZE")])
    assert sent.status_code == 303 and cast.work()
    (mail,) = posted()
    assert "To: victim@example.net" in mail and not re.search("evil|prize|Win ", mail, re.IGNORECASE)
    assert "Subject: We have your message" in mail and "Auto-Submitted: auto-" in mail


def test_m12_at_most_one_a_day_to_one_address_whichever_shops_are_used(
    shop: cast.Shop, posted: Callable[[], list[str]]
) -> None:
    for number, where in enumerate([shop, cast.thistle(), cast.thistle("2"), shop]):
        for spelling in ("victim@example.net", "Victim@Example.NET"):
            browser = Browser(form_of(where), ip=f"203.0.113.{number}")
            assert browser.send(email=spelling, text=f"{spelling} {number}").status_code == 303
            cast.work()
    assert Received.objects.count() == 8 and len(posted()) == 1 and Acknowledged.objects.count() == 1


def test_m12_what_is_held_is_never_acknowledged(form: Browser, posted: Callable[[], list[str]]) -> None:
    assert form.send(homepage="https://evil.example", email="victim@example.net").status_code == 303
    cast.work()
    assert Quarantine.objects.count() == 1 and posted() == [] and not Acknowledged.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_m12_l6_the_limits_hold_when_everybody_sends_at_once(shop: cast.Shop) -> None:
    line, together = form_of(shop), Barrier(8)

    def send(number: int) -> int:
        try:
            together.wait(20)
            return Browser(line).send(text=f"Hello {number}").status_code
        finally:
            connection.close()

    for _ in range(5):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(send, range(8)))
    assert Received.objects.count() == limits.SENDS.most


def test_l6_a_thousand_from_one_network_are_bounded_and_another_shop_does_not_notice(form: Browser) -> None:
    answers = [form.send(text=f"Flood {number}").status_code for number in range(60)]
    assert answers.count(303) == limits.SENDS.most and set(answers) == {303, 429}
    began = time.process_time()
    refused = [form.client.post(form.address, {"text": "Flood"}) for _ in range(40)]
    assert {each.status_code for each in refused} == {429} and (time.process_time() - began) / 40 < 0.1
    assert refused[0]["Retry-After"] and value(refused[0].content.decode(), "text") == "Flood"
    cast.work()
    assert Conversation.objects.count() + Quarantine.objects.count() == limits.SENDS.most
    assert Quarantine.objects.count() > 10  # people are not paged for each
    other = Browser(form_of(cast.thistle()), ip="198.51.100.7")
    assert other.send().status_code == 303
    assert Browser(form.line, ip="198.51.100.8").send(email="ben@example.org", text="A person").status_code == 303


def test_l6_one_address_from_many_networks_is_bounded(form: Browser) -> None:
    answers = [
        Browser(form.line, ip=f"203.0.{number}.1").send(text=f"Flood {number}").status_code for number in range(40)
    ]
    assert answers.count(303) == limits.ADDRESS.most
    same = [
        Browser(form.line, ip=f"198.51.{number}.1").send(email=f"{number}@x.example", text="Buy").status_code
        for number in range(8)
    ]
    cast.work()
    assert set(same) == {303} and Quarantine.objects.filter(reason__startswith="The same words").count() == 6


def test_a_claimed_address_never_finds_a_customer(shop: cast.Shop, form: Browser) -> None:
    hers = cast.the(cast.ada().writes(shop, "Order 1042 is late", "Boots")).conversation
    assert form.send(email="ada@example.com", phone="+447700900123").status_code == 303
    new = cast.the(cast.work()).conversation
    assert new.id != hers.id and new.customer_id != hers.customer_id
    assert Customer.objects.filter(merchant=shop.merchant).count() == 2
    assert Entry.objects.filter(thread__in=new.messages.values("entry__thread")).count() == 1


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://juniper.example",
        "null",
        "http://testserver.evil.example",
        "http://testserver:1",
    ],
)
def test_i10_another_site_sends_nothing(form: Browser, origin: str) -> None:
    answer = form.client.post(form.address, {"ticket": form.ticket(), "do": "send", **ADA}, HTTP_ORIGIN=origin)
    assert answer.status_code == 403 and not Received.objects.exists()


def test_i10_no_get_and_no_plain_text_sends_anything(form: Browser) -> None:
    words = {"ticket": form.ticket(), "do": "send", "topic": "Something else", **ADA}
    assert form.client.get(form.address, words).status_code == 200
    for kind in ("text/plain", "application/json"):
        assert form.client.generic("POST", form.address, json.dumps(words), kind).status_code == 422
    assert not Received.objects.exists()


def test_i11_only_the_lines_own_sites_may_frame_it(shop: cast.Shop) -> None:
    line = form_of(shop, sites=["https://juniper.example", "https://*.evil.example", "javascript:x", "https://a.b;x"])
    for path in (
        f"/form/{line.token}",
        f"/form/{line.token}?embed=1&at=https://evil.example",
        f"/form/{line.token}/thanks",
    ):
        answer = Client().get(path)
        assert answer["Content-Security-Policy"].endswith("frame-ancestors https://juniper.example 'self'")
        assert "unsafe" not in answer["Content-Security-Policy"] and "data-parent" not in answer.content.decode()
    alone = form_of(cast.thistle(), sites=[])
    assert Client().get(f"/form/{alone.token}")["Content-Security-Policy"].endswith("frame-ancestors 'self'")


def _multipart(parts: int, name: str = "a", more: str = "") -> bytes:
    one = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\nx\r\n'
    return one.encode() * parts + b"--b--\r\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1&" * 1_000_000, "application/x-www-form-urlencoded"),
        (b"text=" + b"x" * 6_000_000, "application/x-www-form-urlencoded"),
        (_multipart(100_000), "multipart/form-data; boundary=b"),
        (_multipart(100_000, more='; filename="f.txt"'), "multipart/form-data; boundary=b"),
        (_multipart(1) * 3 + b"--b\r\n" + b"X-A: 1\r\n" * 200_000, "multipart/form-data; boundary=b"),
        (_multipart(1), "multipart/form-data; boundary=" + "b" * 5000),
        (b"[" * 100_000, "application/json"),
    ],
    ids=["fields", "large", "parts", "files", "headers", "boundary", "json"],
)
def test_d5_endless_forms_are_refused_quickly(form: Browser, body: bytes, kind: str) -> None:
    form.client.get(form.address)
    began = time.process_time()
    answer = form.client.generic("POST", form.address, body, kind)
    assert 400 <= answer.status_code < 500 and not Received.objects.exists()
    assert time.process_time() - began < 0.5


def test_u4_too_much_is_refused_with_a_sentence_and_every_word_kept(form: Browser) -> None:
    large = form.send(files=[("a.bin", b"\0" * (MAX_BYTES // 2)), ("b.bin", b"\0" * (MAX_BYTES // 2 + 1))])
    assert large.status_code == 422 and "larger than 20 MB" in text_of(large)
    assert value(large.content.decode(), "text") == ADA["text"]
    many = form.send(files=[(f"{n}.txt", b"words") for n in range(11)])
    assert many.status_code == 422 and "At most ten files" in text_of(many)
    huge = form.client.generic(
        "POST", form.address, b"", "multipart/form-data; boundary=b", CONTENT_LENGTH=MAX_BODY + 1
    )
    assert huge.status_code == 413 and "20 MB" in text_of(huge)
    assert not Received.objects.exists()


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "a\u202egpj.exe", "x" * 4000, ".htaccess\u200b", "CON"])
def test_u2_u3_u5_a_files_name_and_kind_are_ours_to_say(form: Browser, name: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    assert form.send(files=[(name, svg)]).status_code == 303
    made = cast.the(cast.work()).entry.attachments.get()
    assert made.content_type == "image/svg+xml"
    assert not re.search(r"[/\\\x00-\x1f\u200b\u202e]", made.filename) and 0 < len(made.filename.encode()) <= 255
    assert re.fullmatch(r"attachments/\d+/[0-9a-f]{2}/[0-9a-f]{64}", made.storage_key)


def test_u5_no_name_of_a_field_reaches_anything(form: Browser) -> None:
    odd = {"../../etc/passwd": "x", "t-0-0__class__": "x", "sender": "v-" + "0" * 32, "proof": "verified", "id": "1"}
    assert form.send(**odd, attachments="x", held="", trial="true").status_code == 303
    said = json.loads(body_of(Received.objects.get()))
    assert said["proof"] == "claimed" and said["sender"] != odd["sender"] and "trial" not in said
    assert re.fullmatch("[0-9a-f]{32}", said["id"])


def test_u8_a_slip_and_its_files_belong_to_one_message_of_one_line(form: Browser) -> None:
    slip, theirs = form.ticket(), Browser(form_of(cast.thistle()))
    assert form.send(ticket=slip, files=[("mine.txt", b"mine")]).status_code == 303
    assert theirs.send(ticket=slip, text="Give me that").status_code == 422
    assert form.send(ticket=slip, text="And again", files=[("more.txt", b"more")]).status_code == 422
    cast.work()
    assert [each.filename for each in Attachment.objects.all()] == ["mine.txt"]


def test_x1_markup_is_text_on_every_page_it_reaches(shop: cast.Shop, form: Browser) -> None:
    given: dict[str, Any] = dict.fromkeys(("subject", "text", "name", "needed_words", "t-0-0"), CANARY)
    given |= {"topic": "Late delivery", "drawn": "Late delivery"}
    pages = [form.send(**given, email=CANARY), form.send(**given | {"topic": CANARY}), form.send(**given, do="next")]
    sent = form.send(**given, files=[(f"{CANARY}.txt", b"words")])
    assert sent.status_code == 303
    row = cast.the(cast.work()).conversation
    form.send(**given | {"homepage": CANARY}, email="x@example.com")
    cast.work()
    desk = signed_in(shop.team["rosa"])
    pages += [
        form.client.get(sent["Location"]),
        form.client.get(f"{form.address}?topic={CANARY}&at={CANARY}&lang={CANARY}"),
    ]
    pages += [desk.get(f"/conversations/{row.id}"), desk.get("/desk/unassigned"), desk.get("/settings/quarantine")]
    for page in pages:
        assert "<svg/onload" not in page.content.decode() and "49" not in re.findall(r"pz.{0,40}", text_of(page))
    assert "pz&lt;svg/onload" in pages[0].content.decode()


def test_the_slip_tells_nothing_and_cannot_be_made(form: Browser) -> None:
    slip = form.ticket()
    for changed in (slip.swapcase(), slip[:-2], slip.replace(slip[5], "A"), slip + "A"):
        assert form.send(ticket=changed).status_code == 422
    number = ticket.read(slip, form.line.id, timezone.now()).number
    assert ticket.quotable(number)[1:].lower() not in number
    assert not Received.objects.exists()
