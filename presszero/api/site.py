"""The API as one set of addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from presszero.team.gate import public

from . import problems
from .bodies import Bounded
from .callers import with_limits
from .resources import conversations, customers, messages, orders, shop, webhooks

VERSION = "1.0"
PREFIX = "api/v1/"
RESOURCES = (
    customers.resource,
    conversations.resource,
    messages.resource,
    orders.resource,
    shop.resource,
    shop.happened,
    webhooks.resource,
)


def _made() -> NinjaAPI:
    api = NinjaAPI(
        title="Press Zero",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        parser=Bounded(),
        urls_namespace="api",
    )
    problems.install(api)
    for resource in RESOURCES:
        api.add_router("", resource.router)
    return api


api = _made()


def addresses() -> list[URLPattern]:
    """Every address under /api/v1, and one for all that are not there. Each view asks for a token itself."""
    patterns = []
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = _opened(pattern.callback)
            patterns.append(pattern)
    return [*patterns, path("", _opened(_nothing)), path("<path:rest>", _opened(_nothing))]


def _opened(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Marked for the gate; whatever comes of it, the answer is in our shape, with what is left of the allowance."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            response = view(request, **values)
        except Exception as error:  # what happens outside of the operation itself
            response = problems.answered(error)
        if response.status_code == 405:
            allowed = response.headers["Allow"]
            response = problems.problem(405, f"This address knows {allowed}.", {"Allow": allowed})
        return with_limits(request, response)

    return public(opened)


def _nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.problem(404, "There is nothing at this address.")
