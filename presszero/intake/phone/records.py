"""What the gateway asks of the database: which lines there are, what a page wants, and what is kept of a live call.

Each verb is called on a thread of `Desk`, in its own transaction; what a call *does* to the shop is `calls.actions`'.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db import close_old_connections, connection
from django.db.models import Q, QuerySet
from django.db.utils import Error as DatabaseError
from django.utils import timezone

from presszero.calls.models import Ask, Call, Leg, Prompt, Recording
from presszero.channels.models import Line
from presszero.core.sealing import CannotOpen
from presszero.team.models import Membership

from .gate import Trunk, digits

log = logging.getLogger(__name__)

T = TypeVar("T")
FIRST, LATER = 8, 4  # threads: for what a caller waits for, and for what only has to be written down


class Desk:
    """Asks the database without the event loop ever waiting for it."""

    def __init__(self) -> None:
        self._first = ThreadPoolExecutor(FIRST, "phone")
        self._later = ThreadPoolExecutor(LATER, "phone-later")

    async def ask(self, verb: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._first, _on_thread, verb, given)

    async def note(self, verb: Callable[..., T], *given: Any) -> T:
        """For what nobody waits for: it cannot stand in the way of what somebody does wait for."""
        return await asyncio.get_running_loop().run_in_executor(self._later, _on_thread, verb, given)

    def close(self) -> None:
        for threads, count in ((self._first, FIRST), (self._later, LATER)):
            for _ in range(count):
                threads.submit(lambda: connection.close())  # each thread has its own
            threads.shutdown(wait=True)


def _on_thread(verb: Callable[..., T], given: tuple[Any, ...]) -> T:
    close_old_connections()
    try:
        return verb(*given)
    except DatabaseError:
        connection.close()
        raise


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A line of ours whose calls come and go by SIP. `hop`: where we dial out, None for nowhere."""

    id: int
    merchant_id: int
    number: str
    trunk: Trunk
    hop: tuple[str, int] | None
    caller_id: str


def phone_lines() -> list[PhoneLine]:
    """Every working line that is ours to answer. One whose settings cannot be read is left out, and said."""
    found = []
    for line in Line.objects.filter(kind="phone", settings__driver="sip", paused_at=None).order_by("id"):
        try:
            found.append(_phone_line(line))
        except (ValueError, TypeError, CannotOpen) as why:
            log.warning("The phone line %s cannot be used: %s", line.address, why)
    return found


def _phone_line(line: Line) -> PhoneLine:
    trunk = dict(line.settings.get("trunk") or {})
    password = str(line.secrets.get("trunk_password") or "") if line.sealed else ""
    networks = tuple(ip_network(str(text).strip()) for text in trunk.get("networks") or ())
    host = str(trunk.get("host") or "")
    gate = Trunk(line.id, digits(line.address), networks, str(trunk.get("username") or ""), password)
    hop = (host, int(trunk.get("port") or 5060)) if host else None
    return PhoneLine(line.id, line.merchant_id, line.address, gate, hop, str(trunk.get("caller_id") or line.address))


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done for one call: ends of it that are open, and what pages ask, in order."""

    legs: tuple[Leg, ...]
    asks: tuple[Ask, ...]


def work_of(call_id: int) -> Work:
    legs = Leg.objects.filter(call_id=call_id, ended_at=None).select_related("member").order_by("id")
    asks = Ask.objects.filter(call_id=call_id, done_at=None).order_by("id")
    return Work(tuple(legs), tuple(asks))


def news_of(gateway: str) -> set[int]:
    """Calls of this gateway that something is asked of, or where somebody is to be rung; and calls to begin."""
    mine = {"call__gateway": gateway, "call__ended_at": None}
    asked = Ask.objects.filter(**mine, done_at=None).values_list("call_id", flat=True)
    rung = Leg.objects.filter(**mine, ended_at=None, tag="").values_list("call_id", flat=True)
    return {*asked, *rung, *_unclaimed().values_list("id", flat=True)}


def _unclaimed() -> QuerySet[Call]:
    """Calls that nobody holds yet: those somebody here wants to make, and those that begin in a page."""
    begins = Q(stage=Call.Stage.DIALLING) | Q(kind="talk", stage=Call.Stage.MENU)
    return Call.objects.filter(begins, driver="sip", gateway="", ended_at=None)


def done(ask_id: int, failed: str = "") -> None:
    Ask.objects.filter(id=ask_id).update(done_at=timezone.now(), failed=failed[:200])


def claim(call_id: int, gateway: str) -> Call | None:
    """A call to begin: it is ours if no other gateway was quicker."""
    free = _unclaimed().filter(id=call_id)
    return Call.objects.select_related("line").get(id=call_id) if free.update(gateway=gateway) else None


def keep(call_id: int, state: dict[str, Any], dialog: dict[str, Any]) -> None:
    """What another process needs to go on with the call."""
    Call.objects.filter(id=call_id, ended_at=None).update(state=state, dialog=dialog)


def open_calls(gateway: str) -> list[Call]:
    """Calls that a gateway of this name held when it was stopped."""
    rows = Call.objects.filter(gateway=gateway, driver="sip", ended_at=None).exclude(stage=Call.Stage.ENDED)
    return list(rows.select_related("line", "version").order_by("id"))


def recorded(prompt_id: int) -> bytes | None:
    """A merchant's own recording, as it was fitted for a telephone."""
    key = Prompt.objects.filter(id=prompt_id).values_list("storage_key", flat=True).first()
    if not key:
        return None
    with default_storage.open(key) as file:
        return bytes(file.read())


def language_of(member_id: int) -> str:
    """What a member wants to be spoken to in; "" where they never said."""
    return Membership.objects.filter(id=member_id).values_list("person__language", flat=True).first() or ""


def now() -> datetime:
    return timezone.now()


def paused(call_id: int, on: bool) -> None:
    """What is recorded of a call, for whoever looks at it: it runs, or somebody paused it."""
    running = Recording.objects.filter(call_id=call_id, kind="call", ended_at=None)
    running.update(state=Recording.State.RUNNING if on else Recording.State.PAUSED)
