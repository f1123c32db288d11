"""Somebody stands before a sign in the shop and asks for a person to come: it waits like a chat for who is on duty."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from presszero.channels.adapters.phone.adapter import COME, external_id, stored_body
from presszero.channels.models import Entry, Line
from presszero.channels.vocabulary import WITHHELD, Handle
from presszero.conversations.models import Conversation
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane
from presszero.routing.actions import Asked, decide, enter
from presszero.routing.models import Queue
from presszero.routing.queries import main_queue


def ask_to_come(line: Line, place: str, slip: uuid.UUID, queue: Queue, at: datetime) -> bool:
    """Stores it; False when this slip asked already. Nobody knows who it is: each is somebody new."""
    number = f"{slip}.{queue.id}"
    text = _("At %(place)s: please come to me.") % {"place": place}
    body = stored_body(COME, number, Handle(WITHHELD, slip.hex, place), text, at)
    row = Incoming(line.merchant_id, line.id, external_id(COME, number), lane(line.id, slip.hex), {}, body)
    return bool(receive([row])[0])


def come_arrived(entry: Entry, talk: Conversation, at: datetime) -> None:
    """It has its conversation: whoever is on duty there is asked."""
    what, _colon, number = entry.message_id.partition(":")
    if what != COME:
        return
    given = number.rpartition(".")[2]
    mine = {"merchant_id": talk.merchant_id, "retired_at": None}
    queue = Queue.objects.filter(**mine, id=int(given)).first() if given.isdecimal() else None
    line = entry.thread.line
    enter(Asked(queue or main_queue(talk.merchant), "chat", talk.id, line, talk.customer, talk), at)
    decide(talk.merchant_id, at, ["chat"])
