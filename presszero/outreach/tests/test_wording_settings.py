"""Settings, messages to customers: own words are checked, seen for a real order, kept, written down, and put back."""

from __future__ import annotations

import pytest

from presszero.audit.models import Record
from presszero.outreach.models import Notice
from presszero.outreach.notices import is_on
from presszero.outreach.tests.stage import stage
from presszero.promises.models import Keeping
from tests import cast
from tests.walls.everything import browser

pytestmark = pytest.mark.django_db
_PAGE = "/settings/messages/late"


def test_own_words_are_seen_for_a_real_order_kept_and_put_back() -> None:
    here = stage()
    client = browser(here.shop.team["rosa"])
    good = {"language": "de", "brand": "", "subject": "Zu spät: {{ order.number }}", "text": "Leider. {{ next }}"}
    seen = client.post(f"{_PAGE}/preview", good).content.decode()
    assert "Zu spät: #1042" in seen and "Guten Tag Ada" in seen and "{{" not in seen
    for wrong in (
        "Leider {{ nothing }} {{ next }}",
        "{% load x %} {{ next }}",
        "Leider.",
        "",
        "x" * 4001 + "{{ next }}",
    ):
        answer = client.post(_PAGE, {**good, "text": wrong})
        assert answer.status_code == 422 and wrong[:20] in answer.content.decode()
    assert not Notice.objects.exists()

    assert client.post(_PAGE, good).status_code == 302
    row = Notice.objects.get(merchant=here.shop.merchant)
    assert (row.kind, row.language, row.text, row.on) == ("late", "de", "Leider. {{ next }}", True)
    assert client.post(_PAGE, {"do": "off", "language": "de"}).status_code == 302
    assert not is_on(here.shop.merchant.id, "late")
    client.post(_PAGE, {"do": "ours", "language": "de"})
    assert not is_on(here.shop.merchant.id, "late")
    said = Record.objects.filter(verb__startswith="notice.").values_list("verb", flat=True)
    assert sorted(said) == ["notice.change", "notice.change", "notice.switch"]


def test_the_question_after_ordering_is_the_same_switch_as_the_promises_have() -> None:
    here = stage()
    client = browser(here.shop.team["rosa"])
    client.post("/settings/messages/expectation_asked", {"do": "on"})
    assert Keeping.objects.get(merchant=here.shop.merchant).ask_after_order
    assert "Switch off: By when do you need it?" in client.get("/settings/messages").content.decode()


def test_another_merchants_brand_is_not_there() -> None:
    here, other = stage(), cast.thistle()
    client = browser(here.shop.team["rosa"])
    assert client.get(f"{_PAGE}?brand={other.brand.id}").status_code == 404
    assert client.get("/settings/messages/nothing").status_code == 404
