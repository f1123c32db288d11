"""One rule, one conversation: its steps, all in one savepoint, and the row that explains them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.conversations import steps
from presszero.conversations.filtering import Known, Snapshot
from presszero.conversations.models import Conversation, Message
from presszero.conversations.steps import Step
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.core.rows import change, keep
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from .because import because
from .facts import RuleFired
from .models import Firing, Rule
from .policy import ANSWER_AGAIN, FAILURES
from .standing import Standing, forget

log = logging.getLogger(__name__)
Outcome = Firing.Outcome


@dataclass(frozen=True, slots=True)
class Cause:
    """What a rule is asked for. `on`: the occasion. By time there is no event, and a `reason` it fires for once."""

    conversation_id: int
    on: str
    names: Callable[[], Known]  # how things are called, asked only by who wants to tell
    event_id: int | None = None
    reason: str = ""
    chain: Sequence[int] = ()


def fire(rule: Standing, cause: Cause, snapshot: Snapshot, at: datetime) -> Firing:
    """Does the steps. What a step refuses is written down; what breaks takes everything it did with it."""
    try:
        with transaction.atomic():
            return _done(rule, cause, snapshot, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as why:
        log.exception("Rule %d broke in conversation %d", rule.id, cause.conversation_id)
        return _broke(rule, cause, _because(rule, cause, snapshot, at), f"{type(why).__name__}: {why}")


def stopped(rule: Standing, cause: Cause, snapshot: Snapshot, sentence: str, at: datetime) -> Firing:
    """Kept from acting, for all to see."""
    firing = _row(rule, cause, _because(rule, cause, snapshot, at), outcome=Outcome.STOPPED, sentence=sentence[:300])
    _announce_alone(firing)
    return firing


def switch_off(rule: Standing, why: str) -> None:
    """A rule that cannot go on stands still, with the reason beside it."""
    found = Rule.objects.filter(merchant_id=rule.merchant_id, id=rule.id, enabled=True)
    if found.update(enabled=False, stopped_why=why[:300], failures=0):
        merchant = Merchant.objects.get(id=rule.merchant_id)
        write_down("rule.stop", f"rule:{rule.id}", by=SYSTEM, merchant=merchant, before={"enabled": True},
                   after={"enabled": False}, why=why)  # fmt: skip


def _because(rule: Standing, cause: Cause, snapshot: Snapshot, at: datetime) -> list[list[str]]:
    """The conditions that held, in words, with the values."""
    return because(rule.reading.filter, snapshot, cause.names, at) if rule.reading else []


def _done(rule: Standing, cause: Cause, snapshot: Snapshot, at: datetime) -> Firing:
    assert rule.reading is not None
    firing = _row(rule, cause, _because(rule, cause, snapshot, at), outcome=Outcome.DONE)
    by = Actor("rule", firing.id, rule.name)
    conversation = Conversation.objects.get(merchant_id=rule.merchant_id, id=cause.conversation_id)
    firing.did = [_step(conversation, step, by, at) for step in rule.reading.steps]
    if all(each["refused"] for each in firing.did):
        firing.outcome = Outcome.REFUSED
    change(firing, "did", "outcome")
    _announce(firing, conversation.customer_id, by)
    if rule.failures:
        rule.failures = 0
        Rule.objects.filter(merchant_id=rule.merchant_id, id=rule.id).update(failures=0, failed="")
    return firing


def _step(conversation: Conversation, step: Step, by: Actor, at: datetime) -> dict[str, Any]:
    """{"step", "said", "before", "refused"}; a step that is refused leaves the others to be done."""
    told: dict[str, Any] = {"step": dict(step.node), "said": steps.says(step), "before": {}, "refused": ""}
    try:
        if step.do == "reply":
            _may_answer(conversation, at)
        told["before"] = steps.perform(conversation, step, by)
    except Refused as refused:
        told["refused"] = f"{refused} {refused.next_step}".strip()[:300]
    return told


def _may_answer(conversation: Conversation, at: datetime) -> None:
    """Two machines never talk to each other, and nobody hears from rules more than once a day (RFC 3834, 2)."""
    theirs = Message.objects.filter(merchant_id=conversation.merchant_id, conversation=conversation, inbound=True)
    if theirs.order_by("-at", "-id").values_list("entry__automatic", flat=True).first():
        raise Refused(_("A machine wrote last, so nothing answers it by itself."))
    recent = Firing.objects.filter(
        merchant_id=conversation.merchant_id,
        conversation__customer_id=conversation.customer_id,
        at__gt=at - ANSWER_AGAIN,
        did__contains=[{"step": {"do": "reply"}, "refused": ""}],
    )
    if recent.exists():
        raise Refused(_("A rule has answered them within a day already."))


def _row(rule: Standing, cause: Cause, why: list[list[str]], *, outcome: str, sentence: str = "") -> Firing:
    return keep(
        Firing(
            merchant_id=rule.merchant_id,
            rule_id=rule.id,
            version_id=rule.version_id,
            conversation_id=cause.conversation_id,
            event_id=cause.event_id,
            on=cause.on,
            reason=cause.reason,
            because=why,
            outcome=outcome,
            sentence=sentence,
            chain=list(cause.chain),
        )
    )


def _announce_alone(firing: Firing) -> None:
    found = Conversation.objects.filter(merchant_id=firing.merchant_id, id=firing.conversation_id)
    _announce(firing, found.values_list("customer_id", flat=True).get(), SYSTEM)


def _announce(firing: Firing, customer_id: int, by: Actor) -> None:
    record(
        RuleFired(
            merchant_id=firing.merchant_id,
            by=by,
            conversation_id=firing.conversation_id,
            customer_id=customer_id,
            rule_id=firing.rule_id,
            firing_id=firing.id,
            outcome=firing.outcome,
            depth=max(0, len(firing.chain) - 1),
        )
    )


def _broke(rule: Standing, cause: Cause, why: list[list[str]], error: str) -> Firing:
    """Nothing was done. After several in a row the rule stands still."""
    firing = _row(rule, cause, why, outcome=Outcome.FAILED, sentence=error[:300])
    _announce_alone(firing)
    found = Rule.objects.filter(merchant_id=rule.merchant_id, id=rule.id)
    found.update(failures=F("failures") + 1, failed=error[:300])
    rule.failures += 1
    forget(rule.merchant_id)
    if rule.failures >= FAILURES:
        said = _("It failed %(n)d times in a row, so it was switched off: %(why)s")
        switch_off(rule, said % {"n": FAILURES, "why": error})
    return firing
