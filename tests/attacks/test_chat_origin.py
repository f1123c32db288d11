"""L3, L4, L5, I11: another site's page, or a script on the shop's own, reaches for what is said in the chat."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from presszero.core.sealing import fingerprint
from presszero.customers.models import Claim, Customer, ProofCode
from presszero.frontdoor.tests.window import OURS, SITE, Window, chat_line
from presszero.visitors.cookie import cookie_name
from presszero.visitors.models import Visitor
from tests import cast

pytestmark = pytest.mark.slow

ASKS = [
    ("POST", "visit"),
    ("GET", "transcript"),
    ("GET", "files/x"),
    ("POST", "identity"),
    ("DELETE", "identity"),
    ("POST", "address"),
    ("POST", "code"),
    ("PUT", "code"),
    ("POST", "marks"),
    ("POST", "page"),
    ("POST", "wish"),
]
OTHERS = [
    "null",
    "https://evil.example",
    SITE,  # the shop's own page frames us, and is not us
    f"{settings.ORIGIN}.evil.example",
    settings.ORIGIN.replace("://", "://evil-"),
    settings.ORIGIN.replace("://", "://chat."),
    settings.ORIGIN.replace("http:", "https:"),
    f"{settings.ORIGIN}:1",
    f"{settings.ORIGIN}/",
    settings.ORIGIN.upper(),
    "",
]


@pytest.fixture
def window(shop: cast.Shop) -> Window:
    return Window(chat_line(shop))


@pytest.mark.parametrize("origin", OTHERS)
def test_l4_another_sites_page_is_refused_whatever_cookie_it_carries(
    window: Window, shop: cast.Shop, origin: str
) -> None:
    window.opens()
    window.writes(shop, "Mine")
    before = Visitor.objects.values().get()
    for method, what in ASKS:
        answer = window.asks(method, what, {"seen_to": 1, "matters": 3}, Origin=origin, Sec_Fetch_Site="cross-site")
        assert answer.status_code == 403, (method, what)
        assert_closed(answer)
    assert Visitor.objects.values().get() == before
    assert Customer.objects.count() == 1 and not ProofCode.objects.exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "Same-Origin"])
def test_l4_without_an_origin_only_our_own_page_is_believed(window: Window, site: str) -> None:
    window.opens()
    for method, what in ASKS:
        path = f"/chat/{window.line.token}/{what}"
        answer = window.client.generic(method, path, "{}", "application/json", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403, (method, what)


def test_l4_no_answer_is_open_to_another_sites_script(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "Mine")
    for method, what in ASKS:
        assert_closed(window.asks(method, what))
    for each in ("visit", "transcript", ""):
        path = f"/chat/{window.line.token}/{each}".rstrip("/")
        asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
        answer = window.client.options(path, headers=asked)
        assert answer.status_code in (403, 405)
        assert_closed(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_l4_what_a_form_of_another_site_could_send_is_not_read(window: Window, kind: str) -> None:
    window.opens()
    for method, what in ASKS:
        if method in ("POST", "PUT"):
            path = f"/chat/{window.line.token}/{what}"
            body = json.dumps({"email": "eve@evil.example", "seen_to": 1})
            answer = window.client.generic(method, path, body, kind, headers=OURS)
            assert answer.status_code == 400
    assert not Claim.objects.exists()


def assert_closed(answer: HttpResponse) -> None:
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_l3_nothing_secret_stands_in_an_address_and_nothing_leads_away(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.signs_in("1001", name="Ada")
    window.writes(shop, "", attachments=[{"filename": "a.txt", "base64": "c2VjcmV0"}])
    secret = window.client.cookies[cookie_name(window.line.token)].value
    for method, what in ASKS:
        answer = window.asks(method, what, {"next": "//evil.example", "url": "//evil.example", "seen_to": 1})
        assert not 300 <= answer.status_code < 400 and "Location" not in answer
        shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert secret.encode() not in shown
    for lure in ("next", "url", "redirect", "return_to"):
        answer = window.client.get(f"/chat/{window.line.token}?{lure}=//evil.example")
        assert answer.status_code == 200
        assert b"evil.example" not in answer.content


def test_l3_a_file_opens_only_for_who_may_read_it(window: Window, shop: cast.Shop) -> None:
    window.opens()
    window.writes(shop, "", attachments=[{"filename": "a.txt", "base64": "c2VjcmV0"}])
    (file,) = window.reads()["entries"][0]["files"]
    assert window.client.get(file["url"], headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert Client().get(file["url"], headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401
    assert window.client.get(file["url"], headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_l5_the_secret_lies_where_no_script_and_no_other_site_reads_it(
    window: Window, settings: Any, scheme: str
) -> None:
    settings.SECURE = scheme == "https"
    answer = window.asks("POST", "visit", {})
    (cookie,) = answer.cookies.values()
    written = cookie.OutputString()
    for part in ("HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"):
        assert part in re.split(r";\s*", written)
    assert "Domain" not in written
    assert cookie.key.startswith("__Host-") == (scheme == "https")
    assert len(cookie.value) >= 32
    row = Visitor.objects.get()
    assert row.secret_hash == fingerprint(cookie.value)
    assert cookie.value.encode() not in answer.content


def test_l5_served_in_the_clear_to_others_the_cookie_never_crosses_sites(window: Window, settings: Any) -> None:
    settings.SECURE, settings.ORIGIN = False, "http://desk.juniper.example"
    settings.CSRF_TRUSTED_ORIGINS = [settings.ORIGIN]
    answer = window.asks("POST", "visit", {}, Origin=settings.ORIGIN)
    written = next(iter(answer.cookies.values())).OutputString()
    assert "SameSite=Lax" in written and "Partitioned" not in written


def test_l5_what_the_page_is_told_opens_nothing(window: Window, shop: cast.Shop) -> None:
    """The names a compromised page could learn: the line's token, the visitor's address, an entry's number."""
    window.opens()
    window.signs_in("1001")
    window.writes(shop, "Mine")
    visitor, eve = window.visitor, Window(window.line)
    for name in (cookie_name(window.line.token), "visitor", "address"):
        for value in (visitor.address, visitor.shopper, visitor.secret_hash, window.line.token):
            eve.client.cookies[name] = value
            assert eve.asks("GET", "transcript").status_code == 401


def test_i11_each_lines_own_sites_may_frame_it_and_nobody_else(window: Window, shop: cast.Shop) -> None:
    thistle = chat_line(cast.thistle())
    thistle.settings = {"sites": ["https://thistle.example", "https://shop.thistle.example:8443"]}
    thistle.save()

    def ancestors(token: str) -> str:
        policy = Client().get(f"/chat/{token}")["Content-Security-Policy"]
        (found,) = re.findall(r"frame-ancestors ([^;]*)", policy)
        return str(found)

    assert ancestors(window.line.token) == SITE
    assert ancestors(thistle.token) == "https://thistle.example https://shop.thistle.example:8443"
    for hostile in ([], ["*"], ["https://*.example"], ["'self'"], ["https:"], ["https://x.example; script-src *"], "*"):
        thistle.settings = {"sites": hostile}
        thistle.save()
        assert ancestors(thistle.token) == "'none'"


def test_i11_no_other_page_of_ours_can_be_framed(window: Window, shop: cast.Shop) -> None:
    for path in ("/sign-in", "/", "/settings", f"/chat/{window.line.token}/transcript"):
        answer = Client().get(path)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
