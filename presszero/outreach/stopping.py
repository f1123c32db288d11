"""Whoever says STOP is left alone at once; START lets us write again, HELP says who we are.

A word counts by itself (see saying_stop). A sentence that seems to mean it is shown to a person of ours, who decides;
until then nothing is written first.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from presszero.channels.models import Delivery, Entry, Line
from presszero.channels.registry import adapter, kinds
from presszero.channels.vocabulary import ANSWERED_BY_PROVIDER
from presszero.conversations.actions.by_itself import placed
from presszero.conversations.actions.held import held
from presszero.conversations.actions.settle import resolve
from presszero.conversations.models import Conversation, Message
from presszero.conversations.queries import family
from presszero.core.actor import SYSTEM, Actor
from presszero.customers.actions import mark_bounced
from presszero.customers.consenting import PURPOSES, Said, say
from presszero.customers.models import Handle
from presszero.customers.queries import today

from .gate.texting import CONFIRMED_WITHIN, CONFIRMS, HELPS
from .models import Outreach, Suppression
from .regarding import manners_of
from .saying_stop import means_again, means_help, means_stop, seems_to_mean
from .suppressing import heard_from, lift, standing, suppress
from .wishing_stop import notice

State = Conversation.State
_TELEPHONE = "phone"  # a kind of address
_LATELY = timedelta(days=3)  # what we wrote first so lately is what a STOP answers


def heed(message: Message) -> None:
    """Their address is alive; and perhaps they want to be left alone, or to hear from us again, or to be helped."""
    entry = message.entry
    heard_from(message.merchant_id, entry.sender_kind, entry.sender_address, by=SYSTEM)
    by_text = _is_text(entry)
    if means_stop(entry.text, by_text=by_text) and (by_text or _answers_ours(message)):
        stop(message)
        _settle(message)
    elif by_text and means_again(entry.text):
        again(message)
        _settle(message)
    elif by_text and means_help(entry.text):
        help_them(message)
    else:
        why = seems_to_mean(entry.text)
        if why:
            notice(message, why)


@transaction.atomic
def stop(message: Message) -> None:
    """Everything that we would write first on this channel ends now; a text is confirmed by one text and no more."""
    entry, customer = message.entry, message.conversation.customer
    channel, words = entry.thread.line.kind, entry.text.strip()[:200]
    by = Actor("customer", customer.id)
    told_before = standing(message.merchant_id, entry.sender_kind, entry.sender_address) is not None
    for where, purpose in _ended(message):
        say(customer, Said(where, purpose, False, f"{words[:20]} by {channel}", words), by=by)
    if not _is_text(entry) or (told_before and not _ends_a_purpose(message)):
        return
    if not _ends_a_purpose(message):
        suppress(message.merchant, entry.sender_kind, entry.sender_address, "person", by=by)
    with override(customer.language or None):
        done = _("%(brand)s: you get no more messages from us. Write START to get them again.")
        _answer(message, done % {"brand": entry.thread.line.brand.name}, CONFIRMS)


@transaction.atomic
def again(message: Message) -> None:
    """They said START: news of their orders may come again. Advertising needs a yes of its own."""
    entry, customer = message.entry, message.conversation.customer
    by, channel = Actor("customer", customer.id), entry.thread.line.kind
    rows = Suppression.objects.filter(
        merchant_id=message.merchant_id, kind=entry.sender_kind, address=entry.sender_address.lower(), why="person",
        lifted_at=None,
    )  # fmt: skip
    for row in rows:
        lift(row, by=by)
    say(customer, Said(channel, "service", True, f"START by {channel}", entry.text.strip()[:200]), by=by)


@transaction.atomic
def help_them(message: Message) -> None:
    """HELP by text: who we are, that a person reads it, how else to reach us, and how to end it."""
    brand = message.entry.thread.line.brand
    with override(message.conversation.customer.language or None):
        said = _("%(brand)s: one of us answers you here.") % {"brand": brand.name}
        call = _("Or call %(phone)s.") % {"phone": brand.phone} if brand.phone else ""
        mails = Line.objects.filter(merchant_id=message.merchant_id, kind="email", brand=brand, paused_at=None)
        address = "" if call else mails.order_by("id").values_list("address", flat=True).first() or ""
        write = _("Or write to %(address)s.") % {"address": address} if address else ""
        _answer(message, " ".join(filter(None, (said, call, write, _("STOP ends our messages.")))), HELPS)


@transaction.atomic
def refused_by_network(delivery: Delivery) -> None:
    """The network would not take a text of ours: they told it STOP, or there is no such number."""
    handles = Handle.objects.filter(merchant_id=delivery.merchant_id, kind=delivery.kind, address=delivery.address)
    if delivery.refusal == "dead":
        mark_bounced(delivery.merchant_id, delivery.kind, delivery.address, by=SYSTEM, reason=delivery.reason)
        return
    suppress(delivery.merchant, delivery.kind, delivery.address, "person", by=SYSTEM)
    for handle in handles.exclude(proof="refuted").select_related("customer"):
        for purpose in PURPOSES:
            said = Said(delivery.line.kind, purpose, False, "STOP, as the network says", delivery.reason)
            say(today(handle.customer), said, by=SYSTEM)


def _ended(message: Message) -> list[tuple[str, str]]:
    """The (channel, purpose) pairs that end. By text it is every way that rings, unless the merchant says less."""
    entry = message.entry
    here = entry.thread.line.kind
    if not _is_text(entry):
        return [(here, purpose) for purpose in PURPOSES]
    answered = _ends_a_purpose(message)
    if answered:
        return [(here, answered)]
    rings = [kind for kind in kinds() if adapter(kind).handle_kind == _TELEPHONE]
    return [(kind, purpose) for kind in dict.fromkeys([here, *rings]) for purpose in PURPOSES]


def _ends_a_purpose(message: Message) -> str:
    """What they answered, where the merchant lets STOP end that alone; "" where it ends everything."""
    if manners_of(message.merchant_id).stop_ends_all:
        return ""
    entry = message.entry
    sent = Delivery.objects.filter(
        merchant_id=message.merchant_id, line=entry.thread.line, address=entry.sender_address,
        not_before__gte=timezone.now() - _LATELY,
    ).exclude(purpose="")  # fmt: skip
    return sent.order_by("-id").values_list("purpose", flat=True).first() or ""


def _answer(message: Message, text: str, automatic: str) -> None:
    """Beside the talk: nobody's wait ends by it. Where the network said it already, or it is too late, nothing goes."""
    late = timezone.now() - message.entry.at > CONFIRMED_WITHIN
    if late or ANSWERED_BY_PROVIDER in message.entry.warnings:
        return
    line = message.entry.thread.line
    entry = Entry(
        merchant_id=message.merchant_id, thread=message.entry.thread, inbound=False, sender_kind=line.kind,
        sender_address=line.address, sender_name=line.name, actor=SYSTEM.code, text=text, automatic=automatic,
        at=message.entry.at,
    )  # fmt: skip
    to = [(message.entry.sender_kind, message.entry.sender_address)]
    placed(held(message.conversation), message.entry.thread, to, entry)


def _settle(message: Message) -> None:
    """Nobody has to answer a word that we heed by ourselves: a matter that holds nothing else is settled."""
    talk = message.conversation
    said = Message.objects.filter(merchant_id=message.merchant_id, conversation_id__in=family(talk))
    if (
        _is_text(message.entry)
        and talk.state == State.OPEN
        and not said.exclude(id=message.id).filter(inbound=True).exists()
    ):
        resolve(talk, by=SYSTEM)


def _is_text(entry: Entry) -> bool:
    return entry.sender_kind == _TELEPHONE


def _answers_ours(message: Message) -> bool:
    """Whether we had written first in this matter."""
    return Outreach.objects.filter(
        merchant_id=message.merchant_id, conversation_id=message.conversation.now_id, entry__isnull=False
    ).exists()
