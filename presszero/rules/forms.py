"""The rule's form as it comes over the wire, made the JSON that a rule is kept as."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused

from .occasions import OCCASIONS
from .reading import BadRule

_LONG = 100_000  # letters of a filter or of steps


def reads(form: QueryDict) -> dict[str, Any]:
    """{"when", "filter", "steps", "stop", "once", "rest"}; what each means is checked by `reading.read`."""
    return {
        "when": _when(form),
        "filter": _json(form, "filter", {}),
        "steps": _json(form, "steps", []),
        "stop": form.get("stop") == "1",
        "once": form.get("once") == "1",
        "rest": form.get("rest", "")[:8],
    }


def _when(form: QueryDict) -> dict[str, Any]:
    """The one picked first; beside something that happens also the others ticked."""
    first = form.get("on", "")
    occasion = OCCASIONS.get(first)
    if occasion is None or not occasion.kinds:
        made: dict[str, Any] = {"on": [first[:20]]}
        if occasion is not None and occasion.asks == "for":
            made["for"] = f"{form.get('for', '')[:5]}{form.get('unit', '')[:1]}"
        elif occasion is not None:
            made["at"] = form.get("at", "")[:5]
        return made
    return {"on": list(dict.fromkeys([first, *(key[:20] for key in form.getlist("also"))]))}


def _json(form: QueryDict, part: str, empty: Any) -> Any:
    text = form.get(part, "").strip()
    if not text:
        return empty
    try:
        return json.loads(text) if len(text) <= _LONG else _unreadable(part)
    except (ValueError, RecursionError):
        return _unreadable(part)


def _unreadable(part: str) -> Any:
    raise BadRule(part, Refused(_("This part did not arrive whole."), _("Reload the page and try again.")))
