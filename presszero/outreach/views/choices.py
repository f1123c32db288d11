"""The page with the choices: opened from a message of ours, on a phone, without sign-in, with or without JavaScript.

GET changes nothing: mail programs fetch every link before anybody has read it. The address is the key, and there is
nothing else that another site could borrow; so no cookie is needed, which many mail programs' browsers do not keep.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from presszero.core.refusal import Refused
from presszero.merchants.models import Brand
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.ui.looks import look_of

from ..choosing import ChosenAlready, Closed, Moved, name_day, take, undo
from ..filling import says_day
from ..models import Outreach
from ..notices import language_for
from ..regarding import brand_of
from ..retelling import stand_of
from .visiting import drawn, told, too_often

KNOCKS = Limit("choose-knocks", 600, timedelta(minutes=15))  # of one network
MISSES = Limit("choose-misses", 60, timedelta(minutes=15))  # of one network, links that lead nowhere
TAPS = Limit("choose", 60, timedelta(hours=1))  # of one link
SHOWN = timedelta(days=120)  # after it was written
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """GET /c/<token> draws them; POST takes one (`choice`: its id), or a day of their own (`day`)."""
    now = timezone.now()
    row = _knock(request, token, now)
    if isinstance(row, HttpResponse):
        return row
    with translation.override(language_for(row.customer.merchant, row.language)):
        if request.method != "POST":
            return _drawn(request, row, now)
        if tries(TAPS, token, now) > TAPS.most:
            return _drawn(request, row, now, _("That was tried too often. Wait an hour, or answer our e-mail."), 429)
        return _taken(request, row, now)


@csrf_exempt
@public
@require_POST
def undoing(request: HttpRequest, token: str) -> HttpResponse:
    """POST /c/<token>/undoing: takes back what they chose, while that can be done."""
    now = timezone.now()
    row = _knock(request, token, now)
    if isinstance(row, HttpResponse):
        return row
    with translation.override(language_for(row.customer.merchant, row.language)):
        try:
            undo(row, now)
        except Refused as why:
            return _drawn(request, row, now, f"{why} {why.next_step}", 422)
    return HttpResponseRedirect(f"/c/{token}")


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /c/<token>/look.css: the brand's colour."""
    row = _find(token, timezone.now())
    brand = _brand(row) if row else None
    return look_of(brand.colour if brand else "")


def _taken(request: HttpRequest, row: Outreach, now: datetime) -> HttpResponse:
    try:
        _take(request, row, now)
    except (ChosenAlready, Closed):
        return HttpResponseRedirect(f"/c/{row.token}")  # the page says how it stands
    except Moved as why:
        _offer_anew(row)
        return _drawn(request, row, now, f"{why} {why.next_step}", 422)
    except Refused as why:
        return _drawn(request, row, now, f"{why} {why.next_step}", 422)
    return HttpResponseRedirect(f"/c/{row.token}")


def _take(request: HttpRequest, row: Outreach, now: datetime) -> None:
    number, day = request.POST.get("choice", ""), request.POST.get("day", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        take(row, int(number), now)
        return
    try:
        named = date.fromisoformat(day)
    except ValueError:
        raise Refused(_("Choose one of these."), _("One tap is enough.")) from None
    name_day(row, named, now)


def _offer_anew(row: Outreach) -> None:
    """The day moved on since we wrote: what they tap next says the day of now."""
    planned = row.gap.planned if row.gap else None
    if planned is None:
        return
    label = _("%(day)s is fine") % {"day": says_day(planned, row.language)}
    row.choices.filter(kind="new_day", taken_at=None).update(day=planned, label=label)


def _drawn(request: HttpRequest, row: Outreach, now: datetime, wrong: str = "", status: int = 200) -> HttpResponse:
    picked = request.GET.get("pick", "")
    offers = sorted(row.choices.order_by("position", "id"), key=lambda each: str(each.id) != picked)
    brand = _brand(row)
    context = {
        "brand": brand.name if brand else row.customer.merchant.name,
        "look": f"/c/{row.token}/look.css",
        "row": row,
        "stand": stand_of(row, now),
        "offers": offers,
        "asks_day": any(each.kind in ("by_day", "no_hurry") for each in offers),
        "wrong": wrong,
        "today": timezone.localdate(now),
    }
    return drawn(request, "outreach/choices.html", context, status)


def _knock(request: HttpRequest, token: str, now: datetime) -> Outreach | HttpResponse:
    """The message, or the answer to who guesses."""
    who = network(address_of(request))
    if tries(KNOCKS, who, now) > KNOCKS.most:
        return too_often(request)
    row = _find(token, now)
    if row is not None:
        return row
    if tries(MISSES, who, now) > MISSES.most:
        return too_often(request)
    return told(request, _("This link no longer works"), _("Answer our e-mail instead: a person reads it."), 404)


def _find(token: str, now: datetime) -> Outreach | None:
    """None for a token of nothing, of what was never written, and of what is long over: they look the same."""
    if not _TOKEN.fullmatch(token):
        return None
    rows = Outreach.objects.select_related(
        "customer__merchant", "order__store", "order__merchant", "gap", "conversation__line"
    )
    found = rows.filter(token=token, entry__isnull=False, at__gt=now - SHOWN).exclude(address="").first()
    gone = found is not None and found.order is not None and found.order.forgotten_at is not None
    return None if gone else found


def _brand(row: Outreach) -> Brand | None:
    return brand_of(row.merchant_id, row.order, row.conversation)
