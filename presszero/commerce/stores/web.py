"""Speaking to a shop that stands anywhere on the web: its address, one request, and what a failure means for an ask.

For adapters of shops that merchants run themselves; a platform with one address for all has its own ways.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.core.http import Asking, CannotFetch, Fetched, Limits, fetch
from presszero.core.refusal import Refused

from ..vocabulary import Done
from .adapter import AccessLost, StoreAway

LIMITS = Limits(seconds=30, size=20_000_000, redirects=0)
USUAL_PAUSE = 2.0  # seconds, where a shop asks for patience and does not say for how long

_HERE = re.compile(r"http://127\.0\.0\.1:\d+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")

Writing = Callable[[], None]


class Unsure(StoreAway):
    """The connection broke, or the shop did, after our words were sent: it may have acted."""


class Declined(StoreAway):
    """The shop understood, and does not do it, now or later."""


def home(typed: str, *tails: str) -> str:
    """https://shop.example[/path], from what a person typed; `tails` are paths of its API that are left out.

    Keys go to https alone; to plain http only on this very machine, where that is allowed. Raises Refused.
    """
    said = typed.strip().rstrip("/")
    if settings.HTTP_MAY_REACH and _HERE.fullmatch(said):
        return said
    found = urlsplit(said if "://" in said else f"https://{said}")
    host = found.netloc.lower()
    if found.scheme != "https" or found.query or found.fragment or not _HOST.fullmatch(host) or "." not in host:
        next_step = _("It looks like https://shop.example, and begins with https.")
        raise Refused(_("This is no address of a shop."), next_step)
    path = found.path.rstrip("/")
    for tail in tails:
        path = path.removesuffix(tail)
    return f"https://{host}{path}"


def sent(asking: Asking, knows: Callable[[Fetched], bool] = lambda _answer: False) -> Fetched:
    """The answer, where the shop took the question. Raises StoreAway for patience or absence, and Unsure.

    `knows` says of an answer that it is a plain no, whatever its status.
    """
    try:
        answer = fetch(asking, LIMITS)
    except CannotFetch as why:
        raise (Unsure if why.sent else StoreAway)(str(why)) from why
    if knows(answer):
        return answer
    if answer.status == 429 or (answer.status == 503 and answer.headers.get("retry-after")):
        raise StoreAway(_("The shop asks us to slow down."), seconds(answer.headers.get("retry-after", "")))
    if answer.status >= 500:
        raise Unsure(_("The shop has trouble of its own (%(status)s).") % {"status": answer.status})
    if answer.status in (301, 302, 307, 308):
        raise AccessLost(_("The shop has moved to another address. Connect it there."))
    return answer


def understood(answer: Fetched) -> Any:
    """Its JSON. Raises Unsure: whoever answers in another way may have acted all the same."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as why:
        raise Unsure(_("The shop answered in a way we cannot read.")) from why


def seconds(said: str) -> float:
    try:
        return max(float(said), 0.5)
    except ValueError:
        return USUAL_PAUSE


def answered(act: Callable[[Writing], Done], writing: Writing) -> Done:
    """What came of `act`, whatever it raises: unknown where the shop may have heard of it, and says nothing of it."""
    sent_words: list[bool] = []

    def once() -> None:
        if not sent_words:
            sent_words.append(True)
            writing()

    try:
        return act(once)
    except Unsure as why:
        return Done("unknown" if sent_words else "later", reason=str(why))
    except (AccessLost, Declined) as why:
        return Done("refused", reason=str(why))
    except StoreAway as why:
        return Done("later", reason=str(why), retry_after=why.retry_after)
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError, IndexError) as why:
        reason = _("The shop answered in a way we cannot read.")
        return Done("unknown" if sent_words else "refused", reason=f"{reason} {str(why)[:200]}")


def evidence(find: Callable[[], Done | None]) -> Done | None:
    """What `find` says; `unknown` where the shop cannot be looked at."""
    try:
        return find()
    except (StoreAway, AccessLost, Unreadable) as why:
        return Done("unknown", reason=str(why), retry_after=getattr(why, "retry_after", None))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return Done("unknown", reason=_("The shop answered in a way we cannot read."))
