"""What pages behind a link of ours have in common: they stand in no other page, and their address is the key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from presszero.ui.page import page

FRAME: dict[str, object] = {"line": None, "embedded": False, "parent": "", "sites": []}


def drawn(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """Kept by no cache, found by no search, told to no other site."""
    response = page(request, template, {**FRAME, **context}, status)
    return private(response)


def told(request: HttpRequest, title: str, sentence: str, status: int) -> HttpResponse:
    """A page that says one thing and leads nowhere."""
    context: dict[str, object] = {"brand": _("Contact"), "title": title, "sentence": sentence}
    return drawn(request, "outreach/nowhere.html", context, status)


def too_often(request: HttpRequest) -> HttpResponse:
    return told(request, _("That was tried too often."), _("Wait a quarter of an hour, then try again."), 429)


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
