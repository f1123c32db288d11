"""What was brought in and taken out: the file, how far it came, and what became of every row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.channels.models import Line
from presszero.core.sealing import new_token
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


def _token() -> str:
    return new_token(192)


class Import(Owned):
    """A file from elsewhere. It is stored first; what stands in it is done by a worker, batch by batch."""

    class State(models.TextChoices):
        UPLOADING = "uploading"  # parts of the file are still coming
        READY = "ready"  # the file is whole; somebody says which column is what
        CHECKING = "checking"  # a run over the whole file that changes nothing
        CHECKED = "checked"
        RUNNING = "running"
        STOPPED = "stopped"  # by somebody; goes on where it stopped
        DONE = "done"
        FAILED = "failed"  # the file as a whole cannot be read
        UNDOING = "undoing"
        UNDONE = "undone"

    source = models.CharField(max_length=20)  # a key of sources.SOURCES
    about = models.CharField(max_length=20, blank=True, default="")  # of a sheet: what its rows are
    filename = models.CharField(max_length=255)
    storage_key = models.CharField(max_length=200)  # the folder of its parts: <key>/000001 …
    parts = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)  # bytes
    by = OwnedKey(Membership, null=True)  # null: somebody at the command line
    line = OwnedKey(Line, null=True)  # where answers to what is brought in go out
    choices = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # columns, shape, header
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADING)
    cursor = models.BigIntegerField(default=0)  # records of the file that are done
    total = models.BigIntegerField(null=True)  # records in the file, once somebody counted them
    counts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # {"person": {"new": 3}}
    trouble = models.TextField(blank=True, default="")
    leased_until = models.DateTimeField(null=True)  # a worker has it in hand
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "-id"], name="imports_newest"),
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=["checking", "running", "undoing"]),
                name="import_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportRow(Owned):
    """A row of an import, and what became of it. What it made keeps its number elsewhere, so nothing comes twice."""

    class Outcome(models.TextChoices):
        NEW = "new"
        CHANGED = "changed"
        KNOWN = "known"
        REJECTED = "rejected"
        LEFT_OUT = "left_out"  # taken in without it: a file that lies elsewhere, a field we cannot read

    job = OwnedKey(Import, related_name="rows")
    number = models.BigIntegerField()  # its place in the file, from 1
    place = models.CharField(max_length=200, blank=True, default="")  # which file of an archive
    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)  # person · agent · conversation · message · note · macro · tag · topic
    external_id = models.CharField(max_length=120, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    target_id = models.BigIntegerField(null=True)  # the row it made or met
    version = models.IntegerField(null=True)  # of a conversation, when it was brought in
    reason = models.CharField(max_length=300, blank=True, default="")
    raw = models.JSONField(null=True)  # of a rejected one: its cells, to mend and bring again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "kind", "external_id"],
                condition=Q(target_id__isnull=False) & ~Q(external_id=""),
                name="brought_once",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "job", "outcome", "id"], name="import_report"),
            models.Index(fields=["merchant", "job", "kind", "-id"], name="import_by_kind"),
        ]


class Export(Owned):
    """A file of a table, or of everything, in CSV. Its link is for admins, for a week, until somebody revokes it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    what = models.CharField(max_length=40)  # a key of tables.TABLES, or "everything"
    choices = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # which conversations
    by = OwnedKey(Membership)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)  # rows written
    total = models.BigIntegerField(default=0)  # rows there were when it began
    size = models.BigIntegerField(default=0)  # bytes
    storage_key = models.CharField(max_length=200, blank=True, default="")
    nonce = models.CharField(max_length=64, default=_token)  # in the signature of its link
    trouble = models.TextField(blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "-id"], name="exports_newest"),
            models.Index(fields=["leased_until"], condition=Q(state="waiting"), name="export_under_way"),
        ]

    def __str__(self) -> str:
        return self.what
