"""What the token of a link to pay opens, and in whose name: nothing of the customer but what is in the order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from presszero.channels.models import Line
from presszero.commerce.models import DraftOrder, PayAccount
from presszero.commerce.payments.registry import UnknownPayment, adapter
from presszero.conversations.models import ThreadPlace
from presszero.core.actor import from_code
from presszero.core.money import Money
from presszero.merchants.models import Brand
from presszero.team.models import Membership

SHOWN = timedelta(days=60)  # after its days are over
_TOKEN = re.compile(r"[A-Za-z0-9]{34}")


@dataclass(frozen=True, slots=True)
class Place:
    """A draft and the brand it is sold under. `line` is the one they wrote on, where there is one."""

    draft: DraftOrder
    brand: Brand
    line: Line | None

    @property
    def sum(self) -> Money:
        return Money(self.draft.total, self.draft.currency)

    @property
    def sender(self) -> str:
        """First name of whoever put it together; "" for a program, or somebody who left."""
        actor = from_code(self.draft.by)
        if actor.kind != "member":
            return ""
        rows = Membership.objects.filter(merchant_id=self.draft.merchant_id, id=actor.id or 0, left_at=None)
        found = rows.select_related("person").first()
        return found.first_name if found else ""

    @property
    def person(self) -> str:
        """Where a person answers: the brand's chat, else its form, else its mail address."""
        lines = Line.objects.filter(merchant_id=self.draft.merchant_id, brand=self.brand, paused_at=None)
        found = {line.kind: line for line in lines.order_by("-id")}
        for kind in ("chat", "form"):
            if kind in found:
                return f"/{kind}/{found[kind].token}"
        return f"mailto:{found['email'].address}" if "email" in found else ""

    def ways(self) -> tuple[bool, str]:
        """(whether it is paid at a provider's page, the words for a transfer or "")."""
        card, words = False, ""
        for account in PayAccount.objects.filter(merchant_id=self.draft.merchant_id, paused_at=None):
            try:
                card = card or adapter(account.kind).has_page
            except UnknownPayment:
                continue
            words = words or str(account.settings.get("words") or "")
        return card, words


def place_of(token: str, now: datetime) -> Place | None:
    """None for a token of nothing, and for one that has long been over: they look the same."""
    if not _TOKEN.fullmatch(token):
        return None
    rows = DraftOrder.objects.select_related("merchant", "customer", "store__brand", "order")
    row = rows.filter(token=token).first()
    if row is None or now > row.expires_at + SHOWN:
        return None
    line = _line(row)
    brand = row.store.brand if row.store else line.brand if line else None
    brand = brand or Brand.objects.filter(merchant_id=row.merchant_id).order_by("id").first()
    return Place(row, brand, line) if brand else None


def _line(row: DraftOrder) -> Line | None:
    if row.conversation_id is None:
        return None
    places = ThreadPlace.objects.filter(merchant_id=row.merchant_id, conversation_id=row.conversation_id)
    found = places.select_related("thread__line__brand", "thread__line__merchant").order_by("id").first()
    return found.thread.line if found else None
