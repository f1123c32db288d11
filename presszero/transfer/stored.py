"""A brought file at rest: in parts, each sealed, under a name of our own. Read from a copy that has no name on disk.

Nobody has looked for card numbers in it yet, so whoever finds the folder, or a backup of it, can read none of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from presszero.core.sealing import open_bytes, seal_bytes

from .models import Import

PART = 2 * 1024 * 1024  # bytes of a part of an upload


def part_key(job: Import, number: int) -> str:
    return f"{job.storage_key}/{number:06d}"


def keep_part(job: Import, number: int, content: bytes) -> None:
    """Stores a part; the same number again takes its place."""
    key = part_key(job, number)
    if default_storage.exists(key):
        default_storage.delete(key)
    default_storage.save(key, ContentFile(seal_bytes(content, key)))


def first_bytes(job: Import, count: int = 1024 * 1024) -> bytes:
    found = b""
    for number in range(1, job.parts + 1):
        found += _part(job, number)
        if len(found) >= count:
            break
    return found[:count]


@contextmanager
def local_copy(job: Import) -> Iterator[Path]:
    """The whole file, for as long as the block, and gone with this process whatever becomes of it.

    Raises FileNotFoundError when it was deleted, sealing.CannotOpen when it was sealed with another key.
    """
    with tempfile.TemporaryFile() as copy:
        for number in range(1, job.parts + 1):
            copy.write(_part(job, number))
        copy.flush()
        yield Path(f"/proc/self/fd/{copy.fileno()}")


def forget(job: Import) -> None:
    """Deletes the parts."""
    for number in range(1, job.parts + 1):
        default_storage.delete(part_key(job, number))


def _part(job: Import, number: int) -> bytes:
    key = part_key(job, number)
    with default_storage.open(key) as file:
        return open_bytes(file.read(), key)
