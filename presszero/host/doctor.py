"""The check-up of this machine: database, ports, clock, disk, files. Reads only, changes nothing."""

import json
import os
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from presszero.host.backup import LAST
from presszero.host.findings import Finding, fine, note, wrong
from presszero.host.occupied import is_occupied
from presszero.host.ports import DOORS, Door, answers, why_unusable
from presszero.host.postgres_binaries import OLDEST

CONNECTIONS_NEEDED = 40  # six threads of the app, an edge, a worker and a mail door with their pools, and some to spare
SKEW_NOTED, SKEW_WRONG = 2.0, 30.0  # seconds between this machine's clock and the database's
BACKUP_NOTED = 2  # days
DISK_NOTED, DISK_WRONG = 90, 95  # per cent used: then attachments are refused; then everything but text

QUESTIONS = """
select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit,
  current_setting('data_checksums') as checksums, current_setting('max_connections')::int as max_connections,
  current_setting('server_encoding') as encoding, current_setting('default_transaction_read_only') as read_only,
  pg_is_in_recovery() as in_recovery, extract(epoch from clock_timestamp())::float as clock,
  (select rolsuper from pg_roles where rolname = current_user) as superuser,
  exists (select from pg_available_extensions where name = 'pg_trgm') as trigrams
"""


def database(url: str) -> list[Finding]:
    """What the database promises about the data it says it has stored, and whether it is the right one."""
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as connection:
            before = time.time()
            answer = connection.execute(QUESTIONS).fetchone() or {}
            between = (before + time.time()) / 2
    except psycopg.Error as why:
        says = f"It does not answer: {str(why).strip().splitlines()[-1]}"
        return [wrong("database", says, "Is it running, and is DATABASE_URL right? `presszero serve` starts our own.")]
    return [*durability(answer), *fitness(answer), clock(answer["clock"] - between)]


def durability(answer: dict[str, Any]) -> list[Finding]:
    """Settings without which a message we have acknowledged may be gone after a crash."""
    findings = []
    for name in ("fsync", "full_page_writes"):
        if answer[name] == "on":
            findings.append(fine(name, "On: what is committed survives a power cut."))
        else:
            mend = f"Set {name} = on in postgresql.conf and reload PostgreSQL."
            findings.append(wrong(name, "Off: a power cut may lose or break stored messages.", mend))
    commit = answer["synchronous_commit"]
    if commit in ("on", "remote_apply"):
        findings.append(fine("synchronous_commit", "An answer “stored” is given only once it is."))
    elif commit in ("local", "remote_write"):
        mend = "Set synchronous_commit = on if there is a standby to take over."
        findings.append(note("synchronous_commit", f"“{commit}”: losing this server may lose the last moments.", mend))
    else:
        mend = "Set synchronous_commit = on in postgresql.conf, or for our role with ALTER ROLE."
        findings.append(wrong("synchronous_commit", "Off: a crash loses what was acknowledged just before.", mend))
    if answer["checksums"] == "on":
        findings.append(fine("checksums", "A damaged page is noticed."))
    else:
        mend = "Stop PostgreSQL, run `pg_checksums --enable`, start it again."
        findings.append(note("checksums", "Off: a damaged disk page would go unnoticed.", mend))
    return findings


def fitness(answer: dict[str, Any]) -> list[Finding]:
    """Whether this is a server and a role that we can work with."""
    findings = []
    version, connections = answer["version"] // 10000, answer["max_connections"]
    if version < OLDEST:
        mend = f"Move the data to PostgreSQL {OLDEST} or newer."
        findings.append(wrong("version", f"PostgreSQL {version} is too old.", mend))
    else:
        findings.append(fine("version", f"PostgreSQL {version}."))
    if answer["in_recovery"] or answer["read_only"] == "on":
        mend = "Point DATABASE_URL at the primary."
        findings.append(wrong("writable", "This server takes no writes: it is a standby, or set read-only.", mend))
    if connections < CONNECTIONS_NEEDED:
        mend = f"Set max_connections to {CONNECTIONS_NEEDED} or more."
        findings.append(wrong("max_connections", f"{connections} are too few for all processes.", mend))
    if answer["encoding"] != "UTF8":
        mend = "Make the database anew with ENCODING 'UTF8'."
        findings.append(wrong("encoding", f"{answer['encoding']} cannot hold every language.", mend))
    if not answer["trigrams"]:
        mend = "Install PostgreSQL's contrib extensions (Debian: they come with the server)."
        findings.append(wrong("pg_trgm", "The extension for searching parts of names is not there.", mend))
    if answer["superuser"]:
        mend = "Make a role of its own: CREATE ROLE presszero LOGIN, owner of its database."
        findings.append(note("role", "We are the database's superuser, which we need not be.", mend))
    return findings


def clock(ahead: float) -> Finding:
    """ahead: seconds by which the database's clock is ahead of ours."""
    apart = abs(ahead)
    says = f"The database's clock is {apart:.1f} s {'ahead of' if ahead > 0 else 'behind'} this machine's."
    mend = "Let both keep time from the network: `apt-get install systemd-timesyncd`, or chrony."
    if apart > SKEW_WRONG:
        return wrong("clock", says, mend)
    return note("clock", says, mend) if apart > SKEW_NOTED else fine("clock", "This machine and the database agree.")


def ports(home: Path) -> list[Finding]:
    running = is_occupied(home)
    return [_port(door, running) for door in DOORS]


def _port(door: Door, running: bool) -> Finding:
    subject = f"port {door.port}"
    if running:
        if answers(door.port):
            return fine(subject, f"Open ({door.name}).")
        mend = "Look at what `presszero serve` prints; the process behind it may not be able to start."
        return wrong(subject, f"Press Zero runs, and nothing answers here ({door.name}).", mend)
    problem = why_unusable(door)
    return wrong(subject, problem, f"Or set {door.setting}.") if problem else fine(subject, f"Free ({door.name}).")


def disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    numbers = os.statvfs(place)
    return disk_use(place, numbers.f_blocks - numbers.f_bfree, numbers.f_blocks - numbers.f_bfree + numbers.f_bavail)


def disk_use(place: Path, used: int, usable: int) -> Finding:
    """used, usable: in the same unit. What is kept back for root does not count as usable."""
    percent = 100 * used // usable if usable else 0
    mend = f"Free some space under {place}, or move PRESSZERO_HOME to a larger disk."
    if percent >= DISK_WRONG:
        return wrong("disk", f"{percent} % full: only text is still taken in.", mend)
    if percent >= DISK_NOTED:
        return wrong("disk", f"{percent} % full: attachments are no longer stored.", mend)
    return fine("disk", f"{percent} % full.")


def backups(home: Path, now: datetime | None = None) -> Finding:
    """When the last whole backup of this home was taken; `now` is aware."""
    mend = "Run `presszero backup FOLDER` every night, onto another disk; deploy/README.md shows how."
    try:
        told = json.loads((home / LAST).read_text())
        taken = datetime.fromisoformat(told["taken"])
    except (OSError, ValueError, KeyError, TypeError):
        return note("backups", "None was taken from this machine yet.", mend)
    days = ((now or datetime.now(UTC)) - taken).days
    if days >= BACKUP_NOTED:
        return note("backups", f"The last was taken {days} days ago.", mend)
    return fine("backups", f"The last was taken on {taken:%d %B at %H:%M} UTC.")


def spool(home: Path) -> Finding:
    """Whether arrivals wait on the disk for a database that was away."""
    waiting = sum(file.stat().st_size for file in home.glob("spool/*/*.frames") if file.is_file())
    if waiting:
        mend = "They are stored by themselves once the database answers; see whether the edge runs."
        return wrong("spool", f"{waiting // 1024 + 1} kB of arrivals wait on the disk.", mend)
    return fine("spool", "Nothing waits on the disk.")


def secret_key(home: Path) -> Finding:
    path = home / "secret-key"
    if os.environ.get("PRESSZERO_SECRET_KEY"):
        return fine("secret key", "From the environment.")
    if not path.exists():
        return fine("secret key", "Will be made at the first start.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return wrong("secret key", f"{path} can be read by others.", f"chmod 600 {path}, and make a new one.")
    return fine("secret key", "Only we can read it.")
