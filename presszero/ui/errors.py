"""Error pages in the house style; for HTMX a toast, so that what is on the screen stays."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .page import asked_by_htmx, page
from .refusals import to_toasts

_log = logging.getLogger(__name__)
_LAST_WORDS = b"<!doctype html><title>Press Zero</title><h1>Something broke on our side</h1><p>Try again soon."


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, 400, _("We could not read that"), _("Nothing was changed. Go back and try once more."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, 403, _("This is not open to you"), _("Ask an admin of your team if you need it."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, 404, _("Nothing is here"), _("It may have moved, or belong to another shop."))


def broken(request: HttpRequest) -> HttpResponse:
    return _say(request, 500, _("Something broke on our side"), _("What you wrote is kept. Try again in a moment."))


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open so long, or came from elsewhere, that its token no longer fits."""
    return _say(request, 403, _("This page is out of date"), _("Nothing was changed. Load it again and repeat."))


def _say(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    said = {"status": status, "sentence": title, "next_step": sentence}
    try:
        if asked_by_htmx(request):
            return to_toasts(page(request, "ui/_refusal.html", said, status))
        return page(request, "ui/error.html", said, status)
    except Exception:  # the page that says sorry must not fail, whatever else does
        _log.exception("The error page itself could not be drawn.")
        return HttpResponse(_LAST_WORDS, status=status)
