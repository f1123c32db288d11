"""Every table belongs to merchants, in the database too."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from presszero.merchants.owned import Owned, OwnedKey

pytestmark = pytest.mark.django_db

MODELS = [m for m in apps.get_models() if m.__module__.startswith("presszero.") and m._meta.managed]
OWNED = [m for m in MODELS if issubclass(m, Owned)]

# What belongs to a person, who may work for several merchants, or to the installation.
NOT_OF_ONE_MERCHANT = {
    "merchants_merchant": "the merchant itself",
    "team_person": "works for several",
    "team_session": "a person's, in one browser",
    "team_secondfactor": "a person's",
    "team_recoverycode": "a person's",
    "team_challenge": "a person's",
    "team_passwordreset": "a person's",
    "team_throttle": "counts across all",
    "channels_sendingheld": "the installation's",
    "timeline_cursor": "the installation's",
    "alerts_pushkey": "the installation's",
    "promises_acknowledged": "counts across all, and knows an address only as a keyed hash",
}


def constraints(kind: str) -> dict[str, set[tuple[str, ...]]]:
    """table → the columns of each of its constraints of a kind (p, f), in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conrelid::regclass::text, array_agg(a.attname::text ORDER BY k.place)
            FROM pg_constraint c
            CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
            WHERE c.contype = %s GROUP BY c.oid, c.conrelid
            """,
            [kind],
        )
        found: dict[str, set[tuple[str, ...]]] = {}
        for table, columns in cursor.fetchall():
            found.setdefault(table, set()).add(tuple(columns))
    return found


def test_every_table_is_of_a_merchant_or_says_why_not() -> None:
    free = {m._meta.db_table for m in MODELS} - {m._meta.db_table for m in OWNED}
    assert free == NOT_OF_ONE_MERCHANT.keys()


def test_every_owned_table_has_the_merchant_in_its_key() -> None:
    keys = constraints("p")
    assert [m._meta.db_table for m in OWNED if keys.get(m._meta.db_table) != {("merchant_id", "id")}] == []


def test_every_owned_key_is_checked_with_its_merchant() -> None:
    keys = constraints("f")
    loose = []
    for model in OWNED:
        table = model._meta.db_table
        for field in _owned_keys(model):
            if ("merchant_id", field.column) not in keys.get(table, set()):
                loose.append(f"{table}.{field.column}")
    assert not loose


def test_a_key_between_owned_rows_is_an_owned_key() -> None:
    plain = []
    for model in OWNED:
        for field in model._meta.local_fields:
            target = getattr(field.remote_field, "model", None)
            if isinstance(target, type) and issubclass(target, Owned) and not isinstance(field, OwnedKey):
                plain.append(f"{model._meta.label}.{field.name}")
    assert not plain


def test_unique_is_unique_within_a_merchant() -> None:
    """A name taken at one merchant is free at another; only what is random, or the world's, is unique everywhere."""
    everywhere = {"token", "token_hash", "state_hash", "fingerprint"}
    wrong = [f"{m._meta.label}.{f.name}" for m in OWNED for f in m._meta.local_fields if f.unique and not f.primary_key]
    assert [name for name in wrong if name.rpartition(".")[2] not in everywhere] == []
    loose = [
        f"{m._meta.label}: {c.name}"
        for m in OWNED
        for c in m._meta.constraints
        if getattr(c, "fields", None) and c.fields[0] != "merchant"
    ]
    assert not loose


def _owned_keys(model: type[Model]) -> list[OwnedKey]:
    return [field for field in model._meta.local_fields if isinstance(field, OwnedKey)]
