"""X1, X5–X8, S7, D1: what strangers and agents type, wherever it is shown."""

from __future__ import annotations

import time

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from presszero.channels.models import Entry
from presszero.channels.wording import fill, framed, to_html
from presszero.core.text import one_line
from presszero.merchants.models import Brand
from presszero.team.actions import Browser, start_session
from presszero.team.browser import browser_of
from presszero.team.mail import sealed, send_letter
from presszero.team.models import Person
from presszero.ui.markup import linked
from tests import cast
from tests.walls.everything import Everything, addresses, browser

pytestmark = pytest.mark.slow

CANARY = "\"'><x-canary onclick=alert(1)>{{7*7}}</x-canary>"
LOOSE = "<x-canary"
FORM = "application/x-www-form-urlencoded"


def _spoil(rows: Everything) -> None:
    """The canary in every text that somebody can type, a stranger above all."""
    shop = rows.shop
    for row, names in (
        (rows.conversation, "subject snippet"),
        (rows.part, "subject snippet"),
        (rows.conversation.customer, "name"),
        (rows.customer_note, "text"),
        (rows.customer_note.customer, "name"),
        (rows.note, "text"),
        (rows.participant, "name address"),
        (rows.entry, "subject text folded sender_name sender_address"),
        (rows.reply.entry, "text subject sender_name"),
        (rows.attachment, "filename"),
        (rows.upload, "filename"),
        (rows.failed, "reason address"),
        (rows.macro, "name text"),
        (rows.topic, "name"),
        (rows.own_field, "label"),
        (rows.held, "sender subject reason"),
        (rows.parked, "error"),
        (rows.invitation, "email"),
        (rows.session, "browser"),
        (shop.line, "name address trouble"),
        (shop.brand, "name signature"),
        (shop.hours, "name"),
        (shop.merchant, "name"),
        (shop.maya.person, "name"),
        (shop.tomas.person, "name"),
    ):
        for name in names.split():
            longest = row._meta.get_field(name).max_length or 1000
            setattr(row, name, CANARY[:longest])
        row.save()
    Entry.objects.filter(id=rows.entry.id).update(warnings=[CANARY], copied=[[CANARY, CANARY]])
    for handle in rows.conversation.customer.handles.all():
        handle.name = handle.bounce_reason = CANARY
        handle.save()
    mine = browser(shop.maya)
    for kind in ("reply", "note"):
        mine.put(f"/conversations/{rows.conversation.id}/drafts/{kind}", f"text={CANARY}")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["maya", "rosa"])
@pytest.mark.parametrize("htmx", [False, True])
def test_x1_x5_the_canary_is_text_at_every_address(rows: Everything, who: str, htmx: bool) -> None:
    _spoil(rows)
    asking, seen, loose = browser(rows.shop.team[who]), 0, []
    headers = {"HX-Request": "true"} if htmx else {}
    for address in addresses():
        path = address.filled(rows)
        if path.endswith(("/domain", "/trial")):
            continue
        got = asking.get(path, headers=headers)
        if got.streaming or not got["Content-Type"].startswith(("text/html", "application/json", "image/svg")):
            continue
        text = got.content.decode()
        seen += "x-canary" in text
        if LOOSE in text:
            loose.append(path)
        assert "49</x-canary" not in text and ">49" not in text
    assert not loose
    assert seen > (8 if htmx else 12)  # it was there to be seen


@pytest.mark.django_db
def test_x1_found_told_and_titled_it_is_still_text(rows: Everything) -> None:
    _spoil(rows)
    maya, where = browser(rows.shop.maya), f"/conversations/{rows.conversation.id}"
    answers = [
        maya.get("/search", {"q": CANARY}),
        maya.get("/search", {"q": "x-canary"}, headers={"HX-Request": "true"}),
        maya.put(
            f"{where}/subject", f"subject={CANARY}", "application/x-www-form-urlencoded", headers={"HX-Request": "true"}
        ),
        maya.put(f"{where}/topic", f"topic={rows.topic.id}", headers={"HX-Request": "true"}),
        maya.post(f"{where}/replies", {"text": CANARY, "to": CANARY, "client_id": "x"}, headers={"HX-Request": "true"}),
        maya.post(f"{where}/notes", {"text": CANARY, "client_id": CANARY}, headers={"HX-Request": "true"}),
        maya.get(f"/desk/{'x-canary'}"),
        maya.get("/no/such/" + CANARY),
        Client().get("/sign-in", {"next": "/" + CANARY}),
        Client().post("/sign-in", {"email": CANARY, "password": CANARY}),
        Client().post("/forgot", {"email": CANARY}),
    ]
    for got in answers:
        assert got.status_code < 500
        assert LOOSE not in got.content.decode()
    assert any("x-canary" in got.content.decode() for got in answers)


@pytest.mark.django_db
def test_x5_letters_are_plain_text_whatever_stands_in_them(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "desk@juniper.example"
    words = {"to": "a@b.example", "subject": one_line(f"{CANARY}\r\nBcc: evil@x.example"), "text": CANARY}
    send_letter(sealed(words))
    (sent,) = mail.outbox
    raw = bytes(sent.message())
    assert b"text/html" not in raw and b"\r\nBcc: evil" not in raw


@pytest.mark.django_db
def test_x6_a_browsers_words_about_itself_are_text(rows: Everything) -> None:
    start_session(rows.shop.maya.person, Browser("203.0.113.7", CANARY), timezone.now())
    got = browser(rows.shop.maya).get(
        "/me", headers={"User-Agent": CANARY, "Referer": CANARY, "CF-Connecting-IP": CANARY}
    )
    assert got.status_code == 200 and LOOSE not in got.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_x6_only_proxies_of_ours_say_where_a_request_comes_from(header: str) -> None:
    stranger = RequestFactory().get("/", REMOTE_ADDR="203.0.113.5", headers={header: "10.0.0.1"})
    assert browser_of(stranger).address == "203.0.113.5"
    spoilt = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={header: f"10.0.0.1, {CANARY}"})
    assert browser_of(spoilt).address == "127.0.0.1"


def test_x6_our_own_proxy_is_believed_for_the_last_address_only() -> None:
    asked = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.5"})
    assert browser_of(asked).address == "203.0.113.5"


HOSTILE_LINKS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "file:///etc/passwd", "//evil.example", "\x01javascript:alert(1)", "ftp://x",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE_LINKS)
def test_x7_what_is_no_web_or_mail_address_is_no_link(target: str) -> None:
    for made in (to_html(target), to_html(f"[click]({target})"), str(linked(target)), to_html(f"- **[a]({target})**")):
        assert "href" not in made or 'href="mailto:' in made


@pytest.mark.parametrize(
    "text",
    [
        "![](http://e.example/?d=secret)",
        "![a](http://e.example/x.png)",
        "<img src=http://e.example/x>",
        '<a href="http://e.example">bank.example</a>',
        '[x](http://e.example"onmouseover=alert(1))',
        "[**bold** <b>](http://e.example)",
        'http://e.example/"><script>alert(1)</script>',
        "**<script>alert(1)</script>**",
        "> <iframe src=x>",
    ],
)
def test_x8_no_picture_is_loaded_and_no_markup_passes(text: str) -> None:
    made = to_html(text)
    for tag in ("<img", "<script", "<iframe", "<b>", "onmouseover=alert(1)>", "<form"):
        assert tag not in made
    assert made.count("<a ") <= 1
    assert 'href="http://e.example">bank' not in made


def test_x8_a_link_says_where_it_leads() -> None:
    made = to_html("[bank.example](https://evil.example/login) and [evil.example](https://evil.example/)")
    assert "bank.example (evil.example)</a>" in made
    assert ">evil.example</a>" in made
    assert made.count('rel="noopener noreferrer nofollow"') == 2


TEMPLATES = [
    "{{ settings.SECRET_KEY }}", "{% include '/etc/passwd' %}", "{{ customer.__class__ }}", "{0.__init__}", "${7*7}",
    "{{ 7*7 }}", "{{customer.name.__class__.__mro__}}", "%(SECRET_KEY)s", "#{7*7}", "<%= 7*7 %>", "{{ agent }}",
]  # fmt: skip


@pytest.mark.parametrize("text", TEMPLATES)
def test_s7_what_people_type_is_never_a_template(text: str) -> None:
    values = {"customer.name": text, "agent.name": "Maya"}
    assert fill(text, values) == text
    assert fill("Hello {{ customer.name }}", {"customer.name": "{{ agent.name }}", "agent.name": "x"}) == (
        "Hello {{ agent.name }}"
    )
    assert text not in framed(to_html("hi"), "", "no place for words") or "{{ body }}" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEMPLATES)
def test_s7_an_answer_a_signature_a_name_and_a_frame_stay_as_typed(
    shop: cast.Shop, text: str, settings: Settings
) -> None:
    Brand.objects.update(signature=text, mail_template="<p>{{ body }}</p>" + text)
    Person.objects.filter(id=shop.maya.person_id).update(name=f"Maya {text}")
    row = cast.the(cast.Shopper(text, "ada@example.com").writes(shop, text, text)).conversation
    shop.maya.refresh_from_db()
    said = cast.answer(row, "Hello {{ customer.name }}, " + text, shop.maya).entry
    for words in (said.text, said.html, said.folded, said.subject, said.sender_name):
        assert settings.SECRET_KEY not in words and "root:" not in words and "49" not in words and "<class" not in words
    assert text in said.text


def test_s7_the_answer_cannot_reach_into_its_frame() -> None:
    made = framed(to_html("{{ signature }} {{ body }}"), "<p>Maya</p>", "")
    assert made.count("<p>Maya</p>") == 1


LONG = {
    "quotes": "> " * 50_000,
    "rules": "-" * 100_000,
    "wrote": "On Monday Ada wrote:\n" * 10_000,
    "address": "a" * 100_000 + "@",
    "stars": "*" * 100_000,
    "bold": "**a" * 30_000,
    "brackets": "[" * 100_000,
    "links": "[a](http://b.example)" * 5_000,
    "plain links": "http://b.example " * 6_000,
    "parentheses": "http://b.example/" + "(" * 90_000,
    "braces": "{{ " * 33_000,
    "lists": "- a\n" * 25_000,
}


@pytest.mark.parametrize("name", LONG)
def test_d1_no_text_makes_us_think_for_long(name: str) -> None:
    for work in (to_html, linked, lambda text: fill(text, {})):
        begun = time.process_time()
        work(LONG[name])
        assert time.process_time() - begun < 0.5, work
