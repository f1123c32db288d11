"""A program of the merchant's does what they defined: told once, signed, over the one way out (core.http).

The scheme is the one of all our webhooks. The id is the remedy's key, the same for every try, so the program can tell
a repeat; where we cannot tell whether it heard us, nothing is repeated by itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from django.utils.translation import gettext as _

from presszero.channels.signing import signed_headers
from presszero.commerce.vocabulary import Done
from presszero.core.http import Asking, CannotFetch, Fetched, Limits, fetch
from presszero.core.money import Money
from presszero.core.sealing import CannotOpen, open_sealed
from presszero.core.text import one_line

from .keeping import read
from .models import OwnRemedy, Remedy
from .owning import PREFIX

SEAL = "own-remedy"  # what the secret is sealed for
_LIMITS = Limits(seconds=15, size=100_000, redirects=0)
_LONGEST_WAIT = 24 * 3600.0  # seconds


def tell(row: Remedy, writing: Callable[[], None]) -> Done:
    """Tells it, and reads its answer: any 2xx is done, and may say {"reference", "message", "code", "url"}."""
    own = OwnRemedy.objects.filter(merchant_id=row.merchant_id, id=int(row.kind.removeprefix(PREFIX))).first()
    if own is None or not own.webhook:
        return Done("refused", reason=_("There is no program to tell any more."))
    try:
        secret = open_sealed(bytes(own.sealed), SEAL).get("secret", "")
    except CannotOpen as why:
        return Done("later", reason=str(why))
    body = json.dumps(_said(row, own), ensure_ascii=False, separators=(",", ":")).encode()
    headers = signed_headers(f"remedy_{row.key}", int(time.time()), body, secret)
    headers |= {"Content-Type": "application/json", "User-Agent": "Press Zero remedies"}
    writing()
    try:
        return _answer(fetch(Asking(own.webhook, "POST", headers, body), _LIMITS))
    except CannotFetch as why:
        return Done("unknown" if why.sent else "later", reason=one_line(str(why), 300))


def _said(row: Remedy, own: OwnRemedy) -> dict[str, object]:
    """Ids and what was filled in; nothing of who they are beyond that."""
    amount = Money(row.amount, row.currency)
    return {
        "type": "remedy.wanted",
        "data": {
            "key": row.key,
            "remedy": {"id": own.id, "name": own.name},
            "fields": read(row.merchant_id, row.asked).values,
            "amount": {"value": str(amount.decimal), "minor": amount.minor, "currency": amount.currency},
            "order": row.order.number if row.order else None,
            "order_id": row.order_id,
            "customer_id": row.customer_id,
            "conversation_id": row.conversation_id,
            "by": row.by,
            "reason": row.reason,
        },
    }


def _answer(got: Fetched) -> Done:
    """A server error may come after it was done; to be asked to wait, or not to be found, is neither."""
    if 200 <= got.status < 300:
        return _done(got)
    reason = _("The program answered %(status)s.") % {"status": got.status}
    if got.status in (429, 503):
        return Done("later", reason=reason, retry_after=_wait(got.headers.get("retry-after", "")))
    return Done("unknown" if got.status >= 500 else "refused", reason=reason)


def _done(got: Fetched) -> Done:
    try:
        said = json.loads(got.body[:100_000] or b"{}")
    except ValueError:
        said = {}
    words = said if isinstance(said, dict) else {}
    text = {name: one_line(str(words.get(name) or ""), 500) for name in ("reference", "message", "code", "url")}
    link = text["url"] if text["url"].startswith("https://") else ""
    return Done("accepted", text["reference"][:120], text["code"][:60], link, text["message"])


def _wait(said: str) -> float | None:
    return min(float(said), _LONGEST_WAIT) if said.isdecimal() and len(said) < 9 else None
