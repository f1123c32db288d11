"""Texts around a call: a link somebody asked the menu for, a missed call, a call-back that reached nobody.

Nothing goes where the merchant has no number to text from, and whether it may is asked as it is sent.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from presszero.channels.models import Line
from presszero.commerce.models import DraftOrder
from presszero.commerce.payments.paying import page_address
from presszero.conversations.actions.texting import text
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.customers.models import Handle
from presszero.customers.queries import family
from presszero.team.mail import link

from ..models import Call, Callback, CallStep
from ..plans import plan_of
from ..policy import MISSED_AFTER
from ..texts import words
from .recordings import pause_at_payment

log = logging.getLogger(__name__)
TEXT = "text"  # a CallStep.what; `node` is the link that was asked for
_PROVEN = ("seen", "verified")


def send_link(call: Call, what: str, at: datetime) -> None:
    """Texts them a link: help · order · pay · form. What comes before the call has its conversation goes with it."""
    CallStep.objects.create(merchant_id=call.merchant_id, call=call, at=at, what=TEXT, node=what[:60])
    if call.conversation is not None:
        _send(call, what)


def send_what_was_asked(call: Call) -> None:
    """The links that were asked for before it was known where the call belongs. Again is harmless."""
    for what in CallStep.objects.filter(merchant_id=call.merchant_id, call=call, what=TEXT).values_list(
        "node", flat=True
    ):
        _send(call, what)


def text_missed(call: Call, at: datetime) -> None:
    """Nobody answered them, and they are not called back: they get a text with a link. Again is harmless."""
    if not _was_missed(call) or call.conversation is None or not plan_of(call.line, at).texts_missed:
        return
    _text(call.conversation, call.number, "missed", call.language, uuid.uuid5(call.uid, "missed"), _help(call.line))


def text_not_reached(row: Callback) -> None:
    """We called twice."""
    if row.conversation is not None:
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"callback:{row.merchant_id}:{row.id}")
        _text(row.conversation, row.number, "not_reached", row.language, key, _help(row.line))


def _send(call: Call, what: str) -> None:
    if not call.number or call.conversation is None:
        return
    key, address = "help", _help(call.line, first="form" if what == "form" else "chat")
    if what == "pay" and (paying := _to_pay(call)):
        key, address = "pay", paying
        pause_at_payment(call.conversation)
    if address:
        _text(call.conversation, call.number, key, call.language, uuid.uuid5(call.uid, f"text:{what}"), address)


def _text(talk: Conversation, number: str, key: str, language: str, once: uuid.UUID, address: str) -> None:
    spoken = language or (talk.line.merchant.languages or ["en"])[0]
    try:
        text(talk, words(key, spoken, talk.line.brand.name, address), number=number, by=SYSTEM, key=once)
    except Refused as why:
        log.info("conversation %d: no text after a call (%s)", talk.id, why)


def _was_missed(call: Call) -> bool:
    if not call.inbound or call.kind != "call" or call.talked_at or not call.ended_at or not call.number:
        return False
    if (call.ended_at - call.began_at).total_seconds() < MISSED_AFTER or call.ended not in (
        "abandoned",
        "closed",
        "failed",
    ):
        return False
    return not Callback.objects.filter(merchant_id=call.merchant_id, call=call, ended_at=None).exists()


def _help(line: Line, first: str = "chat") -> str:
    """Where they can write to us: the chat's page, or the form's; "" where there is neither."""
    rows = Line.objects.filter(merchant_id=line.merchant_id, kind__in=("chat", "form"), paused_at=None)
    found = sorted(rows, key=lambda row: (row.kind != first, row.brand_id != line.brand_id, row.id))
    return link(f"/{found[0].kind}/{found[0].token}") if found else ""


def _to_pay(call: Call) -> str:
    """What waits to be paid by them. Only a number that is known to be theirs gets it: what is in it is told by it."""
    if call.customer is None:
        return ""
    mine = {"merchant_id": call.merchant_id, "customer_id__in": family(call.customer)}
    if not Handle.objects.filter(**mine, kind="phone", address=call.number, proof__in=_PROVEN).exists():
        return ""
    row = DraftOrder.objects.filter(**mine, state="open").order_by("-id").first()
    return page_address(row) if row else ""
