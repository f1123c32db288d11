"""Who asks? The widget's own page, in the name of one visitor. Everything else is refused here, in one shape.

No answer carries a CORS header, so no other site's script can read one; a request that another site's page sends is
refused by its Origin before anything is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.team.gate import public
from presszero.team.throttle import Limit, TooMany, hold
from presszero.visitors import queries
from presszero.visitors.cookie import cookie_name
from presszero.visitors.models import Visitor

MAX_BODY = 64 * 1024  # bytes
BY_VISITOR = Limit("chat.asks", 300, timedelta(minutes=1))

_READS = ("GET", "HEAD")


class ChatAsked(HttpRequest):
    """A request after the gate."""

    line: Line
    secret: str  # of the cookie; "" without one
    visitor: Visitor
    given: dict[str, Any]


class NotFor(Refused):
    """A refusal with a status of its own."""

    def __init__(self, status: int, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence, next_step)
        self.status = status


Answer = HttpResponseBase | Mapping[str, Any]
View = Callable[..., Answer]


def asked(*methods: str, stranger: bool = False) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Marks a view of the chat: `view(request, **rest of the address)` returns a mapping, or a response.

    `stranger`: for who is no visitor yet, too. Refusals become {"error": sentence, "next": what they can do}.
    """

    def mark(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: ChatAsked, token: str, **rest: str) -> HttpResponseBase:
            try:
                _only_ours(request)
                _recognise(request, token, stranger)
                request.given = {} if request.method in _READS else _body(request)
                with translation.override(_language(request)):
                    found = view(request, **rest)
            except (Refused, Http404) as why:
                return _refused(why)
            return found if isinstance(found, HttpResponseBase) else JsonResponse(dict(found))

        return public(csrf_exempt(require_http_methods(methods)(answer)))  # the Origin is held to instead

    return mark


def _only_ours(request: HttpRequest) -> None:
    """Browsers name the Origin of whatever changes something, and of a page's own reads that it is the same one."""
    origin = request.headers.get("Origin")
    ours = origin in settings.CSRF_TRUSTED_ORIGINS
    if not ours and (origin is not None or request.headers.get("Sec-Fetch-Site") != "same-origin"):
        raise NotFor(403, _("Only the chat's own window may ask this."), _("Reload the page."))


def _recognise(request: ChatAsked, token: str, stranger: bool) -> None:
    request.secret = request.COOKIES.get(cookie_name(token), "")
    found = queries.chat_of(token, request.secret)
    if found is None:
        raise Http404
    request.line, visitor = found
    if visitor:
        request.visitor = visitor
        if request.method not in _READS:
            hold(BY_VISITOR, f"{visitor.merchant_id}:{visitor.id}", timezone.now())
    elif not stranger:
        raise NotFor(401, _("This chat has ended here."), _("Open it again to begin a new one."))


def _language(request: ChatAsked) -> str:
    """That of the shop's page, as it says now or said before, where we speak it; else the browser's."""
    visitor, said = getattr(request, "visitor", None), request.given.get("language")
    wanted = (said if isinstance(said, str) else visitor.language if visitor else "").lower()
    spoken = dict(settings.LANGUAGES)
    return next((each for each in (wanted, wanted.partition("-")[0]) if each in spoken), translation.get_language())


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise NotFor(400, _("We could not read this."))
    try:
        if int(request.headers.get("Content-Length") or 0) > MAX_BODY or len(request.body) > MAX_BODY:
            raise NotFor(413, _("This is too much at once."))
        found = json.loads(request.body or b"{}", parse_constant=_no_number)
    except RequestDataTooBig as why:
        raise NotFor(413, _("This is too much at once.")) from why
    except (ValueError, RecursionError) as why:
        raise NotFor(400, _("We could not read this.")) from why
    if not isinstance(found, dict):
        raise NotFor(422, _("We could not read this."))
    return found


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _refused(why: Refused | Http404) -> JsonResponse:
    if isinstance(why, Http404):
        return _said(404, _("There is nothing here."), _("Reload the page."))
    if isinstance(why, TooMany):
        answer = _said(429, str(why), why.next_step)
        answer["Retry-After"] = "60"
        return answer
    return _said(getattr(why, "status", 422), str(why), why.next_step)


def _said(status: int, sentence: str, next_step: str) -> JsonResponse:
    return JsonResponse({"error": sentence, "next": next_step}, status=status)
