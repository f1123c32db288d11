"""A dry run tells what a rule would have done, from what is known of those days, and does nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from presszero.conversations.models import Conversation, Tag
from presszero.rules import actions
from presszero.rules.models import DryRun
from presszero.rules.rehearsal import rehearse, rehearse_due
from tests import cast
from tests.cast import Shop

pytestmark = pytest.mark.django_db
LATE = {"field": "text", "op": "contains", "value": "late"}


def reads(on: str = "arrived", **more: Any) -> dict[str, Any]:
    when = {"on": [on], **more.pop("when", {})}
    steps = [{"do": "priority", "priority": 4}, {"do": "reply", "text": "Sorry!"}, {"do": "resolve"}]
    return {"when": when, "filter": {}, "steps": steps, "stop": False, "once": False, "rest": "", **more}


def tried(shop: Shop, **more: Any) -> DryRun:
    return rehearse(actions.dry_run(shop.merchant, reads(**more), by=shop.tomas), timezone.now() + timedelta(hours=6))


def test_it_counts_by_the_words_of_each_message(shop: Shop) -> None:
    ada = cast.ada()
    first = cast.the(ada.writes(shop, "My parcel is late", "Boots"))
    ada.answers(shop, first.entry, "It came, thank you")
    cast.ben().writes(shop, "Laces?", "Laces")
    run = tried(shop, filter=LATE)
    assert (run.found["count"], run.found["conversations"]) == (1, 1)
    assert run.found["rows"][0][0] == first.conversation_id
    assert sum(run.found["days"].values()) == 1
    assert (run.total, run.looked) == (2, 2)


def test_tags_and_people_are_those_of_the_moment(shop: Shop) -> None:
    """The tag was put on after they wrote: a rule that asks for it would not have matched then."""
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    tag = Tag.objects.create(merchant=shop.merchant, name="VIP")
    row.tagged.create(merchant=shop.merchant, tag=tag, by="system")
    asked = {"field": "tag", "op": "is", "value": tag.id}
    assert tried(shop, filter=asked).found["count"] == 0


def test_rests_and_once_are_kept(shop: Shop) -> None:
    ada = cast.ada()
    first = cast.the(ada.writes(shop, "late"))
    ada.answers(shop, first.entry, "late again")
    assert tried(shop).found["count"] == 2
    assert tried(shop, once=True).found["count"] == 1
    assert tried(shop, rest="1d").found["count"] == 1


def test_waits_and_silences_of_the_past_are_found(shop: Shop) -> None:
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    assert tried(shop, on="waiting", when={"for": "4h"}).found["count"] == 1
    cast.answer(row, "Here you are.", shop.maya)
    assert tried(shop, on="waiting", when={"for": "4h"}).found["count"] == 0, "she was answered at once"
    assert tried(shop, on="silent", when={"for": "4h"}).found["count"] == 1
    assert tried(shop, on="silent", when={"for": "7d"}).found["count"] == 0


def test_history_and_spam_are_left_out(shop: Shop) -> None:
    cast.deliver(shop.line, cast.ada().mail(shop, "late", "Old").as_bytes(), backfill=True)
    cast.work()
    spam = cast.the(cast.ben().writes(shop, "late")).conversation
    Conversation.objects.filter(id=spam.id).update(state="spam")
    assert tried(shop).found["count"] == 0


def test_nothing_is_changed_by_it(shop: Shop) -> None:
    ada = cast.ada()
    row = cast.the(ada.writes(shop, "My parcel is late")).conversation
    cast.answer(row, "Sorry", shop.maya)
    before = _everything()
    assert tried(shop).found["count"] == 1
    assert tried(shop, on="silent", when={"for": "1h"}).found["count"] == 1
    assert _everything() == before


def test_the_worker_makes_what_was_asked_and_says_what_went_wrong(shop: Shop) -> None:
    tag = Tag.objects.create(merchant=shop.merchant, name="VIP")
    asked = actions.dry_run(shop.merchant, reads(steps=[{"do": "tag", "tag": tag.id}]), by=shop.tomas)
    tag.retired_at = timezone.now()
    tag.save()
    assert rehearse_due() == 1
    asked.refresh_from_db()
    assert asked.finished_at and "not here any more" in asked.failed
    assert rehearse_due() == 0


def test_another_shops_conversations_are_not_looked_at(shop: Shop) -> None:
    cast.ada().writes(cast.thistle(), "late")
    assert tried(shop).total == 0


def _everything() -> dict[str, Any]:
    """Every row of every table but the dry runs' own."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table != "rules_dryrun":
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"
                )
                found[table] = cursor.fetchone()
    return found
