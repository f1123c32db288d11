"""What an admin does with imports: bring a file, say what its columns mean, look, run, stop, take back, forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.channels import files
from presszero.channels.models import Line
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import new_token
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from . import sources, stored
from .masking import row_without_cards, words
from .models import Import
from .sources import sheet
from .vocabulary import NotUnderstood

LARGEST = 20 * 1024**3  # bytes of a brought file
MOST_AT_ONCE = 20  # of a merchant, whose files are still coming
State = Import.State


class NotNow(Refused):
    """The import is not where this could be done."""


@dataclass(frozen=True)
class Brought:
    """What somebody is about to bring: from where, called what, and of a sheet: what its rows are."""

    source: str
    filename: str
    about: str = ""


def begin(merchant: Merchant, what: Brought, *, by: Membership | None) -> Import:
    """An import whose file is about to come. Raises Refused."""
    if what.source != sheet.KEY:
        sources.source(what.source)
    elif what.about not in {each.key for each in sheet.sheets()}:
        raise Refused(_("Say what the rows of the table are."))
    if Import.objects.filter(merchant=merchant, state=State.UPLOADING).count() >= MOST_AT_ONCE:
        raise Refused(_("Too many files are on their way."), _("Finish or remove one first."))
    return Import.objects.create(
        merchant=merchant,
        source=what.source,
        about=what.about,
        filename=words(files.shown_name(what.filename))[:255],
        storage_key=f"imports/{merchant.id}/{new_token(128)}",
        by=by,
    )


def add_part(job: Import, number: int, content: bytes) -> Import:
    """A part of the file, from 1. A part that comes again takes its place; none may be left out."""
    _only(job, State.UPLOADING)
    if not 1 <= number <= job.parts + 1 or not 0 < len(content) <= 2 * stored.PART:
        raise Refused(_("A piece of the file is missing."), _("Bring it again from the start."))
    if job.size + len(content) > LARGEST:
        raise Refused(_("The file is larger than we take."), _("Bring it in parts, or with “presszero import”."))
    stored.keep_part(job, number, content)
    if number > job.parts:
        job.parts, job.size = number, job.size + len(content)
        job.save(update_fields=["parts", "size"])
    return job


def add_file(job: Import, content: IO[bytes]) -> Import:
    """All of a file, piece by piece."""
    while piece := content.read(stored.PART):
        add_part(job, job.parts + 1, piece)
    return job


def add_path(job: Import, path: Path) -> Import:
    """All of a file on this machine."""
    with path.open("rb") as content:
        return add_file(job, content)


@transaction.atomic
def complete(job: Import) -> Import:
    """The file is whole. A provider's is looked through at once; a sheet's columns are guessed. Raises Refused."""
    _only(job, State.UPLOADING)
    if not job.parts:
        raise Refused(_("The file is empty."), _("Choose another."))
    if job.source == sheet.KEY:
        job.choices = guessed(job)
        job.state = State.READY
    else:
        job.state = State.CHECKING
    job.save(update_fields=["choices", "state"])
    after = {"source": job.source, "about": job.about, "size": job.size}
    record("import.bring", f"import:{job.id}", by=actor(job), merchant=job.merchant, after=after)
    return job


def guessed(job: Import) -> dict[str, Any]:
    """Shape, header and a meaning for each column: what was chosen last for the same header, else a guess."""
    try:
        shape, columns = sheet.head(stored.first_bytes(job))
    except NotUnderstood as why:
        raise Refused(_("There is no table in this file."), _("Save it as CSV and bring it again.")) from why
    header = [words(column.header) for column in columns]
    last = Import.objects.filter(
        merchant=job.merchant, source=sheet.KEY, about=job.about, choices__header=header, choices__has_key="chosen"
    )
    before = last.order_by("-id").values_list("choices", flat=True).first()
    meant = before["columns"] if before else sheet.guess(job.merchant, sheet.sheet(job.about), columns)
    named = list(zip(header, columns, strict=True))
    return {
        "shape": [shape.encoding, shape.delimiter],
        "header": header,
        "columns": meant,
        "examples": [row_without_cards([name] * len(c.examples), c.examples) for name, c in named],
    }


def choose(job: Import, columns: Sequence[str], line: Line | None = None) -> Import:
    """What each column means; then the whole file is looked through. Raises Refused."""
    _only(job, State.READY, State.CHECKED, State.FAILED)
    of = sheet.sheet(job.about)
    allowed = {target for target, _label in sheet.choices_for(job.merchant, of)}
    if len(columns) != len(job.choices.get("header", ())) or not set(columns) <= allowed:
        raise Refused(_("One of the columns has a meaning that there is not."), _("Choose again."))
    single = [c for c in columns if c and c != sheet.OWN and c not in of.many]
    if len(single) != len(set(single)):
        raise Refused(_("Two columns mean the same."), _("Leave one of them out."))
    if not any(columns):
        raise Refused(_("No column means anything yet."), _("Choose what at least one of them is."))
    job.choices = {**job.choices, "columns": list(columns), "chosen": True}
    job.line = line or job.line
    job.save(update_fields=["choices", "line"])
    return look(job)


def look(job: Import) -> Import:
    """Goes through the whole file and changes nothing."""
    _only(job, State.READY, State.CHECKED, State.FAILED)
    return _to(job, State.CHECKING, counts={}, total=None, trouble="")


@transaction.atomic
def run(job: Import, *, by: Membership | None, line: Line | None = None) -> Import:
    """Brings it in; goes on where it was stopped."""
    _only(job, State.CHECKED, State.STOPPED, State.READY, State.FAILED, State.UNDONE)
    if line:
        Import.objects.filter(merchant=job.merchant, id=job.id).update(line=line)
    record("import.run", f"import:{job.id}", by=by.actor if by else SYSTEM, merchant=job.merchant, after=counted(job))
    return _to(job, State.RUNNING, finished_at=None, trouble="")


@transaction.atomic
def stop(job: Import, *, by: Membership) -> Import:
    """No further batch is taken. What is in stays, and it may go on later."""
    _only(job, State.RUNNING, State.CHECKING)
    record("import.stop", f"import:{job.id}", by=by.actor, merchant=job.merchant, after={"cursor": job.cursor})
    return _to(job, State.STOPPED if job.state == State.RUNNING else State.READY)


@transaction.atomic
def take_back(job: Import, *, by: Membership) -> Import:
    """Takes out what it made, where nobody touched it since."""
    _only(job, State.DONE, State.STOPPED)
    record("import.undo", f"import:{job.id}", by=by.actor, merchant=job.merchant, before=counted(job))
    return _to(job, State.UNDOING, finished_at=None)


def forget_file(job: Import, *, by: Membership) -> Import:
    """Deletes the stored file; what it brought stays."""
    _only(job, State.UPLOADING, State.READY, State.CHECKED, State.STOPPED, State.DONE, State.FAILED, State.UNDONE)
    stored.forget(job)
    with transaction.atomic():
        record("import.forget", f"import:{job.id}", by=by.actor, merchant=job.merchant, before={"size": job.size})
        Import.objects.filter(merchant=job.merchant, id=job.id).update(parts=0, size=0)
        if job.state in (State.UPLOADING, State.READY, State.CHECKED):
            Import.objects.filter(merchant=job.merchant, id=job.id).update(state=State.FAILED, trouble=_("Removed."))
    return Import.objects.get(merchant=job.merchant, id=job.id)


def actor(job: Import) -> Actor:
    """Who brings it in: the member, or the product where the terminal did."""
    return job.by.actor if job.by else SYSTEM


def counted(job: Import) -> dict[str, Any]:
    """What the record says of it: {"source", "counts"}."""
    return {"source": job.source, "counts": job.counts}


def _only(job: Import, *states: str) -> None:
    if job.state not in states:
        raise NotNow(_("This import is not at that step now."), _("Load the page again."))


def _to(job: Import, state: str, **values: Any) -> Import:
    """Moves it on, if nobody else did meanwhile."""
    rows = Import.objects.filter(merchant=job.merchant, id=job.id, state=job.state)
    if not rows.update(state=state, leased_until=None, **values):
        raise NotNow(_("This import moved on meanwhile."), _("Load the page again."))
    return Import.objects.get(merchant=job.merchant, id=job.id)
