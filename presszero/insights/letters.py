"""The page for the boss by mail: once a month to every admin who has not said no, with the same figures as the page."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from presszero.conversations.models import Topic
from presszero.merchants.models import Merchant
from presszero.team.mail import is_set_up, letter, link
from presszero.team.models import Membership, Role

from . import days
from .gathering import month_of
from .models import BossLetter, NoLetter
from .service import LONGEST, WINDOWS, Month
from .telling import Screen, lines

log = logging.getLogger(__name__)

FROM_HOUR = 7  # of the first day of the month after, where the merchant is
UNTIL_DAY = 14  # whoever was away for longer is not surprised by an old one


def send_due(now: datetime) -> int:
    """Mails every letter that is due; how many merchants'. Twice is once."""
    if not is_set_up():
        return 0
    return sum(_try(merchant, now) for merchant in Merchant.objects.order_by("id").iterator())


def wants(member: Membership) -> bool:
    """Whether the member gets it."""
    rows = NoLetter.objects.filter(merchant_id=member.merchant_id, member=member)
    return member.role == Role.ADMIN and member.left_at is None and not rows.exists()


def want(member: Membership, wanted: bool) -> None:
    """From now on, or no more."""
    if wanted:
        NoLetter.objects.filter(merchant_id=member.merchant_id, member=member).delete()
    else:
        NoLetter.objects.get_or_create(merchant_id=member.merchant_id, member=member)


def _try(merchant: Merchant, now: datetime) -> bool:
    """A month that cannot be added up keeps nobody else from their letter, and is tried again in the next round."""
    try:
        return _send(merchant, now)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the month's
    except Exception:
        log.exception("the letter of merchant %d", merchant.id)
        return False


def _send(merchant: Merchant, now: datetime) -> bool:
    local = now.astimezone(days.zone_of(merchant.timezone))
    if local.day > UNTIL_DAY or (local.day == 1 and local.hour < FROM_HOUR):
        return False
    first = days.month_before(local.date())
    if BossLetter.objects.filter(merchant=merchant, month=first).exists():
        return False
    return _once(merchant, first, now)


@transaction.atomic
def _once(merchant: Merchant, first: date, now: datetime) -> bool:
    """The row is there before anything is sent, and whoever comes second waits for it and finds it."""
    row, made = BossLetter.objects.get_or_create(merchant=merchant, month=first)
    if not made:
        return False
    month = month_of(merchant, first, now)
    if month.is_empty:
        return False
    admins = Membership.objects.filter(merchant=merchant, role=Role.ADMIN, left_at=None).select_related("person")
    to = [member for member in admins.order_by("id") if wants(member)]
    for member in to:
        _mail(member, merchant, month, now)
    sent = {"figures": figures(month), "sent_to": [member.id for member in to], "sent_at": now}
    BossLetter.objects.filter(merchant=merchant, id=row.id).update(**sent)
    return True


def _mail(member: Membership, merchant: Merchant, month: Month, now: datetime) -> None:
    """In the member's own language, else in the merchant's first."""
    language = member.person.language or (merchant.languages or ["en"])[0]
    with translation.override(language):
        topics = dict(Topic.objects.filter(merchant=merchant).values_list("id", "name"))
        today = now.astimezone(days.zone_of(merchant.timezone)).date()
        screen = Screen(month, topics, today, merchant.id)
        said = {"screen": screen, "parts": lines(screen), "shop": merchant.name, "url": link(screen.address)}
        subject = _("What service gave back in %(month)s") % {"month": screen.title}
        html = render_to_string("insights/letter.html", {**said, "subject": subject})
        letter(member.person.email, subject, _text(said, subject), html)


def _text(said: dict[str, Any], subject: str) -> str:
    screen: Screen = said["screen"]
    told = [subject, said["shop"], ""]
    for heading, rows in said["parts"]:
        told += [heading, *(f"  {name}: {amount}" for name, amount in rows), ""]
    told += [screen.verdict, "", _("Every number opens its conversations on the page:"), said["url"], ""]
    return "\n".join([*told, _("You can stop these letters at the foot of that page.")])


def figures(month: Month) -> dict[str, Any]:
    """As they were mailed, in minor units of the merchant's currency."""
    after = {str(days): month.after(days) for days in WINDOWS}
    recovered = month.recovered
    return {
        "currency": month.currency,
        "cost": {"labour": month.labour, "contacts": month.reaching, "fixed": month.fixed, "all": month.cost},
        "remedies": month.gave,
        "bought": {
            days: {"kept": each.kept, "margin": each.margin, "known": each.known} for days, each in after.items()
        },
        "trial": {
            str(days): {
                "shown": each.shown,
                "held_out": each.held_out,
                "difference": each.difference,
                "low": each.low,
                "high": each.high,
            }
            for days, each in month.effects.items()
        },
        "in_margin": month.in_margin,
        "recovered": recovered.share if recovered else None,
        "days": LONGEST,
    }
