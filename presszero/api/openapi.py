"""The API's description, OpenAPI 3.1: made from the operations, with what is true of all of them said on each."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from presszero.team.gate import public

from .problems import TYPE
from .shapes.kinds import ProblemShape
from .site import PREFIX, VERSION, api

_WORDS = """Customers, conversations, messages and everything around them, for programs of yours.

**Tokens** come from Settings → API and go into `Authorization: Bearer pz_…`. Each has scopes; one may act as a member,
and then sees and may do what that member does.

**Pages.** Lists answer with `data` and `next`. Follow `next` until it is null. Cursors name a place, so nothing is
skipped or shown twice when something is added meanwhile.

**Once.** Send an `Idempotency-Key` with any POST: the same request again, within a day, is answered as the first was
and does nothing more. Another body under the same key is refused with 422; one that still runs, with 409.

**Changes.** A conversation carries an `ETag`; send it back as `If-Match`, and a change is made only if nobody made one
meanwhile (412 otherwise).

**Limits** are told with every answer in `RateLimit` and `RateLimit-Policy`; a 429 says in `Retry-After` when to go on.

**Refusals** are problem details (RFC 9457): `detail` is a sentence, `errors` says which field, `next_step` what to do.

**What changes.** Within v1 we add: new operations, new fields, new values of lists such as event types. Ignore what you
do not know. What goes is marked as deprecated here and in a `Deprecation` header a year before it goes.
"""
_SAID = {
    "400": "The body cannot be read",
    "401": "No token, or one that opens nothing",
    "403": "The token lacks the scope, or whom it acts as the role",
    "404": "There is nothing there for this token to see",
    "409": "It is there already, or the same request is under way",
    "412": "Somebody changed it meanwhile",
    "413": "The body is too large",
    "415": "The body is of another kind",
    "422": "Something does not fit; `errors` says what",
    "429": "Too many requests",
    "500": "Something broke here",
    "503": "Away for a moment",
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Makes a repeat harmless, for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of the version you saw.",
    "schema": {"type": "string", "maxLength": 200},
}


@public
@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/openapi.json"""
    body = json.dumps({**schema(), "servers": [{"url": settings.ORIGIN}]})
    return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@cache
def schema() -> dict[str, Any]:
    """The whole description. Paths are whole paths, from the root of the site."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"/{PREFIX}")))
    found["info"] = {"title": "Press Zero", "version": VERSION, "description": _WORDS}
    found["components"]["securitySchemes"] = {"Bearer": {**_bearer(), "description": "A token from Settings → API."}}
    found["components"]["schemas"]["Problem"] = ProblemShape.model_json_schema()
    for path in found["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return found  # type: ignore[no-any-return]  # parsed from our own words


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(path, method in capitals, operation), in the order they are described."""
    return [(path, method.upper(), each) for path, known in schema()["paths"].items() for method, each in known.items()]


def _bearer() -> dict[str, str]:
    return {"type": "http", "scheme": "bearer", "bearerFormat": "pz_…"}


def _complete(method: str, operation: dict[str, Any]) -> None:
    scope = operation["x-scope"]
    operation["security"] = [{"Bearer": [scope]}]
    operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`.".strip()
    operation["responses"] |= {
        status: {"description": said, "content": {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for status, said in _SAID.items()
        if _can(status, method, operation)
    }
    if method == "post":
        operation["parameters"].append(_KEY)
    if method == "patch" and "conversation" in operation["operationId"]:
        operation["parameters"].append(_MATCH)


def _can(status: str, method: str, operation: dict[str, Any]) -> bool:
    """Whether an operation may answer this way."""
    if status in ("400", "413", "415"):
        return "requestBody" in operation
    if status == "412":
        return method == "patch"
    return status != "409" or method == "post"
