"""The team's own addresses, and one view for each mark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from presszero.team.gate import needs, own, public
from presszero.team.models import Role
from presszero.team.urls import urlpatterns as team
from presszero.ui.assets import asset


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@public
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@own
def mine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@needs(Role.READ_ONLY)
def reading(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@csrf_exempt
@needs(Role.LEAD)
def leading(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


urlpatterns = [
    *team,
    path("assets/<slug:version>/<path:path>", public(asset)),
    path("unmarked", unmarked),
    path("open", open_to_all),
    path("mine", mine),
    path("reading", reading),
    path("leading", leading),
]
handler403 = "presszero.ui.errors.forbidden"
