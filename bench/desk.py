"""How much a page of the desk weighs: HTML before it is packed, in a shop that uses tags, views and teams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import TYPE_CHECKING

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop

if TYPE_CHECKING:
    from presszero.conversations.models import Conversation

PAGE, PALETTE = 50, 10  # kilobytes
ROWS, MESSAGES = 60, 40


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Four rows: a list of fifty, a conversation of forty messages beside its list, a search, and the palette."""
    from django.test import Client

    from presszero.team.gate import COOKIE

    shop = open_shop(ground, members=6)
    number = _fill(shop).id
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies[COOKIE] = shop.tokens[0]
    asked = {
        "desk list": ("/desk/team", PAGE, b'<a class="row', 50, "Fifty rows with three tags each."),
        "desk talk": (
            f"/conversations/{number}?in=team",
            PAGE,
            b'class="msg',
            16,
            f"Of {MESSAGES} messages the newest; older ones come as one scrolls up.",
        ),
        "desk search": ("/search?q=order", PAGE, b"<mark>", 30, "Thirty rows with the words that were found."),
        "desk palette": (f"/palette?q=order&conversation={number}", PALETTE, b'role="option"', 6, "A word typed."),
    }
    for name, (path, most, piece, pieces, note) in asked.items():
        answered = browser.get(path)
        if answered.status_code != 200 or answered.content.count(piece) < pieces:
            raise RuntimeError(f"{path}: {answered.status_code}, {answered.content.count(piece)} of {pieces}.")
        say(f"{path}: {len(answered.content):,} bytes")
        yield at_most(name, len(answered.content) / 1000, most, "kB", f"{note} HTML before it is packed.", digits=1)


def _fill(shop: Shop) -> Conversation:
    """Sixty open conversations, the first of them of forty messages."""
    from presszero.conversations.models import Conversation, SavedView, Tag, Tagged
    from presszero.customers.models import Customer
    from presszero.team.models import Team

    owned = {"merchant_id": shop.merchant_id}
    for name in ("Returns", "Wholesale", "Repairs", "Night", "Spain", "Germany"):
        Team.objects.create(**owned, name=name)
    for each in range(10):
        SavedView.objects.create(**owned, by_id=shop.member_ids[0], name=f"Late and important {each}", filter={})
    tags = [Tag.objects.create(**owned, name=name) for name in ("VIP", "Spring sale", "Return open")]
    rows = []
    for each in range(ROWS):
        ada = Customer.objects.create(**owned, name=f"Ada Kowalski the {each}th")
        made = {"subject": f"Where is my order {each}?", "snippet": "So " * 60, "last_channel": "custom"}
        row = Conversation.objects.create(**owned, customer=ada, line_id=shop.line_id, **made)
        Tagged.objects.bulk_create(Tagged(**owned, conversation=row, tag=tag, by="system") for tag in tags)
        rows.append(row)
    for row in rows[1:]:
        _say(shop, row, 1)
    _say(shop, rows[0], MESSAGES)
    return rows[0]


def _say(shop: Shop, row: Conversation, times: int) -> None:
    from django.utils import timezone

    from presszero.channels.models import Entry, Thread
    from presszero.conversations.models import Message

    owned = {"merchant_id": shop.merchant_id}
    thread = Thread.objects.create(**owned, line_id=shop.line_id, subject=row.subject, token=token_hex(16))
    said = {"sender_kind": "custom", "sender_address": f"ada{row.id}", "sender_name": "Ada", "proof": "seen"}
    for number in range(times):
        text = f"Is there anything new about my order, {number}? " * 3
        entry = Entry.objects.create(**owned, thread=thread, inbound=True, text=text, at=timezone.now(), **said)
        Message.objects.create(**owned, conversation=row, entry=entry, at=entry.at, inbound=True)
