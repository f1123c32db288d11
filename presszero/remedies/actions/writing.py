"""The remedy's row: drafted, written under its key, and put on its way."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.commerce.actions.typing import cancel_typed
from presszero.core.actor import Actor
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.timeline.actions import record, wake

from ..facts import RemedyGiven, RulePassed
from ..keeping import fingerprint, kept
from ..meaning import Meant
from ..models import Passed, Remedy, State
from ..saying import sentence
from ..vocabulary import Asked, Kind
from ..ways import way_of
from .at_once import done_here, made_task
from .settling import about

WAKES = "remedies"  # the channel that wakes the worker
_LONGEST_KEY = 60


def earlier(asked: Asked, key: str) -> Remedy | None:
    """What this key made before. Raises Refused where it was asked for something else."""
    if not key or len(key) > _LONGEST_KEY or one_line(key) != key:
        raise Refused(_("This has no proper key, so it could happen twice."), _("Open the page again."))
    rows = Remedy.objects.filter(merchant_id=asked.merchant_id, key=key)
    row = rows.select_related("order", "store", "customer", "conversation").first()
    if row is not None and row.asked.get("same") != fingerprint(asked):
        raise Refused(_("Something else was given under this key already."), _("Open the page again and start anew."))
    return row


def drafted(meant: Meant, by: Actor, reason: str = "") -> Remedy:
    """As it would be, not written anywhere."""
    found = meant.whose
    return Remedy(
        merchant=found.merchant,
        kind=str(meant.asked.kind),
        customer=found.customer,
        conversation=found.conversation,
        order=found.order,
        store=found.store,
        currency=meant.amount.currency,
        amount=meant.amount.minor,
        shipping=meant.measured.shipping,
        weighs=meant.weighs.minor,
        cost=meant.cost,
        asked=kept(meant.asked) | {"same": fingerprint(meant.original)},
        reason=clean(reason, 500).strip(),
        by=by.code,
        before={"address": found.order.ship_to} if meant.asked.kind == Kind.ADDRESS and found.order else {},
    )


def written(row: Remedy, key: str, state: State, authority: str, under: str) -> Remedy:
    """In the database, once. Raises Refused when the key was used for somebody else in this very moment."""
    row.key, row.state, row.authority, row.under = key, state, authority, under[:60]
    row.given_at = timezone.now() if state == State.GIVEN else None
    with translation.override(row.merchant.languages[0] if row.merchant.languages else "en"):
        row.says = sentence(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as why:
        raise Refused(_("Something else was given under this key already."), _("Open the page again.")) from why
    return row


def put_under_way(row: Remedy, by: Actor) -> Remedy:
    """Announced and written down; done here at once, handed to a person, or left to the worker."""
    amount = Money(row.amount, row.currency)
    record(
        RemedyGiven(**about(row), by=by, remedy=row.kind, minor=row.amount, currency=row.currency),
        *(RulePassed(**about(row), by=by, rule=rule) for rule in _passed(row)),
    )
    write_down(
        "remedy.give",
        f"remedy:{row.id}",
        by=by,
        merchant=row.merchant,
        after={
            "kind": row.kind,
            "amount": str(amount),
            "order": row.order_id,
            "conversation": row.conversation_id,
            "exceptions": _passed(row),
        },
        why=row.reason,
    )
    way = way_of(row)
    if way == "here":
        return done_here(row, by)
    if way == "task":
        return made_task(row, by)
    if way == "pay" and row.kind == Kind.CANCEL and row.order:
        row.order = cancel_typed(row.order, by, row.reason)
    wake(WAKES)
    return row


def _passed(row: Remedy) -> list[str]:
    return list(Passed.objects.filter(merchant_id=row.merchant_id, remedy=row).values_list("rule", flat=True))
