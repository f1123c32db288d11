"""What a person did, or found out: a task done, an unknown settled by looking."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.commerce.vocabulary import Done
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line

from ..authority import authority_of
from ..holding import held
from ..models import Remedy, State, Task
from .settling import failed, finished


@transaction.atomic
def task_done(task: Task, by: Actor, reference: str = "") -> Remedy:
    """Somebody did it. `reference`: the bank's, the parcel's, the card's number. Twice is once. Raises MayNot."""
    row = held(task.remedy)
    authority_of(by, row.merchant_id, row.conversation)
    mine = Task.objects.select_for_update().get(merchant_id=task.merchant_id, id=task.id)
    if mine.done_at:
        return row
    mine.done_at, mine.done_by = timezone.now(), by.code
    mine.save(update_fields=["done_at", "done_by"])
    write_down("remedy.task_done", f"remedy:{row.id}", by=by, merchant=row.merchant, why=clean(reference, 200))
    if row.state == State.TASK and not row.tasks.filter(done_at=None).exists():
        finished(row, Done("accepted", external_id=one_line(reference, 120), reason=row.outcome), by)
    return row


@transaction.atomic
def settle_unknown(remedy: Remedy, happened: bool, by: Actor, words: str = "") -> Remedy:
    """A person looked in the shop. Raises Refused where it is not unknown, or nobody says what was seen."""
    row = held(remedy)
    authority_of(by, row.merchant_id, row.conversation)
    if row.state != State.UNKNOWN:
        raise Refused(_("Somebody found out already."))
    seen = clean(words, 500).strip()
    if not seen:
        raise Refused(_("Say what you saw in the shop."), _("One sentence is enough."))
    write_down(
        "remedy.settle", f"remedy:{row.id}", by=by, merchant=row.merchant, after={"happened": happened}, why=seen
    )
    return finished(row, Done("accepted", reason=seen), by) if happened else failed(row, seen)
