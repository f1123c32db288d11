"""Whoever we ask for help, in words, and what was said with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from markupsafe import Markup

from presszero.channels.models import Attachment, Entry
from presszero.channels.wording import to_html
from presszero.conversations.models import Outsider
from presszero.ui.markup import linked

from .shown import delivery_word


@dataclass(frozen=True)
class SideEntry:
    """One thing said in a side thread, ready to be drawn."""

    inbound: bool
    who: str
    address: str
    at: datetime
    body: Markup
    automatic: bool
    state: str = ""
    failed: bool = False
    files: list[Attachment] = field(default_factory=list)


def kinds() -> list[tuple[str, str]]:
    """(kind, what it is called), in the order a form offers them."""
    return [(kind, kind_word(kind)) for kind in Outsider.Kind.values]


def kind_word(kind: str) -> str:
    """What a kind of outsider is called."""
    return {
        "warehouse": _("Warehouse"),
        "carrier": _("Carrier"),
        "supplier": _("Supplier"),
        "colleague": _("Colleague"),
    }[kind]


def said(entries: Iterable[Entry]) -> list[SideEntry]:
    """In the order given; of ours with how far its delivery came."""
    return [_said(entry) for entry in entries]


def _said(entry: Entry) -> SideEntry:
    delivery = next(iter(entry.deliveries.all()), None)
    words = linked(entry.text) if entry.inbound else Markup(to_html(entry.text))  # noqa: S704 - built safe from text
    return SideEntry(
        entry.inbound,
        entry.sender_name or entry.sender_address,
        entry.sender_address,
        entry.at,
        words,
        bool(entry.automatic),
        delivery_word(delivery.state) if delivery else "",
        delivery is not None and delivery.state in ("failed", "unknown"),
        list(entry.attachments.all()),
    )
