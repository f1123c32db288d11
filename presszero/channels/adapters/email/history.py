"""Reads an old mailbox (mbox, Maildir or a folder of .eml files) mail by mail, and plans its conversations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from .reading import charsets, clean, headers
from .threading import Mail, conversations

HEAD_BYTES = 256 * 1024

_FROM_LINE = re.compile(rb"^From \S+.{0,100}\d\d:\d\d")
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
_WANTED = (b"message-id", b"in-reply-to", b"references", b"subject", b"from", b"to", b"cc", b"date")
_FIELD = re.compile(rb"(?im)^(" + b"|".join(_WANTED) + rb")[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")


@dataclass(frozen=True, slots=True)
class Found:
    """One raw mail of a mailbox. `place` names it for good ("inbox.mbox@1048", "cur/17…"), so an import can resume."""

    place: str
    raw: bytes
    done: int  # bytes (mbox) or files so far
    total: int


def import_plan(path: Path) -> Iterator[Found]:
    """Every mail below `path`, never more than one mail in memory. Raises OSError where it cannot be read."""
    if path.is_dir():
        yield from _folder(path)
    else:
        yield from _mbox(path)


def dry_run(path: Path, out: TextIO, progress: Callable[[int, int], None] | None = None) -> int:
    """Writes {"message_id", "conversation"} a line for each mail; returns how many. Reads heads only."""

    def mails() -> Iterator[Mail]:
        for found in import_plan(path):
            if progress:
                progress(found.done, found.total)
            yield mail_of(found.raw)

    count = 0
    for message_id, conversation in conversations(mails()):
        out.write(json.dumps({"message_id": message_id, "conversation": conversation}, ensure_ascii=False) + "\n")
        count += 1
    return count


def mail_of(raw: bytes) -> Mail:
    """What threading needs, from the head alone. Never raises."""
    head = raw[:HEAD_BYTES].lstrip(b"\r\n")
    end = _BLANK.search(head)
    fields: dict[bytes, str] = {}
    for field, content in _FIELD.findall(head[: end.start()] if end else head):
        fields.setdefault(field.lower(), charsets.guess(content))

    def value(name: bytes) -> str:
        return headers.unfolded(fields.get(name, ""))

    parties = [party for name in (b"from", b"to", b"cc") for party in headers.addresses(value(name)[:20_000])]
    ids, parents = headers.identifiers(value(b"message-id")), headers.identifiers(value(b"in-reply-to"))
    return Mail(
        message_id=ids[0] if ids else "",
        in_reply_to=parents[0] if parents else "",
        references=headers.identifiers(value(b"references")),
        subject=clean.line(headers.words(value(b"subject")))[:1000],
        participants=frozenset(party.address.lower() for party in parties if "@" in party.address),
        date=headers.date(value(b"date")),
    )


def _folder(path: Path) -> Iterator[Found]:
    """Maildir (cur and new, folders below too) or any folder with mails and mboxes; tmp holds unfinished mail."""
    files = sorted(each for each in path.rglob("*") if each.is_file() and _may_be_mail(each.relative_to(path)))
    for done, file in enumerate(files, 1):
        place = str(file.relative_to(path))
        if file.suffix.lower() in (".mbox", ".mbx"):
            for inner in _mbox(file):
                yield Found(f"{place}@{inner.place.rpartition('@')[2]}", inner.raw, done, len(files))
        else:
            yield Found(place, file.read_bytes(), done, len(files))


def _may_be_mail(relative: Path) -> bool:
    names = relative.parts
    if any(name == "tmp" or (name.startswith(".") and at == len(names) - 1) for at, name in enumerate(names)):
        return False
    if "cur" in names or "new" in names:
        return True
    return not names[-1].startswith(("dovecot", "maildir", "courier", "subscriptions"))


def _mbox(path: Path) -> Iterator[Found]:
    """Splits at "From " lines after an empty line; ">From " is undone, as mboxrd wrote it."""
    total = path.stat().st_size
    with path.open("rb") as file:
        start = at = 0
        lines: list[bytes] = []
        after_blank = True
        for line in file:
            if after_blank and line.startswith(b"From ") and _FROM_LINE.match(line):
                if any(each.strip() for each in lines):
                    yield Found(f"{path.name}@{start}", _joined(lines), at, total)
                start, lines = at, []
            else:
                lines.append(re.sub(rb"^>(>*From )", rb"\1", line))
            after_blank = not line.strip()
            at += len(line)
        if any(each.strip() for each in lines):
            yield Found(f"{path.name}@{start}", _joined(lines), total, total)


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(lines[:-1] if lines and not lines[-1].strip() else lines)
