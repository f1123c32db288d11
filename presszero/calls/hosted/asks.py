"""What a page asks of a hosted call, done at the provider, in the order it was asked.

People are moved by rooms: whoever is to leave is hung up or left behind, and the caller is sent into the next room.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from presszero.calls import actions, bringing
from presszero.calls.models import Ask, Call, Leg, Recording
from presszero.core.actor import Actor, from_code
from presszero.core.locks import alone
from presszero.core.refusal import Refused

from . import ringing
from .holding import DRIVER, OPEN, held, music_of, next_room, root_of
from .rendering import plain_keys
from .rest import Api, NotDone

log = logging.getLogger(__name__)

LOCKS = 0x407E  # advisory lock class of hosted calls: one worker does what is asked of one
AT_ONCE = 50


@dataclass
class Doing:
    """One ask, and what it needs. `dialog` is as it was when we began; it is only changed under `held`."""

    ask: Ask
    call: Call
    api: Api
    at: datetime

    @property
    def by(self) -> Actor:
        return from_code(self.ask.by)

    @property
    def leg(self) -> Leg:
        found: Leg | None = self.ask.leg
        if found is None:
            raise Refused(_("Nobody’s end of the call was meant."))
        return found

    @property
    def on(self) -> bool:
        return bool(self.ask.given.get("on"))

    def sid(self, leg: Leg | None = None) -> str:
        """The provider's id of an end; of the caller's without a leg. Raises Refused when it has none yet."""
        ends = self.call.dialog.get("ends", {})
        found = str(ends.get(str(leg.id), "")) if leg else self.call.provider_id
        if not found:
            raise Refused(_("They are not there yet."))
        return found

    def room(self) -> str:
        known = str(self.call.dialog.get("conference", ""))
        name = f"{self.call.uid.hex}-{self.call.dialog.get('room', 1)}"
        found = known or self.api.room(name)
        if not found:
            raise Refused(_("Nobody talks in this call yet."))
        return found

    def change(self, **changes: object) -> None:
        with held(self.call.line, self.at, id=self.call.id) as here:
            if here:
                here.dialog |= changes
                self.call.dialog = dict(here.dialog)


def do_due(at: datetime) -> int:
    """Does what is asked. How many."""
    rows = Ask.objects.filter(done_at=None, call__driver=DRIVER).select_related("call__line", "leg__member__person")
    done = 0
    for ask in rows.order_by("id")[:AT_ONCE]:
        with alone(LOCKS, ask.call_id) as free:
            done += free and _do(ask, at)
    return done


def _do(ask: Ask, at: datetime) -> bool:
    if not Ask.objects.filter(id=ask.id, done_at=None).exists():
        return False
    call = Call.objects.select_related("line").get(merchant_id=ask.merchant_id, id=ask.call_id)
    failed = ""
    try:
        if call.ended_at is None:
            _VERBS[ask.what](Doing(ask, call, Api(call.line), at))
    except (NotDone, Refused) as why:
        failed = str(why)
    except Exception:
        log.exception("ask %d", ask.id)
        failed = _("That did not work. Try again.")
    Ask.objects.filter(id=ask.id).update(done_at=at, failed=failed[:200])
    return True


def _nothing(doing: Doing) -> None:
    """The provider's own program in the page does it."""


def _again(doing: Doing) -> None:
    """The provider's program is there in their page, and is rung."""
    ringing.ring_page(doing.call, doing.leg, doing.api, doing.at, takes=bool(doing.ask.given.get("takes")))


def _decline(doing: Doing) -> None:
    actions.leg_ended(doing.leg.id, "declined", doing.at)  # whoever's end is over is hung up by the duty


def _hangup(doing: Doing) -> None:
    actions.leg_ended(doing.leg.id, "hung_up", doing.at)


def _hold(doing: Doing) -> None:
    _tune(doing, {doing.leg.id} | _holding(doing))
    bringing.held(doing.leg.id, True, doing.by)


def _resume(doing: Doing) -> None:
    _tune(doing, _holding(doing) - {doing.leg.id})
    bringing.held(doing.leg.id, False, doing.by)


def _holding(doing: Doing) -> set[int]:
    return {leg.id for leg in _people(doing) if leg.state == Leg.State.HELD}


def _tune(doing: Doing, holding: set[int]) -> None:
    """Who hears music: of several the one who holds, while the others go on; the caller when all of them do, and while
    a colleague is asked about them."""
    people = _people(doing)
    alone = doing.call.dialog.get("asks") or (people and holding >= {leg.id for leg in people})
    hear = {doing.sid(leg) for leg in people if leg.id in holding} if len(people) > 1 else set()
    hear |= {doing.sid()} if alone else set()
    before = set(doing.call.dialog.get("music", []))
    for sid in sorted(before - hear):
        doing.api.in_room(doing.room(), sid, Hold="false")
    for sid in sorted(hear - before):
        doing.api.in_room(doing.room(), sid, Hold="true", HoldUrl=music_of(doing.call.line), HoldMethod="GET")
    doing.change(music=sorted(hear))


def _people(doing: Doing) -> list[Leg]:
    """Who talks in this call, or holds."""
    legs = Leg.objects.filter(merchant_id=doing.call.merchant_id, call=doing.call, role__in=OPEN, ended_at=None)
    return list(legs.exclude(answered_at=None))


def _mute(doing: Doing) -> None:
    doing.api.in_room(doing.room(), doing.sid(doing.leg), Muted="true" if doing.on else "false")
    bringing.muted(doing.leg.id, doing.on, doing.by)


def _keys(doing: Doing) -> None:
    address = f"{root_of(doing.call.line)}/keys?d={plain_keys(str(doing.ask.given.get('digits', '')))}"
    doing.api.in_room(doing.room(), doing.sid(), AnnounceUrl=address, AnnounceMethod="POST")


def _transfer(doing: Doing) -> None:
    """Warm: a colleague comes into the room while the caller hears music. Blind: they leave, the caller is moved."""
    to = str(doing.ask.given.get("to") or "")
    if doing.ask.given.get("warm"):
        bringing.bring_in(doing.call.id, to, "colleague", doing.by)
        doing.change(asks=True)
        _tune(doing, _holding(doing))
        return
    if to.startswith("queue:"):
        after = {"to_queue": int(to.partition(":")[2])}
    else:
        after = {"expects": bringing.bring_in(doing.call.id, to, "agent", doing.by).id}
    # The next room at once: whoever answers in this very moment would go where the caller is about to leave.
    doing.change(**next_room(doing.call.dialog), **after, ender=0)
    actions.leg_ended(doing.leg.id, "transferred", doing.at)


def _complete(doing: Doing) -> None:
    """Who asked leaves; the caller and whoever answered meet in the next room."""
    others = Leg.objects.filter(call=doing.call, role="colleague", ended_at=None).exclude(answered_at=None)
    other = others.exclude(id=doing.leg.id).order_by("id").first()
    if other is None:
        raise Refused(_("Nobody has answered yet."))
    doing.change(**next_room(doing.call.dialog), ender=other.id)
    actions.leg_ended(doing.leg.id, "transferred", doing.at)
    doing.api.send_to(doing.sid(), f"{root_of(doing.call.line)}/{doing.call.uid}/step?join=1")
    bringing.changed(doing.call.id, doing.by)


def _cancel(doing: Doing) -> None:
    """Back to the caller, without the colleague."""
    for leg in Leg.objects.filter(call=doing.call, role="colleague", ended_at=None).exclude(id=doing.leg.id):
        actions.leg_ended(leg.id, "cancelled", doing.at)
    doing.change(asks=False)
    _tune(doing, _holding(doing))
    bringing.changed(doing.call.id, doing.by)


def _add(doing: Doing) -> None:
    bringing.bring_in(doing.call.id, str(doing.ask.given.get("to") or ""), "colleague", doing.by)


def _record(doing: Doing) -> None:
    """Pauses, or goes on. What was never begun is not begun here: nobody was asked."""
    rows = Recording.objects.filter(call=doing.call, kind="call", state__in=("running", "paused"), ended_at=None)
    row = rows.exclude(provider_id="").first()
    if row is None:
        raise Refused(_("This call is not recorded."))
    doing.api.pause(doing.sid(), row.provider_id, on=doing.on)
    row.pauses = actions.paused(row.pauses, (doing.at - row.began_at).total_seconds(), on=doing.on)
    row.state = Recording.State.RUNNING if doing.on else Recording.State.PAUSED
    row.save(update_fields=["pauses", "state"])
    bringing.changed(doing.call.id, doing.by)


def _whisper(doing: Doing) -> None:
    """The agent hears them, the caller does not."""
    agent = str(doing.call.dialog.get("ends", {}).get(str(doing.call.dialog.get("ender", "")), ""))
    if not agent:
        raise Refused(_("Nobody talks in this call yet."))
    given = {"Coaching": "true" if doing.on else "false", "Muted": "false" if doing.on else "true"}
    doing.api.in_room(doing.room(), doing.sid(doing.leg), **given, CallSidToCoach=agent)


_VERBS: Mapping[str, Callable[[Doing], None]] = {
    "answer": _nothing,
    "again": _again,
    "resdp": _nothing,
    "dial": _nothing,  # whoever we call is rung once a member's end is there
    "listen": _nothing,  # their end is rung like any other
    "decline": _decline,
    "hangup": _hangup,
    "hold": _hold,
    "resume": _resume,
    "mute": _mute,
    "keys": _keys,
    "transfer": _transfer,
    "complete": _complete,
    "cancel": _cancel,
    "add": _add,
    "record": _record,
    "whisper": _whisper,
}
