"""A person asks to be forgotten. A dump of the database, the files, the spool and every log are searched for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from presszero.channels.models import Entry
from presszero.host.backup import back_up
from presszero.host.postgres_binaries import program_folders
from presszero.mailroom.models import Arrival, Received
from presszero.privacy import duty
from presszero.privacy.actions import Request, erase, erase_due
from presszero.privacy.erasing.graves import place
from presszero.privacy.models import Erasure
from tests.cast import Shop, ben, juniper, the, work
from tests.planting import Planted, plant

from .customer import Customer
from .house import House, database_of_its_own, database_with_tables, looking_into, until


def test_erasing_a_customer_leaves_no_marker_anywhere(
    house: House, shop: Shop, ada: Customer, settings: Settings
) -> None:
    settings.MEDIA_ROOT = house.folder / "files"  # what the agent's page stores lies where the house's does
    ada.posts(shop, "Where is order 1042?")  # somebody else's, through the real door
    until(lambda: Entry.objects.filter(merchant=shop.merchant).exists(), 30)
    planted = plant(shop, lambda: until(lambda: understood(shop), 30, "understanding"))
    assert len(planted.words) >= 30
    held_before = dump()
    assert [word for word in planted.words if word in held_before], "they are in the dump before"
    assert planted.customer is not None
    made = erase(planted.customer, Request("email", "call"), by=shop.tomas.actor, at_once=True)
    duty.wake()

    def done() -> bool:
        made.refresh_from_db()
        return made.done_at is not None

    until(done, 60, "the erasure")
    assert made.left == 0 and not made.failed
    after = {"the dump": dump(), "the logs": house.said().lower(), **files(house)}
    left = [f"{where}: {word}" for where, text in after.items() for word in planted.words if word.lower() in text]
    assert not left, made.counts
    assert Entry.objects.filter(merchant=shop.merchant, text="Where is order 1042?").exists()
    assert_raw_is_empty(planted)


def test_a_restored_backup_erases_them_again(
    tmp_path: Path, worker: str, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> None:
    """The backup is from before and knows of no erasure; the tombstones beside the database do."""
    name = f"restored_{os.getpid()}_{worker}"
    with django_db_blocker.unblock():
        house = House(tmp_path / "house", database_with_tables(name))
    settings.HOME, settings.MEDIA_ROOT = house.folder, house.folder / "files"
    with django_db_blocker.unblock(), looking_into(NAME=name):
        planted, backup = erased_after_a_backup(house, tmp_path / "backups")
        database_of_its_own(name)
        for each in ("files", "spool"):
            shutil.rmtree(house.folder / each, ignore_errors=True)
        connection.close()
        restored = [sys.executable, "-m", "presszero", "restore", str(backup)]
        subprocess.run(restored, env=house.environment, cwd=settings.BASE_DIR, check=True, capture_output=True)
        there = dump()
        assert [word for word in planted.words if word in there], "the backup had brought them back"
        try:
            house.start()
            until(lambda: Erasure.objects.filter(again=True, done_at__isnull=False).exists(), 30, "the erasure")
            assert Erasure.objects.get(again=True).left == 0
        finally:
            house.stop()
        after = {"the dump": dump(), "the logs": house.said().lower(), **files(house)}
        left = [f"{where}: {word}" for where, text in after.items() for word in planted.words if word.lower() in text]
        assert not left
        assert Entry.objects.filter(text="Where is order 1042?").exists()
        connection.close()


def erased_after_a_backup(house: House, target: Path) -> tuple[Planted, Path]:
    """Somebody who was erased, and the backup of the hour before."""
    shop = juniper()
    the(ben().writes(shop, "Where is order 1042?"))
    planted = plant(shop, work)
    backup = back_up(house.environment["DATABASE_URL"], house.folder, target)
    assert planted.customer is not None
    made = erase(planted.customer, Request("email", "call"), by=shop.tomas.actor, at_once=True)
    assert erase_due(timezone.now()) == 1
    made.refresh_from_db()
    assert made.left == 0 and place().parent == house.folder and place().exists()
    return planted, backup


def understood(shop: Shop) -> bool:
    """Nothing waits; the bytes set aside on purpose stand in a lane of nobody's."""
    waiting = Received.objects.filter(merchant=shop.merchant, split_at=None, lane__gte=0).exists()
    return not waiting and not Arrival.objects.filter(merchant=shop.merchant, done_at=None).exists()


def assert_raw_is_empty(planted: Planted) -> None:
    """Sealed bytes cannot be searched in a dump: those of theirs must be none at all."""
    named = Received.objects.filter(merchant=planted.shop.merchant, external_id__startswith="erased:")
    assert named.count() >= 4
    assert all(bytes(row.body) == b"" for row in named)
    rest = Received.objects.filter(merchant=planted.shop.merchant).exclude(id__in=named.values("id"))
    assert rest.count() == 1  # the other person's


def dump() -> str:
    """The whole database as pg_dump writes it, in lower case."""
    given = connection.settings_dict
    program = next(found for folder in program_folders() if (found := folder / "pg_dump").exists())
    environment = {**os.environ, "PGPASSWORD": given["PASSWORD"] or ""}
    where = ["-h", given["HOST"], "-p", str(given["PORT"] or 5432), "-U", given["USER"], given["NAME"]]
    ran = subprocess.run([str(program), *where], capture_output=True, check=True, env=environment)
    return ran.stdout.decode("utf-8", "replace").lower()


def files(house: House) -> dict[str, str]:
    """Every file under the house's folder, and under the test's own, but those of the database: the dump says those."""
    found = {}
    for root in {house.folder, place().parent}:
        for path in root.rglob("*"):
            if "postgres" not in path.parts and path.is_file() and path.stat().st_size < 50_000_000:
                found[str(path)] = f"{path.name} {path.read_bytes().decode('utf-8', 'replace')}".lower()
    return found
