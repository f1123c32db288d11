"""The same done to many conversations: begun, stopped, undone. A worker does it, see doing_bulks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role
from presszero.timeline.actions import record, wake

from .. import filtering, steps
from ..facts import BulkProgressed
from ..models import Bulk
from ..queries.sight import seen_by

MOST = 10_000  # conversations
WAKES = "bulk"  # the channel that wakes the worker

_MEANT = """
SELECT DISTINCT c.id FROM conversations_conversation c
JOIN conversations_conversation part ON part.merchant_id = c.merchant_id AND coalesce(part.root_id, part.id) = c.id
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND part.id = ANY(%(ids)s) AND
"""
_FOUND = """
SELECT c.id FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND
"""
_ITEMS = """
INSERT INTO conversations_bulkitem (merchant_id, bulk_id, conversation_id, before, outcome, sentence)
SELECT %s, %s, number, '[]', 'waits', '' FROM unnest(%s::bigint[]) AS number ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Which:
    """Conversations by their ids, or all that a filter finds; never both."""

    ids: Sequence[int] = ()
    filter: filtering.Filter | None = None


def count(by: Membership, which: Which) -> int:
    """How many it would be, of those `by` sees; at most MOST + 1."""
    return len(_ids(by, which))


@transaction.atomic
def begin(by: Membership, nodes: list[dict[str, Any]], which: Which) -> Bulk:
    """Steps to be done to each of them, one after the other. Raises Refused for none, too many, or no steps."""
    if not at_least(by.role, Role.AGENT):
        raise Refused(_("You can read here, and change nothing."))
    if not steps.read(by.merchant_id, nodes):
        raise Refused(_("There is nothing to do."), _("Pick what should be done."))
    ids = _ids(by, which)
    _check(ids)
    made = Bulk.objects.create(merchant_id=by.merchant_id, by=by, steps=nodes, total=len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [by.merchant_id, made.id, ids])
    wake(WAKES)
    return made


@transaction.atomic
def stop(bulk: Bulk, *, by: Membership) -> Bulk:
    """What is done stays done; the rest is left alone. Nothing for one that is over."""
    row = _held(bulk, by)
    if row.finished_at is None and row.stopped_at is None:
        row.stopped_at = timezone.now()
        row.save(update_fields=["stopped_at"])
        told(row, by.actor)
    return row


@transaction.atomic
def undo(bulk: Bulk, *, by: Membership) -> Bulk:
    """Everything back as it was, but what somebody changed since. Stops it first. Raises Refused where nothing can."""
    row = _held(bulk, by)
    if row.undo_at:
        return row
    if not any(node.get("do") in steps.UNDOABLE for node in row.steps):
        raise Refused(_("What was said cannot be unsaid."))
    row.undo_at, row.undo_by = timezone.now(), by.actor.code
    if row.finished_at is None:
        row.stopped_at = row.stopped_at or row.undo_at
    row.save(update_fields=["undo_at", "undo_by", "stopped_at"])
    told(row, by.actor)
    wake(WAKES)
    return row


def told(bulk: Bulk, by: Actor) -> None:
    """The timeline hears how far it is, and with it whoever looks at it."""
    record(
        BulkProgressed(
            merchant_id=bulk.merchant_id, by=by, bulk_id=bulk.id, member_id=bulk.by_id,
            total=bulk.total, done=bulk.done, refused=bulk.refused, undone=bulk.undone,
        )
    )  # fmt: skip


def _held(bulk: Bulk, by: Membership) -> Bulk:
    """Its own or, for a lead, anybody's."""
    row = Bulk.objects.select_for_update().get(merchant_id=by.merchant_id, id=bulk.id)
    if row.by_id != by.id and not at_least(by.role, Role.LEAD):
        raise Refused(_("A colleague began this."), _("They or a lead can stop it and undo it."))
    return row


def _check(ids: Sequence[int]) -> None:
    if not ids:
        raise Refused(_("There are no such conversations."), _("Pick some, or change the filter."))
    if len(ids) > MOST:
        raise Refused(
            ngettext(
                "At most %(most)s conversation can be changed at once.",
                "At most %(most)s conversations can be changed at once.",
                MOST,
            )
            % {"most": f"{MOST:,}"},
            _("Narrow the filter."),
        )


def _ids(by: Membership, which: Which) -> list[int]:
    seen, values = seen_by(by)
    given: dict[str, Any] = {"merchant": by.merchant_id, "ids": list(which.ids), **values}
    condition, statement = seen, _MEANT
    if which.filter is not None:
        found, more = filtering.where(which.filter, by, timezone.now())
        condition, statement, given = f"{seen} AND {found}", _FOUND, {**given, **more}
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {condition} LIMIT {MOST + 1}", given)
        return [number for (number,) in cursor.fetchall()]
