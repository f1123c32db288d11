"""The Pretend page: you are the customer, with a mail program, beside the desk. Only in the demo."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.desk.frame import POLICY, framed
from presszero.team.gate import Asked, public
from presszero.ui.page import page

from .cast import ADA, CUSTOMERS, SHOP_ADDRESS, Person
from .mailbox import mail, mails
from .writing import Letter, send

MAX_FILE = 10 * 1024 * 1024  # bytes


def in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outside the demo there is no such page."""

    @wraps(view)
    def asked(request: Asked, *given: Any, **more: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *given, **more)

    return asked


@public
@in_demo
def pretend(request: Asked) -> HttpResponse:
    """GET /pretend?as=ada@example.com: their mail, and a place to write; the desk stands beside."""
    return page(request, "demo/pretend.html", _context(request))


@public
@in_demo
def box(request: Asked) -> HttpResponse:
    """GET /pretend/mailbox: the list again."""
    return page(request, "demo/_mailbox.html", _context(request))


@public
@in_demo
@require_http_methods(["POST"])
def letters(request: Asked) -> HttpResponse:
    """POST sends a mail by SMTP, through the shop's own door."""
    who = who_asks(request)
    answers = None
    if request.POST.get("mail"):
        answers = mail(who.address, request.POST.get("folder", ""), request.POST["mail"])
        if answers is None:
            raise Http404
    files = [(one_line(f.name or "file", 200), f.content_type or "", f.read()) for f in request.FILES.getlist("file")]
    if any(len(content) > MAX_FILE for _name, _kind, content in files):
        raise Refused(_("This file is larger than 10 MB."))
    if not request.POST.get("text", "").strip() and not files:
        raise Refused(_("There is nothing in this mail yet."))
    send(who, Letter(request.POST.get("text", ""), request.POST.get("subject", ""), SHOP_ADDRESS, answers, files))
    return HttpResponseRedirect(f"/pretend?as={who.address}&name={who.name}&sent=1")


@public
@in_demo
def html(request: Asked, folder: str, name: str) -> HttpResponse:
    """GET: a mail as its reader sees it."""
    found = mail(who_asks(request).address, folder, name)
    if found is None:
        raise Http404
    response = HttpResponse(framed(found.html, {}).document)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _context(request: Asked) -> dict[str, Any]:
    who = who_asks(request)
    found = mails(who.address)
    wanted = request.GET.get("open", "")
    opened = next((m for m in found if m.name == wanted), None)
    return {
        "who": who,
        "cast": CUSTOMERS,
        "mails": found,
        "opened": opened,
        "writing": request.GET.get("write") == "1" or (not found and opened is None),
        "sent": request.GET.get("sent") == "1",
        "shop_address": SHOP_ADDRESS,
        "device": "mail",
    }


def who_asks(request: Asked) -> Person:
    """Whom somebody plays: one of the cast, or somebody new. Raises Refused for an address that is none."""
    given = request.POST if request.method == "POST" else request.GET
    address = one_line(given.get("as", ""), 254).lower()
    known = next((person for person in CUSTOMERS if person.address == address), None)
    if known or not address:
        return known or ADA
    if "@" not in address or " " in address:
        raise Refused(_("This does not look like an e-mail address."), _("Check it once more."))
    return Person(one_line(given.get("name", ""), 120), address, domain_confirms=False)
