"""The files somebody brings: one file, a folder, or a ZIP that is read where it lies and never unpacked.

Bounds hold before a byte is read: how many members, how large, how much smaller they were packed, and names that lead
elsewhere. A ZIP within a ZIP is a file like any other, and opened by nobody.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from presszero.core.refusal import Refused

MOST_MEMBERS = 20_000
MOST_BYTES = 200 * 1024**3  # of all members together, unpacked
MOST_RATIO = 250  # how many times larger than packed
SMALL = 10 * 1024**2  # below this the ratio says nothing


class Archive:
    """Names and their bytes. Names are posix paths without a leading slash."""

    def __init__(self, names: list[str], opens: Callable[[str], IO[bytes]], size_of: Callable[[str], int]) -> None:
        self.names = sorted(names)
        self._opens, self._size_of = opens, size_of
        self._lower = {name.lower(): name for name in self.names}

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with self._opens(name) as stream:
            yield stream

    def size(self, name: str) -> int:
        return self._size_of(name)

    def named(self, *wanted: str) -> list[str]:
        """Members called one of these, whatever folder they are in and number they end with: Tickets0.json."""
        return [name for name in self.names if _plain_name(name) in wanted]

    def find(self, *paths: str) -> str:
        """The first of these that is there, whatever its case; "" for none."""
        return next((self._lower[path.lower()] for path in paths if path and path.lower() in self._lower), "")


@contextmanager
def opened(path: Path, filename: str = "") -> Iterator[Archive]:
    """The files at a path. Raises Refused when a ZIP is not safe or broken."""
    if path.is_dir():
        yield _folder(path)
    elif zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as packed:
                yield _packed(packed)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as why:
            raise Refused(
                _("This ZIP is damaged."), _("Download it again where it came from, and bring it anew.")
            ) from why
    else:
        name = PurePosixPath(filename or path.name).name
        yield Archive([name], lambda _name: path.open("rb"), lambda _name: path.stat().st_size)


def _folder(path: Path) -> Archive:
    root = path.resolve()
    found = [p for p in root.rglob("*") if p.is_file() and not p.is_symlink() and p.resolve().is_relative_to(root)]
    if len(found) > MOST_MEMBERS:
        raise Refused(_("There are too many files in it."), _("Bring it in parts."))
    names = {p.relative_to(root).as_posix(): p for p in found}
    return Archive(list(names), lambda name: names[name].open("rb"), lambda name: names[name].stat().st_size)


def _packed(packed: zipfile.ZipFile) -> Archive:
    members = packed.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused(_("There are too many files in this ZIP."), _("Bring it in parts."))
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise Refused(_("Unpacked, this ZIP would be larger than we read."), _("Bring it in parts."))
    kept: dict[str, zipfile.ZipInfo] = {}  # zipfile reads no more of a member than its header says
    for member in members:
        if not member.is_dir():
            kept[_safe(member)] = member
    return Archive(list(kept), lambda name: packed.open(kept[name]), lambda name: kept[name].file_size)


def _safe(member: zipfile.ZipInfo) -> str:
    """The member's name. Raises Refused for one that leads elsewhere, or that is a bomb."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    leads = path.is_absolute() or ".." in path.parts or ":" in member.filename or "\0" in member.orig_filename
    if leads or stat.S_ISLNK(member.external_attr >> 16):
        raise Refused(_("A file in this ZIP points outside of it, so none of it was read."), _("Make the ZIP again."))
    if member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise Refused(_("A file in this ZIP is packed far too tightly to be real, so none of it was read."))
    if member.flag_bits & 0x1:
        raise Refused(_("This ZIP has a password."), _("Make it again without one."))
    return str(path)


def _plain_name(name: str) -> str:
    path = PurePosixPath(name)
    stem = path.stem.lower().rstrip("0123456789_- ")
    return f"{stem}{path.suffix.lower()}"
