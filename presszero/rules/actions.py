"""Making, changing, ordering and switching rules. Each change is a version, and stands in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.conversations import steps
from presszero.conversations.models import Conversation
from presszero.conversations.steps import Step
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.merchants.models import Merchant
from presszero.team.models import Membership
from presszero.timeline.actions import wake

from .models import DryRun, Firing, Rule, RuleVersion
from .reading import NAMES, BadRule, read

MOST = 200  # rules of a merchant
DRY_RUNS = "dry_runs"  # what wakes the worker that makes them


def reads_of(rule: Rule | RuleVersion) -> dict[str, Any]:
    """What it says, as JSON: {"when", "filter", "steps", "stop", "once", "rest"}."""
    return dict(rule.reads) if isinstance(rule, RuleVersion) else {name: getattr(rule, name) for name in NAMES}


@transaction.atomic
def save(rule: Rule, name: str, reads: Mapping[str, Any], *, by: Membership) -> Rule:
    """A new rule, or a new version of one. Raises BadRule; then nothing was changed."""
    named = one_line(name, 80)
    if not named:
        raise BadRule(_("name"), Refused(_("Give it a name.")))
    read(rule.merchant_id, reads)
    is_new = rule._state.adding
    before = None if is_new else {"name": rule.name, **reads_of(rule)}
    if is_new:
        rule.position = _last(rule.merchant_id) + 1
    rule.version = 1 if is_new else rule.version + 1
    rule.name, rule.failures, rule.failed, rule.stopped_why = named, 0, "", ""
    for part in NAMES:
        setattr(rule, part, reads[part])
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as why:
        raise BadRule(_("name"), Refused(_("Another rule has this name."), _("Pick another one."))) from why
    after = reads_of(rule)
    RuleVersion.objects.create(
        merchant_id=rule.merchant_id, rule=rule, number=rule.version, name=named, reads=after, by=by.actor.code
    )
    _write_down("rule.save", rule, by, before, {"name": named, **after})
    return rule


@transaction.atomic
def switch(rule: Rule, on: bool, *, by: Membership, at: datetime) -> None:
    """On, from now on: what happened before is not looked at. Raises BadRule when it can no longer be read."""
    if rule.enabled == on:
        return
    if on:
        read(rule.merchant_id, reads_of(rule))
        rule.enabled_at, rule.failures, rule.failed, rule.stopped_why = at, 0, "", ""
    rule.enabled = on
    rule.save()
    _write_down("rule.switch", rule, by, {"enabled": not on}, {"enabled": on})


@transaction.atomic
def move(rule: Rule, down: bool, *, by: Membership) -> None:
    """One place up or down among the rules."""
    rows = list(Rule.objects.filter(merchant_id=rule.merchant_id, retired_at=None).order_by("position", "id"))
    place = next(n for n, each in enumerate(rows) if each.id == rule.id)
    other = place + (1 if down else -1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, each in enumerate(rows, start=1):
        each.position = number
    Rule.objects.bulk_update(rows, ["position"])
    _write_down("rule.move", rule, by, {"position": place + 1}, {"position": other + 1})


@transaction.atomic
def retire(rule: Rule, *, by: Membership, at: datetime) -> None:
    """Puts it away; what it did stays explained."""
    rule.enabled, rule.retired_at = False, at
    rule.save()
    _write_down("rule.retire", rule, by, {"name": rule.name}, {"retired": True})


@transaction.atomic
def undo(firing: Firing, *, by: Membership, at: datetime) -> list[str]:
    """Takes back what a firing did, last step first; what could not be, in words. Refused when nothing can be."""
    row = Firing.objects.select_for_update().get(merchant_id=firing.merchant_id, id=firing.id)
    if row.undone_at is not None:
        raise Refused(_("This was undone already."))
    undoable = [each for each in row.did if each["before"] and not each["refused"]]
    if not undoable:
        raise Refused(_("Nothing of this can be undone."), _("An answer that went out stays out."))
    conversation = Conversation.objects.get(merchant_id=row.merchant_id, id=row.conversation_id)
    kept = [left for each in reversed(undoable) if (left := _undo(conversation, each, by))]
    row.undone_at, row.undone_by = at, by.actor.code
    row.save(update_fields=["undone_at", "undone_by"])
    return kept


def dry_run(merchant: Merchant, reads: Mapping[str, Any], *, by: Membership, rule: Rule | None = None) -> DryRun:
    """Asks what a rule would have done. A worker finds out; nothing of it is done. Raises BadRule."""
    read(merchant.id, reads)
    made = DryRun.objects.create(merchant=merchant, rule=rule, by=by, reads=dict(reads))
    wake(DRY_RUNS)
    return made


def _undo(conversation: Conversation, did: Mapping[str, Any], by: Membership) -> str:
    try:
        with transaction.atomic():
            # As it was kept: a tag that was put away since can still be taken off.
            step = Step(did["step"]["do"], None, "", did["step"])
            steps.undo(conversation, step, did["before"], by.actor)
    except Refused as refused:
        return f"{did['said']}: {refused}"
    return ""


def _last(merchant_id: int) -> int:
    rows: Sequence[int] = list(
        Rule.objects.filter(merchant_id=merchant_id, retired_at=None).values_list("position", flat=True)
    )
    if len(rows) >= MOST:
        raise BadRule(_("name"), Refused(_("There are %(most)s rules already.") % {"most": MOST}, _("Put one away.")))
    return max(rows, default=0)


def _write_down(verb: str, rule: Rule, by: Membership, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    record(verb, f"rule:{rule.id}", by=by.actor, merchant=rule.merchant, before=before, after=after)
