"""An example of a shape, made from its schema with the shop of the docs in it."""

from __future__ import annotations

from typing import Any

from .openapi import schema

_KNOWN: dict[str, Any] = {
    "name": "Ada Kowalski",
    "address": "ada@example.com",
    "subject": "Boots still not here",
    "text": "They are on their way.",
    "language": "en",
    "timezone": "Europe/London",
    "kind": "email",
    "channel": "email",
    "proof": "verified",
    "snippet": "Where is order 1042?",
    "url": "https://hooks.example.com/press-zero",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "events": ["message.received", "conversation.resolved"],
    "id": 1042,
    "at": "2026-11-22T09:12:00Z",
    "state": "open",
    "priority": 3,
    "type": "message.received",
    "fields": {"size": "38"},
    "webhook_id": "msg_90210_7",
    "next": None,
    "next_cursor": None,
    "handles": [{"kind": "email", "address": "ada@example.com"}],
}


def example(shape: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value of this shape, as short as says what it is."""
    if "$ref" in shape:
        return example(schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]], name, depth)
    kinds = [each.get("type") for each in shape.get("anyOf", ())]
    if "properties" in shape:
        needed = shape.get("required", [])
        chosen = needed or list(shape["properties"])[:1]
        return {key: example(value, key, depth + 1) for key, value in shape["properties"].items() if key in chosen}
    if name in _KNOWN and (depth < 3 or not isinstance(_KNOWN[name], list)):
        return _KNOWN[name]
    if "anyOf" in shape:
        return None if "null" in kinds else example(shape["anyOf"][0], name, depth)
    return _plain(shape, name, depth)


def _plain(shape: dict[str, Any], name: str, depth: int) -> Any:
    if "enum" in shape or "const" in shape:
        return shape.get("enum", [shape.get("const")])[0]
    match shape.get("type"):
        case "array":
            return [example(shape["items"], "", depth)]
        case "integer":
            return 7
        case "boolean":
            return True
        case "object":
            return {}
    return _KNOWN["at"] if shape.get("format") == "date-time" else ""
