"""What a field can be asked, by the kind of the field. Each operator stands twice: as SQL and as Python.

In SQL, {x} is the field's own expression, {v} the place of the value and {now} that of the present. For a field with
many values {x} is a subselect and {y} the column in it. Text is compared in small letters on both sides: the database
makes them of what is stored, `folded` of what is asked, so that both judges see the same.

Tests are run a hundred times an arrival. So they look through a list made at once, which is quicker than `any`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Test = Callable[[Any, Any, datetime], bool]  # what the field holds, the value, the present


@dataclass(frozen=True, slots=True)
class Operator:
    """`takes`: one · many · text · texts · number · moment · duration · yesno · date · nothing."""

    takes: str
    sql: str
    test: Test


def folded(text: str) -> str:
    """In small letters, one for one, as the database does it."""
    return "".join([letter.lower()[0] for letter in text])


_SET = Operator("nothing", "{x} IS NOT NULL", lambda x, v, now: x is not None)
_EMPTY = Operator("nothing", "{x} IS NULL", lambda x, v, now: x is None)

_TEXT = {
    "is": Operator("text", "{x} = {v}", lambda x, v, now: x == v),
    "is_not": Operator("text", "{x} <> {v}", lambda x, v, now: x != v),
    "any_of": Operator("texts", "{x} = ANY({v})", lambda x, v, now: x in v),
    "none_of": Operator("texts", "{x} <> ALL({v})", lambda x, v, now: x not in v),
    "contains": Operator("text", "strpos({x}, {v}) > 0", lambda x, v, now: v in x),
    "contains_not": Operator("text", "strpos({x}, {v}) = 0", lambda x, v, now: v not in x),
    "starts_with": Operator("text", "starts_with({x}, {v})", lambda x, v, now: x.startswith(v)),
    "is_set": Operator("nothing", "{x} <> ''", lambda x, v, now: x != ""),
    "is_empty": Operator("nothing", "{x} = ''", lambda x, v, now: x == ""),
}
_TEXTS = {
    "is": Operator("text", "EXISTS ({x} AND {y} = {v})", lambda x, v, now: v in x),
    "is_not": Operator("text", "NOT EXISTS ({x} AND {y} = {v})", lambda x, v, now: v not in x),
    "any_of": Operator("texts", "EXISTS ({x} AND {y} = ANY({v}))", lambda x, v, now: True in [e in v for e in x]),
    "none_of": Operator(
        "texts", "NOT EXISTS ({x} AND {y} = ANY({v}))", lambda x, v, now: True not in [e in v for e in x]
    ),
    "contains": Operator(
        "text", "EXISTS ({x} AND strpos({y}, {v}) > 0)", lambda x, v, now: True in [v in e for e in x]
    ),
    "contains_not": Operator(
        "text", "NOT EXISTS ({x} AND strpos({y}, {v}) > 0)", lambda x, v, now: True not in [v in e for e in x]
    ),
    "starts_with": Operator(
        "text", "EXISTS ({x} AND starts_with({y}, {v}))", lambda x, v, now: True in [e.startswith(v) for e in x]
    ),
    "is_set": Operator("nothing", "EXISTS ({x})", lambda x, v, now: bool(x)),
    "is_empty": Operator("nothing", "NOT EXISTS ({x})", lambda x, v, now: not x),
}
_CHOICE = {
    "is": Operator("one", "{x} = {v}", lambda x, v, now: x == v),
    "is_not": Operator("one", "{x} IS DISTINCT FROM {v}", lambda x, v, now: x != v),
    "any_of": Operator("many", "{x} = ANY({v})", lambda x, v, now: x in v),
    "none_of": Operator("many", "({x} IS NULL OR {x} <> ALL({v}))", lambda x, v, now: x not in v),
}
_CHOICES = {
    "is": Operator("one", "EXISTS ({x} AND {y} = {v})", lambda x, v, now: v in x),
    "is_not": Operator("one", "NOT EXISTS ({x} AND {y} = {v})", lambda x, v, now: v not in x),
    "any_of": Operator("many", "EXISTS ({x} AND {y} = ANY({v}))", lambda x, v, now: True in [e in v for e in x]),
    "none_of": Operator(
        "many", "NOT EXISTS ({x} AND {y} = ANY({v}))", lambda x, v, now: True not in [e in v for e in x]
    ),
    "is_set": Operator("nothing", "EXISTS ({x})", lambda x, v, now: bool(x)),
    "is_empty": Operator("nothing", "NOT EXISTS ({x})", lambda x, v, now: not x),
}
_MORE = {
    "more_than": Operator("number", "{x} > {v}", lambda x, v, now: x is not None and x > v),
    "less_than": Operator("number", "{x} < {v}", lambda x, v, now: x is not None and x < v),
}
_NUMBER = {
    "is": Operator("number", "{x} = {v}", lambda x, v, now: x is not None and x == v),
    "is_not": Operator("number", "{x} IS DISTINCT FROM {v}", lambda x, v, now: x is None or x != v),
    **_MORE,
}
_RANGE = {
    "before": Operator("moment", "{x} < {v}", lambda x, v, now: x is not None and x < v),
    "after": Operator("moment", "{x} >= {v}", lambda x, v, now: x is not None and x >= v),
}
_LONGER_AGO = Operator("duration", "{x} < {now} - {v}", lambda x, v, now: x is not None and x < now - v)
_PAST = {
    **_RANGE,
    "within": Operator("duration", "{x} >= {now} - {v}", lambda x, v, now: x is not None and x >= now - v),
    "longer_ago_than": _LONGER_AGO,
}
_AHEAD = {
    **_RANGE,
    "within": Operator(
        "duration", "{x} BETWEEN {now} AND {now} + {v}", lambda x, v, now: x is not None and now <= x <= now + v
    ),
    "longer_ago_than": _LONGER_AGO,
}
_ABSENT = {"is_set": _SET, "is_empty": _EMPTY}

BY_KIND: Mapping[str, Mapping[str, Operator]] = {
    "text": _TEXT,
    "texts": _TEXTS,  # many addresses
    "choice": _CHOICE,  # one of a list, always there
    "optional": {**_CHOICE, **_ABSENT},  # one of a list, or none
    "level": {**_CHOICE, **_MORE},  # one of a list that goes up
    "optional level": {**_CHOICE, **_MORE, **_ABSENT},
    "choices": _CHOICES,  # many of a list
    "number": _NUMBER,
    "optional number": {**_NUMBER, **_ABSENT},
    "past": _PAST,
    "ahead": {**_AHEAD, **_ABSENT},
    "since": {  # how long something has lasted: {x} is when it began
        "more_than": _LONGER_AGO,
        "less_than": Operator("duration", "{x} >= {now} - {v}", lambda x, v, now: x is not None and x >= now - v),
        **_ABSENT,
    },
    "yesno": {"is": Operator("yesno", "{x} = {v}", lambda x, v, now: x is v)},
    "happened": _ABSENT,
    "date": {
        "is": Operator("date", "{x} = {v}", lambda x, v, now: x == v),
        "before": Operator("date", """({x} <> '' AND {x} < {v} COLLATE "C")""", lambda x, v, now: x != "" and x < v),
        "after": Operator("date", '{x} >= {v} COLLATE "C"', lambda x, v, now: x >= v),
        "is_set": _TEXT["is_set"],
        "is_empty": _TEXT["is_empty"],
    },
}
