"""The ZIP that "take everything out" writes, of another shop or of this one before an accident.

shop.csv says whose it is; every number carries that mark, so the same number of two shops is two people. Tables come in
the order in which one needs the other, whatever order they have in the ZIP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, cast

from presszero.core import sheets

from ...archive import Archive
from ...vocabulary import ConversationFound, MessageFound, Record, Rejected, Who
from .. import values
from ..sheet import FIELD, record_of, sheet

NAME = "Press Zero"

_READ_AS = {
    "tags.csv": "tags",
    "topics.csv": "topics",
    "macros.csv": "macros",
    "customers.csv": "customers",
    "handles.csv": "handles",
    "consents.csv": "consents",
    "conversations.csv": "conversations",
    "messages.csv": "conversations",
}
_SHAPE = sheets.Shape("utf-8-sig", ",")


def recognises(archive: Archive) -> bool:
    return bool(archive.find("shop.csv") and archive.find("conversations.csv"))


def records(archive: Archive) -> Iterator[tuple[str, Record]]:
    mark = next((row["mark"] for row in _rows(archive, "shop.csv")), "")
    merged = {row["id"]: row["merged_into"] for row in _rows(archive, "conversations.csv") if row.get("merged_into")}
    for name, about in _READ_AS.items():
        for record in _records(archive, name, about):
            if isinstance(record, ConversationFound) and name == "conversations.csv" and record.external_id in merged:
                continue  # it is the one it was merged into
            yield name, _marked(_moved(record, merged), mark)
    for record in _notes(archive):
        yield "notes.csv", _marked(_moved(record, merged), mark)


def _records(archive: Archive, name: str, about: str) -> Iterator[Record]:
    """The rows of one table, each column meaning what it is called."""
    of = sheet(about)
    for header, row in _cells(archive, name):
        columns = [each if each in of.columns or each.startswith(FIELD) else "" for each in header]
        record = record_of(of, row, {"columns": columns, "header": header})
        yield replace(record, raw=row if isinstance(row, list) else None) if isinstance(record, Rejected) else record


def _notes(archive: Archive) -> Iterator[Record]:
    """Notes, each as something said among ourselves in a conversation that is in already."""
    people = {row["id"]: Who("", row["name"], row["email"]) for row in _rows(archive, "members.csv")}
    for row in _rows(archive, "notes.csv"):
        if not row.get("removed_at"):
            author = people.get(row["by_id"], Who())
            note = MessageFound(f"note:{row['id']}", author, values.when(row["at"]), row["text"], public=False)
            yield ConversationFound(row["conversation_id"], Who(), (note,))


def _rows(archive: Archive, name: str) -> Iterator[dict[str, str]]:
    for header, row in _cells(archive, name):
        if isinstance(row, list) and len(row) == len(header):
            yield dict(zip(header, row, strict=True))


def _cells(archive: Archive, name: str) -> Iterator[tuple[list[str], list[str] | sheets.Broken]]:
    """(header, row) of each row under the header."""
    member = archive.find(name)
    if not member:
        return
    with archive.open(member) as stream:
        rows = sheets.read(stream, _SHAPE)
        header = next(rows, None)
        for row in rows if isinstance(header, list) else ():
            yield cast(list[str], header), row


def _moved(record: Record, merged: Mapping[str, str]) -> Record:
    if isinstance(record, ConversationFound) and record.external_id in merged:
        return replace(record, external_id=merged[record.external_id])
    return record


def _marked(record: Record, mark: str) -> Record:
    """Its numbers, and those of whom it names, as this shop's alone."""
    return cast(Record, _with(record, mark))


def _with(found: Any, mark: str) -> Any:
    changed: dict[str, Any] = {}
    for name in (each.name for each in fields(found)):
        value = getattr(found, name)
        if name in ("external_id", "same_as") and value:
            changed[name] = f"{mark}:{value}"
        elif isinstance(value, Who):
            changed[name] = _with(value, mark)
        elif name == "messages":
            changed[name] = tuple(_with(each, mark) for each in value)
    return replace(found, **changed) if changed else found
