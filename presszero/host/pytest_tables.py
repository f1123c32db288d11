"""A test run makes its tables once, in a database that the run's other databases are copied from.

To bring an empty database up to date takes ten seconds of a core, and longer with every migration; to copy one takes a
tenth of a second. All processes of a run may ask; the first makes it, and the others wait. The next run with the same
migrations reads the tables back from pytest's cache, in a second.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from presszero.host.postgres_binaries import program_folders

ROOT = Path(__file__).resolve().parents[2]


def template() -> str:
    """The database with all tables and no rows; made now if need be. Raises CalledProcessError when that fails."""
    home, name = Path(os.environ["PRESSZERO_HOME"]), _name()
    with (home / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = home / "tables.made"
        if not made.exists():
            _make(name)
            made.touch()
    return name


def fill(url: str) -> bool:
    """Puts the tables into an empty database of another server; False where that cannot be done."""
    template()
    kept = _kept()
    return kept.exists() and _read_back(kept, url)


def begin() -> None:
    """Makes it while this process does something else. Whoever asks for it hears of what goes wrong."""
    threading.Thread(target=_quietly, daemon=True).start()


def forget() -> None:
    """For a server that outlives the run."""
    _run(f'DROP DATABASE IF EXISTS "{_name()}" WITH (FORCE)')


def _quietly() -> None:
    try:
        template()
    except (subprocess.CalledProcessError, OSError, psycopg.Error):
        return  # the run ended meanwhile; or whoever needs the tables tries again and hears why


def _name() -> str:
    return "tables_" + Path(os.environ["PRESSZERO_HOME"]).name.rpartition("-")[2]


def _make(name: str) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    kept = _kept()
    _begin_anew(name)
    if kept.exists() and _read_back(kept, url):
        return
    _begin_anew(name)
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "presszero", "migrate"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    _keep(kept, url)


def _begin_anew(name: str) -> None:
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')


def _kept() -> Path:
    return ROOT / ".pytest_cache" / f"tables-{_fingerprint()}.dump"


def _fingerprint() -> str:
    """Changes with every migration, and with whatever library brings tables of its own."""
    seen = hashlib.sha256()
    ours = sorted((ROOT / "presszero").glob("*/migrations/*.py"))
    for path in [*ours, ROOT / "requirements" / "base.txt", ROOT / "presszero" / "merchants" / "owned.py"]:
        seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()[:20]


def _read_back(kept: Path, url: str) -> bool:
    return _program("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", str(kept))


def _keep(kept: Path, url: str) -> None:
    """For the next run; what earlier migrations made goes. Without pg_dump every run makes its own."""
    kept.parent.mkdir(exist_ok=True)
    whole = kept.with_suffix(f".{os.getpid()}")
    if _program("pg_dump", "--format=custom", "--no-owner", f"--file={whole}", url):
        for old in kept.parent.glob("tables-*.dump"):
            old.unlink(missing_ok=True)
        whole.rename(kept)


def _program(name: str, *words: str) -> bool:
    found = next((folder / name for folder in program_folders() if (folder / name).exists()), None)
    return found is not None and subprocess.run([str(found), *words], capture_output=True).returncode == 0


def _run(*statements: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
