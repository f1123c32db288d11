"""F28: a new version comes and goes again while work is under way. The schema only grows; what one version wrote, the
other reads; nothing is lost, nothing goes twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import AddField, AlterField, DeleteModel, RemoveField, RenameField, RenameModel, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation, Message
from presszero.intake.messages import understand_all
from presszero.intake.split import split_all
from presszero.mailroom.models import Arrival, Quarantine
from presszero.merchants.owned import Owned
from tests import cast, ledger

from .conftest import furnished
from .house import House, database_with_tables, looking_into, until
from .provider import Provider
from .test_database_killed import Sender

# Made before any version was released: there was no older code to write beside it.
BEFORE_ANY_RELEASE: set[str] = set()


def test_f28_a_migration_only_adds_what_older_code_can_leave_out() -> None:
    """The version before goes on writing: a column it does not know must fill itself, and none it knows may go."""
    wrong = []
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        ours = apps.is_installed(f"presszero.{app}")
        if not ours or name.startswith("0001") or f"{app}.{name}" in BEFORE_ANY_RELEASE:
            continue
        for step in migration.operations:
            if isinstance(step, RemoveField | RenameField | RenameModel | DeleteModel):
                wrong.append(f"{app}.{name} takes away: {step.describe()}")
            if isinstance(step, AddField) and not _fills_itself(step.field):
                wrong.append(f"{app}.{name}: {step.model_name}.{step.name} needs null=True or a db_default")
            if isinstance(step, AlterField) and _may_refuse(step, app, loader.project_state((app, name), at_end=False)):
                wrong.append(f"{app}.{name}: {step.describe()} may refuse what older code writes")
            if isinstance(step, RunSQL) and "DROP COLUMN" in str(step.sql).upper():
                wrong.append(f"{app}.{name} drops a column")
    assert not wrong


def _may_refuse(step: AlterField, app: str, before: ProjectState) -> bool:
    """Unless it fills itself, or only what may be chosen changes, of which the database knows nothing."""
    old = before.models[app, step.model_name_lower].fields[step.name]
    unchanged = _but_choices(old) == _but_choices(step.field)
    return not unchanged and not step.field.null and step.field.db_default is NOT_PROVIDED


def _but_choices(field: Field[Any, Any]) -> object:
    _name, kind, words, more = field.deconstruct()
    return kind, words, {key: value for key, value in more.items() if key != "choices"}


def _fills_itself(field: object) -> bool:
    given = getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    return given or bool(getattr(field, "null", False)) or bool(getattr(field, "generated", False))


@pytest.mark.django_db(transaction=True)
def test_f28_what_the_next_version_left_waiting_is_understood_by_this_one() -> None:
    shop, ada = cast.juniper(), cast.ada()
    for number in range(3):
        cast.deliver(shop.line, ada.mail(shop, f"Number {number}", f"Mail {number}").as_bytes())
    while split_all():
        pass
    for row in Arrival.objects.all():
        row.payload = {**row.payload, "known_to_the_next_version": {"any": ["thing"]}}
        row.save()
    assert understand_all() == 3
    assert Message.objects.count() == 3
    assert not Quarantine.objects.exists()


@pytest.fixture
def opened(
    tmp_path: Path, provider: Provider, worker: str, django_db_blocker: object
) -> Iterator[tuple[House, cast.Shop]]:
    name = f"deploy_{os.getpid()}_{worker}"
    house = House(tmp_path / "house", database_with_tables(name))
    with django_db_blocker.unblock(), looking_into(NAME=name):
        shop = furnished(cast.juniper(), provider)
        house.start()
        try:
            yield house, shop
        finally:
            house.stop()


def test_f28_forward_and_back_while_mails_come_and_answers_go(
    opened: tuple[House, cast.Shop], provider: Provider
) -> None:
    house, shop = opened
    ada = cast.Shopper("Ada Kowalski", f"ada.{os.urandom(4).hex()}@example.com")
    sender = Sender(house, shop, ada)
    sender.start()
    sender.reach(8)
    until(Conversation.objects.exists, 20, "a conversation")
    row = Conversation.objects.order_by("id")[0]
    said = [cast.answer(row, f"Answer {n}", shop.maya, send_at=timezone.now()) for n in range(3)]

    _expand()  # the next version's migration, while this one works
    sender.reach(8)
    said += [cast.answer(row, f"After it {n}", shop.maya, send_at=timezone.now()) for n in range(3)]
    house.stop()  # its processes are replaced, in order and with work in their hands
    house.start()
    sender.reach(8)
    _contract()  # and back to this one
    house.stop()
    house.start()
    sender.reach(8)
    sender.stop()

    until(lambda: not ledger.lost_in(sender.accepted), 40, "every mail that was accepted")
    until(lambda: not ledger.unspoken(), 60, "the end of every send")
    taken = [str(mail.mail["Message-ID"]).strip("<>") for mail in provider.everything(ada.address)]
    assert ledger.doubled_in() == [] and ledger.doubled_out(taken) == []
    assert ledger.lost_out(taken) == set()
    answers = len(provider.mails(ada.address))
    assert answers + Delivery.objects.filter(state="unknown", entry__automatic="").count() == len(said)
    assert not Quarantine.objects.exists()


def _tables() -> list[str]:
    return [m._meta.db_table for m in apps.get_models() if issubclass(m, Owned) and m._meta.managed] + [
        "timeline_event"
    ]


def _expand() -> None:
    """A column more on every table, as the next version's migrations might add; none waits long for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        for table in _tables():
            _patiently(f"ALTER TABLE \"{table}\" ADD COLUMN of_the_next_version text DEFAULT '' NOT NULL")
        cursor.execute("UPDATE channels_delivery SET of_the_next_version = 'written by it'")
        cursor.execute("RESET lock_timeout")


def _contract() -> None:
    for table in _tables():
        _patiently(f'ALTER TABLE "{table}" DROP COLUMN of_the_next_version')


def _patiently(statement: str) -> None:
    """Tried again when the lock is not had in time, as a migration does."""
    with psycopg.connect(**_where(), autocommit=True) as plain:
        plain.execute("SET lock_timeout = '2s'")
        for _ in range(10):
            try:
                plain.execute(statement.encode())
                return
            except psycopg.errors.LockNotAvailable:
                continue
        raise AssertionError(f"no lock was to be had: {statement}")


def _where() -> dict[str, str]:
    given = connection.settings_dict
    found = {"dbname": given["NAME"], "user": given["USER"], "host": given["HOST"], "password": given["PASSWORD"]}
    return {key: str(value) for key, value in (found | {"port": given["PORT"]}).items() if value}
