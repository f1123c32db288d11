"""We cannot make it: they are told a new moment before the old one has passed, or as soon as somebody sees it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.answering import open_hours
from presszero.channels.models import Delivery, Line
from presszero.conversations.actions.held import held
from presszero.conversations.actions.threads import usual_thread
from presszero.conversations.models import Conversation, Message
from presszero.conversations.queries import family, usual_recipients
from presszero.core.refusal import Refused
from presszero.merchants.policy import add_open
from presszero.team.models import Membership

from . import wording
from .acknowledging import language_of
from .actions import open_promises, promise
from .languages import LANGUAGES
from .models import Promise
from .policy import round_moment
from .saying import Way, Words, say

FURTHEST = timedelta(days=60)
_LATER = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=8))  # of open time


class TooLateForThat(Refused):
    """A moment that has passed, or one so far away that it is none."""


@transaction.atomic
def tell_new_time(conversation: Conversation, due_at: datetime, *, by: Membership) -> Promise:
    """Sends a short word with the new moment, which is the promise from now on. Raises Refused.

    It is no answer: they go on waiting for that, in the same place in the order of work.
    """
    row, now = held(conversation), timezone.now()
    if row.waiting_since is None:
        raise Refused(_("They are not waiting for an answer."))
    due = round_moment(due_at)
    if not now < due <= now + FURTHEST:
        raise TooLateForThat(_("This moment has passed, or is too far away."), _("Pick one within two months."))
    way = _way(row)
    line = Line.objects.select_related("hours", "merchant").get(merchant_id=row.merchant_id, id=row.line_id)
    language = LANGUAGES[_language(row)]
    text = wording.later(wording.Moment(now, due, open_hours(line)), language)
    words = Words(language.subject, text, f"{by.first_name}, {way.thread.line.name}")
    entry = say(row, way, words, by=by.actor)
    return promise(row, due, entry=entry, by=by.actor)


def choices(line: Line, now: datetime) -> list[datetime]:
    """The usual new moments: so many open hours from now, soonest first."""
    week = open_hours(line)
    found = dict.fromkeys(due for each in _LATER if (due := add_open(week, now, each)))
    return [round_moment(due) for due in found]


def _way(row: Conversation) -> Way:
    """Where the first moment was told; else where an answer would go."""
    told = open_promises(row).filter(entry__isnull=False).order_by("-id").first()
    if told and told.entry_id:
        sent = Delivery.objects.filter(merchant_id=row.merchant_id, entry_id=told.entry_id)
        found = sent.select_related("entry__thread__line__brand").first()
        if found:
            return Way(found.entry.thread, found.kind, found.address)
    thread = usual_thread(row)
    address = next(iter(usual_recipients(row, thread)), "")
    if not address:
        raise Refused(_("There is nobody to send this to."), _("Add an address to the customer."))
    return Way(thread, thread.participants.filter(merchant_id=row.merchant_id, address=address)[0].kind, address)


def _language(row: Conversation) -> str:
    """That of what they wrote last."""
    theirs = Message.objects.filter(merchant_id=row.merchant_id, conversation_id__in=family(row), inbound=True)
    last = theirs.select_related("entry__thread__line__merchant").order_by("-at", "-id").first()
    return language_of(row, last.entry) if last else "en"
