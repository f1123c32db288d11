"""A mail from a line to itself, or a text to a telephone: does what we send leave, and does what arrives reach us?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Handle, Outgoing


@dataclass(frozen=True)
class Trial:
    """Whether it left, under which id, and what the server said when it did not."""

    left: bool
    message_id: str
    reason: str


def send_trial(line: Line, number: uuid.UUID | None = None) -> Trial:
    """Sends it now, under a number that makes its id. Talks to the network: not for inside a transaction."""
    number = number or uuid.uuid4()
    message_id = f"trial-{number.hex}@{line.address.rpartition('@')[2]}"
    out = Outgoing(
        our_id=str(number),
        message_id=message_id,
        sender=Handle(line.kind, line.address, line.name),
        to=(Handle(line.kind, line.address, line.name),),
        text=_(
            "This mail went from Press Zero to its own line, to see that both ways work. Nobody needs to answer it."
        ),
        subject=_("A trial of this line"),
        automatic=True,
    )
    sent = adapter(line.kind).send(out, line.for_adapter(), lambda: None)
    return Trial(sent.state == "accepted", message_id, sent.reason)


def send_text_trial(line: Line, number: str, our_id: uuid.UUID | None = None) -> Trial:
    """Sends a text now. Talks to the network: not for inside a transaction."""
    our_id = our_id or uuid.uuid4()
    out = Outgoing(
        our_id=str(our_id),
        message_id=f"trial-{our_id.hex}",
        sender=Handle(line.kind, line.address, line.name),
        to=(Handle("phone", number),),
        text=_("A trial from %(brand)s. Answer it, and your answer stands in the desk.") % {"brand": line.brand.name},
        automatic=True,
    )
    sent = adapter(line.kind).send(out, line.for_adapter(), lambda: None)
    return Trial(sent.state == "accepted", out.message_id, sent.reason)
