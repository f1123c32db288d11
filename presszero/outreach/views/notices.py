"""Settings, "Messages to customers": which are sent, in whose words, and how they read for a real order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from presszero.channels.wording import to_html
from presszero.commerce.models import Order
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.merchants.models import Brand
from presszero.promises.days import day_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.mail import link
from presszero.team.models import Role
from presszero.ui.page import page

from ..choices import Case, offered
from ..default_words import LANGUAGES, Words
from ..editing import back_to_ours, keep_words, switch
from ..filling import VARIABLES, check_own, written
from ..models import Notice
from ..notices import KINDS, is_on, language_for, words_for
from ..regarding import brand_of
from ..wording import Setting, stood, working_day

_NAMES = {"en": "English", "de": "Deutsch", "es": "Español"}
_ORDERS = 15  # to choose an example from
_HOST = re.compile(r" \([^<()]*\)</a>")  # where a link leads; in the mail each choice is a button


@dataclass(frozen=True, slots=True)
class Place:
    """Which words are looked at: of a kind, in a language, for a brand (None: all)."""

    kind: str
    language: str
    brand: Brand | None

    @property
    def url(self) -> str:
        brand = f"&brand={self.brand.id}" if self.brand else ""
        return f"/settings/messages/{self.kind}?language={self.language}{brand}"


@needs(Role.ADMIN)
@require_safe
def notices(request: MemberAsked) -> HttpResponse:
    """GET /settings/messages: every kind, whether it is sent, and in which languages the merchant wrote it."""
    written_in: dict[str, set[str]] = {}
    for kind, language in Notice.objects.filter(merchant=request.merchant).values_list("kind", "language"):
        written_in.setdefault(kind, set()).add(_NAMES.get(language, language))
    rows = [
        (name, kind, is_on(request.merchant.id, name), ", ".join(sorted(written_in.get(name, ()))))
        for name, kind in KINDS.items()
    ]
    return page(request, "outreach/notices.html", {"rows": rows, "said": request.GET.get("said", "")})


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: MemberAsked, notice_kind: str) -> HttpResponse:
    """GET: the words of one kind. POST do=save keeps them, do=ours drops them, do=on and do=off switch it."""
    where = _place(request, notice_kind)
    if request.method != "POST":
        return _drawn(request, where)
    merchant, by, do = request.merchant, request.member.actor, request.POST.get("do", "save")
    words = request.POST.get("subject", ""), request.POST.get("text", "")
    try:
        if do in ("on", "off"):
            switch(merchant, where.kind, where.brand, do == "on", by)
        elif do == "ours":
            back_to_ours(merchant, where.kind, where.language, where.brand, by)
        else:
            keep_words(merchant, where.kind, where.language, where.brand, words, by)
    except Refused as why:
        return _drawn(request, where, typed=words, wrong=f"{why} {why.next_step}", status=422)
    return HttpResponseRedirect(f"{where.url}&said=saved")


@needs(Role.ADMIN)
@require_POST
def preview(request: MemberAsked, notice_kind: str) -> HttpResponse:
    """POST: how the words that stand in the form read for the order that was picked."""
    where = _place(request, notice_kind)
    typed = request.POST.get("subject", ""), request.POST.get("text", "")
    return page(request, "outreach/_preview.html", _preview(request, where, typed))


def _place(request: MemberAsked, kind: str) -> Place:
    if kind not in KINDS:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    language = asked.get("language") or request.GET.get("language") or language_for(request.merchant, "")
    number = asked.get("brand") or request.GET.get("brand") or ""
    brand = None
    if number:
        found = Brand.objects.filter(
            merchant=request.merchant, id=number if number.isascii() and number.isdigit() else 0
        )
        brand = found.first()
        if brand is None:
            raise Http404
    if language not in LANGUAGES:
        raise Http404
    return Place(kind, language, brand)


def _drawn(
    request: MemberAsked, where: Place, typed: tuple[str, str] | None = None, wrong: str = "", status: int = 200
) -> HttpResponse:
    merchant = request.merchant
    rows = Notice.objects.filter(merchant=merchant, kind=where.kind, language=where.language, brand=where.brand)
    own = rows.first()
    words = words_for(merchant.id, where.kind, where.language, where.brand)
    shown = typed or (words.subject, words.text)
    context = {
        "kind": KINDS[where.kind],
        "where": where,
        "on": is_on(merchant.id, where.kind, where.brand),
        "own": own is not None,
        "subject": shown[0],
        "text": shown[1],
        "wrong": wrong,
        "variables": [(name, label()) for name, label in VARIABLES.items()],
        "languages": [(code, _NAMES[code]) for code in LANGUAGES],
        "brands": list(Brand.objects.filter(merchant=merchant).order_by("id")),
        "orders": _examples(request),
        "said": request.GET.get("said", ""),
        **_preview(request, where, shown),
    }
    return page(request, "outreach/notice.html", context, status)


def _examples(request: MemberAsked) -> list[Order]:
    rows = Order.objects.filter(merchant=request.merchant, forgotten_at=None, cancelled_at=None)
    return list(rows.select_related("customer", "store", "merchant").order_by("-placed_at", "-id")[:_ORDERS])


def _preview(request: MemberAsked, where: Place, typed: tuple[str, str]) -> dict[str, Any]:
    """What it says for the order that was picked, else the newest; `wrong_words` where it could not be kept so."""
    orders = _examples(request)
    wanted = request.POST.get("order") or request.GET.get("order") or ""
    order = next((each for each in orders if str(each.id) == wanted), orders[0] if orders else None)
    ours = LANGUAGES[where.language].kinds[where.kind]
    refused = ""
    try:
        check_own(*typed)
    except Refused as why:
        refused = f"{why} {why.next_step}"
    brand = where.brand or brand_of(request.merchant.id, order)
    if brand is None:
        return {"example": None, "mail": None, "wrong_words": refused}
    person = _person(request, order)
    told = _told(request, order)
    case = Case(
        request.merchant, person, order, None, date.fromisoformat(told["day"]), timezone.localdate(), where.language
    )
    shown = [(each.label, link("/c/…")) for each in offered(where.kind, case)]
    setting = Setting(brand, where.language, link("/c/…"), shown)
    said = written(Words(typed[0], typed[1], ours.next, ours.open), stood(person, order, told, setting))
    return {
        "example": order,
        "mail": {"from": brand.name, "subject": said.subject, "body": _HOST.sub("</a>", to_html(said.text))},
        "wrong_words": refused,
    }


def _person(request: MemberAsked, order: Order | None) -> Customer:
    if order is not None and order.customer is not None:
        person: Customer = order.customer
        person.merchant = request.merchant
        return person
    return Customer(merchant=request.merchant, name=order.name if order else "")


def _told(request: MemberAsked, order: Order | None) -> dict[str, Any]:
    """Days as they might be: the order's own where it has one that is still to come."""
    today = day_of(timezone.now(), ZoneInfo(request.merchant.timezone))
    named = order.promised_by if order else None
    was = named if named and named >= today else working_day(request.merchant, 2)
    day = was + timedelta(days=3)
    first = order.lines.order_by("position", "id").first() if order else None
    return {
        "day": day.isoformat(),
        "was": was.isoformat(),
        "wanted": was.isoformat(),
        "amount": order.total if order else 0,
        "currency": order.currency if order else request.merchant.currency,
        "item": first.title if first else "",
    }
