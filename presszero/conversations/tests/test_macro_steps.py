"""Macros from before there were steps do as they did."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from presszero.conversations import steps
from presszero.conversations.models import Macro, Topic
from presszero.conversations.queries.macros import steps_of
from tests import cast

pytestmark = pytest.mark.django_db


def test_what_a_macro_did_becomes_its_steps(shop: cast.Shop) -> None:
    topic = Topic.objects.create(merchant=shop.merchant, name="Late")
    did = {"topic": topic.id, "priority": "3", "assign": "me", "snooze": True, "resolve": True}
    old = Macro.objects.create(merchant=shop.merchant, name="Late", actions=did)
    new = Macro.objects.create(merchant=shop.merchant, name="New", actions=did, steps=[{"do": "resolve"}])
    read_before = steps_of(old)
    import_module("presszero.conversations.migrations.0009_macro_steps").forward(apps, connection.schema_editor())
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.steps == read_before and [step["do"] for step in old.steps] == [
        "topic", "priority", "assign", "snooze", "resolve"]  # fmt: skip
    assert new.steps == [{"do": "resolve"}]
    assert len(steps.read(shop.merchant, old.steps)) == 5
