"""A call as the conversation's stream shows it: the way it took, the wait, who spoke, and what was kept of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.core.phones import shown

from .models import Call, CallStep, Leg, Recording, Transcription
from .phone import named

_PATH = ("entered", "digit", "zero", "queue", "consent", "declined", "looked", "failed")
_SPEAK = ("agent", "colleague")
_FAIR, _POOR = 3.8, 3.1  # mean opinion scores; below the second people ask each other to say it again


@dataclass(frozen=True)
class Step:
    """One step of the caller's way. `kind`: entered · digit · zero · queue · …"""

    kind: str
    words: str


@dataclass(frozen=True)
class Sound:
    """Something to listen to."""

    id: int
    voicemail: bool
    lasted: str
    transcript: str
    paused: bool  # parts were left out
    writing: str = ""  # waiting · failed: on its way to being text, or not; done: without words
    trouble: str = ""  # why it is not written down


@dataclass
class CallCard:
    """`head`: in one line what became of it. `live`: it goes on. `hint`: whose number it is, which proves nothing."""

    id: int
    inbound: bool
    live: str
    head: str
    number: str
    hint: str
    missed: bool
    facts: list[str] = field(default_factory=list)
    path: list[Step] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)
    trouble: str = ""
    quality: str = ""
    listen: bool = False  # somebody talks, whom a lead may hear
    talking: int = 0  # the member who does


def cards(merchant_id: int, entries: Collection[int]) -> dict[int, CallCard]:
    """Entry → its call, for those entries that are calls. No query for none."""
    if not entries:
        return {}
    found = Call.objects.filter(merchant_id=merchant_id, entry_id__in=list(entries)).select_related("customer", "line")
    calls = list(found)
    if not calls:
        return {}
    mine = {"merchant_id": merchant_id, "call__in": calls}
    steps, legs, sounds = defaultdict(list), defaultdict(list), defaultdict(list)
    for step in CallStep.objects.filter(**mine).order_by("id"):
        steps[step.call_id].append(step)
    for leg in Leg.objects.filter(**mine).select_related("member__person").order_by("id"):
        legs[leg.call_id].append(leg)
    for sound in _recordings(mine):
        sounds[sound.call_id].append(sound)
    now = timezone.now()
    return {
        call.entry_id: card(call, steps[call.id], legs[call.id], sounds[call.id], now)
        for call in calls
        if call.entry_id is not None
    }


def card(
    call: Call, steps: Sequence[CallStep], legs: Sequence[Leg], sounds: Sequence[Recording], now: datetime
) -> CallCard:
    """From the rows of one call."""
    spoke = [leg for leg in legs if leg.talked_at and leg.role in _SPEAK]
    made = CallCard(
        call.id,
        call.inbound,
        "" if call.ended_at else _live(call, spoke),
        _head(call, spoke),
        shown(call.number) if call.number else "",
        call.customer.name if call.customer and named(call) else "",
        bool(call.ended_at and call.inbound and not call.talked_at and call.ended != "voicemail"),
    )
    made.facts = _facts(call, legs, now)
    made.path = [Step(step.what, step.says or step.node) for step in steps if step.what in _PATH]
    made.sounds = [_sound(each) for each in sounds if each.state == Recording.State.STORED]
    made.trouble = next((each.trouble for each in sounds if each.state == Recording.State.FAILED), "")
    made.quality = heard(call)
    talking = [leg for leg in spoke if leg.ended_at is None]
    made.listen, made.talking = bool(talking and not call.ended_at), talking[0].member_id or 0 if talking else 0
    return made


def heard(call: Call) -> str:
    """How the worst end heard it: "" well, or never measured · fair · poor."""
    scores = [float(each["mos"]) for each in call.quality.values() if isinstance(each, dict) and each.get("mos")]
    worst = min(scores, default=5.0)
    return "poor" if worst < _POOR else "fair" if worst < _FAIR else ""


def lasted(seconds: float) -> str:
    """ "0:42", "12:05"."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _live(call: Call, spoke: Sequence[Leg]) -> str:
    names = [leg.member.first_name for leg in spoke if leg.member and not leg.ended_at]
    if call.stage == Call.Stage.TALKING and names:
        return _("talks with %(names)s") % {"names": ", ".join(names)}
    return {
        Call.Stage.MENU: _("in the menu now"),
        Call.Stage.WAITING: _("waits for a person"),
        Call.Stage.TALKING: _("talks now"),
        Call.Stage.RECORDING: _("leaves a message now"),
        Call.Stage.DIALLING: _("is being called"),
    }.get(Call.Stage(call.stage), "")


def _head(call: Call, spoke: Sequence[Leg]) -> str:
    if spoke:
        return _("They called us") if call.inbound else _("We called them")
    if not call.ended_at:
        return _("They call") if call.inbound else _("We call them")
    if not call.inbound:
        return _("We called, and did not reach them")
    return {
        "voicemail": _("They left a message"),
        "callback": _("They asked to be called back"),
        "closed": _("They called while nobody was there"),
        "failed": _("Their call broke off"),
    }.get(call.ended, _("They hung up before anybody answered"))


def _facts(call: Call, legs: Sequence[Leg], now: datetime) -> list[str]:
    """Zero, the wait, whom it rang at in vain, and who spoke for how long."""
    found = []
    if call.zero_at:
        found.append(_("pressed 0 after %(n)s") % {"n": _short(call.zero_at - call.began_at)})
    if call.waiting_at and call.inbound:
        found.append(_("waited %(n)s") % {"n": _short((call.talked_at or call.ended_at or now) - call.waiting_at)})
    found += dict.fromkeys(words for leg in legs if (words := _in_vain(leg)))
    for leg in legs:
        if leg.talked_at and leg.role in _SPEAK:
            name = leg.member.first_name if leg.member else shown(leg.number)
            length = ((leg.ended_at or now) - leg.talked_at).total_seconds()
            found.append(_("%(who)s spoke %(time)s") % {"who": name, "time": lasted(length)})
    return found


def _in_vain(leg: Leg) -> str:
    """It rang at them, and somebody else was asked."""
    if leg.answered_at or not leg.member or leg.ended not in ("declined", "missed"):
        return ""
    words = _("%(who)s said not now") if leg.ended == "declined" else _("%(who)s did not answer")
    return words % {"who": leg.member.first_name}


def _short(length: timedelta) -> str:
    seconds = max(0, round(length.total_seconds()))
    if seconds < 100:
        return ngettext("%(n)d s", "%(n)d s", seconds) % {"n": seconds}
    return ngettext("%(n)d min", "%(n)d min", seconds // 60) % {"n": seconds // 60}


def _recordings(mine: dict[str, Any]) -> QuerySet[Recording]:
    """What was kept, each with how far it is on its way to being text."""
    about = Transcription.objects.filter(merchant_id=OuterRef("merchant_id"), recording_id=OuterRef("id"))
    rows = Recording.objects.filter(**mine).exclude(state=Recording.State.DELETED).order_by("id")
    return rows.annotate(writing=Subquery(about.values("state")[:1]), why_not=Subquery(about.values("trouble")[:1]))


def _sound(row: Recording) -> Sound:
    writing = "" if row.transcript else getattr(row, "writing", None) or ""
    why_not = getattr(row, "why_not", None) or ""
    voicemail = row.kind == "voicemail"
    return Sound(row.id, voicemail, lasted(row.seconds), row.transcript, bool(row.pauses), writing, why_not)
