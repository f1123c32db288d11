"""The one folder everything written lies in: database, files, spool, secret key, locks."""

import os
from pathlib import Path

from presszero.host.refusal import Refusal

CODE = Path(__file__).resolve().parents[2]
HOME_OF_ROOT = Path("/var/lib/presszero")


def home() -> Path:
    """`PRESSZERO_HOME`; otherwise `/var/lib/presszero` for root, and `var/` beside the code for anyone else.

    Only names the folder; `make()` creates it.
    """
    chosen = os.environ.get("PRESSZERO_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return HOME_OF_ROOT if os.geteuid() == 0 else CODE / "var"


def make(folder: Path) -> Path:
    """Create `folder` and its missing parents; folders that exist keep their modes.

    Root's folders let others pass through (0711), since PostgreSQL runs as its own user below them. Raises Refusal.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        try:
            path.mkdir(exist_ok=True)
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        except OSError as why:
            raise Refusal(
                f"The folder {path} cannot be made ({why.strerror}). "
                "Set PRESSZERO_HOME to a folder that this user may write to."
            ) from why
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refusal(f"The folder {folder} is not writable. Set PRESSZERO_HOME to one that this user may write to.")
    return folder
