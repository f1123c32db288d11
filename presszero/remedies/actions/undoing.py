"""Taking a remedy back where that can be done: before it went, while it is unused, or where the shop lets us."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.commerce.actions.typing import cancel_typed
from presszero.commerce.models import Credit, Return
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.timeline.actions import record, wake

from ..authority import NotYours, authority_of
from ..facts import RemedyUndone
from ..holding import held
from ..models import Remedy, State, Task
from ..policy import may_grant
from ..ways import can_undo
from .settling import about
from .writing import WAKES


class CannotUndo(Refused):
    """It is out of our hands: the money went, the code was used, the parcel was packed."""


@transaction.atomic
def undo(remedy: Remedy, by: Actor) -> Remedy:
    """Takes it back at once, or has the shop do so: then `undone_by` is set, and `undone_at` once it is.

    Raises NotYours, CannotUndo. Twice is once.
    """
    row = held(remedy)
    who = authority_of(by, row.merchant_id, row.conversation)
    if row.state == State.UNDONE or row.undone_by:
        return row
    if row.by != by.code and not may_grant(row.kind, who.rows):
        raise NotYours(_("A colleague gave this."), _("They or a lead can take it back."))
    write_down("remedy.undo", f"remedy:{row.id}", by=by, merchant=row.merchant)
    row.undone_by = by.code
    if row.state == State.GIVEN and not row.attempts.filter(answer="accepted").exists():
        return undone(row, by)
    if row.state == State.TASK:
        _stop_by_hand(row, by)
        return undone(row, by)
    if row.state == State.DONE and row.store_id is None:
        _take_back_here(row)
        return undone(row, by)
    if row.state == State.DONE and row.store and can_undo(row):
        row.not_before = None
        row.save(update_fields=["undone_by", "not_before"])
        wake(WAKES)
        return row
    raise CannotUndo(_("This cannot be taken back."), _("It is done, or being done."))


def undone(row: Remedy, by: Actor) -> Remedy:
    """The caller holds the row, and has taken back what it did."""
    row.state, row.undone_at, row.not_before = State.UNDONE, timezone.now(), None
    row.save()
    record(RemedyUndone(**about(row), by=by))
    return row


def _stop_by_hand(row: Remedy, by: Actor) -> None:
    """Nobody has done it yet; what was prepared is put away."""
    if row.kind == "cancel" and row.store_id is None:
        raise CannotUndo(_("The order is cancelled already."), _("Type it anew if it is to be sent after all."))
    if row.attempts.filter(answer__in=("accepted", "unknown")).exists():
        raise CannotUndo(_("A part of this was done by the shop already."), _("Put it right in the shop."))
    if Task.objects.filter(merchant_id=row.merchant_id, remedy=row, done_at__isnull=False).exists():
        raise CannotUndo(_("A part of this was done already."))
    Task.objects.filter(merchant_id=row.merchant_id, remedy=row).delete()
    if row.made_order:
        if row.made_order.sent != "not":
            raise CannotUndo(_("The parcel is on its way already."))
        cancel_typed(row.made_order, by, _("The remedy was taken back"))
    Return.objects.filter(merchant_id=row.merchant_id, key=row.key, external_id="").update(state="cancelled")


def _take_back_here(row: Remedy) -> None:
    """A credit of which nothing was used, an address before the parcel went."""
    if row.kind in ("credit", "gift_card", "code"):
        _withdraw_credit(row)
    elif row.kind == "address" and row.order and row.order.sent == "not":
        row.order.ship_to = row.before.get("address", {})
        row.order.save(update_fields=["ship_to"])
    else:
        raise CannotUndo(_("This cannot be taken back."), _("It is done, or being done."))


def _withdraw_credit(row: Remedy) -> None:
    found = Credit.objects.select_for_update().filter(merchant_id=row.merchant_id, key=row.key, store=None).first()
    if found is None or found.withdrawn_at:
        return
    if found.left != found.amount or found.uses.exists():
        raise CannotUndo(_("They have used it already."))
    found.withdrawn_at = timezone.now()
    found.left = 0
    found.save(update_fields=["withdrawn_at", "left"])
