"""The edge's SQL, written by hand, is held against the models: it runs, and every column is what it takes it for."""

from __future__ import annotations

import re
from typing import LiteralString

import pytest
from django.apps import apps
from django.db import connection, models

from presszero.intake.edge import known, lines, live, presence, tail, writing
from presszero.mailroom.incoming import RECEIVE, Incoming, columns

ROW = Incoming(1, 1, "a", 1, {}, b"")
STATEMENTS: dict[LiteralString, list[object]] = {
    RECEIVE: [*columns([ROW])],
    lines.ALL: [],
    lines.SOME: [["token"]] * 4,
    lines.HEARD: [[1], [1], [1]],
    live.MAY_LISTEN: [["hash"], [0]],
    live.STILL_MAY: [[1], [0]],
    tail.READ: [0, 10, [1], [2]],
    tail.OLDEST: [],
    tail.BEGIN_ONE: [],
    tail.LATEST: [],
    known.FIND: [["token"], ["hash"]],
    known.STILL: [[1], [1]],
    presence.MARK: [[1, 1], [1, 2], ["types", "here"]],
    presence.GONE: [[1], [1]],
    writing.WRITING: [[1], [1]],
}
# Each column the edge reads or writes, by table, and the kind of field it takes it for.
USED: dict[str, dict[str, type[models.Field]]] = {
    "mailroom_received": {
        "merchant_id": models.ForeignKey,
        "line_id": models.BigIntegerField,
        "external_id": models.CharField,
        "lane": models.SmallIntegerField,
        "headers": models.JSONField,
        "body": models.BinaryField,
        "sealed": models.SmallIntegerField,
        "sha256": models.BinaryField,
        "backfill": models.BooleanField,
        "received_at": models.DateTimeField,
    },
    "channels_line": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "token": models.CharField,
        "kind": models.CharField,
        "address": models.CharField,
        "name": models.CharField,
        "settings": models.JSONField,
        "sealed": models.BinaryField,
        "heard_at": models.DateTimeField,
        "paused_at": models.DateTimeField,
    },
    "commerce_store": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "token": models.CharField,
        "kind": models.CharField,
        "address": models.CharField,
        "name": models.CharField,
        "currency": models.CharField,
        "settings": models.JSONField,
        "sealed": models.BinaryField,
        "heard_at": models.DateTimeField,
    },
    "commerce_payaccount": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "token": models.CharField,
        "kind": models.CharField,
        "name": models.CharField,
        "settings": models.JSONField,
        "sealed": models.BinaryField,
    },
    "fulfilment_carrier": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "token": models.CharField,
        "kind": models.CharField,
        "name": models.CharField,
        "settings": models.JSONField,
        "sealed": models.BinaryField,
        "heard_at": models.DateTimeField,
    },
    "visitors_visitor": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "line_id": models.ForeignKey,
        "secret_hash": models.CharField,
        "address": models.CharField,
        "shopper": models.CharField,
        "signed_until": models.DateTimeField,
        "name": models.CharField,
        "seen_at": models.DateTimeField,
        "typing_at": models.DateTimeField,
        "ended_at": models.DateTimeField,
    },
    "channels_thread": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "line_id": models.ForeignKey,
        "key": models.CharField,
    },
    "channels_entry": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "thread_id": models.ForeignKey,
    },
    "conversations_threadplace": {
        "merchant_id": models.ForeignKey,
        "thread_id": models.ForeignKey,
        "conversation_id": models.ForeignKey,
    },
    "conversations_looking": {
        "merchant_id": models.ForeignKey,
        "conversation_id": models.ForeignKey,
        "member_id": models.ForeignKey,
        "typing_at": models.DateTimeField,
    },
    "team_person": {"id": models.BigAutoField, "name": models.CharField},
    "team_session": {
        "id": models.BigAutoField,
        "person_id": models.ForeignKey,
        "merchant_id": models.ForeignKey,
        "token_hash": models.CharField,
        "expires_at": models.DateTimeField,
        "ended_at": models.DateTimeField,
        "seen_at": models.DateTimeField,
    },
    "team_membership": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "person_id": models.ForeignKey,
        "role": models.CharField,
        "sees_all": models.BooleanField,
        "left_at": models.DateTimeField,
    },
    "team_team": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "retired_at": models.DateTimeField,
    },
    "team_teammember": {
        "merchant_id": models.ForeignKey,
        "team_id": models.ForeignKey,
        "member_id": models.ForeignKey,
    },
    "timeline_event": {
        "id": models.BigIntegerField,
        "merchant_id": models.BigIntegerField,
        "kind": models.CharField,
        "conversation_id": models.BigIntegerField,
        "data": models.JSONField,
    },
    "conversations_conversation": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "root_id": models.ForeignKey,
        "assignee_id": models.ForeignKey,
        "team_id": models.ForeignKey,
    },
    "conversations_message": {
        "id": models.BigAutoField,
        "merchant_id": models.ForeignKey,
        "entry_id": models.ForeignKey,
        "conversation_id": models.ForeignKey,
    },
}
TABLES = {model._meta.db_table: model for model in apps.get_models()}


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: " ".join(statement.split())[:40])
def test_the_server_takes_it(statement: LiteralString) -> None:
    with connection.cursor() as cursor:
        if statement is RECEIVE:  # nobody's merchant; the foreign key would say so at the commit
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(statement, STATEMENTS[statement] or None)
        connection.set_rollback(True)


@pytest.mark.parametrize("table", USED)
def test_every_column_is_the_field_it_is_taken_for(table: str) -> None:
    fields = {field.column: field for field in TABLES[table]._meta.concrete_fields}
    for column, kind in USED[table].items():
        assert isinstance(fields[column], kind), f"{table}.{column} is a {type(fields[column]).__name__}"


def test_every_required_column_of_an_arrival_is_written() -> None:
    written = set(re.search(r"\((.*?)\)", RECEIVE).group(1).split(", "))
    for field in TABLES["mailroom_received"]._meta.concrete_fields:
        optional = field.primary_key or field.null or field.has_db_default()
        assert optional or field.column in written, field.column


def test_no_table_is_used_that_is_not_listed_here() -> None:
    named = {word for statement in STATEMENTS for word in re.findall(r"(?:FROM|JOIN|INTO|UPDATE) (\w+_\w+)", statement)}
    assert named - {"unnest"} == USED.keys()


def test_a_unique_key_makes_an_arrival_come_once() -> None:
    (once,) = [c for c in TABLES["mailroom_received"]._meta.constraints if isinstance(c, models.UniqueConstraint)]
    assert once.fields == ("merchant", "line_id", "external_id")
    assert "ON CONFLICT (merchant_id, line_id, external_id) DO NOTHING" in RECEIVE
