"""The system user PostgreSQL runs as: ourselves, or `presszero` when we are root, since it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from presszero.host.refusal import Refusal

NAME = "presszero"


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def identity(self) -> Identity:
        """Arguments for `subprocess` that run a command as this account; none when it is ourselves."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """The account for PostgreSQL, created when root and missing. Raises Refusal."""
    if os.geteuid() != 0:
        return _ourselves()
    return _named(NAME) or _create()


def closed_to(account: Account, folder: Path) -> Path | None:
    """The first folder on the way to `folder` that `account` may not enter, asked of the kernel itself."""
    if _can_enter(account, folder):
        return None
    for path in (*reversed(folder.parents), folder):
        if not _can_enter(account, path):
            return path
    return None


def _ourselves() -> Account:
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError as why:
        raise Refusal(
            f"This process runs as user number {os.geteuid()}, which has no name on this machine, and PostgreSQL needs "
            "one. Run as a named user, or set DATABASE_URL to a PostgreSQL of your own."
        ) from why
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    if entry.pw_uid == 0:
        raise Refusal(f"The system user {name} is root under another name, and PostgreSQL refuses to run as root.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> Account:
    command = _creation_command()
    done = subprocess.run(command, capture_output=True, text=True)
    account = _named(NAME)
    if account is None:
        raise Refusal(
            f"PostgreSQL may not run as root, and the system user {NAME} for it could not be made: "
            f"{done.stderr.strip()}. Make it by hand ({' '.join(command)}), or set DATABASE_URL."
        )
    return account


def _creation_command() -> list[str]:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        options = ["--system", "--user-group", "--no-create-home"]
        return [useradd, *options, "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    adduser = shutil.which("adduser", path="/usr/sbin:/sbin:/usr/bin:/bin")  # BusyBox, as on Alpine
    if adduser:
        return [adduser, "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", NAME]
    raise Refusal(
        f"PostgreSQL may not run as root, and there is no useradd here to make the system user {NAME} for it. "
        "Run Press Zero as a plain user, or set DATABASE_URL to a PostgreSQL of your own."
    )


def _can_enter(account: Account, folder: Path) -> bool:
    try:
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        return subprocess.run(command, cwd="/", capture_output=True, **account.identity()).returncode == 0
    except PermissionError as why:  # a container that took away the right to change user
        raise Refusal(
            f"Running as root, but not allowed to become {account.name}, which PostgreSQL needs. "
            "Run Press Zero as a plain user, or set DATABASE_URL to a PostgreSQL of your own."
        ) from why
