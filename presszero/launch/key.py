"""The set-up key: whoever can read this machine's files may found its first shop, and nobody else.

A random word in a file of ours, printed as a link by `presszero serve` while there is no shop, and gone afterwards.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from presszero.core.sealing import new_token
from presszero.host.home import home, make
from presszero.merchants.models import Merchant


def path() -> Path:
    """Where the key lies; only we can read it."""
    return home() / "setup-key"


def needed() -> bool:
    """Whether there is no shop yet."""
    return not Merchant.objects.exists()


def ready() -> str:
    """The key, made if there is none; "" once there is a shop."""
    if not needed():
        forget()
        return ""
    if not _read():
        _write()
    return _read()


def opens(given: str) -> bool:
    """Whether this is the key. Takes as long for a wrong one as for the right one."""
    kept = _read()
    return bool(kept) and secrets.compare_digest(kept.encode(), given.encode("utf-8", "replace"))


def forget() -> None:
    """It opens nothing any more."""
    path().unlink(missing_ok=True)


def _read() -> str:
    try:
        return path().read_text().strip()
    except OSError:
        return ""


def _write() -> None:
    """Whole or not at all, under whichever of several processes comes first."""
    make(path().parent)
    fresh = path().with_name(f"setup-key.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(new_token() + "\n")
    try:
        os.link(fresh, path())
    except FileExistsError:
        if not _read():
            os.replace(fresh, path())
    finally:
        fresh.unlink(missing_ok=True)
