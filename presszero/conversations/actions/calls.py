"""A call that went over a telephone of somebody's own: written down where it belongs, with what was said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..facts import CallLogged
from ..models import Conversation, Note
from .answer import note
from .held import about, held

LONGEST = 600  # minutes


class NoSuchCall(Refused):
    """It took longer than a working day, or less than nothing."""


@dataclass(frozen=True)
class Spoken:
    """What a member says of a call. `client_id` is made by the page: sending the same one twice keeps one."""

    text: str
    client_id: uuid.UUID
    outbound: bool = True  # we called them
    minutes: int | None = None


@transaction.atomic
def log_call(conversation: Conversation, call: Spoken, *, by: Membership) -> tuple[Note, bool]:
    """Keeps it as a note among us that is known to be a call; and whether it was not kept before.

    Raises NothingToSay, NoSuchCall.
    """
    if call.minutes is not None and not 0 < call.minutes <= LONGEST:
        raise NoSuchCall(_("A call takes between one minute and ten hours."), _("Say how many minutes it took."))
    row = held(conversation)
    made = note(row, call.text, by=by, client_id=call.client_id)
    if made.call:  # a second click
        return made, False
    made.call, made.minutes = "out" if call.outbound else "in", call.minutes
    made.save(update_fields=["call", "minutes"])
    record(CallLogged(**about(row), by=by.actor, note_id=made.id, outbound=call.outbound, minutes=call.minutes))
    return made, True
