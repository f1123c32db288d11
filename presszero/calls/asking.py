"""What a page may ask of whoever holds a call. The gateway does these in order; a hosted call's are done by its API.

answer     {"sdp": …}                 the member takes it; the page's answer to the leg's offer (browser)
again      {"takes": bool}            the page was loaded anew: offer the leg once more, with a new tag; of a hosted
                                      call: the provider's program is there in the page, and can be rung. takes: and
                                      from now on has the talk, wherever it was
resdp      {"sdp": …}                 the page's answer to that
decline    {}                         not me; the next one rings
hangup     {}                         the member leaves; of an agent: the call ends, unless somebody else talks to them
hold       {} · resume {}             music for the caller, and back
mute       {"on": bool}               nothing of theirs is heard
keys       {"digits": "12#"}          RFC 4733 towards the caller
transfer   {"to": "member:7|queue:3|+44…", "warm": bool}
complete   {}                         of a warm transfer: leave, the two others talk
cancel     {}                         of a warm transfer: back to the caller
add        {"to": …}                  somebody more in the call
record     {"on": bool}               pause and go on; only ever after consent
dial       {"number": …}              of an outbound call: ring them once the member's own end is there
listen     {} · whisper {"on": bool}  of a lead
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from presszero.core.actor import Actor
from presszero.timeline.actions import wake

from .models import Ask, Call, Leg

WAKES = "phone"  # NOTIFY channel: "call_id"
WHATS = frozenset(
    ["answer", "again", "resdp", "decline", "hangup", "hold", "resume", "mute", "keys"]
    + ["transfer", "complete", "cancel", "add", "record", "dial", "listen", "whisper"]
)


@transaction.atomic
def ask(call: Call, what: str, given: dict[str, Any] | None = None, *, leg: Leg | None = None, by: Actor) -> Ask:
    """Writes it down and wakes whoever holds the call. Raises ValueError for what nobody can do."""
    if what not in WHATS:
        raise ValueError(f"Nobody can {what!r} a call.")
    row = Ask.objects.create(merchant_id=call.merchant_id, call=call, leg=leg, what=what, given=given or {}, by=by.code)
    wake(WAKES, str(call.id))
    return row
