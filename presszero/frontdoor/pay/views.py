"""The order page. GET changes nothing that counts: mail programs fetch every link. Nothing sent says a price."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from presszero.commerce.actions import drafting
from presszero.commerce.models import DraftOrder
from presszero.commerce.payments.door import WAKES
from presszero.commerce.payments.paying import CannotBePaid, begin
from presszero.core.money import Money
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.timeline.actions import wake
from presszero.ui.formats import dated
from presszero.ui.looks import look_of

from ..alone import alone, nothing, private
from .place import Place, place_of

KNOCKS = Limit("pay-knocks", 900, timedelta(minutes=15))  # of one network, pages that look for news included
MISSES = Limit("pay-misses", 60, timedelta(minutes=15))  # of one network, links that lead nowhere
PAYS = Limit("pay", 20, timedelta(hours=1))  # of one link
_OURS = [code for code, _name in settings.LANGUAGES]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """GET /pay/<token> draws it; POST opens the page to pay on. 404 is one page for whatever leads nowhere."""
    now = timezone.now()
    place = _knock(request, token, now)
    if isinstance(place, HttpResponse):
        return place
    with translation.override(_language(request, place)):
        if request.method == "POST":
            return _begun(request, place, now)
        if "back" in request.GET:
            _look_soon(place.draft, now)
        return _drawn(request, place, "go" in request.GET)


@public
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """GET /pay/<token>/state: {"state"}, for a page that waits to be told."""
    place = _knock(request, token, timezone.now())
    if isinstance(place, HttpResponse):
        return place
    return private(JsonResponse({"state": place.draft.state}))


@public
@require_POST
def opening(request: HttpRequest, token: str) -> HttpResponse:
    """POST /pay/<token>/opening: somebody looks at it, says its script; a program that fetches links does not."""
    place = _knock(request, token, timezone.now())
    if isinstance(place, HttpResponse):
        return place
    drafting.opened(place.draft)
    return HttpResponse(status=204)


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /pay/<token>/look.css: the brand's colour."""
    place = place_of(token, timezone.now())
    return look_of(place.brand.colour if place else "")


def _knock(request: HttpRequest, token: str, now: datetime) -> Place | HttpResponse:
    """The place, or the answer to who guesses."""
    who = network(address_of(request))
    if tries(KNOCKS, who, now) > KNOCKS.most:
        return _too_often(request)
    place = place_of(token, now)
    if place is not None:
        return place
    if tries(MISSES, who, now) > MISSES.most:
        return _too_often(request)
    return _told(request, _("This link no longer works"), _("Write to us again: a person answers."), 404)


def _begun(request: HttpRequest, place: Place, now: datetime) -> HttpResponse:
    """To the provider, by a page of ours: browsers let no form lead to another site."""
    if tries(PAYS, str(place.draft.id), now) > PAYS.most:
        return _drawn(request, place, wrong=_("That was tried too often. Wait an hour, or talk to us."), status=429)
    try:
        begin(place.draft, place.brand.name, now)
    except CannotBePaid as why:
        again = place_of(place.draft.token, now) or place
        return _drawn(request, again, wrong=f"{why} {why.next_step}", status=422)
    return HttpResponseRedirect(f"/pay/{place.draft.token}?go")


def _drawn(
    request: HttpRequest, place: Place, going: bool = False, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    row = place.draft
    card, words = place.ways() if row.store_id is None else (False, "")
    context: dict[str, object] = {
        "place": place,
        "row": row,
        "items": [{**each, "sum": each["price"] * each["quantity"]} for each in row.lines],
        "card": card,
        "words": words,
        "wrong": wrong,
        "came_back": "back" in request.GET and row.state == "open",
        "going": going and row.state == "open" and bool(row.pay_url),
        "sums": _sums(row),
        "until": dated(timezone.localtime(row.expires_at, ZoneInfo(row.merchant.timezone)), "l j F"),
    }
    context |= {"look": f"/pay/{row.token}/look.css", "reference": drafting.reference(row)}
    return private(alone(request, "frontdoor/pay.html", {"brand": place.brand.name, **context}, status))


def _sums(row: DraftOrder) -> list[tuple[str, str]]:
    """What stands between the things and the total."""
    language = translation.get_language() or "en"
    parts = [(_("Shipping"), row.shipping), (_("Discount"), -row.discount), (_("Tax"), row.tax)]
    return [(name, Money(minor, row.currency).says(language)) for name, minor in parts if minor]


def _look_soon(row: DraftOrder, now: datetime) -> None:
    """They come back from paying: the provider is asked at once. Harmless for whoever only types the address."""
    rows = DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id, state="open", provider_id__gt="")
    if rows.filter(not_before__gt=now + timedelta(seconds=2)).update(not_before=now):
        wake(WAKES)


def _language(request: HttpRequest, place: Place) -> str:
    """The browser's, else the customer's, else the shop's first: one that the shop and we speak."""
    spoken = [code for code in place.draft.merchant.languages if code in _OURS] or ["en"]
    wanted = (request.GET.get("lang", ""), get_language_from_request(request), place.draft.customer.language[:2])
    return next((code for code in wanted if code in spoken), spoken[0])


def _too_often(request: HttpRequest) -> HttpResponse:
    return _told(request, _("That was tried too often."), _("Wait a quarter of an hour, then try again."), 429)


def _told(request: HttpRequest, title: str, sentence: str, status: int) -> HttpResponse:
    return private(nothing(request, _("Order"), title, sentence, status))
