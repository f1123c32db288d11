"""What these tests bring in, and how."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from presszero.transfer import actions
from presszero.transfer.models import Import
from presszero.transfer.running import bring_now
from tests import cast

SAMPLES = Path(__file__).parents[1] / "sources"


def zipped(folder: Path) -> bytes:
    """The folder as a ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, str(path.relative_to(folder)))
    return made.getvalue()


def sample(name: str) -> bytes:
    return zipped(SAMPLES / name / "samples")


def brought(shop: cast.Shop, source: str, content: bytes, about: str = "", name: str = "file.zip") -> Import:
    """Uploaded, and nothing more."""
    job = actions.begin(shop.merchant, actions.Brought(source, name, about), by=shop.team["rosa"])
    actions.add_file(job, io.BytesIO(content))
    return actions.complete(job)


def checked(job: Import) -> Import:
    """Gone through without changing anything."""
    if job.state == Import.State.READY:
        job = actions.choose(job, job.choices["columns"])
    bring_now(job)
    return Import.objects.get(id=job.id)


def run(job: Import) -> Import:
    """Brought in."""
    job = actions.run(checked(job) if job.state in ("ready", "checking") else job, by=job.by)
    bring_now(job)
    return Import.objects.get(id=job.id)


def csv(shop: cast.Shop, about: str, *lines: str) -> Import:
    return brought(shop, "csv", "\r\n".join(lines).encode(), about, "table.csv")
