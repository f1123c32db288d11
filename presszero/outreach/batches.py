"""One message to many: written, tried on paper, started, and stopped at any moment.

draft → rehearsed → started (more than fifty: five minutes later) → under way → ended, or stopped. Whom the rehearsal
found, those are written to and nobody else; the gate is asked anew for each of them. Stopping is a mark on the batch
that every sending reads in the transaction in which it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.channels.models import Delivery
from presszero.channels.registry import adapter, kinds
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record, record_all, wake

from .facts import BatchStarted, BatchStopped, OutreachStopped
from .filling import check_own, check_words
from .models import Batch, Outreach, Purpose, State
from .planning import about
from .whom import Whom, people

WAKES = "batches"
MANY = 50  # from here on a start waits
WAIT = timedelta(minutes=5)
OWN, LATE = "batch", "late"  # notices: the words alone · with what is offered for a late order
_OPEN = (State.PLANNED, State.HELD, State.QUEUED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A batch as its form has it."""

    name: str
    whom: Whom
    subject: str
    text: str
    purpose: str = "service"
    channel: str = ""
    offers: bool = False  # a new day, credit, cancelling, a person: as for a late order


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: people in all, and how many stand in each state."""

    total: int
    states: dict[str, int]
    sending: int  # on their way out this moment

    def of(self, *states: str) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def left(self) -> int:
        return max(self.total - sum(self.states.values()), 0) + self.of(*_OPEN)


@transaction.atomic
def write(merchant: Merchant, wanted: Wanted, *, by: Actor, row: Batch | None = None) -> Batch:
    """A new one, or one that has not started, in these words. What was rehearsed before counts no more."""
    values = _checked(merchant, wanted)
    made = _locked(row) if row else Batch(merchant=merchant, by=by.code)
    if made.starts_at:
        raise Refused(_("This batch has started."), _("Write a new one."))
    for name, value in values.items():
        setattr(made, name, value)
    made.rehearsed_at, made.rehearsal = None, {}
    made.save()
    return made


@transaction.atomic
def ask_rehearsal(row: Batch, *, by: Actor, at: datetime) -> Batch:
    """A dry run: a worker counts whom it would reach and why not the others. Raises Refused for nobody."""
    found = _locked(row)
    if found.starts_at:
        raise Refused(_("This batch has started."))
    picks = people(found.merchant, whom_kept(found), at)
    if not picks:
        raise Refused(_("Nobody fits this."), _("Choose something that more people have in common."))
    found.rehearsed_at, found.rehearsal = None, {
        "asked": at.isoformat(), "picks": picks, "people": len(picks), "by": by.code,
    }  # fmt: skip
    found.save(update_fields=["rehearsed_at", "rehearsal"])
    wake(WAKES)
    return found


@transaction.atomic
def start(row: Batch, *, by: Actor, at: datetime) -> Batch:
    """Go: at once for few, in five minutes for many. Raises Refused before a dry run, and when none may be reached."""
    found = _locked(row)
    if found.starts_at:
        return found
    if found.rehearsed_at is None:
        raise Refused(_("Nobody has tried this on paper yet."), _("Do the dry run first."))
    if not found.rehearsal.get("yes") and not found.rehearsal.get("later"):
        raise Refused(_("Not one of them may be written to."), _("The dry run says why."))
    total = found.rehearsal["people"]
    found.starts_at, found.started_by = at + (WAIT if total > MANY else timedelta(0)), by.code
    found.save(update_fields=["starts_at", "started_by"])
    audit("batch.started", f"batch:{found.id}", by=by, merchant=found.merchant, after={"people": total})
    record(BatchStarted(merchant_id=found.merchant_id, by=by, batch_id=found.id))
    wake(WAKES)
    return found


def stop(row: Batch, *, by: Actor) -> Batch:
    """Nothing more goes once this returns but what a provider is being handed this moment; see Progress.sending."""
    found = _mark_stopped(row, by)
    _clear_away(found, by)
    return found


def progress(row: Batch) -> Progress:
    """As it stands now."""
    rows = Outreach.objects.filter(merchant_id=row.merchant_id, batch=row)
    states = {str(state): count for state, count in rows.values_list("state").annotate(Count("id")).order_by()}
    sending = Delivery.objects.filter(
        merchant_id=row.merchant_id, state="sending", entry_id__in=rows.values("entry_id")
    )
    return Progress(row.rehearsal.get("people", 0), states, sending.count())


def without_picks(rehearsal: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a dry run once nobody is left to write to: the counts, not whom."""
    return {name: value for name, value in rehearsal.items() if name not in ("picks", "who", "samples")}


def whom_kept(row: Batch) -> Whom:
    """Whom it is for, from its row."""
    return Whom(**row.whom)


@transaction.atomic
def _mark_stopped(row: Batch, by: Actor) -> Batch:
    """Waits for whoever sends one of it this moment; who comes after reads the mark."""
    found = _locked(row)
    if found.stopped_at is None and found.ended_at is None and found.starts_at is not None:
        found.stopped_at, found.stopped_by = timezone.now(), by.code
        found.rehearsal = without_picks(found.rehearsal)
        found.save(update_fields=["stopped_at", "stopped_by", "rehearsal"])
        audit("batch.stopped", f"batch:{found.id}", by=by, merchant=found.merchant)
        record(BatchStopped(merchant_id=found.merchant_id, by=by, batch_id=found.id))
    return found


@transaction.atomic
def _clear_away(row: Batch, by: Actor) -> None:
    """What had not gone is marked so, for the report. A row that is being sent is left to the gate."""
    if row.stopped_at is None:
        return
    rows = Outreach.objects.filter(merchant_id=row.merchant_id, batch=row, state__in=_OPEN).order_by("id")
    waiting = list(rows.select_for_update(of=("self",), skip_locked=True))
    queued = Delivery.objects.filter(
        merchant_id=row.merchant_id, entry_id__in=[each.entry_id for each in waiting if each.entry_id], state="queued"
    )
    idle = set(queued.select_for_update(skip_locked=True).values_list("entry_id", flat=True))
    Delivery.objects.filter(merchant_id=row.merchant_id, entry_id__in=idle, state="queued").update(
        state=Delivery.State.CANCELLED, changed_at=timezone.now()
    )
    gone = [each for each in waiting if each.entry_id is None or each.entry_id in idle]
    Outreach.objects.filter(merchant_id=row.merchant_id, id__in=[each.id for each in gone]).update(state=State.STOPPED)
    record_all(OutreachStopped(**about(each), by=by, outreach_id=each.id) for each in gone)


def _locked(row: Batch) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",)).select_related("merchant")
    return rows.get(merchant_id=row.merchant_id, id=row.id)


def _checked(merchant: Merchant, wanted: Wanted) -> dict[str, Any]:
    name = one_line(wanted.name, 120)
    if not name:
        raise Refused(_("It has no name yet."), _("Give it one that you know it by later."))
    if wanted.purpose not in Purpose.values:
        raise Refused(_("It is not said what it is for."), _("Choose one of the three."))
    if wanted.channel:
        _reaches(wanted.channel)
    if not wanted.whom.chosen:
        raise Refused(_("It is not said whom to write to."), _("Choose at least one thing that they have in common."))
    if wanted.purpose == "service":
        subject, text = check_own(wanted.subject, wanted.text)
    else:
        subject, text, _used = check_words(wanted.subject, wanted.text)
    return {
        "name": name,
        "notice": LATE if wanted.offers and wanted.whom.by_order else OWN,
        "purpose": wanted.purpose,
        "channel": wanted.channel,
        "whom": wanted.whom.as_kept(),
        "subject": subject,
        "text": text,
    }


def _reaches(channel: str) -> None:
    if channel not in writing_kinds():
        raise Refused(_("Nobody can be written to first this way."), _("Choose another way."))


def writing_kinds() -> list[str]:
    """Kinds of lines by which somebody can be written to first: what is only seen by who is there is none."""
    return [kind for kind in kinds() if (can := adapter(kind).can).answers and not can.live]
