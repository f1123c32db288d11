"""Drawing a page, or one block of it. Both come from the same template."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.translation import get_language
from jinja2 import Environment
from jinja2_fragments import render_block

from .jinja import spoken

Context = Mapping[str, Any]


def page(request: HttpRequest, template: str, context: Context | None = None, status: int = 200) -> HttpResponse:
    """The whole template."""
    return HttpResponse(_environment().get_template(template).render(_context(request, context)), status=status)


def fragment(
    request: HttpRequest, template: str, block: str, context: Context | None = None, status: int = 200
) -> HttpResponse:
    """One block of the template alone."""
    return HttpResponse(render_block(_environment(), template, block, _context(request, context)), status=status)


class TextJson(JsonResponse):
    """JSON for a page's script. No tag can stand in it, so that whoever reads it as a page reads text."""

    def __init__(self, values: Any, status: int = 200) -> None:
        super().__init__(values, status=status)
        self.content = self.content.replace(b"<", b"\\u003c")


def text_of(request: HttpRequest, template: str, context: Context | None = None) -> str:
    """A template as a string, to be put together with others."""
    return _environment().get_template(template).render(_context(request, context))


def asked_by_htmx(request: HttpRequest) -> bool:
    """A fragment is wanted. Going back in history after a cache miss wants the page."""
    return request.headers.get("HX-Request") == "true" and not request.headers.get("HX-History-Restore-Request")


def _context(request: HttpRequest, context: Context | None) -> dict[str, Any]:
    return {
        "request": request,
        "person": getattr(request, "person", None),
        "member": getattr(request, "member", None),
        "merchant": getattr(request, "merchant", None),
        "csrf_token": _Token(request),
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "debug": settings.DEBUG,
        **(context or {}),
    }


class _Token:
    """Made when a template shows it, since making one sets a cookie."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __str__(self) -> str:
        return get_token(self.request)


def _environment() -> Environment:
    """For the language of this request."""
    return _speaking(get_language())


@cache
def _speaking(language: str | None) -> Environment:
    backend = next(engine for engine in engines.all() if isinstance(engine, Jinja2))
    env = cast(Environment, backend.env)
    return spoken(language, env) if language else env
