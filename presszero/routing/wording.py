"""What routing says in words: why something came to somebody, how long things take, what kind of customer it is."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from presszero.conversations.models import Conversation
from presszero.team.models import Membership

from .models import Queue, Skill, Turn

_LIVE = ("chat", "phone")  # kinds of lines on which people wait
_WORTH_SAYING = 60  # seconds


def why(turn: Turn) -> str:
    """Why this came to them, in a sentence or two."""
    codes = turn.why.get("codes", [])
    if "hand" in codes:
        return _("You took it yourself.")
    before = _before(turn, codes)
    first = _first(turn, codes)
    whole = _("%(what)s, and %(more)s.") % {"what": before, "more": first} if before else f"{first}."
    return " ".join(each for each in (whole[:1].upper() + whole[1:], _after(turn, codes)) if each)


def came(talk: Conversation, member: Membership) -> str:
    """Why this chat or call came to them lately; empty where routing had no hand in it."""
    if talk.last_channel not in _LIVE or member.merchant.alone:
        return ""
    turns = Turn.objects.filter(merchant_id=talk.merchant_id, member=member, waiting__conversation=talk)
    last = turns.filter(outcome__in=[Turn.Outcome.OFFERED, Turn.Outcome.TAKEN]).order_by("-id").first()
    return why(last) if last else ""


def minutes(seconds: int) -> str:
    """As somebody types it: 5, 2.5, 1:20."""
    if seconds % 60 == 0:
        return str(seconds // 60)
    return f"{seconds / 60:g}" if seconds % 6 == 0 else f"{seconds // 60}:{seconds % 60:02d}"


def lasts(seconds: float) -> str:
    """40 s, 4 min, 1:20 h."""
    whole = timedelta(seconds=round(seconds))
    if whole < timedelta(minutes=2):
        return _("%(n)d s") % {"n": whole.total_seconds()}
    if whole < timedelta(hours=2):
        return _("%(n)d min") % {"n": round(whole.total_seconds() / 60)}
    hours, rest = divmod(round(whole.total_seconds() / 60), 60)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def customers_called(kind: str) -> str:
    """What a kind of customer is called."""
    return {
        "all": _("Everybody"),
        "new": _("New customers"),
        "returning": _("Those we know"),
        "waiting_order": _("Those who wait for an order"),
    }.get(kind, kind)


def reason_called(reason: str) -> str:
    """Why somebody is away."""
    return {
        "lunch": _("Lunch"),
        "break": _("A short break"),
        "meeting": _("A meeting"),
        "training": _("Training"),
        "other": _("Something else"),
        "missed": _("Did not answer"),
        "wrap_up": _("Writing up a call"),
    }.get(reason, _("Away"))


def _before(turn: Turn, codes: list[str]) -> str:
    """What about them made it theirs."""
    if "sticky" in codes:
        return _("you answered them last")
    can = list(Skill.objects.filter(merchant_id=turn.merchant_id, id__in=turn.why.get("skills", [])).order_by("name"))
    if not can:
        return ""
    languages = [skill.name for skill in can if skill.language]
    if languages:
        return _("you speak %(languages)s") % {"languages": ", ".join(languages)}
    return _("you know about %(skills)s") % {"skills": ", ".join(skill.name for skill in can)}


def _first(turn: Turn, codes: list[str]) -> str:
    if "priority" in codes:
        return _("this goes before what waited longer")
    waited = int(turn.why.get("waited", 0))
    if waited >= _WORTH_SAYING:
        return _("nobody waited longer than these %(time)s") % {"time": lasts(waited)}
    return _("nobody waited longer")


def _after(turn: Turn, codes: list[str]) -> str:
    """What about the others made it theirs."""
    if "overflow" in codes:
        queue = Queue.objects.filter(merchant_id=turn.merchant_id, id=turn.why.get("queue", 0)).first()
        return _("Those who answer “%(queue)s” had no hands free in time.") % {"queue": queue.name if queue else "?"}
    if "wished" in codes:
        return _("Nobody who can exactly what is asked for was free in time.")
    if "only" in codes:
        return _("Nobody else was free.")
    among = int(turn.why.get("among", 1))
    if "idle" in codes and among > 1 and "sticky" not in codes:
        return _("Of the %(n)d who were free, you had been for longest.") % {"n": among}
    return ""
