"""Whom one could call from here: the customer on the screen, people who were found, and a number as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from presszero.calls.dialling import lines_of
from presszero.conversations.models import Conversation
from presszero.core.phones import shown
from presszero.customers.models import Handle
from presszero.customers.queries import family
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role
from presszero.ui.formats import called

from .fuzzy import hit
from .offer import Offer
from .offered import plain

_NUMBER = re.compile(r"\+?[\d\s()./-]{5,24}")
_MOST = 4


def calls(member: Membership, row: Conversation | None, typed: str) -> Iterator[Offer]:
    """Nothing where there is no line to call from, or for who may only read."""
    number = _NUMBER.fullmatch(typed.strip())
    if not at_least(member.role, Role.AGENT) or not (number or row):
        return
    if not lines_of(member.merchant_id):
        return
    if number:
        yield Offer(plain(_("Call %(number)s") % {"number": typed.strip()}), "phone", f"tel:{typed.strip()}", score=50)
    if row:
        yield from _theirs(row, typed)


def _theirs(row: Conversation, typed: str) -> Iterator[Offer]:
    mine = {"merchant_id": row.merchant_id, "kind": "phone"}
    rows = Handle.objects.filter(**mine, customer_id__in=family(row.customer)).exclude(proof="refuted")
    for address in rows.order_by("id").values_list("address", flat=True)[:_MOST]:
        label = _("Call %(who)s on %(number)s") % {"who": called(row.customer.name), "number": shown(address)}
        if found := hit(typed, label):
            yield Offer(found.pieces, "phone", f"tel:{address}", score=found.score)
