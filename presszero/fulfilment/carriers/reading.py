"""Careful reading of what a sender of tracking news wrote: every value may be missing, or of another kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.core.text import one_line

Node = Mapping[str, Any]
MOST = 1_000  # scans of one parcel that are read


def node(body: bytes) -> Node:
    """The object that a body is. Raises Unreadable."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as why:
        raise Unreadable(_("This is no tracking news: it is not JSON.")) from why
    if not isinstance(said, dict):
        raise Unreadable(_("This is no tracking news: it is not an object."))
    return said


def inner(given: Node, name: str) -> Node:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def nodes(given: Node, name: str) -> list[Node]:
    """The objects of a list, the last thousand."""
    found = given.get(name)
    listed: list[Node] = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return listed[-MOST:]


def text(given: Node, name: str, limit: int = 500) -> str:
    found = given.get(name)
    return one_line(str(found), limit) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def when(given: Any, zone: str = "UTC") -> datetime | None:
    """A moment in ISO 8601 or Unix seconds; one without a zone is of `zone`. None for nothing, or nonsense."""
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            found = datetime.fromtimestamp(given, ZoneInfo("UTC"))
        else:
            found = datetime.fromisoformat(str(given or "").strip())
        found = found if found.tzinfo else found.replace(tzinfo=_zone(zone))
        return found if 1990 <= found.year <= 2200 else None
    except (ValueError, OverflowError, OSError):
        return None


def day_end(given: Any, zone: str) -> datetime | None:
    """When a carrier expects it. A bare day, midnight too, is meant whole: its last minute, in the merchant's zone."""
    said = str(given or "").strip()
    bare = said[:10] if said[10:19] in ("", "T00:00:00") else said
    try:
        return datetime.combine(date.fromisoformat(bare), time(23, 59), _zone(zone))
    except ValueError:
        return when(said, zone)


def place(parts: Iterable[str]) -> str:
    """ "Leipzig, DE"; the same word is not said twice."""
    return ", ".join(dict.fromkeys(part for part in parts if part))[:200]


def made_id(*parts: object) -> str:
    """For a scan without an id: the same scan told again has the same."""
    said = "\n".join(str(part) for part in parts)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:40]


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")
