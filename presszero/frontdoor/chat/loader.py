"""GET /widget.js: the one script of a shop's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from presszero.team.gate import public
from presszero.ui.assets import asset

# In seconds: a shop's pages must not keep an old one for long.
_SHORT = "public, max-age=600, stale-while-revalidate=86400"


@public
@require_safe
def loader(request: HttpRequest) -> HttpResponseBase:
    """The same file for every shop, so it may stand in any cache; nothing in it is anybody's."""
    response = asset(request, "", "built/widget.js")
    response["Cache-Control"] = _SHORT
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
