"""`/here/<word>`: somebody stands before a sign. Chat, a call, or a person who comes to them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from presszero.calls.actions.coming import ask_to_come
from presszero.calls.dialling import dials_out
from presszero.channels.models import Line
from presszero.core.phones import shown
from presszero.core.text import one_line
from presszero.merchants.models import Brand
from presszero.routing.queries import main_queue, staffed
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.ui.looks import look_of

from ..alone import alone, nothing
from ..chat.texts import chosen
from .signs import Sign, read

KNOCKS = Limit("here-knocks", 240, timedelta(minutes=15))  # of one network: a shop's own, with all its customers
COMES = Limit("here-comes", 30, timedelta(minutes=15))  # of one network
PLACE = Limit("here-place", 12, timedelta(minutes=15))  # at one sign


@public
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, word: str) -> HttpResponse:
    """GET shows the ways; POST asks for somebody to come. 404 is one page for whatever leads nowhere."""
    now = timezone.now()
    who = network(address_of(request))
    if tries(KNOCKS, who, now) > KNOCKS.most:
        return nothing(
            request, _("Contact"), _("That was tried too often."), _("Ask whoever you see in the shop."), 429
        )
    sign = read(word)
    if sign is None:
        return nothing(
            request, _("Contact"), _("This link no longer works"), _("Ask whoever you see in the shop."), 404
        )
    asked = [each.partition(";")[0].strip() for each in request.headers.get("Accept-Language", "")[:300].split(",")]
    with translation.override(chosen(asked, sign.merchant.languages)):
        if request.method != "POST":
            return _ways(request, word, sign, now)
        if tries(COMES, who, now) > COMES.most or tries(PLACE, word[:120], now) > PLACE.most:
            return nothing(request, _("Contact"), _("Somebody was asked already."), _("They are on their way."), 429)
        number = one_line(request.POST.get("slip", ""), 40)
        line = _line(sign, "phone")
        if line is None:
            return _ways(request, word, sign, now)
        queue = sign.queue or main_queue(sign.merchant)
        ask_to_come(line, sign.place, _slip(number), queue, now)
        return _page(request, "frontdoor/here_comes.html", word, sign, {"there": bool(staffed(queue, now).ready)})


@public
@require_safe
def look(request: HttpRequest, word: str) -> HttpResponse:
    """GET /here/<word>/look.css: the brand's colour."""
    sign = read(word)
    brand = _brand(sign) if sign else None
    return look_of(brand.colour if brand else "")


def _slip(given: str) -> uuid.UUID:
    """Made when the page was drawn, so that a double tap asks once."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.uuid4()


def _ways(request: HttpRequest, word: str, sign: Sign, now: datetime) -> HttpResponse:
    chat, phone = _line(sign, "chat"), _line(sign, "phone")
    queue = sign.queue or main_queue(sign.merchant)
    context: dict[str, object] = {
        "slip": uuid.uuid4(),
        "chat": chat.token if chat else "",
        "phone": phone.token if phone else "",
        "tel": phone.address if phone else "",
        "number": shown(phone.address) if phone else "",
        "talks": bool(phone and phone.settings.get("driver") == "sip"),
        "calls": bool(phone and dials_out(phone)),
        "there": bool(staffed(queue, now).ready),
    }
    return _page(request, "frontdoor/here.html", word, sign, context)


def _line(sign: Sign, kind: str) -> Line | None:
    return Line.objects.filter(merchant=sign.merchant, kind=kind, paused_at=None).order_by("id").first()


def _brand(sign: Sign) -> Brand | None:
    return Brand.objects.filter(merchant=sign.merchant).order_by("id").first()


def _page(request: HttpRequest, template: str, word: str, sign: Sign, more: dict[str, object]) -> HttpResponse:
    brand = _brand(sign)
    told = {"brand": brand.name if brand else sign.merchant.name, "place": sign.place, "word": word}
    return alone(request, template, {**told, "look": f"/here/{word}/look.css", **more})
