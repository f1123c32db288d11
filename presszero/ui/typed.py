"""What people type into our own pages and programs send to our addresses, without card numbers before any view.

Replies, notes, drafts, macros, names, own fields, settings and the API's bodies all come through here. Files do not:
they are looked into where they are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from presszero.core.cards import masked, possible
from presszero.core.masking import masked_json

# A password may be any digits; tokens and ids of ours hold no words.
_KEPT = frozenset({"password", "new_password", "old_password", "secret", "token", "code", "csrfmiddlewaretoken"})
_CHANGES = ("POST", "PUT", "PATCH")
_MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class WithoutCards:
    """Middleware, above everything that reads a body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in _CHANGES:
            _mask(request)
        return self.get_response(request)


def _mask(request: HttpRequest) -> None:
    kind = request.content_type or ""
    if kind != "multipart/form-data" and int(request.META.get("CONTENT_LENGTH") or 0) > _MOST:
        return  # Django reads no such body, so nobody can: the view refuses it in the shape its caller knows
    if kind == "multipart/form-data":
        _mask_parts(request)
    elif kind == "application/x-www-form-urlencoded":
        _put(request, _urlencoded(request.body))
    elif kind.endswith("json"):
        _put(request, masked_json(request.body)[0])


def _mask_parts(request: HttpRequest) -> None:
    """When it is parsed, and not before: a view may still say how its files are to be taken."""
    parse = request._load_post_and_files

    def parse_and_mask() -> None:
        parse()
        given = request.POST
        if any(_said(name, str(value)) != value for name, values in given.lists() for value in values):
            kept = given.copy()
            for name, values in given.lists():
                kept.setlist(name, [_said(name, str(value)) for value in values])
            request.POST = kept  # type: ignore[assignment] # Django's own setter takes any QueryDict

    request._load_post_and_files = parse_and_mask  # type: ignore[method-assign]


def _urlencoded(body: bytes) -> bytes:
    """Unchanged to the byte where there is nothing to take out."""
    try:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        return body  # more fields than Django takes: nobody reads them
    kept = [(name, _said(name, value)) for name, value in pairs]
    return body if kept == pairs else urlencode(kept).encode()


def _said(name: str, value: str) -> str:
    if name in _KEPT or not possible(value):
        return value
    return masked(value)[0]


def _put(request: HttpRequest, body: bytes) -> None:
    if body is not request.body:
        request._body = body  # nothing has parsed it yet
        request._stream = BytesIO(body)
        request.META["CONTENT_LENGTH"] = str(len(body))
