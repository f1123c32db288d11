"""Where a list goes on: the last row's place in its order, opaque to the caller and checked when it comes back.

A place, not a number of rows: what is added meanwhile moves nothing, and the thousandth page costs what the first does.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from .problems import Problem


def place(cursor: str, *shapes: type) -> list[Any] | None:
    """What a cursor says, in the shapes it must have; None for the beginning. Raises Problem."""
    if not cursor:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    fits = isinstance(found, list) and len(found) == len(shapes)
    if not fits or not all(type(each) is shape for each, shape in zip(found, shapes, strict=True)):
        raise Problem(422, "This cursor is not one of ours. Begin without one.")
    if any(isinstance(each, int) and not -(2**63) <= each < 2**63 for each in found):
        raise Problem(422, "This cursor is not one of ours. Begin without one.")
    return list(found)


def written(values: Sequence[Any]) -> str:
    """A place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(values), separators=(",", ":")).encode()).rstrip(b"=").decode()
