"""The chat's script, page and words, as a shop's page and a browser get them."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from presszero.channels.models import Line
from presszero.frontdoor.chat.frame import config_of, sites
from presszero.frontdoor.chat.texts import EN, SPOKEN, chosen, texts
from presszero.ui.assets import asset_url
from tests import cast

pytestmark = pytest.mark.django_db
SITE = "https://juniper.example"
MOST = 25 * 1024  # bytes, gzip: all that a shop's page loads because of us
LOADER = 5 * 1024
_CLIENT = Path(settings.BASE_DIR) / "clients" / "widget"


@pytest.fixture
def line() -> Line:
    shop = cast.juniper()
    return Line.objects.create(
        merchant=shop.merchant,
        brand=shop.brand,
        kind="chat",
        address="juniper.example",
        name="Juniper & Co.",
        first_reply_minutes=5,
        settings={"sites": [SITE]},
    )


def drawn(line: Line, **headers: str) -> dict[str, Any]:
    """The config in the page."""
    page = Client().get(f"/chat/{line.token}", headers=headers).content.decode()
    found = re.search(r'id="config">(.*?)</script>', page, re.S)
    assert found
    made: dict[str, Any] = json.loads(found[1])
    return made


def test_all_of_it_is_small(line: Line) -> None:
    client = Client()
    parts = {path: client.get(path).content for path in ("/widget.js", f"/chat/{line.token}")}
    parts |= {name: client.get(asset_url(f"built/{name}")).content for name in ("chat.js", "chat.css")}
    sizes = {name: len(gzip.compress(body, 9)) for name, body in parts.items()}
    assert sum(sizes.values()) <= MOST, sizes
    assert sizes["/widget.js"] <= LOADER, sizes


def test_only_the_lines_sites_may_frame_it(line: Line) -> None:
    answer = Client().get(f"/chat/{line.token}")
    policy = answer["Content-Security-Policy"]
    assert f"frame-ancestors {SITE}" in policy
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
    assert "X-Frame-Options" not in answer
    line.settings = {}
    line.save()
    answer = Client().get(f"/chat/{line.token}")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] in ("DENY", "SAMEORIGIN")


def test_what_is_no_origin_frames_nothing() -> None:
    given = [
        "https://a.example",
        "HTTPS://B.example/",
        "https://*",
        "*",
        "https://c.example/x; script-src *",
        "'self'",
        3,
    ]
    assert sites(given) == ["https://a.example", "https://b.example"]
    assert sites(None) == sites("https://a.example") == []


def test_it_makes_no_cookie_and_stands_in_no_cache(line: Line) -> None:
    answer = Client().get(f"/chat/{line.token}")
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("what", ["unknown", "paused", "mail"])
def test_another_line_has_no_frame(line: Line, what: str) -> None:
    token = "nobody" if what == "unknown" else line.token
    if what == "paused":
        Line.objects.filter(id=line.id).update(paused_at=datetime.now(UTC))
    if what == "mail":
        Line.objects.filter(id=line.id).update(kind="email")
    assert Client().get(f"/chat/{token}").status_code == 404


def test_the_loader_may_be_loaded_from_anywhere_and_is_soon_fresh() -> None:
    answer = Client().get("/widget.js")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"].startswith("public, max-age=600")
    assert not answer.cookies


def test_it_speaks_what_the_page_speaks_then_what_the_browser_asks_for(line: Line) -> None:
    assert drawn(line)["language"] == "en"
    assert drawn(line, **{"accept-language": "sv, fr;q=0.4, es-MX;q=0.8"})["texts"]["greeting"] == "¡Hola!"
    page = Client().get(f"/chat/{line.token}?lang=de-AT", headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="de" dir="ltr">' in page
    assert '<html lang="ar" dir="rtl">' in Client().get(f"/chat/{line.token}?lang=ar").content.decode()


def test_the_merchant_may_say_it_differently_in_each_language(line: Line) -> None:
    line.settings = {"texts": {"de": {"greeting": "Moin!", "no_such": "x", "send": 3}}}
    line.save()
    german = drawn(line, **{"accept-language": "de"})["texts"]
    assert (german["greeting"], german["send"]) == ("Moin!", "Senden")
    assert "no_such" not in german
    assert drawn(line)["texts"]["greeting"] == "Hello!"


def test_a_setting_that_makes_no_sense_is_left_out(line: Line) -> None:
    line.settings = {
        "colour": "red; }",
        "position": "top",
        "privacy": "javascript:alert(1)",
        "phone": "<b>",
        "invitations": [3, {"text": ""}, {"text": {"en": "Hi"}, "seconds": "soon", "cart": -4}],
        "texts": [],
        "languages": ["xx"],
    }
    found = config_of(line, [""], datetime.now(UTC))
    assert (found["colour"], found["position"]) == (line.brand.colour, "right")
    assert found["privacy"] == found["phone"] == ""
    assert [(each["text"], each["seconds"], each["cart"]) for each in found["invitations"]] == [("Hi", 30, 0)]


def test_markup_in_a_setting_stays_words(line: Line) -> None:
    line.settings = {"texts": {"en": {"greeting": "</script><script>alert(1)</script>"}}}
    line.save()
    page = Client().get(f"/chat/{line.token}").content.decode()
    assert "<script>alert" not in page
    assert drawn(line)["texts"]["greeting"].startswith("</script>")


def test_every_word_of_the_window_is_there_in_every_language() -> None:
    said = "".join(file.read_text() for file in _CLIENT.rglob("*.ts"))
    used = set(re.findall(r'\bt\("(\w+)"', said))
    assert len(used) > 60
    assert used <= set(EN), used - set(EN)
    unused = {name for name in EN if not re.search(rf'["`]{re.sub(r"_[a-z0-9]+$", "", name)}', said)}
    assert unused == set()
    for language, words in SPOKEN.items():
        assert words.keys() == EN.keys(), language
        for name, text in words.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", EN[name])), (language, name)


def test_an_unknown_language_falls_back() -> None:
    assert chosen(["xx", "fr-CA"], ["en", "fr"]) == "fr"
    assert chosen(["", "zz"], ["de", "en"]) == "de"
    assert texts("xx", None)["send"] == "Send"
