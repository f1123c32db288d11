"""The kit: safe headers, versioned assets, refusals, times and plain text as HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from django.apps import apps
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from presszero.core.refusal import Refused
from presszero.ui import assets, formats, outlines
from presszero.ui.jinja import spoken
from presszero.ui.markup import linked
from presszero.ui.page import page
from presszero.ui.refusals import refusal
from tests.cast import juniper

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_i11_every_answer_carries_a_strict_policy() -> None:
    for path in ("/sign-in", "/nothing/here", assets.asset_url("style.css")):
        answer = Client().get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_in_the_demo_only_we_ourselves_may_frame_a_page(settings: object) -> None:
    settings.DEMO = True
    assert "frame-ancestors 'self'" in Client().get("/sign-in").headers["Content-Security-Policy"]


def test_templates_have_no_inline_style_or_script() -> None:
    """The policy would stop them; here nobody finds out only in the browser."""
    no_program = r"""(?![^>]*\b(?:src=|type="application/json"))"""  # JSON in a page is not run
    wrong = re.compile(rf"<style|<script{no_program}|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    for app in apps.get_app_configs():
        for template in Path(app.path).glob("templates/**/*.html") if app.name.startswith("presszero.") else ():
            found = wrong.search(template.read_text())
            assert not found, f"{template}: {found[0] if found else ''}"


@pytest.mark.django_db
def test_assets_are_kept_for_good_under_the_version_and_checked_under_another() -> None:
    now, old = Client().get(assets.asset_url("style.css")), Client().get("/assets/0123456789/style.css")
    assert "immutable" in now.headers["Cache-Control"] and old.headers["Cache-Control"] == "no-cache"
    assert b"@layer reset, tokens, base" in now.content and b".i-mail{" in now.content
    assert Client(headers={"Accept-Encoding": "gzip"}).get(assets.asset_url("style.css")).headers["Content-Encoding"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["../settings.py", "ui/../../jinja.py", "ui/main.py", "/etc/passwd", "%2e%2e/x.js", "ui"]
)
def test_assets_are_files_of_the_static_folders_alone(path: str) -> None:
    assert Client().get(f"/assets/x/{path}").status_code == 404


def test_every_icon_named_in_a_template_exists() -> None:
    named: set[str] = set()
    for app in apps.get_app_configs():
        for template in Path(app.path).glob("templates/**/*.html") if app.name.startswith("presszero.") else ():
            text = template.read_text()
            named |= set(re.findall(r"""\bicon\("([\w-]+)\"""", text)) | set(re.findall(r"\bi-([a-z][\w-]+)", text))
    assert named - set(outlines.names()) == set()


def test_colours_and_pixels_stand_in_the_tokens_alone() -> None:
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)
    for app in apps.get_app_configs():
        for sheet in Path(app.path).glob("static/**/css/*.css") if app.name.startswith("presszero.") else ():
            if sheet.name != "tokens.css":
                assert not raw.search(sheet.read_text()), sheet


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>", "&lt;b&gt;"),
        ("a & b", "a &amp; b"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("![](http://e.example/?d=secret)", 'href="http://e.example/?d=secret"'),
        ("see https://x.example/a_b.", 'href="https://x.example/a_b"'),
        ('https://x.example/"><script>', "&gt;&lt;script&gt;"),
        ("ada@example.com", 'href="mailto:ada@example.com"'),
    ],
)
def test_x8_plain_text_becomes_links_and_nothing_else(text: str, html: str) -> None:
    made = str(linked(text))
    assert html in made and "<img" not in made and "<script" not in made and 'href="javascript' not in made


def test_x1_links_cannot_be_broken_out_of() -> None:
    made = str(linked("https://x.example/?a='onmouseover='alert(1)&b=\"c"))
    assert "'onmouseover" not in made and '"c' not in made.replace("&#34;c", "")


def test_long_text_is_linked_in_linear_time() -> None:
    began = datetime.now()
    linked("a@" * 50_000 + "http://" * 20_000 + "x" * 100_000)
    assert datetime.now() - began < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("before", "said"), [(30, "now"), (120, "2 min"), (7300, "2 h"), (2 * 86400, "Thu"), (40 * 86400, "12 Oct")]
)
def test_how_long_ago(before: int, said: str) -> None:
    with timezone.override("UTC"):
        assert said in formats.ago(NOW - timedelta(seconds=before), NOW)


def test_times_say_their_moment_in_utc_and_show_the_readers_own() -> None:
    with timezone.override("Europe/Berlin"):
        shown = formats.moment(NOW, NOW)
    assert 'datetime="2026-11-21T12:00:00Z"' in shown and ">13:00<" in shown


@pytest.mark.parametrize(("minutes", "said"), [(42, "0:42"), (72, "1:12"), (11 * 60 + 3, "11 h"), (49 * 60, "2 d")])
def test_what_is_left(minutes: int, said: str) -> None:
    assert f">{said}<" in formats.until(NOW + timedelta(minutes=minutes), NOW)


def test_money_and_sizes() -> None:
    assert formats.money("148", "GBP") == "£\u00a0148.00" and formats.money("1200", "JPY") == "¥\u00a01,200"
    assert (formats.size(999), formats.size(312_000)) == ("999 bytes", "312\u00a0kB")


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Kowalski", "AK"), ("", "?"), ("!!", "?"), ("مريم حداد", "مح"), ("x@y.z", "XY")]
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


def test_a_refusal_is_a_toast_a_sentence_or_a_page() -> None:
    refused = Refused("Not <now>.", "Later.")
    plain, asked = RequestFactory().post("/x"), RequestFactory().post("/x", headers={"HX-Request": "true"})
    api = RequestFactory().post("/x", headers={"Accept": "application/json"})
    toast = refusal(asked, refused)
    assert toast.status_code == 422 and toast.headers["HX-Retarget"] == "#toasts"
    assert "Not &lt;now&gt;." in toast.content.decode() and "Later." in toast.content.decode()
    assert b"<html" in refusal(plain, refused).content
    assert refusal(api, refused).content == b'{"refused": "Not <now>.", "next_step": "Later."}'


def test_a_refusal_leads_back_only_to_ourselves() -> None:
    evil = RequestFactory().post("/x", headers={"Referer": "https://evil.example/"})
    assert "evil" not in refusal(evil, Refused("No.")).content.decode()


@pytest.mark.django_db
def test_x7_the_theme_cookie_is_one_of_two_words() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert (
        "<script>"
        not in page(request, "ui/error.html", {"status": 404, "sentence": "x", "next_step": ""}).content.decode()
    )


@pytest.mark.django_db
def test_right_to_left_languages_turn_the_page() -> None:
    juniper()  # with no shop yet, this page leads to the set-up
    with translation.override("en"):  # the request leaves its language behind in this thread
        page_in_arabic = Client(headers={"Accept-Language": "ar"}).get("/sign-in").content.decode()
    assert 'dir="rtl"' in page_in_arabic and 'lang="ar"' in page_in_arabic


def test_templates_are_translated_once_for_each_language_and_values_each_time() -> None:
    source = '{{ _("January") }} <{{ _("100%%") }}> {{ _("%(n)s of March", n=n) }}{{ _("<b>") }}'
    plain = cast(Jinja2, engines["jinja2"]).env
    said = {code: spoken(code, plain).from_string(source) for code in ("de", "es", "en")}
    with translation.override("es"):  # a template keeps its own language, whoever asks
        assert said["de"].render(n="<7>").startswith("Januar <100%> &lt;7&gt; of March")
    assert said["es"].render(n=1).startswith("enero ") and said["en"].render(n=1).endswith("March<b>")
