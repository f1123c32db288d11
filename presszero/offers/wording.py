"""The line that puts a suggestion to a customer, in the words of whoever answers.

How they said it last time, with another thing's name and link put in; else a ready answer of the merchant's that speaks
of {{ offer.product }}; else a plain line of ours. Always in the customer's language, and always theirs to change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from presszero.channels.wording import fill
from presszero.commerce.models import Product
from presszero.conversations.models import Conversation, Message
from presszero.conversations.queries import variables
from presszero.conversations.queries.macros import ready_answers
from presszero.core.actor import Actor
from presszero.team.models import Membership

from .models import Suggestion

LONGEST = 400  # characters of a line that is taken over
_BACK = 5  # uses that are looked through
_LINK = re.compile(r"https?://[^\s<>\"]{1,1000}[^\s<>\".,;:!?)]")


@dataclass(frozen=True, slots=True)
class Thing:
    """What the line speaks of."""

    product: str
    link: str  # "" where it has no page
    after: str = ""  # what they have, that others bought it with


def line(row: Conversation, thing: Thing, by: Membership) -> str:
    """For the composer. Never empty."""
    language = row.customer.language or (row.merchant.languages or ["en"])[0]
    values = {"offer.product": thing.product, "offer.link": thing.link, "offer.after": thing.after}
    for words in (_as_before(row, by.actor), _ready(row, language)):
        lacks = any(not value and f"{{{{ {name} }}}}" in words for name, value in values.items())
        if words and not lacks:
            return fill(words, {**variables(row, by), **values}).strip()
    with translation.override(_spoken(language)):
        return _ours(thing)


def _ours(thing: Thing) -> str:
    names = {"product": thing.product, "after": thing.after, "link": thing.link}
    said = (
        _("By the way, many who chose %(after)s took %(product)s as well.") % names
        if thing.after
        else _("By the way, you may like %(product)s.") % names
    )
    return f"{said} {_('Here it is: %(link)s') % names}" if thing.link else said


def _as_before(row: Conversation, by: Actor) -> str:
    """A line of theirs from an earlier suggestion to somebody of the same language; "" for none."""
    used = Suggestion.objects.filter(merchant_id=row.merchant_id, used_by=by.code, used_at__isnull=False)
    for earlier in used.select_related("chance__conversation__customer").order_by("-used_at")[:_BACK]:
        if _short(earlier.chance.conversation.customer.language) != _short(row.customer.language):
            continue
        if words := _said_then(earlier, by):
            return words
    return ""


def _said_then(earlier: Suggestion, by: Actor) -> str:
    number = earlier.chance.conversation_id
    here = Q(conversation_id=number) | Q(conversation__root_id=number)
    sent = Message.objects.filter(
        here, merchant_id=earlier.merchant_id, inbound=False, taken_back_at=None, at__gte=earlier.used_at
    )
    message = sent.filter(entry__actor=by.code).select_related("entry").order_by("at", "id").first()
    if message is None:
        return ""
    names = earlier.chance.conversation.customer.name.split()
    titles = {one[place] for one in earlier.products for place in ("product", "after") if one[place]}
    things = Product.objects.filter(merchant_id=earlier.merchant_id, id__in=titles).in_bulk()
    for one in earlier.products:
        thing, after = things.get(one["product"]), things.get(one["after"] or 0)
        for said in message.entry.text.splitlines():
            if thing and thing.title in said and len(said) <= LONGEST and not any(name in said for name in names):
                return _emptied(said, thing.title, after.title if after else "")
    return ""


def _emptied(said: str, product: str, after: str) -> str:
    """With places for another thing's name and link. Whatever link stood there was of the other customer's."""
    said = _LINK.sub("{{ offer.link }}", said).replace(product, "{{ offer.product }}")
    return said.replace(after, "{{ offer.after }}") if after else said


def _ready(row: Conversation, language: str) -> str:
    found = ready_answers(row.merchant_id, language, "offer.product", limit=5)
    return next((each.text for each in found if "offer.product" in each.text), "")


def _short(language: str) -> str:
    return language.lower().partition("-")[0]


def _spoken(language: str) -> str:
    """A language we have words in."""
    try:
        return translation.get_supported_language_variant(language.lower())
    except LookupError:
        return "en"
