"""Erasing a person from what was brought in and taken out: files that may hold them go, and what rows said of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from presszero.audit.actions import record as audit
from presszero.core.actor import SYSTEM
from presszero.merchants.models import Merchant
from presszero.privacy.erasing import words
from presszero.privacy.erasing.person import Person

from . import exporting, stored
from .models import Export, Import, ImportRow

FILE_WENT = gettext_noop(
    "The file was removed to protect the people in it. Bring it again if you need it: nothing comes twice."
)
# Tables that hold no customers. Every other file of this merchant may.
_OURS = frozenset({"macros", "macro_texts", "topics", "tags", "teams", "team_members", "members", "lines", "shop"})
_LEAVES_FILE = "leaves_file"  # in choices: a run that is under way goes to its end, and its file goes then
State = Import.State
_IN_HAND = (State.CHECKING, State.RUNNING, State.UNDOING)


def person(person: Person) -> int:
    """Once a step of every erasure; how many files and rows."""
    return _exports(person) + _files(person) + _rows(person)


def leave_file(job: Import) -> None:
    """At the end of a run during which somebody was erased."""
    if Import.objects.filter(merchant_id=job.merchant_id, id=job.id, choices__has_key=_LEAVES_FILE).exists():
        _remove(Import.objects.get(merchant_id=job.merchant_id, id=job.id))


def old_files(merchant: Merchant, before: datetime) -> QuerySet[Import]:
    """Imports at rest since then that still have their file, or cells of rejected rows."""
    rest = Import.objects.filter(merchant=merchant).exclude(state__in=_IN_HAND)
    cells = ImportRow.objects.filter(merchant=merchant, raw__isnull=False).exclude(kind="agent")
    since = rest.annotate(since=Coalesce("finished_at", "created_at")).filter(since__lt=before)
    return since.filter(Q(parts__gt=0) | Q(id__in=cells.values("job_id"))).order_by("id")


def drop_old(merchant: Merchant, ids: list[int]) -> None:
    """The file goes and so do the cells; what was brought in, and the report, stay."""
    for job in Import.objects.filter(merchant=merchant, id__in=ids):
        _remove(job)
        ImportRow.objects.filter(merchant=merchant, job=job).exclude(kind="agent").update(raw=None)


def _exports(person: Person) -> int:
    """Their links die and the files go; one that is being written is thrown away when it is done."""
    rows = Export.objects.filter(merchant_id=person.merchant_id, revoked_at=None).exclude(what__in=_OURS)
    mine = [row for row in rows if row.storage_key or row.state == Export.State.WAITING if _may_hold(row, person)]
    for row in mine:
        exporting.revoke(row, by=SYSTEM)
    return len(mine)


def _may_hold(row: Export, person: Person) -> bool:
    chosen = row.choices.get("conversations")
    return chosen is None or not set(person.conversations).isdisjoint(chosen)


def _files(person: Person) -> int:
    jobs = Import.objects.filter(merchant_id=person.merchant_id, parts__gt=0)
    running = jobs.filter(state=State.RUNNING)
    for job in running:
        Import.objects.filter(merchant_id=job.merchant_id, id=job.id).update(choices=_marked(job))
    rest = list(jobs.exclude(id__in=running.values("id")))
    for job in rest:
        _remove(job)
    return len(rest)


def _marked(job: Import) -> dict[str, object]:
    return {**job.choices, _LEAVES_FILE: True}


def _remove(job: Import) -> None:
    """The file goes; what it brought stays. An import that had not begun must be brought anew."""
    begun = job.state in (State.DONE, State.STOPPED, State.UNDOING, State.UNDONE)
    values: dict[str, object] = {} if begun else {"state": State.FAILED, "finished_at": timezone.now()}
    if job.state != State.DONE:
        values["trouble"] = FILE_WENT
    choices = {key: said for key, said in job.choices.items() if key != _LEAVES_FILE}
    rows = Import.objects.filter(merchant_id=job.merchant_id, id=job.id)
    rows.update(parts=0, size=0, leased_until=None, choices=choices, **values)
    audit("import.forget", f"import:{job.id}", by=SYSTEM, merchant=job.merchant, before={"size": job.size})
    transaction.on_commit(lambda: stored.forget(job))


def _rows(person: Person) -> int:
    """Cells that were kept to be mended, and the first rows that were shown."""
    for job in Import.objects.filter(merchant_id=person.merchant_id):
        shown = {**job.choices, "preview": [], "examples": [[] for _ in job.choices.get("examples", ())]}
        changed: dict[str, object] = {"choices": shown} if job.choices else {}
        if words.redacted(job.filename, person) != job.filename:
            changed["filename"] = "file"
        if changed:
            Import.objects.filter(merchant_id=job.merchant_id, id=job.id).update(**changed)
    rows = ImportRow.objects.filter(merchant_id=person.merchant_id).exclude(raw=None)
    theirs = Q(target_id__in=person.customers, kind="person")
    if person.at_home:
        theirs |= Q(said__iregex=rf"\y({person.at_home})\y")
    return rows.exclude(kind="agent").annotate(said=Cast("raw", TextField())).filter(theirs).update(raw=None)
