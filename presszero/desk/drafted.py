"""Orders to be paid by link, as the desk shows them: how one stands, in a word, and the words that carry its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.commerce.models import DraftOrder
from presszero.commerce.payments.paying import page_address
from presszero.conversations.models import Conversation
from presszero.core.money import Money
from presszero.customers.queries import today
from presszero.ui.formats import dated

_OURS = [code for code, _name in settings.LANGUAGES]
_SHOWN = 3  # under the bar; the newest


@dataclass(frozen=True, slots=True)
class Stand:
    """One draft under the bar. `kind` as a tag's: g good · l bad · a news · "" otherwise."""

    row: DraftOrder
    word: str
    kind: str
    at: datetime
    things: str
    sum: str


def drafts_of(merchant_id: int, conversations: Sequence[int]) -> list[Stand]:
    """The newest of a conversation that still say something; those called off do not."""
    rows = DraftOrder.objects.filter(merchant_id=merchant_id, conversation_id__in=conversations)
    found = rows.exclude(state="cancelled").select_related("store", "order").order_by("-id")[:_SHOWN]
    return [stand(row) for row in found]


def stand(row: DraftOrder) -> Stand:
    word, kind, at = _word(row)
    sum_ = Money(row.total, row.currency).says(translation.get_language() or "en")
    return Stand(row, word, kind, at, things(row), sum_)


def things(row: DraftOrder) -> str:
    """ "2× Juniper boots · Brown / 41, Wool laces" """
    named = [f"{each['quantity']}× {each['title']}" if each["quantity"] > 1 else each["title"] for each in row.lines]
    return ", ".join(named[:4]) + (" …" if len(named) > 4 else "")


def words_with_link(row: DraftOrder, conversation: Conversation) -> str:
    """What to put into the answer, in the customer's language, whatever the channel."""
    said = today(conversation.customer).language[:2]
    spoken = [code for code in conversation.merchant.languages if code in _OURS] or ["en"]
    with translation.override(said if said in _OURS else spoken[0]):
        values = {
            "things": things(row),
            "sum": Money(row.total, row.currency).says(translation.get_language() or "en"),
            "day": dated(timezone.localtime(row.expires_at), "j F"),
            "link": page_address(row),
        }
        return _("Here is your order, ready to pay: %(things)s, %(sum)s. It is yours until %(day)s.\n%(link)s") % values


def _word(row: DraftOrder) -> tuple[str, str, datetime]:
    if row.state == "paid":
        return _("paid"), "g" if not row.trouble else "l", row.paid_at or row.at
    if row.state == "open":
        if row.opened_at:
            return _("opened"), "a", row.opened_at
        return (_("sent"), "", row.sent_at) if row.sent_at else (_("not sent yet"), "", row.at)
    words = {
        "making": (_("being made"), ""),
        "pending": (_("the bank is paying"), "a"),
        "expired": (_("ended"), ""),
        "failed": (_("could not be made"), "l"),
        "cancelled": (_("called off"), ""),
    }
    word, kind = words[row.state]
    return word, kind, row.at
