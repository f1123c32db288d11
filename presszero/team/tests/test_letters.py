"""Letters leave by the worker, through a real queue."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from presszero.merchants.models import Merchant
from presszero.team import actions
from presszero.team.letters import post_waiting
from presszero.team.models import Role

from .conftest import NOW, hire

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "desk@juniper.example"


@pytest.fixture
def shop(transactional_db: None) -> Merchant:
    return Merchant.objects.create(name="Juniper & Co.", slug="juniper")


def test_an_invitation_and_a_reset_arrive_once_each(shop: Merchant) -> None:
    olga = hire(shop, "Olga", Role.ADMIN)
    link = actions.invite("nadia@juniper.example", Role.AGENT, by=olga, at=NOW).link
    Client().post("/forgot", {"email": olga.person.email})
    Client().post("/forgot", {"email": "no@one.example"})
    for _round in range(3):
        post_waiting()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["nadia@juniper.example", "olga@juniper.example"]
    assert link in next(letter.body for letter in mail.outbox if letter.to == ["nadia@juniper.example"])
    assert not ProcrastinateJob.objects.exists(), "done is gone, with the words in it"
    assert post_waiting() == 0


def test_a_letter_waits_while_the_mail_server_is_away(shop: Merchant, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    actions.invite("nadia@juniper.example", Role.AGENT, by=hire(shop, "Olga", Role.ADMIN), at=NOW)
    post_waiting()
    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1) and job.scheduled_at
    assert post_waiting() == 0, "not before its time"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    _bring_forward()
    post_waiting()
    assert [letter.to for letter in mail.outbox] == [["nadia@juniper.example"]]


def test_a_letter_that_a_dead_worker_held_is_posted(shop: Merchant) -> None:
    actions.invite("nadia@juniper.example", Role.AGENT, by=hire(shop, "Olga", Role.ADMIN), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
        )
    post_waiting()
    post_waiting()
    assert [letter.to for letter in mail.outbox] == [["nadia@juniper.example"]]


def _bring_forward() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second'")
