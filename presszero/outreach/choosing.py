"""They tap a choice: it is taken once, and done. What it comes to is a remedy, another day, or a person of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.vocabulary import Handle as Address
from presszero.channels.vocabulary import Proof
from presszero.commerce.actions.attaching import attach_proven
from presszero.conversations.actions.held import held
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.customers.actions import prove
from presszero.customers.claiming import holder
from presszero.customers.models import Handle
from presszero.customers.queries import family
from presszero.promises.actions import Believed, expect, renegotiate, withdraw_one
from presszero.promises.actions.expecting import close_open_gap
from presszero.promises.actions.making import NotThatDay, standing_day
from presszero.promises.days import day_of, end_of_day
from presszero.promises.models import Expectation, Promise, Where
from presszero.remedies import actions as remedies
from presszero.remedies.keeping import read
from presszero.remedies.models import Remedy
from presszero.remedies.models import State as Given
from presszero.remedies.owning import PREFIX
from presszero.remedies.physics import Impossible
from presszero.timeline.actions import record

from . import authority
from .choices import over
from .facts import OutreachAnswered
from .filling import says_day
from .models import Choice, Outreach, State
from .people import put_a_person_on_it, they_want_a_person
from .planning import about

UNDO_WITHIN = timedelta(minutes=15)
FURTHEST = timedelta(days=365)  # a day they may name
CHANGES_FREELY = ("by_day", "no_hurry")  # an answer, which gives nothing away


class Closed(Refused):
    """Nothing can be chosen here any more. `why` as in choices.over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ChosenAlready(Refused):
    """Something else was chosen before."""


class Moved(Refused):
    """The day was put off again since we wrote: the choice says the new one now."""


@transaction.atomic
def take(row: Outreach, number: int, at: datetime) -> Choice:
    """Takes it; the same again is the choice that stands. Raises Closed, ChosenAlready, Refused."""
    seen = _held(row)
    standing = chosen(seen)
    if standing is not None:
        if standing.id == number:
            return standing
        raise ChosenAlready(_("You have chosen already."))
    if why := over(seen, at):
        raise Closed(why)
    choice = Choice.objects.filter(merchant_id=seen.merchant_id, outreach=seen, id=number).first()
    if choice is None:
        raise Refused(_("That is not one of the choices."), _("Pick one of these."))
    _prove_theirs(seen)
    _effect(choice.kind)(seen, choice, at)
    return _taken(seen, choice, at)


@transaction.atomic
def name_day(row: Outreach, day: date, at: datetime) -> Choice:
    """A day of their own, where we asked by when they need it. Raises Closed, ChosenAlready, Refused."""
    seen = _held(row)
    today = day_of(at, ZoneInfo(seen.customer.merchant.timezone))
    if not today <= day <= today + FURTHEST:
        raise Refused(_("This day has passed, or is far away."), _("Pick one within a year."))
    if not seen.choices.filter(kind="by_day").exists() and not seen.choices.filter(kind="no_hurry").exists():
        raise Refused(_("That is not one of the choices."), _("Pick one of these."))
    label = _("By %(day)s") % {"day": says_day(day, seen.language)}
    found = seen.choices.filter(kind="by_day", day=day).first()
    choice = found or Choice.objects.create(
        merchant_id=seen.merchant_id, outreach=seen, position=9, kind="by_day", label=label, day=day
    )
    return take(seen, choice.id, at)


@transaction.atomic
def undo(row: Outreach, at: datetime) -> Choice:
    """Takes it back while that can be done; then they may choose anew. Raises Refused, CannotUndo."""
    seen = _held(row)
    choice = chosen(seen)
    if choice is None:
        raise Refused(_("Nothing is chosen yet."))
    if not may_undo(choice, at):
        raise Refused(_("This cannot be taken back any more."), _("Answer our message: a person reads it."))
    if choice.remedy is not None:
        given = choice.remedy
        by = authority.actor(seen)
        remedies.withdraw(given, by) if given.state == Given.ASKED else remedies.undo(given, by)
    choice.undone_at = at
    choice.save(update_fields=["undone_at"])
    seen.state, seen.answered_at = State.SENT, None
    seen.save(update_fields=["state", "answered_at"])
    return choice


def chosen(row: Outreach) -> Choice | None:
    """What they chose, if it stands."""
    rows = Choice.objects.filter(merchant_id=row.merchant_id, outreach=row, taken_at__isnull=False, undone_at=None)
    return rows.select_related("remedy").first()


def may_undo(choice: Choice, at: datetime) -> bool:
    """Whether it may be tried: a remedy soon after it was chosen, an answer to a question for as long as it matters."""
    if choice.kind in CHANGES_FREELY:
        return True
    given = choice.remedy
    fresh = choice.taken_at is not None and at - choice.taken_at <= UNDO_WITHIN
    return fresh and given is not None and given.state in (Given.ASKED, Given.GIVEN, Given.DONE, Given.TASK)


def _effect(kind: str) -> Callable[[Outreach, Choice, datetime], None]:
    """What a choice does; a remedy of the merchant's own is given like any other."""
    if kind.startswith(PREFIX):
        return _give
    if kind not in _DO:
        raise Refused(_("That is not one of the choices."), _("Pick one of these."))
    return _DO[kind]


def _held(row: Outreach) -> Outreach:
    rows = Outreach.objects.select_for_update(of=("self",)).filter(merchant_id=row.merchant_id, id=row.id)
    return rows.select_related("customer__merchant", "order", "gap", "promise", "conversation", "entry__thread").get()


def _taken(row: Outreach, choice: Choice, at: datetime) -> Choice:
    choice.taken_at, choice.undone_at = at, None
    choice.save(update_fields=["taken_at", "undone_at", "remedy"])
    row.state, row.answered_at = State.ANSWERED, at
    row.save(update_fields=["state", "answered_at"])
    record(OutreachAnswered(**about(row), by=_customer(row), outreach_id=row.id, choice=choice.kind))
    return choice


def _prove_theirs(row: Outreach) -> None:
    """Who opens a link that we sent to an address reads what comes there: so the orders that wait for it are theirs.

    Only where nothing else is known of them: an address that somebody put beside others proves itself by a code.
    """
    if not row.address or row.order is None or row.order.customer_id is not None:
        return
    kind = "email" if "@" in row.address else ""
    found = holder(row.merchant_id, Address(kind, row.address)) if kind else None
    others = Handle.objects.filter(merchant_id=row.merchant_id, customer_id__in=family(row.customer))
    if found is None or others.exclude(id=found.id).exists():
        return
    prove(found, Proof.VERIFIED, by=_customer(row), reason="opened the link we sent there")
    attach_proven(row.merchant_id, found.customer_id)
    row.order.refresh_from_db()


def _agree(row: Outreach, choice: Choice, at: datetime) -> None:
    """The day we named is what holds from now on, for them and for us."""
    planned = row.gap.planned if row.gap and row.gap.closed_at is None else None
    if choice.kind == "new_day" and planned and choice.day and planned > choice.day:
        _say_anew(choice, planned, row.language)
    day = max((each for each in (choice.day, planned) if each), default=None)
    standing = _standing(row)
    if day is None or standing is None:
        return
    zone = ZoneInfo(row.customer.merchant.timezone)
    if day <= day_of(standing.due_at, zone) and standing.broken_at is None:
        close_open_gap(standing, "agreed", _customer(row))
        return
    try:
        renegotiate(
            standing, end_of_day(day, zone), where=Where.MESSAGE, by=_customer(row), entry_id=row.entry_id,
            quote=choice.label,
        )  # fmt: skip
    except NotThatDay:
        raise Closed("expired") from None


def _say_anew(choice: Choice, day: date, language: str) -> None:
    raise Moved(
        _("It was put off again: we now expect it by %(day)s.") % {"day": says_day(day, language)},
        _("Choose what suits you now."),
    )


def _can_wait(row: Outreach, choice: Choice, at: datetime) -> None:
    """They need it no sooner than we said."""
    assert choice.day is not None
    _expect(row, choice, firm=False, source=Expectation.Source.SAID)
    _agree(row, choice, at)


def _credit(row: Outreach, choice: Choice, at: datetime) -> None:
    _give(row, choice, at)
    _agree(row, choice, at)


def _instead(row: Outreach, choice: Choice, at: datetime) -> None:
    """Cancelled, or sent again: the day that we had named says nothing any more."""
    _give(row, choice, at)
    standing = _standing(row)
    if standing is not None and choice.remedy and choice.remedy.state != Given.ASKED:
        withdraw_one(standing, _customer(row))
        close_open_gap(standing, "agreed", _customer(row))


def _give(row: Outreach, choice: Choice, at: datetime) -> None:
    """At once where the limits allow it; else a lead is asked, and a person looks at it."""
    asked = replace(
        read(row.merchant_id, choice.asked), customer_id=row.customer.now_id, conversation_id=row.conversation_id
    )
    by, key = authority.actor(row), _key(row, choice)
    because = _("They chose it in our message.")
    try:
        choice.remedy = remedies.give(asked, by, key, because)
    except remedies.OverAuthority:
        choice.remedy = remedies.ask(asked, by, key, because)
        if row.conversation is not None:
            put_a_person_on_it(held(row.conversation), by=_customer(row))
    except Impossible as why:
        raise Refused(str(why), _("Choose something else, or talk to a person.")) from None


def _key(row: Outreach, choice: Choice) -> str:
    """Another one after what was taken back."""
    before = Remedy.objects.filter(merchant_id=row.merchant_id, key__startswith=f"choice-{choice.id}-")
    return f"choice-{choice.id}-{before.count()}"


def _person(row: Outreach, choice: Choice, at: datetime) -> None:
    they_want_a_person(row, choice.label, at, by=_customer(row))


def _by_day(row: Outreach, choice: Choice, at: datetime) -> None:
    _expect(row, choice, firm=choice.kind == "by_day", source=Expectation.Source.ASKED)


def _expect(row: Outreach, choice: Choice, *, firm: bool, source: str) -> None:
    if choice.day is None:
        return
    expect(
        Believed(
            merchant_id=row.merchant_id,
            customer_id=row.customer.now_id,
            order_id=row.order_id,
            conversation_id=row.conversation_id,
            entry_id=row.entry_id,
            by_day=choice.day,
            firm=firm,
            source=source,
            quote=choice.label,
        ),
        _customer(row),
    )


def _standing(row: Outreach) -> Promise | None:
    """The day that stands for the order; else what the message was about."""
    if row.order_id:
        return standing_day(row.merchant_id, row.order_id)
    found = row.promise
    return found if found is not None and found.is_open else None


def _customer(row: Outreach) -> Actor:
    return Actor("customer", row.customer.now_id)


_DO: Mapping[str, Callable[[Outreach, Choice, datetime], None]] = {
    "new_day": _agree,
    "fine": _can_wait,
    "credit": _credit,
    "cancel": _instead,
    "replace": _instead,
    "person": _person,
    "by_day": _by_day,
    "no_hurry": _by_day,
}
