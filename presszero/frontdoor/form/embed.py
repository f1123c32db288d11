"""What a shop's page loads to show the form, and the brand's colour in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from presszero.team.gate import public
from presszero.ui.assets import asset
from presszero.ui.looks import look_of

from .place import place_of

_SHORT = "public, max-age=600, stale-while-revalidate=86400"  # seconds; a shop's pages must not keep an old one long


@public
@require_safe
def loader(request: HttpRequest) -> HttpResponseBase:
    """GET /form.js: the same for every shop, so it may stand in any cache."""
    response = asset(request, "", "frontdoor/embed.js")
    response["Cache-Control"] = _SHORT
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /form/<token>/look.css: the brand's colour, and ink that can be read on it."""
    return look_of(place_of(token).line.brand.colour)
