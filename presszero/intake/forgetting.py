"""Erasure where only the door keeps things: arrivals set aside on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from presszero.privacy.erasing.mailroom import mentions_of
from presszero.privacy.erasing.person import Person
from presszero.privacy.erasing.steps import more

from .edge.frames import unpack


def register() -> None:
    """Once a process: an erasure empties the spool too."""
    if spool not in more:
        more.append(spool)


def spool(person: Person) -> int:
    """Takes their arrivals out of what the doors of this machine set aside; how many. Others' frames stay sealed."""
    folder = Path(settings.HOME) / "spool"
    files = [*folder.glob("*/refused"), *folder.glob("*/*.damaged")] if folder.is_dir() else []
    return sum(_thinned(file, mentions_of(person)) for file in files)


def _thinned(file: Path, mentions: Callable[[bytes], bool]) -> int:
    raw = file.read_bytes()
    kept, gone, at = [], 0, 0
    for frame in unpack(raw):
        theirs = frame.row is not None and mentions(frame.row.body + str(frame.row).encode("utf-8", "replace"))
        gone += theirs
        if not theirs:
            kept.append(raw[at : frame.end])
        at = frame.end
    if gone:
        fresh = file.with_suffix(".thinned")
        fresh.write_bytes(b"".join(kept))
        fresh.replace(file)
    return gone
