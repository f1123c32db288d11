"""`presszero explain-mail FILE…`: what the product understands of a mail, a line of JSON for each. No database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from os import fspath
from pathlib import Path
from typing import Any, TextIO

from .reading.limits import MAX_BYTES
from .reading.reader import Reader
from .reading.shape import Party, Reading, quarantine

WALL_SECONDS = 1.5  # for each file, whatever the file


def explain(paths: Iterable[str | Path], out: TextIO, jsonl: bool) -> int:
    """Writes what each file says, in order; returns how many are quarantined. Never raises for a file."""
    reader, quarantined = Reader(wall=WALL_SECONDS), 0
    try:
        for path in paths:
            reading = explained(path, reader)
            quarantined += reading.kind == "quarantined"
            name = fspath(path).encode("utf-8", "replace").decode("utf-8")
            out.write(
                json.dumps(as_json(name, reading), ensure_ascii=False) + "\n" if jsonl else summary(name, reading)
            )
            out.flush()
    finally:
        reader.close()
    return quarantined


def explained(path: str | Path, reader: Reader) -> Reading:
    """The reading of one file; a file that cannot be opened is a quarantined reading that says why."""
    try:
        raw = _content(Path(path))
    except (OSError, ValueError) as problem:
        return quarantine(f"The file cannot be read: {getattr(problem, 'strerror', None) or problem}.")
    return reader.read(raw, filename=Path(path).name)


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    if path.exists() and not path.is_file():
        raise OSError(22, "it is not an ordinary file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def as_json(name: str, reading: Reading) -> dict[str, Any]:
    """The published shape of one line; `reason` stands there only when quarantined."""
    bounce = reading.bounce
    line: dict[str, Any] = {
        "file": name,
        "kind": reading.kind,
        "from": _party(reading.sender),
        "to": [_party(each) for each in reading.to],
        "cc": [_party(each) for each in reading.cc],
        "subject": reading.subject,
        "message_id": reading.message_id,
        "in_reply_to": reading.in_reply_to,
        "references": list(reading.references),
        "date": reading.date.isoformat() if reading.date else None,
        "text": reading.text,
        "new_text": reading.new_text,
        "attachments": [
            {"filename": each.filename, "content_type": each.content_type, "size": each.size}
            for each in reading.attachments
        ],
        "bounce": {"recipient": bounce.recipient, "permanent": bounce.permanent, "reason": bounce.reason}
        if bounce
        else None,
    }
    if reading.kind == "quarantined":
        line["reason"] = reading.reason
    return line


def _party(party: Party) -> dict[str, str]:
    return {"name": party.name, "address": party.address}


def summary(name: str, reading: Reading) -> str:
    """The same for people."""
    kind = reading.kind.replace("_", " ") + (
        f" ({reading.automatic})" if reading.automatic not in ("", "bounce") else ""
    )
    lines = [f"{name}: {kind}"]
    if reading.reason:
        lines.append(f"  why      {reading.reason}")
    sender = f"{reading.sender.name} <{reading.sender.address}>".strip()
    lines += [f"  from     {sender}", f"  subject  {reading.subject or '(none)'}"]
    lines += [f"  date     {reading.date.isoformat()}"] if reading.date else []
    if reading.bounce:
        state = "dead address" if reading.bounce.permanent else "delayed" if reading.bounce.delayed else "not delivered"
        lines.append(f"  bounce   {reading.bounce.recipient or '(nobody named)'}: {state}. {reading.bounce.reason}")
    lines += [f"  file     {each.filename} ({each.content_type}, {each.size} bytes)" for each in reading.attachments]
    lines += [f"  note     {each}" for each in reading.warnings]
    lines += [f"  | {each}" for each in reading.new_text.splitlines()]
    return "\n".join(lines) + "\n\n"
