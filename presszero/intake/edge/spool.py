"""Arrivals on disk while the database is away: bounded, fsynced before anyone is told "stored", read back in order.

Each edge process has a folder of its own (`<home>/spool/0`, `1`, …), held by a lock that ends with the process. What a
killed one left behind is read by the next process that can take its lock. Frames are replayed from the beginning of a
segment after a crash: the unique key of the mailroom makes that harmless.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from presszero.mailroom.incoming import Incoming

from .frames import pack, unpack

log = logging.getLogger(__name__)

SEGMENT = 16 * 1024 * 1024  # bytes after which a new file is begun
BATCH_BYTES = 4 * 1024 * 1024
BATCH_ROWS = 500


class SpoolFull(Exception):
    """The bound is reached, or the disk is: nothing was kept."""


@dataclass
class Slot:
    """A folder of segments that this process holds."""

    folder: Path
    lock: int

    def segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.frames"))

    def release(self) -> None:
        os.close(self.lock)


@dataclass
class Batch:
    """The next rows to replay, and where reading stands once they are stored."""

    rows: list[Incoming] = field(default_factory=list)
    end: int = 0
    skipped: int = 0  # bytes that are no frame


def take_slot(root: Path) -> Slot:
    """The first folder nobody holds, made if need be."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(1000):
        slot = _try_slot(root / str(number))
        if slot:
            return slot
    raise SpoolFull(f"All folders under {root} are held by other processes.")


def left_behind(root: Path) -> Iterator[Slot]:
    """Folders with something in them whose process is gone, each held for as long as the caller looks at it."""
    for folder in sorted(root.glob("[0-9]*")):
        if any(folder.glob("*.frames")) and (slot := _try_slot(folder)):
            try:
                yield slot
            finally:
                slot.release()


def _try_slot(folder: Path) -> Slot | None:
    folder.mkdir(exist_ok=True, mode=0o700)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return Slot(folder, lock)


class Spool:
    """One slot, written at the end and read from the beginning."""

    def __init__(self, slot: Slot, limit: int) -> None:
        """`limit`: bytes on disk at most."""
        self.slot, self.limit = slot, limit
        self._turn = asyncio.Lock()
        self._file: int | None = None  # the segment being written
        self._path = Path()
        self._written = 0  # bytes of it that are on disk
        self._number = max((int(path.stem) for path in slot.segments()), default=0)
        self._size = sum(path.stat().st_size for path in slot.segments())
        self._at = 0  # how far the oldest segment was replayed
        self._damaged = False

    @property
    def active(self) -> bool:
        """Whether anything waits here. While it does, whatever comes in queues behind it, so that order is kept."""
        return self._size > 0 or self._turn.locked()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._size

    async def append(self, rows: Sequence[Incoming]) -> None:
        """Keeps the rows; on disk when it returns. Raises SpoolFull, and then none of them is kept."""
        frames = [pack(row) for row in rows]
        total = sum(map(len, frames))
        async with self._turn:
            if self._size + total > self.limit:
                raise SpoolFull(f"The spool holds {self._size:,} bytes of {self.limit:,}.")
            try:
                await asyncio.to_thread(self._write, frames)
            except OSError as why:
                raise SpoolFull(f"The spool cannot be written: {why.strerror}.") from why
            self._size += total

    async def next_batch(self) -> Batch | None:
        """The oldest rows not yet replayed. None when there is nothing more; the spool is then inactive."""
        while True:
            oldest = next(iter(self.slot.segments()), None)
            if oldest is None:
                return None
            async with self._turn:
                reach = self._written if oldest == self._path else oldest.stat().st_size
                if self._at >= reach:
                    self._finish(oldest)
                    continue
            return await asyncio.to_thread(_read, oldest, self._at, reach)

    def replayed(self, batch: Batch) -> None:
        """The batch is in the database."""
        self._at = batch.end
        self._damaged = self._damaged or batch.skipped > 0

    def set_aside(self, row: Incoming) -> None:
        """Keeps a row the database refuses for what it is, for a person to look at."""
        with open(self.slot.folder / "refused", "ab") as file:
            file.write(pack(row))
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self.slot.release()

    def _write(self, frames: list[bytes]) -> None:
        if self._file is None or self._written >= SEGMENT:
            self._begin_segment()
        assert self._file is not None
        try:
            for frame in frames:
                _write_all(self._file, frame)
            os.fdatasync(self._file)
        except OSError:
            self._take_back(self._file)
            raise
        self._written += sum(map(len, frames))

    def _take_back(self, file: int) -> None:
        """Cuts off what was written by halves. Where even that fails nothing is written behind it any more."""
        try:
            os.ftruncate(file, self._written)
        except OSError:
            self._size += max(os.fstat(file).st_size - self._written, 0)
            os.close(file)
            self._file, self._path, self._written = None, Path(), 0

    def _begin_segment(self) -> None:
        number = self._number + 1
        path = self.slot.folder / f"{number:012d}.frames"
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        folder = os.open(self.slot.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        if self._file is not None:
            os.close(self._file)
        self._file, self._path, self._number, self._written = opened, path, number, 0

    def _finish(self, path: Path) -> None:
        """A segment was replayed to its end. Never while it is written: the caller holds the turn."""
        self._size -= path.stat().st_size
        if path == self._path and self._file is not None:
            os.close(self._file)
            self._file, self._path, self._written = None, Path(), 0
        if self._damaged:
            log.error("Parts of %s cannot be read; it is kept beside as .damaged.", path)
            path.rename(path.with_suffix(".damaged"))
        else:
            path.unlink()
        self._at, self._damaged = 0, False


def _read(path: Path, start: int, reach: int) -> Batch:
    with open(path, "rb") as file:
        file.seek(start)
        raw = file.read(reach - start)
    batch, at, size = Batch(end=start), 0, 0
    for frame in unpack(raw):
        if frame.row:
            batch.rows.append(frame.row)
            size += len(frame.row.body)
        elif frame.end < len(raw):  # a stretch in the middle; at the end it is a write that a crash cut short
            batch.skipped += max(frame.end - at, 0)
        at = frame.end
        batch.end = start + at
        if size > BATCH_BYTES or len(batch.rows) >= BATCH_ROWS:
            break
    return batch


def _write_all(file: int, frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(file, view) :]
