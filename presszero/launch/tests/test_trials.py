"""A message of our own through a line: what becomes of it, and that it is nobody's work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from presszero.channels.adapters.email.tests.servers import Relay, relay
from presszero.channels.models import Delivery, Line
from presszero.conversations.models import Conversation
from presszero.launch.actions import ask_the_dns, begin_trial
from presszero.launch.actions.trials import PATIENCE, follow_trial
from presszero.launch.models import DomainCheck, Trial
from presszero.promises.models import Promise
from presszero.team.letters import post_waiting
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def begun(shop: cast.Shop, line: Line) -> Trial:
    """A trial whose first job has run."""
    made = begin_trial(line, by=shop.team["rosa"], at=timezone.now())
    post_waiting()
    return made


def looked_again(row: Trial) -> Trial:
    """The next job runs now, not two seconds later."""
    ProcrastinateJob.objects.filter(status="todo").update(scheduled_at=None)
    post_waiting()
    row.refresh_from_db()
    return row


def through(shop: cast.Shop, port: int) -> None:
    shop.line.settings = {"smtp": {"host": "127.0.0.1", "port": port, "security": "none"}}
    shop.line.save()


@pytest.mark.parametrize("kind", ["form", "chat"])
def test_a_trial_comes_in_is_understood_and_is_settled(kind: str) -> None:
    shop = cast.juniper()
    line = {"form": shop.form, "chat": shop.chat}[kind]
    row = begun(shop, line)
    message = cast.the(cast.work())
    row = looked_again(row)
    assert (row.outcome, row.conversation_id) == ("passed", message.conversation_id)
    matter = Conversation.objects.get(id=message.conversation_id)
    assert (matter.state, matter.due_at, matter.waiting_since) == ("resolved", None, None)
    assert not Promise.objects.exists() and not Delivery.objects.exists()


def test_a_mail_leaves_comes_back_and_makes_no_conversation() -> None:
    shop, behaviour = cast.juniper(), Relay()
    with relay(behaviour) as port:
        through(shop, port)
        row = begun(shop, shop.line)
    assert looked_again(row).outcome == ""
    cast.deliver(shop.line, behaviour.accepted[0])
    cast.work()
    row = looked_again(row)
    assert row.outcome == "passed" and row.ended_at
    assert not Conversation.objects.exists()


def test_a_mail_that_does_not_leave_says_what_the_server_said() -> None:
    shop = cast.juniper()
    with relay(Relay(answer="554 5.7.1 Not from here")) as port:
        through(shop, port)
        row = begun(shop, shop.line)
    row.refresh_from_db()
    assert row.outcome == "failed" and "554 5.7.1 Not from here" in row.reason
    again = begin_trial(shop.line, by=shop.team["rosa"], at=timezone.now())
    assert again.id != row.id


def test_a_mail_that_never_comes_back_ends_in_words() -> None:
    shop = cast.juniper()
    with relay(Relay()) as port:
        through(shop, port)
        row = begun(shop, shop.line)
    Trial.objects.filter(id=row.id).update(started_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    row = looked_again(row)
    assert row.outcome == "failed" and "did not come in within two minutes" in row.reason
    assert not ProcrastinateJob.objects.filter(status="todo").exists()


def test_a_job_that_runs_twice_changes_nothing() -> None:
    shop = cast.juniper()
    row = begun(shop, shop.form)
    cast.work()
    looked_again(row)
    follow_trial.func(merchant_id=shop.merchant.id, trial_id=row.id)
    assert Trial.objects.get().outcome == "passed" and Conversation.objects.count() == 1


def test_another_merchants_trial_is_not_found() -> None:
    shop, other = cast.juniper(), cast.thistle()
    row = begin_trial(shop.form, by=shop.team["rosa"], at=timezone.now())
    follow_trial.func(merchant_id=other.merchant.id, trial_id=row.id)
    row.refresh_from_db()
    assert row.outcome == ""


def test_a_name_for_examples_is_not_looked_up() -> None:
    shop = cast.juniper()
    ask_the_dns(shop.line, timezone.now())
    ask_the_dns(shop.line, timezone.now())
    post_waiting()
    row = DomainCheck.objects.get()
    assert row.checked_at and [each["level"] for each in row.findings] == ["note"]
