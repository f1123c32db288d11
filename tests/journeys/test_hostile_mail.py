"""A hostile mail in every field a stranger fills, while a real browser walks every page that shows any of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr

from playwright.sync_api import Request, expect

from presszero.conversations.models import Conversation, Draft, Macro
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until
from .test_quarantine import nested

HOST = "canary.example"
CANARY = f"""pz<svg/onload="fetch('//{HOST}/s')">"'`{{{{7*7}}}}"""
HTML = f"""<html><head><base href="//{HOST}/"><meta http-equiv="refresh" content="0;url=//{HOST}/m">
<link rel="stylesheet" href="//{HOST}/l.css">
<style>@import "//{HOST}/i.css"; body {{background:url(//{HOST}/b)}}</style>
<script>parent.pwned=1;fetch("//{HOST}/j")</script></head>
<body onload="parent.pwned=2" style="background-image:url(//{HOST}/d);position:fixed;inset:0">
<p>The words that matter.</p>
<img src="http://{HOST}/x.png" srcset="//{HOST}/y.png 2x" onerror="parent.pwned=3"><svg onload="parent.pwned=4"></svg>
{CANARY}</svg>
<iframe src="//{HOST}/f" srcdoc="<script>parent.pwned=5</script>"></iframe><object data="//{HOST}/o"></object>
<form action="//{HOST}/p"><input name="password" autofocus onfocus="parent.pwned=6"><button>Sign in</button></form>
<video src="//{HOST}/v" autoplay></video><math><mtext><table><mglyph><style><img src=x onerror=parent.pwned=7>
<a href="javascript:parent.pwned=8">click</a><a href="//{HOST}/a" ping="//{HOST}/g">juniper.example</a>
</body></html>"""


def hostile(ada: Customer, shop: Shop) -> EmailMessage:
    """The canary in every field."""
    mail = EmailMessage()
    mail["From"] = formataddr((CANARY, ada.address))
    mail["To"] = shop.line.address
    mail["Cc"] = formataddr((CANARY, "copied@example.net"))
    mail["Reply-To"] = formataddr((CANARY, "elsewhere@example.org"))
    mail["Subject"] = CANARY
    mail["Message-ID"] = '<pz"><svg/onload=alert(1)>@mail.example>'
    mail["List-Id"] = CANARY
    mail["X-Priority"] = CANARY
    mail["Authentication-Results"] = f"{shop.line.address.partition('@')[2]}; dmarc=pass {CANARY}"
    mail.set_content(f"{CANARY}\n\njavascript:alert(1) https://{HOST}/link\n\nOn Monday, {CANARY} wrote:\n> {CANARY}\n")
    mail.add_alternative(HTML, subtype="html")
    mail.add_attachment(HTML.encode(), maintype="text", subtype="html", filename=f"{CANARY}.html")
    picture = b"<svg onload='parent.pwned=9'/>"
    mail.add_attachment(picture, maintype="image", subtype="svg+xml", filename=f"{CANARY}.svg")
    return mail


def test_x1_x2_x3_x4_x5_x7_a_hostile_mail_is_only_ever_text(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.house.take_mail(hostile(ada, shop), shop.line.address)
    ada.house.take_mail(nested(400, shop.line.address, CANARY), shop.line.address)
    words = "Hello {{ customer.name }}, {{ conversation.subject }}"
    Macro.objects.create(merchant=shop.merchant, name="Hello", text=words)
    desk = sit_down(shop.team["rosa"])
    reached: list[str] = []
    desk.context.on("request", lambda request: _note(request, desk, reached))

    desk.go_to("Unassigned")
    expect(desk.row("pz<svg/onload")).to_contain_text("{{7*7}}")
    desk.open("pz<svg/onload").reads("{{7*7}}")
    _nothing_ran(desk, reached)

    said = desk.talk.get_by_role("article").first
    said.get_by_role("group").first.locator("summary").click()  # the quoted words
    said.get_by_role("button", name="Show as sent").click()
    frame = said.frame_locator("iframe")
    expect(frame.get_by_text("The words that matter.")).to_be_visible()
    assert (
        frame.locator("script, svg, iframe, object, form, input, link, base, video, [onerror], [onload]").count() == 0
    )
    expect(said.get_by_role("button", name="Load them through us")).to_be_visible()
    hrefs = [each.get_attribute("href") or "" for each in said.get_by_role("link").all()]
    assert hrefs and not [href for href in hrefs if href.lower().startswith("javascript")]
    _nothing_ran(desk, reached)

    desk.press("Escape", "r", "#")
    macro = desk.page.get_by_role("listbox", name="Macros").get_by_role("option")
    expect(macro).to_contain_text("{{7*7}}")
    desk.press("Enter")
    expect(desk.answer_box).to_have_value(re.compile(r"pz<svg/onload.*\{\{7\*7\}\}", re.DOTALL))
    until(lambda: Draft.objects.filter(merchant=shop.merchant, text__contains="{{7*7}}").exists(), what="the draft")
    desk.press("Escape", "m")
    desk.page.get_by_role("dialog").get_by_role("searchbox").fill("pz<svg")
    desk.press("Escape")

    conversation = Conversation.objects.get(merchant=shop.merchant)
    for address in (
        f"/conversations/{conversation.id}",
        f"/customers/{conversation.customer_id}",
        f"/search?q={'pz<svg'}",
        "/desk/waiting",
        "/settings/quarantine",
        "/settings/lines",
        f"/settings/lines/{shop.line.id}",
        "/settings/macros",
        "/settings/people",
        "/settings/reactions",
    ):
        assert desk.page.goto(address).status == 200, address
        desk.page.wait_for_load_state()
        _nothing_ran(desk, reached)
    desk.page.goto(f"/search?q={'7*7'}")
    desk.page.goto("/settings/quarantine")
    expect(desk.page.get_by_role("row").filter(has_text="nested more than")).to_be_visible()


def _note(request: Request, desk: Desk, reached: list[str]) -> None:
    if not request.url.startswith((desk.house.origin, "data:", "blob:", "about:")):
        reached.append(request.url)


def _nothing_ran(desk: Desk, reached: list[str]) -> None:
    assert reached == []
    assert desk.page.evaluate("window.pwned") is None
    assert desk.page.locator("svg[onload], [onerror], [onfocus], body script:not([src])").count() == 0
    assert "49" not in desk.page.title()
    assert desk.page.get_by_text("pz49").count() == 0
