"""Writing what was planned: the gate is asked, words are filled in from how things stand now, and the outbox has it.

The gate is asked here, so that nothing is written that may not be sent; the outbox asks once more as it sends.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from presszero.channels.envelope import message_id
from presszero.channels.models import Delivery, Entry, Thread
from presszero.channels.registry import adapter
from presszero.channels.wording import framed, to_html, to_text
from presszero.conversations.actions.by_itself import begin_at_rest, placed
from presszero.conversations.actions.held import held
from presszero.conversations.actions.threads import open_thread, thread_for
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.core.text import clean
from presszero.merchants.models import Brand
from presszero.promises.models import Gap
from presszero.timeline.actions import record, wake

from .facts import OutreachHeld, OutreachOvertaken, OutreachRefused
from .gate import may_contact
from .models import Outreach, State
from .people import put_a_person_on_it
from .planning import UNWRITTEN, about, stop
from .reaching import Way, ways_to
from .regarding import asked_since, brand_of, is_over, late_since, matter_of
from .unsubscribing import foot
from .wording import html_of, words_of

log = logging.getLogger(__name__)

AUTOMATIC = "outreach"  # an Entry.automatic: we wrote first, and nobody's wait ends by it
A_ROUND = 50
AGAIN = timedelta(minutes=10)  # after something went wrong with it
ABOUT_DELAY = ("late", "wanted_sooner", "callback_missed")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the gate said of the ways there are: one that may be used, or why none may."""

    way: Way | None
    outcome: str = "yes"  # yes · later · no
    rule: str = ""
    sentence: str = ""
    until: datetime | None = None


def send_due(now: datetime | None = None, limit: int = A_ROUND) -> int:
    """Writes what is due; how many rows it looked at. Each by itself: one that fails holds up no other."""
    at = now or timezone.now()
    going = Q(batch=None) | Q(batch__starts_at__lte=at, batch__stopped_at=None)
    due = Outreach.objects.filter(going, state__in=UNWRITTEN, entry=None, not_before__lte=at)
    found = list(due.order_by("not_before", "id").values_list("merchant_id", "id")[:limit])
    return sum(_by_itself(merchant_id, number, at) for merchant_id, number in found)


def _by_itself(merchant_id: int, number: int, at: datetime) -> int:
    """What cannot be written now is tried again later, and said in the log."""
    try:
        return send(merchant_id, number, at)
    except Exception:
        log.exception("outreach %d", number)
        rows = Outreach.objects.filter(merchant_id=merchant_id, id=number, state__in=UNWRITTEN, entry=None)
        return rows.update(not_before=at + AGAIN)


@transaction.atomic
def send(merchant_id: int, number: int, at: datetime) -> int:
    """One of them: 0 when somebody else has it, or it is not due any more."""
    row = _claimed(merchant_id, number)
    if row is None or row.state not in UNWRITTEN or row.entry_id:
        return 0
    if _has_passed(row) or _asked_first(row):
        return 1
    brand = brand_of(merchant_id, row.order, row.conversation)
    verdict = _asked_the_gate(row, ways_to(row, brand), at)
    if verdict.way is not None and brand is not None:
        _write(row, verdict.way, brand, at)
    elif verdict.outcome == "later" and verdict.until:
        _hold(row, verdict)
    else:
        _refuse(row, verdict)
    return 1


def _claimed(merchant_id: int, number: int) -> Outreach | None:
    """Held; None for what another worker has. The gate sees whether its batch was stopped."""
    rows = Outreach.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.filter(merchant_id=merchant_id, id=number).select_related(
        "customer__merchant", "order__store", "conversation__line", "conversation__root", "gap", "promise"
    )
    return found.first()


def _has_passed(row: Outreach) -> bool:
    """What it was about has come right, or can no longer."""
    over = row.order is not None and row.notice in ABOUT_DELAY and is_over(row.order)
    return (over or (row.gap is not None and row.gap.closed_at is not None)) and stop(row, "", by=SYSTEM)


def _asked_first(row: Outreach) -> bool:
    """They asked before we wrote: a person answers them, and sees that we were about to."""
    if row.gap is None or row.notice not in ABOUT_DELAY:
        return False
    asked = asked_since(row.customer, row.order, late_since(row.gap))
    row.asked_first, row.conversation = asked is not None, asked or row.conversation
    row.save(update_fields=["asked_first", "conversation"])
    if asked is None:
        return False
    row.state = State.OVER
    row.save(update_fields=["state"])
    _tell_gap(row, asked)
    record(OutreachOvertaken(**about(row), by=SYSTEM, outreach_id=row.id))
    return True


def _asked_the_gate(row: Outreach, ways: list[Way], at: datetime) -> _Verdict:
    """The first way that may be used now; else the first that may be later."""
    verdicts = []
    for way in ways:
        said = may_contact(row.customer, way.line.kind, row.purpose, at, address=way.address, outreach=row)
        if said.outcome == "yes":
            return _Verdict(way)
        verdicts.append(_Verdict(None, said.outcome, said.rule, said.sentence, said.until))
    later = [each for each in verdicts if each.outcome == "later" and each.until is not None]
    soonest = min(later, key=lambda each: each.until or at, default=None)
    return soonest or next(iter(verdicts), _Verdict(None, "no", "address", _("We know no address of theirs.")))


def _hold(row: Outreach, verdict: _Verdict) -> None:
    row.state, row.because, row.not_before = State.HELD, verdict.sentence[:300], verdict.until
    row.save(update_fields=["state", "because", "not_before"])
    record(OutreachHeld(**about(row), by=SYSTEM, outreach_id=row.id, rule=verdict.rule))


def _refuse(row: Outreach, verdict: _Verdict) -> None:
    """Nobody is written to; where something is amiss with their order, a person has to know."""
    if verdict.rule == "stopped":
        stop(row, verdict.sentence, by=SYSTEM, state=State.STOPPED)
        return
    row.state, row.because = State.REFUSED, verdict.sentence[:300]
    row.save(update_fields=["state", "because"])
    if row.needs_person:
        talk = row.conversation or matter_of(row)
        if talk is not None:
            put_a_person_on_it(held(talk), by=SYSTEM)
    record(OutreachRefused(**about(row), by=SYSTEM, outreach_id=row.id, rule=verdict.rule))


def _write(row: Outreach, way: Way, brand: Brand, at: datetime) -> None:
    """Entry, delivery and place, in one transaction with the row's own state."""
    said = words_of(row, brand)
    talk = held(_matter(row, way, said.subject))
    thread = _thread(talk, way)
    can = adapter(way.line.kind).can
    with override(said.language):
        under = foot(row.customer, brand, way.line.kind, row.purpose)
    entry = Entry(
        merchant_id=row.merchant_id,
        thread=thread,
        inbound=False,
        sender_kind=way.line.kind,
        sender_address=way.line.address,
        sender_name=way.line.name,
        actor=row.by,
        subject=said.subject if can.subject else "",
        text=clean(said.text if can.html else to_text(said.text), can.max_text),
        folded=under,
        html=framed(html_of(said, row, brand), to_html(under), brand.mail_template) if can.html else "",
        message_id=message_id(thread, uuid.uuid4().hex, way.line),
        automatic=AUTOMATIC,
        at=at,
    )
    message = placed(talk, thread, [(way.kind, way.address)], entry)
    Delivery.objects.filter(merchant_id=row.merchant_id, entry_id=message.entry_id).update(purpose=row.purpose)
    row.state, row.because, row.conversation, row.entry = State.QUEUED, "", talk, message.entry
    row.channel, row.address, row.language = way.line.kind, way.address, said.language
    row.save()
    _touch(talk, said.text, at)
    _tell_gap(row, talk)
    if row.needs_person:
        put_a_person_on_it(talk, by=SYSTEM)
    wake("outbox")


def _matter(row: Outreach, way: Way, subject: str) -> Conversation:
    """The open one that it belongs to; else a new one, at rest until they answer."""
    return matter_of(row) or begin_at_rest(row.customer, way.line, subject, by=SYSTEM)


def _thread(talk: Conversation, way: Way) -> Thread:
    if adapter(way.line.kind).can.subject:
        return open_thread(talk, way.line, way.address)
    return thread_for(talk, way.line, way.address)


def _touch(talk: Conversation, text: str, at: datetime) -> None:
    """A matter that began with our words shows them in its row; others keep what was said last."""
    fresh = Conversation.objects.filter(merchant_id=talk.merchant_id, id=talk.id, snippet="")
    fresh.update(snippet=clean(to_text(text), 200).replace("\n", " "), last_at=at, version=F("version") + 1)


def _tell_gap(row: Outreach, talk: Conversation) -> None:
    """Where a person works on it."""
    if row.gap_id:
        Gap.objects.filter(merchant_id=row.merchant_id, id=row.gap_id, conversation=None).update(conversation=talk)
