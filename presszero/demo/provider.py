"""The interface of the demo's telephone network, as the product's own adapter asks it over HTTP. Only in the demo."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from presszero.core.phones import e164
from presszero.team.gate import Asked, public

from . import network
from .views import in_demo

PAGE = 200
_MOST = 1600  # characters of a text
_NO_NUMBER = {"code": 21211, "message": "The 'To' number is not a valid phone number.", "status": 400}
_TOO_LONG = {"code": 21617, "message": "The message body exceeds 1600 characters.", "status": 400}
_WHO = {"code": 20003, "message": "Authenticate", "status": 401}


def with_key(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only with the account's token, as the line keeps it."""

    @wraps(view)
    def asked(request: Asked, account: str, *given: Any, **more: Any) -> HttpResponse:
        line = network.the_line()
        if line is None or account != network.ACCOUNT:
            raise Http404
        wanted = base64.b64encode(f"{account}:{line.secrets['auth_token']}".encode()).decode()
        if not hmac.compare_digest(f"Basic {wanted}", request.headers.get("Authorization", "")):
            return JsonResponse(_WHO, status=401)
        return view(request, *given, **more)

    return asked


@public
@in_demo
@csrf_exempt
@with_key
@require_http_methods(["GET", "POST"])
def messages(request: Asked) -> HttpResponse:
    """POST takes a text to somebody; GET lists those to or from a number, newest first."""
    if request.method == "GET":
        return JsonResponse(_page(request))
    number, body = e164(request.POST.get("To", "")), request.POST.get("Body", "")
    if not number or len(body) > _MOST:
        return JsonResponse(_TOO_LONG if number else _NO_NUMBER, status=400)
    made = network.takes(number, body, request.POST.get("StatusCallback", ""), request.POST.getlist("MediaUrl")[:10])
    return JsonResponse(made.as_json(), status=201)


@public
@in_demo
@with_key
def numbers(request: Asked) -> HttpResponse:
    """GET: what the account's number can do."""
    able = {"voice": False, "sms": True, "mms": True}
    return JsonResponse({"incoming_phone_numbers": [{"phone_number": network.NUMBER, "capabilities": able}]})


@public
@in_demo
@with_key
def media_list(request: Asked, sid: str) -> HttpResponse:
    """GET: the files of a text."""
    text = next((each for each in network.listed("", "", inbound=True) if each.sid == sid), None)
    files = text.files if text else []
    return JsonResponse({"media_list": [{"sid": name, "content_type": kind} for name, kind in files]})


@public
@in_demo
@with_key
def media(request: Asked, sid: str, name: str) -> HttpResponse:
    """GET: one file."""
    found = network.media(sid, name)
    if found is None:
        raise Http404
    return HttpResponse(found[1], content_type=found[0])


def _page(request: Asked) -> dict[str, Any]:
    to, sender = request.GET.get("To", ""), request.GET.get("From", "")
    since = request.GET.get("DateSent>", "")
    inbound = to == network.NUMBER
    rows = network.listed(sender if inbound else to, to if inbound else sender, inbound=inbound)
    rows = [row for row in rows if datetime.fromtimestamp(row.at, UTC).date().isoformat() >= since]
    return {"messages": [row.as_json() for row in rows[:PAGE]], "next_page_uri": None}
