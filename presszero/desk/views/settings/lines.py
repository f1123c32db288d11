"""Lines: the list, setting one up, whether its DNS is right, trying it out, and pausing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.resolver
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.adapters.email.dns import SELECTOR, check_domain
from presszero.channels.adapters.email.oauth.providers import providers
from presszero.channels.models import Line
from presszero.core.phones import e164, region_of_zone
from presszero.core.refusal import Refused
from presszero.core.sealing import new_token
from presszero.mailroom.models import Received
from presszero.merchants.models import Brand, Hours
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ...forms.chat import LANGUAGES, ChatLineForm, chat_values
from ...forms.form import FormLineForm, form_values, kind_names
from ...forms.lines import CustomLineForm, EmailLineForm, LineForm, custom_values, first_values, secret_names
from ...forms.texts import TextLineForm, text_values
from ...trial import Trial, send_text_trial, send_trial
from .frame import kept, show

# What a line of each kind is set up with, and what the form starts with.
_FORMS: dict[str, tuple[type[LineForm], Callable[[Line], dict[str, Any]]]] = {
    "email": (EmailLineForm, first_values),
    "custom": (CustomLineForm, custom_values),
    "chat": (ChatLineForm, chat_values),
    "form": (FormLineForm, form_values),
    "sms": (TextLineForm, text_values),
}
_SIGN_WITH = {
    "custom": "secret",
    "chat": "identity",
    "form": "secret",
}  # the secret that the merchant's own program signs with

form_page = require_http_methods(["GET", "POST"])


@needs(Role.ADMIN)
def lines(request: MemberAsked) -> HttpResponse:
    """GET /settings/lines"""
    rows = Line.objects.filter(merchant=request.merchant).select_related("brand", "hours").order_by("id")
    return show(request, "lines", {"rows": rows})


@needs(Role.ADMIN)
@form_page
@transaction.atomic
def new(request: MemberAsked, kind: str) -> HttpResponse:
    """GET and POST /settings/lines/new/<kind>"""
    if kind not in settings.CHANNELS or kind not in _FORMS:
        raise Http404
    row = Line(merchant=request.merchant, kind=kind, name=request.merchant.name)
    row.brand = Brand.objects.filter(merchant=request.merchant).order_by("id").first()
    if kind == "chat":  # somebody waits in front of it, while the shop is open
        row.hours = Hours.objects.filter(merchant=request.merchant).order_by("id").first()
        row.first_reply_minutes, row.next_reply_minutes = 5, 15
    if kind == "sms":
        row.hours = Hours.objects.filter(merchant=request.merchant).order_by("id").first()
        row.first_reply_minutes, row.next_reply_minutes = 15, 30
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        secret = f"whsec_{new_token(192)}" if kind == "custom" else ""
        if secret:
            row.keep_secrets({"secret": secret})
        form.keep()
        after = {"kind": kind, "address": row.address}
        response = kept(request, "line.add", f"line:{row.id}", after, f"/settings/lines/{row.id}")
        return _shown_once(request, row, secret) if secret else response
    return _show(request, row, form)


@needs(Role.ADMIN)
@form_page
@transaction.atomic
def line(request: MemberAsked, line_id: int) -> HttpResponse:
    """GET and POST /settings/lines/7: how it is doing, and how it is set up."""
    row = _line(request, line_id)
    if row.kind not in _FORMS:  # telephones have settings of their own
        return HttpResponseRedirect(f"/settings/phone/numbers/{row.id}")
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        form.keep()
        after = {"address": row.address, "provider": row.settings.get("provider", "")}
        return kept(request, "line.save", f"line:{row.id}", after, f"/settings/lines/{row.id}")
    return _show(request, row, form)


@needs(Role.ADMIN)
@require_http_methods(["PUT", "DELETE"])
def pause(request: MemberAsked, line_id: int) -> HttpResponse:
    """PUT: nothing is fetched or sent for now. DELETE: on again."""
    row = _line(request, line_id)
    row.paused_at = timezone.now() if request.method == "PUT" else None
    row.save(update_fields=["paused_at"])
    kept(request, "line.pause", f"line:{row.id}", {"paused": row.paused_at is not None}, "")
    return _refreshed()


@needs(Role.ADMIN)
def domain(request: MemberAsked, line_id: int) -> HttpResponse:
    """GET: what the DNS says about the line's domain, now."""
    row = _line(request, line_id)
    resolver = dns.resolver.Resolver()
    selector = str(row.settings.get("dkim_selector") or SELECTOR)
    findings = check_domain(row.address.rpartition("@")[2], resolver, selector)
    return page(request, "desk/settings/_findings.html", {"findings": findings})


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def trial(request: MemberAsked, line_id: int) -> HttpResponse:
    """POST sends a mail from the line to itself, or a text to a number; GET says whether the mail came back."""
    row = _line(request, line_id)
    if row.kind == "sms":
        return _text_trial(request, row)
    if request.method == "POST":
        context: dict[str, Any] = {"trial": send_trial(row), "line": row, "back": None}
        return page(request, "desk/settings/_trial.html", context)
    found = Trial(True, request.GET.get("id", "")[:300], "")
    rows = Received.objects.filter(merchant=request.merchant, line_id=row.id, external_id__startswith=found.message_id)
    back = rows.order_by("-id").first() if found.message_id else None
    return page(request, "desk/settings/_trial.html", {"trial": found, "line": row, "back": back})


def _text_trial(request: MemberAsked, row: Line) -> HttpResponse:
    number = e164(request.POST.get("number", ""), region_of_zone(request.merchant.timezone))
    context: dict[str, Any] = {"line": row, "number": number or request.POST.get("number", "")[:40], "trial": None}
    if request.method == "POST":
        if not number:
            raise Refused(_("This is no telephone number."), _("Write it with its country: +44 20 7946 0018."))
        context["trial"] = send_text_trial(row, number)
        kept(request, "line.trial", f"line:{row.id}", {"left": context["trial"].left}, "")
    return page(request, "desk/settings/_text_trial.html", context)


@needs(Role.ADMIN)
@require_http_methods(["POST", "DELETE"])
def secret(request: MemberAsked, line_id: int) -> HttpResponse:
    """POST makes a new secret, shown once; the old one holds beside it. DELETE: the old one holds no longer."""
    row = _line(request, line_id)
    if row.kind not in _SIGN_WITH:
        raise Http404
    name, held = _SIGN_WITH[row.kind], row.secrets
    made = (f"whsec_{new_token(192)}" if name == "secret" else new_token(256)) if request.method == "POST" else ""
    row.keep_secrets({**held, f"old_{name}": held.get(name, ""), name: made} if made else held | {f"old_{name}": ""})
    row.save(update_fields=["sealed"])
    kept(request, "line.secret", f"line:{row.id}", {"made": bool(made)}, "")
    return _shown_once(request, row, made) if made else _refreshed()


def _form(request: MemberAsked, row: Line) -> Any:
    form, values = _FORMS[row.kind]
    picked = {"provider": request.GET["provider"]} if request.GET.get("provider") else {}
    return form(request.POST or None, instance=row, initial=values(row) | picked)


def _show(request: MemberAsked, row: Line, form: Any) -> HttpResponse:
    provider = str(form["provider"].value() or "") if "provider" in form.fields else ""
    held = {name for name, value in row.secrets.items() if value} if row.id else set()
    context = {
        "row": row,
        "form": form,
        "provider": provider,
        "secret_names": secret_names(provider),
        "held": held,
        "webhook": f"{settings.ORIGIN}/in/{row.kind}/{row.token}",
        "origin": settings.ORIGIN,
        "languages": LANGUAGES,
        "kinds": kind_names(),
        "sign_ins": providers() if row.kind == "email" else [],
    }
    return show(request, "lines", context, f"desk/settings/line_{row.kind}.html", 422 if form.is_bound else 200)


def _shown_once(request: MemberAsked, row: Line, made: str) -> HttpResponse:
    context = {
        "row": row,
        "secret": made,
        "signs": _SIGN_WITH[row.kind],
        "webhook": f"{settings.ORIGIN}/in/{row.kind}/{row.token}",
    }
    return show(request, "lines", context, "desk/settings/secret.html")


def _refreshed() -> HttpResponse:
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def _line(request: MemberAsked, line_id: int) -> Line:
    found = Line.objects.filter(merchant=request.merchant, id=line_id).select_related("brand", "hours").first()
    if found is None:
        raise Http404
    return found
