"""What a token may be allowed, word by word."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# scope → what it opens
SCOPES: dict[str, str | Promise] = {
    "customers:read": _("Read customers, their addresses, fields and consents"),
    "customers:write": _("Add and change customers"),
    "conversations:read": _("Read conversations and their messages"),
    "conversations:write": _("Change conversations: subject, priority, topic, team, tags, resolved, put aside"),
    "messages:write": _("Begin conversations and send messages to customers"),
    "notes:read": _("Read notes, which customers never see"),
    "notes:write": _("Write notes"),
    "orders:read": _("Read orders, payments, refunds and parcels"),
    "products:read": _("Read products, prices and stock"),
    "settings:read": _("Read lines, topics, tags, teams, members, macros and views"),
    "timeline:read": _("Read what happened, fact by fact"),
    "webhooks:read": _("Read webhooks and their log"),
    "webhooks:write": _("Add, change and remove webhooks"),
}


def writes(scope: str) -> bool:
    """Whether a scope lets anything be changed."""
    return scope.endswith(":write")
