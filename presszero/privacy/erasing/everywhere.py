"""Every other table: rows of their conversations lose their words, and their addresses are cut out wherever they stand.

Apps above keep rows that we cannot import, and tables will be added: so this asks the database which text there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db import IntegrityError, connection, transaction
from psycopg import sql

from .person import GONE, Person

# The record of facts holds no words; audit records neither. What is the merchant's own is not a customer's.
_LEFT = ("timeline_", "audit_", "merchants_", "team_", "privacy_", "django_", "procrastinate_")
_OURS = {
    *("channels_line", "channels_mailbox", "conversations_macro", "conversations_macrotext", "conversations_savedview"),
    *("conversations_outsider", "conversations_tag", "conversations_topic", "mailroom_received", "mailroom_arrival"),
}
# Answers and rehearsals kept for a moment, of whomever: they are made again when asked for.
_BRIEF = {"api_keptanswer": "body", "rules_dryrun": "found"}
_ABOVE = ("rules_", "api_", "alerts_", "transfer_", "insights_")
_SUMS = {"insights_served", "insights_worked"}  # ids and numbers alone: what a month cost stays what it was

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
ORDER BY c.table_name, c.ordinal_position
"""
_WORDS = ("text", "character varying", "jsonb")

Tables = dict[str, dict[str, str]]


def elsewhere(person: Person) -> int:
    """Words that apps above keep of their conversations; how many rows."""
    tables = columns()
    count = sum(_emptied(table, column, person) for table, column in _BRIEF.items() if table in tables)
    for table, typed in tables.items():
        if not table.startswith(_ABOVE) or table in _SUMS:
            continue
        for name, ids in (("conversation_id", person.conversations), ("customer_id", person.customers)):
            if name in typed:
                count += _blanked(table, typed, name, ids, person.merchant_id)
    return count


def cut_out(person: Person) -> int:
    """Their addresses, in any row of the merchant; how many rows held one."""
    if not person.everywhere:
        return 0
    return sum(_replaced(table, name, kind, person) for table, name, kind in _searched())


def hits(merchant_id: int, pattern: str) -> int:
    """Rows of the merchant that still hold it: 0 is the proof."""
    if not pattern:
        return 0
    found = 0
    with connection.cursor() as cursor:
        for table, name, _kind in _searched():
            asked = sql.SQL("SELECT count(*) FROM {} WHERE merchant_id = %s AND {}::text ~* %s")
            cursor.execute(asked.format(sql.Identifier(table), sql.Identifier(name)), [merchant_id, pattern])
            found += cursor.fetchone()[0]
    return found


def columns() -> Tables:
    """Every table and its columns, each with its type."""
    found: Tables = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, name, kind in cursor.fetchall():
            found[table][name] = kind
    return dict(found)


def _searched() -> Iterator[tuple[str, str, str]]:
    for table, typed in columns().items():
        if "merchant_id" not in typed or table.startswith(_LEFT) or table in _OURS:
            continue
        for name, kind in typed.items():
            if kind in _WORDS:
                yield table, name, kind


def _emptied(table: str, column: str, person: Person) -> int:
    """Rows that are remade are deleted where they are answers, and emptied where somebody looks at them."""
    with connection.cursor() as cursor:
        if table == "api_keptanswer":
            cursor.execute("DELETE FROM api_keptanswer WHERE merchant_id = %s", [person.merchant_id])
        else:
            asked = sql.SQL("UPDATE {} SET {} = '{{}}'::jsonb WHERE merchant_id = %s")
            cursor.execute(asked.format(sql.Identifier(table), sql.Identifier(column)), [person.merchant_id])
        return int(cursor.rowcount)


def _blanked(table: str, typed: dict[str, str], name: str, ids: list[int], merchant_id: int) -> int:
    sets = []
    for column, kind in typed.items():
        if kind == "jsonb":
            sets.append(
                sql.SQL(
                    "{0} = CASE jsonb_typeof({0}) WHEN 'array' THEN '[]' WHEN 'object' THEN '{{}}' ELSE {0} END"
                ).format(sql.Identifier(column))
            )
        elif kind == "text":
            sets.append(sql.SQL("{} = ''").format(sql.Identifier(column)))
    if not sets:
        return 0
    asked = sql.SQL("UPDATE {} SET {} WHERE merchant_id = %s AND {} = ANY(%s)")
    with connection.cursor() as cursor:
        cursor.execute(
            asked.format(sql.Identifier(table), sql.SQL(", ").join(sets), sql.Identifier(name)), [merchant_id, ids]
        )
        return int(cursor.rowcount)


def _replaced(table: str, name: str, kind: str, person: Person) -> int:
    """A row whose address must stay unlike another's gets its own number instead."""
    cast = sql.SQL("::jsonb") if kind == "jsonb" else sql.SQL("")
    asked = sql.SQL(
        "UPDATE {table} SET {name} = regexp_replace({name}::text, %s, {gone}, 'gi'){cast}"
        " WHERE merchant_id = %s AND {name}::text ~* %s"
    )
    for gone in (sql.Literal(GONE), sql.SQL("'[' || id || ']'")):
        said = asked.format(table=sql.Identifier(table), name=sql.Identifier(name), gone=gone, cast=cast)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(said, [person.everywhere, person.merchant_id, person.everywhere])
                return int(cursor.rowcount)
        except IntegrityError:
            continue
    return 0
