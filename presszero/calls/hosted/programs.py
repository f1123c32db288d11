"""A provider's own program in members' pages: those of a shop that has such a line may connect there, no others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from presszero.channels.models import Line
from presszero.ui.headers import may_connect

from .providers import provider_of
from .tokens import registers

PHONE = b'id="phone"'  # in a page that has the desk's phone


class ConnectsToProviders:
    """Widens the content policy of pages that have a phone; all others stay as they are, and cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        member = getattr(request, "member", None)
        if member and isinstance(response, HttpResponse) and PHONE in response.content:
            may_connect(request, *places(member.merchant_id))
        return response


def places(merchant_id: int) -> list[str]:
    """Where members' pages connect to for a shop's calls."""
    lines = Line.objects.filter(merchant_id=merchant_id, kind="phone", settings__driver="hosted", paused_at=None)
    return sorted({provider_of(line.settings).program for line in lines if registers(line)})
