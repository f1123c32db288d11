"""What they said of the matter itself, written down: how much it matters, by when, and how to answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels import vocabulary
from presszero.channels.models import Line
from presszero.channels.wishes import moment_in
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.timeline.actions import record

from ..facts import ConversationWished
from ..models import Conversation, Wish
from ..order import CAN_WAIT, MATTERS_A_LOT, put_in_order
from ..queries.answering import family
from ..queries.wishes import wished
from .held import about, held


@transaction.atomic
def wish(conversation: Conversation, said: vocabulary.Wish, *, source: str, by: Actor, language: str = "") -> Wish:
    """Keeps what they said and puts the conversation in its new place in the order of work.

    `source`: form · chat · page · agent. What is left out stays as it was, except from an agent, who says all of it
    anew. Where no moment is given, one is read from the words, in `language` ("": the merchant's own). Raises Refused.
    """
    if said.matters is not None and not CAN_WAIT <= said.matters <= MATTERS_A_LOT:
        raise Refused(_("There is no such answer."), _("Pick one of the three."))
    row = held(conversation)
    words = one_line(said.words, 500)
    made = Wish.objects.create(
        merchant_id=row.merchant_id,
        conversation=row,
        matters=said.matters,
        needed_by=said.needed_by or _moment(row, words, language),
        words=words,
        channel=one_line(said.channel, 20),
        source=source,
    )
    row.matters, row.needed_by, row.asked_channel = wished(row.merchant_id, family(row))
    put_in_order(row)
    row.version += 1
    row.save(update_fields=["matters", "needed_by", "asked_channel", "work_at", "version"])
    record(
        ConversationWished(
            **about(row),
            by=by,
            wish_id=made.id,
            matters=made.matters,
            needed_by_epoch=int(made.needed_by.timestamp()) if made.needed_by else None,
        )
    )
    return made


def _moment(row: Conversation, words: str, language: str) -> datetime | None:
    if not words:
        return None
    line = Line.objects.select_related("hours", "merchant").get(merchant_id=row.merchant_id, id=row.line_id)
    zone = line.hours.timezone if line.hours else line.merchant.timezone
    spoken = language or (line.merchant.languages or ["en"])[0]
    return moment_in(words, language=spoken, now=timezone.now(), zone=zone)
