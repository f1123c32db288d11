"""`presszero manage import_past`: a help desk's files, or a table, brought in from this machine itself."""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.sheets import Writer
from presszero.merchants.models import Merchant
from presszero.transfer import actions, queries
from presszero.transfer.models import Import
from presszero.transfer.running import steps_of
from presszero.transfer.sources import SOURCES, sheet


class Command(BaseCommand):
    help = "Bring customers, conversations and macros in. The same file again goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=[*SOURCES, sheet.KEY])
        parser.add_argument("path", type=Path, help="a ZIP, a file, or a folder of files")
        parser.add_argument("--shop", default="", help="its short name; needed where there are several")
        parser.add_argument(
            "--about",
            default="customers",
            choices=[each.key for each in sheet.sheets()],
            help="of a CSV: what its rows are",
        )
        parser.add_argument("--line", default="", help="the address that answers go out from")
        parser.add_argument("--dry-run", action="store_true", help="only look through it and say what would happen")
        parser.add_argument("--rejected", type=Path, help="write the rejected rows here, as CSV")

    def handle(self, *args: object, source: str, path: Path, **options: object) -> None:
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        try:
            job = self._run(source, path, options)
        except Refused as why:
            raise CommandError(f"{why} {why.next_step}".strip()) from why
        if job.state == Import.State.FAILED:
            raise CommandError(_(job.trouble))
        for what, outcomes in queries.tally(job):
            said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count)
            self.stdout.write(f"{what}: {said}")
        if isinstance(options["rejected"], Path):
            _write_rejected(job, options["rejected"])

    def _run(self, source: str, path: Path, options: dict[str, object]) -> Import:
        merchant = _shop(str(options["shop"]))
        job = _again(merchant, source, path) or _brought(merchant, source, path, str(options["about"]))
        job.line = _line(merchant, str(options["line"])) or job.line
        job.save(update_fields=["line"])
        if job.state == Import.State.READY:
            job = actions.choose(job, job.choices["columns"])
        if job.state == Import.State.CHECKING:
            job = _through(job, "Looking")
        if not options["dry_run"] and job.state in (Import.State.CHECKED, Import.State.STOPPED):
            job = actions.run(job, by=None)
        return _through(job, "Importing") if job.state == Import.State.RUNNING else job


def _shop(slug: str) -> Merchant:
    found = list(Merchant.objects.filter(slug=slug) if slug else Merchant.objects.all()[:2])
    if len(found) != 1:
        named = ", ".join(Merchant.objects.values_list("slug", flat=True)[:20])
        raise Refused("Which shop?" if found or not slug else f"There is no shop {slug}.", f"--shop, one of: {named}.")
    return found[0]


def _line(merchant: Merchant, address: str) -> Line | None:
    if not address:
        return None
    found = Line.objects.filter(merchant=merchant, address=address.lower()).first()
    if found is None:
        raise Refused(f"There is no line {address}.", "Add it first.")
    return found


def _again(merchant: Merchant, source: str, path: Path) -> Import | None:
    """The import of the same file that was cut off, by its name and size."""
    states = [Import.State.CHECKING, Import.State.CHECKED, Import.State.RUNNING, Import.State.STOPPED]
    if path.is_dir():
        return None
    same = Import.objects.filter(merchant=merchant, source=source, by=None, state__in=states, size=path.stat().st_size)
    return same.filter(filename=path.name).select_related("merchant", "line").order_by("-id").first()


def _brought(merchant: Merchant, source: str, path: Path, about: str) -> Import:
    what = actions.Brought(source, path.name, about if source == sheet.KEY else "")
    job = actions.begin(merchant, what, by=None)
    with _one_file(path) as file:
        return actions.complete(actions.add_path(job, file))


@contextmanager
def _one_file(path: Path) -> Iterator[Path]:
    """The file; of a folder, a ZIP of what lies in it."""
    if path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="presszero-import-") as folder:
        packed = Path(folder) / "past.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as to:
            for each in sorted(path.rglob("*")):
                if each.is_file() and not each.is_symlink():
                    with each.open("rb") as file, to.open(each.relative_to(path).as_posix(), "w") as member:
                        shutil.copyfileobj(file, member)
        yield packed


def _through(job: Import, doing: str) -> Import:
    """To its end, with a bar."""
    with tqdm(total=job.total, desc=doing, unit=" records", disable=not sys.stderr.isatty()) as bar:
        for _step in steps_of(job):
            bar.update(job.cursor - bar.n if job.state == Import.State.RUNNING else 0)
    return Import.objects.select_related("merchant").get(merchant=job.merchant, id=job.id)


def _write_rejected(job: Import, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        for cells in queries.report(job):
            writer.row(cells)
