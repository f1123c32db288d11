"""A bank transfer has no program to talk to: words on the order page, and somebody who looks into the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import BadSignature, Request
from presszero.commerce.stores.adapter import Field
from presszero.commerce.vocabulary import Done
from presszero.core.money import Money

from ..adapter import Bill, NotDone, PayNews, PayPage, PaySettings, Standing


class Transfer:
    """`settings`: words, in which nothing is filled in. Nobody signs anything for it, so nothing is ever believed."""

    kind = "transfer"
    name = "Bank transfer"
    has_page = False
    fields = (
        Field(
            "words",
            gettext_lazy("How to pay"),
            gettext_lazy("Whose account it is, its IBAN, and what to write as the reference."),
        ),
    )

    def verify(self, request: Request, account: PaySettings) -> None:
        raise BadSignature("Nobody tells us of transfers.")

    def event_id(self, request: Request) -> str:
        return ""

    def lane_key(self, body: bytes) -> str:
        return ""

    def parse(self, body: bytes, headers: Mapping[str, str], account: PaySettings) -> list[PayNews]:
        return []

    def check(self, account: PaySettings) -> str:
        return self.name

    def subscribe(self, account: PaySettings, url: str) -> str:
        return ""

    def begin(self, account: PaySettings, bill: Bill) -> PayPage:
        raise NotDone(_("A transfer is made at the customer's own bank."))

    def find(self, account: PaySettings, page: str) -> Standing:
        return Standing("open")

    def end(self, account: PaySettings, page: str) -> None:
        """There is no page to close."""

    def refund(self, account: PaySettings, payment: str, amount: Money, key: str, writing: Callable[[], None]) -> Done:
        return Done("refused", reason=_("Money that came by transfer goes back by hand."))

    def look(self, account: PaySettings, payment: str, key: str) -> Done | None:
        return None


adapter = Transfer()
