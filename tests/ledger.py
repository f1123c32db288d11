"""The books of a fault journey: every accepted id is one message, every intent to send is one acceptance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from presszero.channels.models import Delivery
from presszero.conversations.models import Message


def lost_in(accepted: Iterable[str]) -> set[str]:
    """Message-IDs that a door said yes to and that became no message."""
    stored = Message.objects.filter(inbound=True).values_list("entry__message_id", flat=True)
    return set(accepted) - set(stored)


def doubled_in() -> list[str]:
    """Message-IDs that became more than one message."""
    stored = Message.objects.filter(inbound=True).values_list("entry__message_id", flat=True)
    return [number for number, times in Counter(stored).items() if number and times > 1]


def lost_out(taken: Iterable[str]) -> set[str]:
    """Message-IDs of deliveries that we call sent, and that no provider took."""
    sent = Delivery.objects.filter(state__in=["accepted", "delivered", "read"])
    return set(sent.values_list("entry__message_id", flat=True)) - set(taken)


def doubled_out(taken: Iterable[str]) -> list[str]:
    """Message-IDs that a provider took more than once."""
    return [number for number, times in Counter(taken).items() if times > 1]


def unspoken() -> list[int]:
    """Deliveries that say neither that they went, nor that they did not, nor that nobody knows."""
    open_ones = Delivery.objects.filter(state__in=["queued", "sending"])
    return list(open_ones.values_list("id", flat=True))
