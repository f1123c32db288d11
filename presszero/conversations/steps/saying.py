"""Steps that say something: a note among us, a reply to the customer. {{ … }} is filled in as in a macro."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from presszero.channels.wording import fill
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.models import Membership

from ..actions.answer import Answer, note, reply
from ..actions.by_itself import hide_note, note_by_itself, reply_by_itself
from ..models import Conversation, Note
from ..queries.answering import variables
from .step import Before


def noted(row: Conversation, text: str, by: Actor) -> Before:
    member = _member(row, by)
    words = _filled(row, text, member)
    made = note(row, words, by=member, client_id=uuid.uuid4()) if member else note_by_itself(row, words, by=by)
    return {"note": made.id}


def replied(row: Conversation, text: str, by: Actor) -> Before:
    """A member's reply is theirs and answers; one by itself is marked as a machine's, and answers nobody."""
    member = _member(row, by)
    words = _filled(row, text, member)
    if member:
        reply(row, Answer(words, uuid.uuid4()), by=member)
    else:
        reply_by_itself(row, words, by=by)
    return {}


def unnoted(row: Conversation, before: Before, by: Actor) -> None:
    made = Note.objects.filter(merchant_id=row.merchant_id, id=before["note"], removed_at=None).first()
    if made:
        hide_note(made, by=by)


def _filled(row: Conversation, text: str, member: Membership | None) -> str:
    return fill(text, variables(row, member)) if "{{" in text else text


def _member(row: Conversation, by: Actor) -> Membership | None:
    if by.kind != "member":
        return None
    mine = Membership.objects.filter(merchant_id=row.merchant_id, id=by.id or 0, left_at=None)
    found = mine.select_related("person").first()
    if found is None:
        raise Refused(_("Whoever asked for this has left the team."))
    return found
