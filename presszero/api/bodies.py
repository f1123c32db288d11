"""Reading what is sent: JSON, bounded, and nothing the database would choke on."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from .problems import Problem

MOST = 1024 * 1024  # bytes of JSON
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class Bounded(Parser):
    """JSON as RFC 8259 has it: no NaN, no NUL, no second key of a name."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises ValueError or RecursionError, which the caller answers with 400."""
        read: dict[str, Any] = json.loads(request.body, parse_constant=_refuse, object_pairs_hook=_once)
        if b"\\u0000" in request.body:
            raise ValueError("NUL")
        return read

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Raises Problem for what no text can hold, and for what is given twice."""
        for name, values in data.lists():
            if any("\x00" in str(value) for value in (name, *values)):
                raise Problem(422, "A query with a NUL in it means nothing here.")
            if len(values) > 1 and name not in list_fields:
                raise Problem(422, f"{name} is given twice.")
        found: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return found


def check(request: HttpRequest, kind: str = "application/json", most: int = MOST) -> None:
    """Before anything is read: its size and its kind. Raises Problem."""
    if request.method not in _WITH_BODY:
        return
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > most:
        raise Problem(413, f"The body is too large: {most // 1024} kB at most.")
    if length and kind and request.content_type != kind:
        raise Problem(415, f"The body must be {kind}.", {"Accept": kind})
    if not kind and not hasattr(request, "_body"):
        request._body = request.read(most)  # a file may be larger than what Django itself would read


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found
