"""Z5: the record is append-only, and a change behind its back shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from presszero.audit.actions import chain, record, verify
from presszero.audit.models import Record
from presszero.core.actor import Actor
from presszero.merchants.models import Merchant

pytestmark = pytest.mark.django_db
OLGA = Actor("member", 7, "Olga")


@pytest.fixture
def shop(db: None) -> Merchant:
    return Merchant.objects.create(name="Juniper & Co.", slug="juniper")


@pytest.fixture
def other(db: None) -> Merchant:
    return Merchant.objects.create(name="Thistle", slug="thistle")


def write(merchant: Merchant, count: int) -> list[Record]:
    return [
        record("role.change", f"membership:{n}", by=OLGA, merchant=merchant, before={"role": "agent"}, after={"n": n})
        for n in range(count)
    ]


def tamper(sql: str, *values: int) -> None:
    """As somebody with the database in their hands would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_record DISABLE TRIGGER append_only")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_record ENABLE TRIGGER append_only")


def test_a_record_says_who_did_what_without_names(shop: Merchant) -> None:
    row = record("line.connect", "line:3", by=OLGA, merchant=shop, after={"kind": "email"}, why="New\x00 shop\x1b[31m")
    row.refresh_from_db()
    assert (row.actor, row.verb, row.subject, row.before, row.after) == (
        "member:7",
        "line.connect",
        "line:3",
        None,
        {"kind": "email"},
    )
    assert row.why == "New shop[31m", "no control characters reach a terminal"


def test_a_record_goes_with_the_callers_transaction(shop: Merchant) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(shop, 1)
        raise RuntimeError
    assert not Record.objects.exists()


def test_a_whole_chain_verifies(shop: Merchant, other: Merchant) -> None:
    write(shop, 5)
    write(other, 3)
    assert verify(shop) is None
    assert chain() == 8
    assert chain() == 0
    write(shop, 2)
    assert chain(shop, limit=1) == 1
    assert chain(shop) == 1
    assert verify(shop) is None and verify(other) is None
    assert list(Record.objects.filter(merchant=shop).order_by("place").values_list("place", flat=True)) == list(
        range(1, 8)
    )
    assert len({row.chain for row in Record.objects.all()}) == 10


def test_a_row_committed_late_is_linked_at_the_end(shop: Merchant) -> None:
    write(shop, 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_record', 'id'))")
        early = int(cursor.fetchone()[0])
    write(shop, 1)
    chain(shop)
    late = Record(id=early, merchant=shop, actor="system", verb="late", subject="row:1")
    late.save(force_insert=True)
    assert chain(shop) == 1
    late.refresh_from_db()
    assert late.place == 5 and verify(shop) is None


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'member:9'",
        "verb = 'other'",
        "subject = 'membership:99'",
        'before = \'{"role": "admin"}\'',
        "after = NULL",
        "why = 'because'",
        "at = at + interval '1 microsecond'",
        "chain = repeat('0', 64)",
    ],
)
def test_a_changed_row_shows(shop: Merchant, change: str) -> None:
    rows = write(shop, 4)
    chain(shop)
    tamper(f"UPDATE audit_record SET {change} WHERE id = %s", rows[1].id)
    assert verify(shop) == rows[1].id


def test_a_row_taken_out_shows(shop: Merchant) -> None:
    rows = write(shop, 4)
    chain(shop)
    tamper("DELETE FROM audit_record WHERE id = %s", rows[1].id)
    assert verify(shop) == rows[2].id


def test_two_rows_changing_places_shows(shop: Merchant) -> None:
    rows = write(shop, 4)
    chain(shop)
    tamper("UPDATE audit_record SET place = 99 WHERE id = %s", rows[1].id)
    tamper("UPDATE audit_record SET place = 2 WHERE id = %s", rows[2].id)
    tamper("UPDATE audit_record SET place = 3 WHERE id = %s", rows[1].id)
    assert verify(shop) == rows[2].id


@pytest.mark.parametrize(
    "change", ["actor = 'x'", "verb = 'x'", "subject = 'x'", "after = '{}'", "why = 'x'", "at = now()"]
)
@pytest.mark.parametrize("chained", [True, False])
def test_the_database_refuses_to_rewrite(shop: Merchant, change: str, chained: bool) -> None:
    row = write(shop, 1)[0]
    if chained:
        chain(shop)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_record SET {change} WHERE id = %s", [row.id])


def test_the_database_refuses_to_delete_and_to_chain_again(shop: Merchant) -> None:
    row = write(shop, 1)[0]
    chain(shop)
    for sql in ("DELETE FROM audit_record WHERE id = %s", "UPDATE audit_record SET chain = '' WHERE id = %s"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [row.id])
    assert verify(shop) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_chain_at_once_make_one_chain() -> None:
    shop = Merchant.objects.create(name="Juniper & Co.", slug="juniper")
    write(shop, 60)

    def link(_n: int) -> int:
        try:
            return chain(shop, limit=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(link, range(4))) == 60
    assert verify(shop) is None
