"""Every "no" of the API in one shape: problem details, RFC 9457."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from presszero.conversations.actions.held import ChangedMeanwhile
from presszero.core.refusal import Refused

log = logging.getLogger(__name__)

TYPE = "application/problem+json"
_PLACES = {"body": "the body", "query": "the query", "path": "the path", "header": "the headers"}


class Problem(Exception):
    """Something the caller should read: a status, a sentence, and what more there is to say."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, dict(headers or {}), more


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    """The answer. `more`: members of its own, such as `errors` and `next_step`."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    said |= {"detail": detail} if detail else {}
    body = json.dumps(said | {key: value for key, value in more.items() if value})
    return HttpResponse(body, status=status, content_type=TYPE, headers=dict(headers or {}))


def answered(error: Exception) -> HttpResponse:
    """Whatever was raised, as a problem. What we did not foresee is logged, and said without its inside."""
    match error:
        case Problem():
            return problem(error.status, error.detail, error.headers, **error.more)
        case ChangedMeanwhile():
            return problem(412, str(error), next_step=error.next_step)
        case Refused():
            return problem(getattr(error, "status", 422), str(error), next_step=error.next_step)
        case ValidationError():
            errors = [_wrong(each) for each in error.errors]
            return problem(422, "; ".join(_sentence(each) for each in errors[:3]), errors=errors[:50])
        case AuthenticationError():
            return problem(401, "A valid token is needed.", {"WWW-Authenticate": 'Bearer realm="Press Zero"'})
        case HttpError():
            return problem(
                error.status_code, "The body is not JSON that we can read." if error.status_code == 400 else ""
            )
        case Http404() | ObjectDoesNotExist():
            return problem(404, "There is nothing at this address, or it is not for this token to see.")
        case RequestDataTooBig():
            return problem(413, "The body is too large.")
        case UnreadablePostError():
            return problem(400, "The body broke off.")
        case OperationalError() | InterfaceError():
            log.warning("The API's database is away: %s", error)
            return problem(503, "The database is away for a moment.", {"Retry-After": "5"})
    log.error("The API failed.", exc_info=error)
    return problem(500, "Something broke here, and nothing was changed. It is written down for us.")


def install(api: NinjaAPI) -> None:
    """Makes a ninja API answer errors this way, whatever they are."""

    def answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return answered(error if isinstance(error, Exception) else error())

    for kind in (Exception, HttpError, ValidationError, Http404):
        api.add_exception_handler(kind, answer)


def _wrong(error: Mapping[str, Any]) -> dict[str, str]:
    """One thing that does not fit: where, as a JSON pointer into its place, and a sentence."""
    source, *path = [str(each) for each in error["loc"]]
    inside = path[1:] if source == "body" and len(path) > 1 else path
    return {"in": source, "pointer": "/" + "/".join(inside), "detail": str(error["msg"])}


def _sentence(error: Mapping[str, str]) -> str:
    return f"{error['pointer'].strip('/') or _PLACES.get(error['in'], error['in'])}: {error['detail']}"
