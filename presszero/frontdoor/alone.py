"""Pages for customers that stand in no other page: one link of ours opened one, and it is about that alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from presszero.ui.page import page

_FRAME: Mapping[str, object] = {"line": None, "embedded": False, "parent": "", "sites": []}


def alone(request: HttpRequest, template: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    """The page, kept by no cache: what it says is of this moment."""
    response = page(request, template, {**_FRAME, **context}, status)
    response["Cache-Control"] = "no-store"
    return response


def nothing(request: HttpRequest, brand: str, title: str, sentence: str, status: int) -> HttpResponse:
    """What a link that leads nowhere shows, or one that was tried too often."""
    context = {**_FRAME, "brand": brand, "title": title, "sentence": sentence}
    return page(request, "frontdoor/say_nothing.html", context, status)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, and told to no other site: the address is the key."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"  # our own form still has an origin to show
    return response
