"""Rules by time find what is due in the database, and act once for each reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from presszero.conversations.actions import resolve, snooze
from presszero.conversations.models import Conversation, Snooze
from presszero.rules.due import run_due
from presszero.rules.models import Firing
from tests import cast
from tests.cast import Shop

from .conftest import Make

pytestmark = pytest.mark.django_db
RAISE = [{"do": "priority", "priority": 4}]


def test_whoever_waits_long_is_raised_once(shop: Shop, make: Make) -> None:
    make(on="waiting", when={"for": "4h"}, steps=RAISE)
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    now = timezone.now()
    assert run_due(now) == 0
    later = now + timedelta(hours=5)
    assert run_due(later) == 1
    assert run_due(later) == 0
    row.refresh_from_db()
    assert row.priority == 4
    assert Firing.objects.get().reason == f"waiting:{int(row.waiting_since.timestamp())}"


def test_silence_settles_and_their_next_word_counts_anew(shop: Shop, make: Make) -> None:
    make(on="silent", when={"for": "7d"}, steps=[{"do": "resolve"}])
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "Hello")).conversation
    said = cast.answer(row, "Here you are.", shop.maya)
    waiting = cast.the(cast.ben().writes(shop, "Hello")).conversation
    week = timezone.now() + timedelta(days=8)
    assert run_due(week) == 1
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, waiting.state) == ("resolved", "open")
    ada.answers(shop, said.entry, "One more thing")
    assert run_due(week) == 0, "they wrote last"


def test_what_is_put_aside_for_long_comes_up(shop: Shop, make: Make) -> None:
    make(on="snoozed", when={"for": "3d"}, steps=[{"do": "reopen"}])
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    snooze(row, None, by=shop.maya.actor)
    assert run_due(timezone.now()) == 0
    Snooze.objects.update(at=timezone.now() - timedelta(days=4))
    assert run_due(timezone.now()) == 1
    row.refresh_from_db()
    assert row.state == "open"


def test_every_day_at_its_hour_in_the_shops_zone(shop: Shop, make: Make) -> None:
    make(on="daily", when={"at": "09:00"}, steps=RAISE, filter={"field": "state", "op": "is", "value": "open"})
    cast.ada().writes(shop, "Hello")
    london = ZoneInfo("Europe/London")
    day = timezone.now().astimezone(london).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert run_due(day.replace(hour=8)) == 0
    assert run_due(day.replace(hour=9)) == 1
    assert run_due(day.replace(hour=10)) == 0
    assert run_due(day.replace(hour=18)) == 0, "it is not caught up in the evening"
    assert run_due((day + timedelta(days=1)).replace(hour=9)) == 1


def test_filters_spam_and_history_are_left_out(shop: Shop, make: Make) -> None:
    make(on="waiting", when={"for": "1h"}, steps=RAISE, filter={"field": "text", "op": "contains", "value": "late"})
    hit = cast.the(cast.ada().writes(shop, "It is late")).conversation
    cast.ben().writes(shop, "Hello")
    spam = cast.the(cast.Shopper("Eve", "eve@example.com").writes(shop, "late late late")).conversation
    Conversation.objects.filter(id=spam.id).update(state="spam")
    old = cast.Shopper("Old", "old@example.com")
    cast.deliver(shop.line, old.mail(shop, "This was late too", "Old").as_bytes(), backfill=True)
    cast.work()
    Conversation.objects.filter(customer__name="Old").update(state="open", waiting_since=timezone.now())
    assert run_due(timezone.now() + timedelta(hours=2)) == 1
    assert Firing.objects.get().conversation_id == hit.id


def test_a_rest_and_once_hold_by_time_too(shop: Shop, make: Make) -> None:
    make(on="waiting", when={"for": "1h"}, steps=RAISE, once=True)
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "Hello")).conversation
    assert run_due(_in(hours=2)) == 1
    resolve(row, by=shop.maya.actor)
    Conversation.objects.filter(id=row.id).update(state="open", waiting_since=_in(hours=3))
    assert run_due(_in(hours=9)) == 0


def test_more_than_a_batch_is_worked_off(shop: Shop, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("presszero.rules.due.BATCH", 2)
    make(on="waiting", when={"for": "1h"}, steps=RAISE)
    for number in range(5):
        cast.Shopper("Eve", f"eve{number}@example.com").writes(shop, "Hello")
    assert run_due(_in(hours=2)) == 5


def _in(hours: int) -> datetime:
    return timezone.now() + timedelta(hours=hours)
