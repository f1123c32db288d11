"""GET /api/docs: the description for people, drawn from the same schema that programs read."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from presszero.team.gate import public
from presszero.ui.page import page

from ..examples import example
from ..openapi import operations, schema
from ..webhooks.events import EVENTS
from ..wording import paragraphs


@public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Open to all: it says nothing about anybody."""
    said = schema()["info"]
    context = {
        "version": said["version"],
        "words": paragraphs(said["description"]),
        "groups": _groups(settings.ORIGIN),
        "events": EVENTS,
        "origin": settings.ORIGIN,
    }
    return page(request, "api/docs.html", context)


@cache
def _groups(origin: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Operations by noun, each with what it takes, what it answers, and a call to copy."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations():
        found.setdefault(operation["tags"][0], []).append(_operation(origin, path, method, operation))
    return list(found.items())


def _operation(origin: str, path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    sent = example(body["application/json"]["schema"]) if "application/json" in body else None
    status, answered = _answer(operation)
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "words": paragraphs(operation["description"].rpartition("\n\nScope:")[0] or operation["summary"]),
        "scope": operation["x-scope"],
        "parameters": [_parameter(each) for each in operation["parameters"] if each["in"] != "path"],
        "call": _call(origin, path, method, sent, is_file="application/octet-stream" in body),
        "status": status,
        "answer": json.dumps(answered, indent=2, ensure_ascii=False) if answered is not None else "",
    }


def _parameter(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "words": paragraphs(said["description"]) if "description" in said else []}


def _answer(operation: dict[str, Any]) -> tuple[str, Any]:
    status = next(code for code in operation["responses"] if code.startswith("2"))
    content = operation["responses"][status].get("content", {})
    if "application/json" not in content:
        return status, None
    return status, example(content["application/json"]["schema"])


def _call(origin: str, path: str, method: str, sent: Any, *, is_file: bool) -> str:
    filled = path.replace("{token}", "kJ3…").replace("{", "").replace("}", "")
    for name in ("customer_id", "conversation_id", "message_id", "tag_id", "view_id", "webhook_id", "delivery_id"):
        filled = filled.replace(name, "1042")
    lines = [
        f"curl {'' if method == 'GET' else f'-X {method} '}{origin}{filled}{'?filename=label.pdf' if is_file else ''}"
    ]
    lines.append('-H "Authorization: Bearer $TOKEN"')
    if sent is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(sent, ensure_ascii=False)}'"]
    if is_file:
        lines += ['-H "Content-Type: application/octet-stream"', "--data-binary @label.pdf"]
    if method == "POST":
        lines.insert(2, '-H "Idempotency-Key: $(uuidgen)"')
    return " \\\n  ".join(lines)
