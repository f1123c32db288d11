"""What a customer reads on the page with their choices: how it stands, what they chose, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from presszero.commerce.models import Order
from presszero.core.money import Money
from presszero.merchants.models import Merchant
from presszero.promises.actions.making import standing_day
from presszero.promises.days import day_of
from presszero.promises.queries import sentence
from presszero.remedies.models import LeadAnswer
from presszero.remedies.models import State as Given

from .choices import over
from .choosing import chosen, may_undo
from .filling import says_day
from .models import Choice, Outreach


@dataclass(frozen=True, slots=True)
class Stand:
    """`state`: open · taken · over. `days`: (label, day, whether it is struck out)."""

    state: str
    title: str
    sentence: str
    days: tuple[tuple[str, str, bool], ...] = ()
    icon: str = "check"
    undo: bool = False


def stand_of(row: Outreach, at: datetime) -> Stand:
    """In the language that is active."""
    choice = chosen(row)
    if choice is not None:
        title, said = _taken(row, choice)
        return Stand("taken", title, said, undo=may_undo(choice, at))
    if why := over(row, at):
        title, said, icon = _over(row.order, why)
        return Stand("over", title, said, icon=icon)
    title, said = _open(row)
    return Stand("open", title, said, _days(row))


def _open(row: Outreach) -> tuple[str, str]:
    return {
        "late": (_("It comes later than we said"), _("We are sorry. What suits you now?")),
        "wanted_sooner": (_("You need it sooner"), _("As things stand it comes later. What shall we do?")),
        "expectation_asked": (_("By when do you need it?"), _("One tap is enough. We then see to it.")),
        "callback_missed": (_("We did not call"), _("We are sorry, and get in touch with you.")),
    }.get(row.notice, (_("What suits you?"), _("One tap is enough.")))


def _days(row: Outreach) -> tuple[tuple[str, str, bool], ...]:
    """The days that the message named; what moved since is said as it is now."""
    told = {name: date.fromisoformat(said) for name, said in row.told.items() if name in ("day", "was", "wanted")}
    now = row.gap.planned if row.gap and row.gap.planned and row.gap.closed_at is None else told.get("day")
    shown: tuple[tuple[str, date | None, bool], ...]
    if row.notice == "wanted_sooner":
        shown = ((_("You need it by"), told.get("wanted"), False), (_("We expect it by"), now, False))
    elif row.notice == "late":
        shown = ((_("We had said"), told.get("was"), True), (_("We now expect it by"), now, False))
    else:
        shown = ((_("We expect it by"), now, False),)
    return tuple((label, says_day(day, row.language), struck) for label, day, struck in shown if day)


def _taken(row: Outreach, choice: Choice) -> tuple[str, str]:
    day = _day_that_stands(row)
    comes = _("Your order should be with you by %(day)s. Should that change, you hear it from us first.")
    next_day = comes % {"day": says_day(day, row.language)} if day else _("You hear from us as it goes on.")
    if choice.remedy is not None and choice.remedy.state in (Given.REFUSED, Given.FAILED):
        return _("We could not do that"), _("One of us looks at it and writes to you.")
    if choice.remedy is not None and choice.remedy.state == Given.ASKED:
        return _("We look at it at once"), _by_when(choice, row)
    if choice.kind == "credit" and choice.remedy is not None:
        return _credited(choice, row, next_day)
    if choice.kind == "cancel" and choice.remedy is not None:
        return _("Your order is cancelled"), _money(choice, row)
    if choice.kind == "replace":
        return _("We send it again"), _("We write to you as soon as it is on its way.")
    if choice.kind == "person":
        said = sentence(row.conversation) if row.conversation else ""
        return _("A person writes to you"), said or _("One of us has your message and writes to you.")
    if choice.kind == "no_hurry":
        return _("Thank you"), _("No hurry, then. You hear from us when it is on its way.")
    if choice.kind == "by_day":
        said = _("You need it by %(day)s. If we see that this will not do, you hear it from us first.")
        return _("Thank you, we know now"), said % {"day": says_day(choice.day, row.language) if choice.day else ""}
    return _("Thank you, that is settled"), next_day


def _credited(choice: Choice, row: Outreach, next_day: str) -> tuple[str, str]:
    assert choice.remedy is not None
    amount = Money(choice.remedy.amount, choice.remedy.currency).says(row.language)
    code = _(" Your code: %(code)s.") % {"code": choice.remedy.code} if choice.remedy.code else ""
    said = _("It counts with your next order.") + code
    return _("%(amount)s credit is yours") % {"amount": amount}, f"{said} {next_day}"


def _money(choice: Choice, row: Outreach) -> str:
    assert choice.remedy is not None
    if not choice.remedy.amount:
        return _("There was nothing to pay back.")
    amount = Money(choice.remedy.amount, choice.remedy.currency).says(row.language)
    return _("%(amount)s goes back the way you paid. Banks take up to five working days.") % {"amount": amount}


def _by_when(choice: Choice, row: Outreach) -> str:
    asked = LeadAnswer.objects.filter(merchant_id=row.merchant_id, remedy=choice.remedy).order_by("-id").first()
    if asked is None:
        return _("One of us looks at it and writes to you.")
    zone = ZoneInfo(row.customer.merchant.timezone)
    day = says_day(day_of(asked.answer_by, zone), row.language)
    return _("One of us has to say yes to this, and writes to you by %(day)s.") % {"day": day}


def _over(order: Order | None, why: str) -> tuple[str, str, str]:
    return {
        "delivered": (
            _("Your order is there"),
            _("It has arrived, so there is nothing left to choose. Is anything not right? Answer our e-mail."),
            "box",
        ),
        "cancelled": (
            _("This order was cancelled"),
            _("There is nothing left to choose. If that surprises you, answer our e-mail."),
            "close",
        ),
        "on_time": (
            _("Good news: it is on time again"),
            _("We expect it by the day we had said first, so there is nothing to choose."),
            "truck",
        ),
        "settled": (_("This is settled"), _("One of us has taken care of it. Questions? Answer our e-mail."), "check"),
        "expired": (
            _("This has run out"),
            _("Answer our e-mail if anything is still open: a person reads it."),
            "clock",
        ),
    }[why]


def _day_that_stands(row: Outreach) -> date | None:
    if not row.order_id:
        return None
    standing = standing_day(row.merchant_id, row.order_id)
    if standing is None:
        return None
    merchant: Merchant = row.customer.merchant
    return day_of(standing.due_at, ZoneInfo(merchant.timezone))
