"""A message of our own through a line: what becomes of it, and that it is nobody's work."""

from __future__ import annotations

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from presszero.launch.actions import begin_trial
from presszero.launch.models import Trial
from presszero.team.letters import post_waiting
from tests import cast


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["form", "chat"])
def test_a_trial_comes_in_is_understood_and_is_settled(kind: str) -> None:
    shop = cast.juniper()
    line = {"form": shop.form, "chat": shop.chat}[kind]
    begin_trial(line, by=shop.team["rosa"], at=timezone.now())
    post_waiting()
    print(ProcrastinateJob.objects.values("task_name", "status", "scheduled_at", "attempts"))
    row = Trial.objects.get()
    assert row.left_at
    message = cast.the(cast.work())
    ProcrastinateJob.objects.filter(status="todo").update(scheduled_at=None)
    post_waiting()
    row.refresh_from_db()
    assert (row.outcome, row.conversation_id) == ("passed", message.conversation_id)
    message.conversation.refresh_from_db()
    assert message.conversation.state == "resolved" and message.conversation.due_at is None
