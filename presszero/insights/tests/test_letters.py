"""The page for the boss by mail: to admins who want it, in their language, once a month and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from presszero.insights import letters
from presszero.insights.models import BossLetter
from presszero.merchants.models import Merchant
from presszero.team.mail import opened, send_letter
from presszero.team.models import Membership, Person
from tests import cast

from .october import October
from .world import World

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def october(settings: Settings) -> October:
    settings.DEFAULT_FROM_EMAIL = "desk@presszero.example"
    made = October(World(cast.juniper()))
    made.priced()
    made.worked()
    made.gave()
    made.settled()
    made.bought()
    return made


def posted() -> Iterator[dict[str, str]]:
    for job in ProcrastinateJob.objects.filter(task_name="team.send_letter").order_by("id"):
        yield opened(job.args["sealed"])


def test_it_comes_once_with_the_figures_of_the_page(october: October) -> None:
    assert [letters.send_due(DUE + timedelta(hours=n)) for n in range(3)] == [1, 0, 0]
    (letter,) = posted()
    assert letter["to"] == "rosa@juniper.example" and letter["subject"] == "What service gave back in October 2026"
    for words in (letter["text"], letter["html"]):
        assert "£322.10" in words and "£103.40" in words and "£124.00" in words
        assert "/insights/service?month=2026-10" in words
    row = BossLetter.objects.get()
    assert row.sent_to == [october.world.shop.team["rosa"].id] and row.sent_at == DUE
    assert row.figures["cost"] == {"labour": 1060, "contacts": 150, "fixed": 31000, "all": 32210}


def test_whoever_comes_second_finds_it_sent(october: October) -> None:
    BossLetter.objects.create(merchant=october.merchant, month="2026-10-01", sent_at=DUE)
    assert letters.send_due(DUE) == 0 and not list(posted())


@pytest.mark.parametrize(
    "when",
    [
        datetime(2026, 11, 1, 6, 59, tzinfo=UTC),
        datetime(2026, 11, 15, 8, tzinfo=UTC),  # whoever was away so long is not surprised
        datetime(2026, 10, 20, 8, tzinfo=UTC),
    ],
)
def test_it_waits_for_its_day(october: October, when: datetime) -> None:
    assert letters.send_due(when) == 0 and not list(posted())


def test_the_first_of_the_month_is_the_shops_own(october: October) -> None:
    october.merchant.timezone = "Pacific/Auckland"
    october.merchant.save()
    assert letters.send_due(datetime(2026, 10, 31, 19, tzinfo=UTC)) == 1  # eight in the morning of November there


def test_a_member_may_stop_it_and_have_it_again(october: October) -> None:
    rosa = october.world.shop.team["rosa"]
    letters.want(rosa, False)
    letters.want(rosa, False)
    assert letters.send_due(DUE) == 1 and not list(posted())
    letters.want(rosa, True)
    assert letters.wants(rosa) and not letters.wants(october.world.shop.tomas)  # he is no admin


def test_it_speaks_the_readers_language(october: October) -> None:
    Person.objects.filter(email="rosa@juniper.example").update(language="de")
    letters.send_due(DUE)
    (letter,) = posted()
    assert "322,10\u00a0£" in letter["text"] and 'lang="de"' in letter["html"]


def test_nobody_who_left_and_no_quiet_month_gets_one(october: October) -> None:
    cast.thistle()
    Membership.objects.filter(id=october.world.shop.team["rosa"].id).update(left_at=DUE)
    assert letters.send_due(DUE) == 1 and not list(posted())
    assert BossLetter.objects.filter(sent_at=None).count() == 1  # the quiet shop is not looked at again


def test_without_mail_it_waits_until_there_is_some(october: October, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "webmaster@localhost"
    assert letters.send_due(DUE) == 0 and not BossLetter.objects.exists()


def test_it_goes_out_as_text_with_the_same_as_html(october: October) -> None:
    letters.send_due(DUE)
    send_letter(ProcrastinateJob.objects.get(task_name="team.send_letter").args["sealed"])
    sent = mail.outbox[-1]
    html = [part for part, kind in getattr(sent, "alternatives", []) if kind == "text/html"]
    assert "£322.10" in str(sent.body) and len(html) == 1 and "£322.10" in str(html[0])


def test_a_shop_whose_month_cannot_be_read_holds_nobody_up(october: October) -> None:
    thistle = cast.thistle()
    mallory = thistle.team["mallory"]
    Membership.objects.filter(id=mallory.id).update(role="admin")
    thistle.team.update(rosa=mallory, maya=mallory, tomas=mallory)
    other = October(World(thistle))
    other.priced()
    other.worked()
    assert october.merchant.id < other.merchant.id
    Merchant.objects.filter(id=october.merchant.id).update(currency="?")
    assert letters.send_due(DUE) == 1
    assert [row.merchant_id for row in BossLetter.objects.all()] == [other.merchant.id]
