"""The settings of what a line says at once: on or off, own words from a short list of names, and how they read."""

from __future__ import annotations

import pytest

from presszero.channels.models import Line
from presszero.promises.acknowledging import own_words, wanted
from tests import cast

from .conftest import At, words


@pytest.fixture
def page(shop: cast.Shop) -> str:
    return f"/settings/acknowledgements/{shop.line.id}"


def now_of(line: Line) -> Line:
    return Line.objects.get(id=line.id)


def test_every_line_shows_what_is_read_now(rosa: At, shop: cast.Shop) -> None:
    assert shop.chat and shop.form
    shown = words(rosa.open("/settings/acknowledgements"))
    assert shown.count("Thank you, we have your message.") == 3
    assert "Contact form" in shown and shop.line.address in shown


def test_own_words_are_kept_and_the_rest_of_the_settings_stays(rosa: At, shop: cast.Shop, page: str) -> None:
    Line.objects.filter(id=shop.line.id).update(settings={"provider": "postmark"})
    given = {"on": "1", "en": "Hi! {{ answer.when }}", "de": "", "es": "", "fr": ""}
    assert rosa.client.post(page, given).status_code == 302
    line = now_of(shop.line)
    assert line.settings["provider"] == "postmark"
    assert (wanted(line), own_words(line, "en"), own_words(line, "de")) == (True, "Hi! {{ answer.when }}", "")
    assert "Hi! We answer by" in words(rosa.open(page))


def test_it_can_be_turned_off(rosa: At, shop: cast.Shop, page: str) -> None:
    rosa.client.post(page, {"en": ""})
    assert not wanted(now_of(shop.line))
    assert "off" in words(rosa.open("/settings/acknowledgements"))


@pytest.mark.parametrize(
    "typed", ["{{ answer.when }} {{ customer.name }}", "{{ settings.SECRET_KEY }}", "We will see.", "{% now %}"]
)
def test_s7_words_that_ask_for_more_are_refused_and_stay_on_the_page(
    rosa: At, shop: cast.Shop, page: str, typed: str
) -> None:
    answer = rosa.client.post(page, {"on": "1", "en": typed})
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert "acknowledge" not in now_of(shop.line).settings


def test_a_preview_shows_what_would_be_read_and_keeps_nothing(rosa: At, shop: cast.Shop, page: str) -> None:
    answer = rosa.client.post(f"{page}/preview/de", {"de": "Moin <b>du</b>! {{ answer.when }}"})
    shown = answer.content.decode()
    assert "Moin &lt;b&gt;du&lt;/b&gt;! Wir antworten bis" in shown and "<html" not in shown
    assert "stands for nothing" in rosa.client.post(f"{page}/preview/en", {"en": "{{ x }}"}).content.decode()
    assert rosa.client.post(f"{page}/preview/xx", {}).status_code == 404
    assert "acknowledge" not in now_of(shop.line).settings


def test_only_an_admin_opens_it_and_only_their_own(rosa: At, maya: At, shop: cast.Shop, page: str) -> None:
    assert maya.open("/settings/acknowledgements").status_code == 403
    other = cast.thistle()
    assert rosa.open(f"/settings/acknowledgements/{other.line.id}").status_code == 404
