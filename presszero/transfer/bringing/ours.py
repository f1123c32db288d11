"""Adds what this app itself brings: people, words, ready answers, conversations, products and orders."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..sources.sheet.orders import OrderRowFound, ProductRowFound
from ..vocabulary import ConversationFound, MacroFound, PersonFound, WordFound
from . import conversations, matters, orders, people, removal, words
from .registry import Kind, Sort, register

register(
    Sort(PersonFound, "person", people.bring, people.check),
    Sort(WordFound, "tag", words.bring_words, words.check_words),
    Sort(MacroFound, "macro", words.bring_macros, words.check_macros),
    Sort(ConversationFound, "conversation", conversations.bring, matters.check),
    Sort(ProductRowFound, "product", orders.bring_products, orders.check_products),
    Sort(OrderRowFound, "order", orders.bring, orders.check, most=orders.MOST),
    kinds=(
        Kind("agent", lambda: _("Colleagues"), removal.forgotten),
        Kind("person", lambda: _("Customers"), removal.person),
        Kind("address", lambda: _("Addresses"), removal.address),
        Kind("consent", lambda: _("Consents"), removal.consent),
        Kind("tag", lambda: _("Tags"), removal.tag),
        Kind("topic", lambda: _("Topics"), removal.topic),
        Kind("macro", lambda: _("Macros"), removal.macro),
        Kind("macro_part", lambda: _("Parts of macros")),
        Kind("conversation", lambda: _("Conversations"), removal.conversation),
        Kind("conversation_part", lambda: _("Parts of conversations")),
        Kind("message", lambda: _("Messages")),
        Kind("note", lambda: _("Notes")),
        Kind("attachment", lambda: _("Files")),
        Kind("product", lambda: _("Products"), orders.remove_product),
        Kind("order", lambda: _("Orders"), orders.remove),
        Kind("order_line", lambda: _("Lines of orders")),
        Kind("row", lambda: _("Rows")),
    ),
)
