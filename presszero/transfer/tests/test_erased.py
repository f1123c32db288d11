"""An erased person is in no file that was brought in or taken out, and no file brings them back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from presszero.audit.models import Record
from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer, Handle
from presszero.privacy import retention
from presszero.privacy.actions import Request, erase, erase_due
from presszero.privacy.models import Purge
from presszero.transfer import exporting, queries
from presszero.transfer.bringing.forgotten import ERASED
from presszero.transfer.models import Export, Import, ImportRow
from presszero.transfer.running import bring_now
from tests import cast

from .bringing import brought, checked, csv, run, sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def forget(shop: cast.Shop, address: str) -> Customer:
    """Erased, at once."""
    row = Handle.objects.get(merchant=shop.merchant, address=address).customer
    made = erase(row, Request(), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    made.refresh_from_db()
    assert made.left == 0
    return row


def files() -> list[str]:
    return [str(file) for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


@pytest.mark.parametrize("source", ["zendesk", "gorgias", "freshdesk"])
def test_gd2_a_help_desks_file_does_not_bring_them_back(shop: cast.Shop, source: str) -> None:
    run(brought(shop, source, sample(source)))
    before = Conversation.objects.count()
    forget(shop, "ada@example.com")
    assert not Import.objects.filter(parts__gt=0).exists()
    job = checked(brought(shop, source, sample(source)))
    foreseen = job.counts["person"]["left_out"], job.counts["conversation"]["left_out"]
    job = run(job)
    assert foreseen == (job.counts["person"]["left_out"], job.counts["conversation"]["left_out"])
    assert not Customer.objects.filter(name__startswith="Ada").exists() and Conversation.objects.count() == before
    assert not Entry.objects.filter(sender_address="ada@example.com").exists()
    assert ERASED in {row.reason for row in queries.rejected(job)}


@pytest.mark.parametrize("source", ["zendesk", "gorgias"])
def test_gd2_nor_into_a_house_that_never_had_the_file(shop: cast.Shop, source: str) -> None:
    cast.the(cast.ada().writes(shop, "Forget me"))
    forget(shop, "ada@example.com")
    for _twice in range(2):
        job = run(brought(shop, source, sample(source)))
        assert job.counts["person"]["left_out"] == 1 and job.counts["conversation"]["left_out"] >= 1
    assert not Customer.objects.filter(name__startswith="Ada").exists()
    assert not Entry.objects.filter(sender_address="ada@example.com").exists()


def test_gd2_a_table_does_not_either_until_they_come_by_themselves(shop: cast.Shop) -> None:
    lines = ["Name,Email,Notes", "Ada Kowalski,ada@example.com,nice", "Ben,ben@example.org,fine", "Ada,no address,x"]
    job = run(csv(shop, "customers", *lines))
    assert ImportRow.objects.get(job=job, outcome="rejected").raw == ["Ada", "no address", "x"]
    forget(shop, "ada@example.com")
    assert ImportRow.objects.get(job=job, outcome="rejected").raw is None
    job.refresh_from_db()
    assert "Ada" not in str(job.choices)
    assert run(csv(shop, "customers", *lines)).counts["person"] == {"left_out": 1, "known": 1, "rejected": 1}
    cast.the(cast.ada().writes(shop, "Hello again"))
    assert run(csv(shop, "customers", *lines)).counts["person"]["known"] == 1 + 1
    said = ["Subject,Customer email,Sent at,Message", "Old,ada@example.com,2024-01-01 10:00,Long ago"]
    assert run(csv(shop, "conversations", *said)).counts["conversation"] == {"left_out": 1}


def test_gd2_files_taken_out_go_with_them(shop: cast.Shop) -> None:
    theirs = cast.the(cast.ada().writes(shop, "Forget me")).conversation
    other = cast.the(cast.ben().writes(shop, "Not me")).conversation
    rosa = shop.team["rosa"]
    made = [exporting.ask(what, by=rosa) for what in ("everything", "conversations", "tags")]
    made += [exporting.ask("selection", by=rosa, conversations=[row.id]) for row in (theirs, other)]
    done = [exporting.write_now(row) for row in made]
    assert all(row.storage_key for row in done)
    forget(shop, "ada@example.com")
    left = set(Export.objects.exclude(storage_key="").values_list("id", flat=True))
    assert left == {done[2].id, done[4].id}
    assert len([each for each in files() if "/exports/" in each]) == 2
    assert Record.objects.filter(verb="export.revoke", actor="system").count() == 3


def test_gd2_a_run_under_way_goes_to_its_end_and_its_file_goes_then(shop: cast.Shop) -> None:
    cast.the(cast.ada().writes(shop, "Forget me"))
    job = checked(csv(shop, "customers", "Name,Email", "Ada K,ada@example.com", "Ben,ben@example.org"))
    waiting = csv(shop, "customers", "Name,Email", "Cleo,cleo@example.org")
    Import.objects.filter(id=job.id).update(state="running")
    forget(shop, "ada@example.com")
    job.refresh_from_db()
    waiting.refresh_from_db()
    assert job.parts == 1 and (waiting.parts, waiting.state) == (0, "failed") and "removed" in waiting.trouble
    bring_now(job)
    job.refresh_from_db()
    assert (job.state, job.parts, job.counts["person"]) == ("done", 0, {"left_out": 1, "new": 1})


def test_gd4_files_brought_in_go_a_month_after_their_run(shop: cast.Shop) -> None:
    job = run(csv(shop, "customers", "Name,Email", "Ada,ada@example.com", "Ben,no address"))
    retention.purge_one(shop.merchant, timezone.now() + timedelta(days=29))
    job.refresh_from_db()
    assert job.parts == 1 and b"ada@example.com" not in b"".join(Path(each).read_bytes() for each in files())
    retention.purge_one(shop.merchant, timezone.now() + timedelta(days=31))
    job.refresh_from_db()
    assert (job.parts, job.state) == (0, "done") and Customer.objects.filter(name="Ada").exists()
    assert not ImportRow.objects.exclude(raw=None).exists() and list(queries.rejected(job))
    assert Purge.objects.get().what == "imports"
