"""Backup and restore: the database, the files, the arrivals still in the spool, and the secret key.

A backup is a folder. Its name is only given once everything in it is written and checked, so a folder that has no
`.unfinished` at its end is whole. The database is taken first: a file that came later is one too many, not one missing.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import psycopg

from presszero.host.postgres_binaries import number, program_folders
from presszero.host.refusal import Refusal

FILES = ("files", "spool", "secret-key")  # of the home; the rest is the database, or can be made again
LAST = "last-backup.json"  # in the home: when the last whole backup was taken, and where it lies


def back_up(url: str, home: Path, target: Path) -> Path:
    """Write a backup into a new folder below `target` and return it. Works while Press Zero runs. Raises Refusal."""
    taken = datetime.now(UTC)
    folder = target / f"presszero-{taken:%Y%m%d-%H%M%S}"
    unfinished = folder.with_name(folder.name + ".unfinished")
    try:
        unfinished.mkdir(parents=True, mode=0o700)
    except OSError as why:
        raise Refusal(f"The folder {unfinished} cannot be made: {why.strerror}.") from why
    programs = _programs(_server_major(url))
    dump = unfinished / "database.dump"
    _run(
        [str(programs / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", url], "dumped"
    )
    _run([str(programs / "pg_restore"), "--list", str(dump)], "read back")
    with tarfile.open(unfinished / "home.tar", "w") as archive:
        for name in FILES:
            if (home / name).exists():
                archive.add(home / name, arcname=name)
    told = {"taken": taken.isoformat(), "sha256": {name: _digest(unfinished / name) for name in _parts()}}
    (unfinished / "backup.json").write_text(json.dumps(told, indent=2) + "\n")
    unfinished.rename(folder)
    (home / LAST).write_text(json.dumps({"taken": told["taken"], "folder": str(folder)}) + "\n")
    return folder


def restore(source: Path, url: str, home: Path) -> None:
    """Put a backup into an empty database and an empty home. Call with the home occupied. Raises Refusal.

    The caller migrates next, and holds sending back before anything starts: what was queued when the backup was taken
    may have been sent since.
    """
    _check(source)
    if _has_tables(url):
        raise Refusal("The database is not empty. Restore into a new one, or drop and create this one first.")
    there = [name for name in ("files", "spool") if (home / name).exists() and any((home / name).iterdir())]
    if there:
        raise Refusal(f"{home / there[0]} is not empty. Move it away, or set PRESSZERO_HOME to a new folder.")
    programs = _programs(_server_major(url))
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={url}"]
    _run([str(programs / "pg_restore"), *options, str(source / "database.dump")], "restored")
    with tarfile.open(source / "home.tar") as archive:
        _unpack(archive, home)
    if (home / "secret-key").exists():
        (home / "secret-key").chmod(0o600)


def keep_newest(target: Path, count: int) -> None:
    """Remove all but the newest `count` whole backups, and what earlier tries left unfinished."""
    for folder in target.glob("presszero-*.unfinished"):
        shutil.rmtree(folder)
    whole = sorted(folder for folder in target.glob("presszero-*-*") if (folder / "backup.json").exists())
    for folder in whole[:-count] if count else whole:
        shutil.rmtree(folder)


def _parts() -> tuple[str, str]:
    return ("database.dump", "home.tar")


def _check(source: Path) -> None:
    try:
        told = json.loads((source / "backup.json").read_text())
    except (OSError, ValueError) as why:
        raise Refusal(f"{source} is not a whole backup: its backup.json cannot be read.") from why
    for name in _parts():
        if not (source / name).is_file() or _digest(source / name) != told["sha256"].get(name):
            raise Refusal(f"{source / name} is missing or damaged. Take another backup.")


def _server_major(url: str) -> int:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.info.server_version // 10000
    except psycopg.Error as why:
        raise Refusal(f"The database does not answer: {why}") from why


def _has_tables(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=5) as connection:
        question = "select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema') limit 1"
        return connection.execute(question).fetchone() is not None


def _programs(server_major: int) -> Path:
    """Where a pg_dump lies that can read this server: at least its version. The wheel's comes last: it has no TLS."""
    for folder in (*program_folders()[1:], *program_folders()[:1]):
        if _version(folder / "pg_dump") >= server_major and (folder / "pg_restore").exists():
            return folder
    raise Refusal(
        f"There is no pg_dump for PostgreSQL {server_major} here. Install it: apt-get install postgresql-client."
    )


def _version(program: Path) -> int:
    try:
        return number(subprocess.run([program, "--version"], capture_output=True, text=True).stdout)
    except OSError:
        return 0


def _unpack(archive: tarfile.TarFile, home: Path) -> None:
    for member in archive.getmembers():
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise Refusal(f"The backup holds something that does not belong there: {member.name}.")
    archive.extractall(home)  # noqa: S202 - every name was looked at above


def _run(command: list[str], done: str) -> None:
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise Refusal(f"The database could not be {done}: {result.stderr.strip()[-2000:]}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
