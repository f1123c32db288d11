"""How an operation is opened: its scope, its shape, and the same manners for all of them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.operation import Operation
from pydantic import BaseModel

from presszero.team.models import Role

from .callers import Bearer, Caller
from .problems import Problem
from .repeats import once

P = ParamSpec("P")
View = Callable[Concatenate["Call", P], Any]
V = TypeVar("V", bound=Callable[..., Any])


class Call(HttpRequest):
    """A request after its token was read."""

    auth: Caller
    known: frozenset[str]  # parameters of its query


class Made:
    """What was made, or changed: the thing, where it stands, and its version."""

    def __init__(self, thing: dict[str, Any] | None, at: str = "", version: int | None = None) -> None:
        self.thing, self.at, self.version = thing, at, version


class Resource:
    """Operations about one noun."""

    def __init__(self, noun: str) -> None:
        self.router = Router(tags=[noun])

    def get(self, path: str, scope: str, shape: type[BaseModel]) -> Callable[[V], V]:
        return self._open("GET", path, Bearer(scope), {200: shape})

    def post(
        self, path: str, scope: str, shape: type[BaseModel], *, role: Role | None = None, status: int = 201
    ) -> Callable[[V], V]:
        return self._open("POST", path, Bearer(scope, role), {status: shape})

    def patch(self, path: str, scope: str, shape: type[BaseModel], *, role: Role | None = None) -> Callable[[V], V]:
        return self._open("PATCH", path, Bearer(scope, role), {200: shape})

    def put(self, path: str, scope: str, shape: type[BaseModel]) -> Callable[[V], V]:
        return self._open("PUT", path, Bearer(scope), {200: shape})

    def delete(
        self, path: str, scope: str, shape: type[BaseModel] | None, *, role: Role | None = None
    ) -> Callable[[V], V]:
        return self._open("DELETE", path, Bearer(scope, role), {200: shape} if shape else {204: None})

    def upload(self, path: str, scope: str, shape: type[BaseModel], most: int) -> Callable[[V], V]:
        """The body is the file itself, of any kind."""
        bearer = Bearer(scope, takes="")
        bearer.most = most
        binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return self._open("POST", path, bearer, {201: shape}, {"requestBody": {"content": binary, "required": True}})

    def download(self, path: str, scope: str) -> Callable[[V], V]:
        """Answers with a file."""
        binary = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        extra = {"responses": {200: {"description": "The file", "content": binary}}}
        return self._open("GET", path, Bearer(scope), {200: None}, extra)

    def _open(
        self, method: str, path: str, bearer: Bearer, shapes: dict[int, Any], extra: dict[str, Any] | None = None
    ) -> Callable[[V], V]:
        def register(view: V) -> V:
            said = inspect.cleandoc(view.__doc__ or "")
            summary, _, more = said.partition("\n\n")
            self.router.api_operation(
                [method],
                path,
                auth=bearer,
                response=shapes,
                operation_id=view.__name__,
                summary=" ".join(summary.split()).rstrip("."),
                description=more or None,
                openapi_extra={"x-scope": bearer.scope, **(extra or {})},
            )(view)
            operation: Operation = view._ninja_operation  # type: ignore[attr-defined]  # left there by ninja
            operation.view_func = _mannered(view, operation, next(iter(shapes)))
            return view

        return register


def answer(thing: Any, status: int = 200) -> HttpResponse:
    """A thing as JSON. The shapes are held by the tests, not proved anew at every request."""
    body = json.dumps(thing, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json")


def _mannered(view: Callable[..., Any], operation: Operation, status: int) -> Callable[..., HttpResponse]:
    queries = {name for model in operation.models for name in _queries(model)}

    @wraps(view)
    def opened(request: Call, **values: Any) -> HttpResponse:
        unknown = sorted(set(request.GET) - queries)
        if unknown:
            raise Problem(422, f"There is no parameter called {unknown[0][:60]} here.")
        if request.method == "POST":
            return once(request, request.auth, lambda: _as_response(view(request, **values), status))
        return _as_response(view(request, **values), status)

    return opened


def _queries(model: Any) -> list[str]:
    """The names that a query may carry."""
    if model.__ninja_param_source__ != "query":
        return []
    return list(model.__ninja_flatten_map__)


def _as_response(found: Any, status: int) -> HttpResponse:
    if isinstance(found, HttpResponse) or getattr(found, "streaming", False):
        return found  # type: ignore[no-any-return]  # a file on its way
    if not isinstance(found, Made):
        return answer(found, status)
    response = HttpResponse(status=204) if found.thing is None else answer(found.thing, status)
    if found.at:
        response["Location"] = found.at
    if found.version is not None:
        response["ETag"] = f'"{found.version}"'
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(type(value).__name__)
