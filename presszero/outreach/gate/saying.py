"""What each rule of the gate says, in the language that is active."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.ui.formats import dated

from .policy import LATER, Verdict


def sentence(verdict: Verdict, zone: ZoneInfo | None = None) -> str:
    """Why it is not sent, or not yet; "" for a yes. `zone` is the reader's, for the moment of a later."""
    said = word(verdict.rule)
    if verdict.outcome == LATER and verdict.until and zone:
        return _("%(why)s Until %(when)s.") % {"why": said, "when": _when(verdict.until.astimezone(zone))}
    return said


def word(rule: str) -> str:
    """A rule's sentence."""
    return {
        "": "",
        "stopped": _("It was stopped."),
        "unknown": _("We have no address of theirs there."),
        "blocked": _("The address is blocked."),
        "suppressed": _("Nothing is written first to this address."),
        "bounced": _("Mail to this address came back."),
        "legal_hold": _("There is a legal hold: lawyers speak first."),
        "opted_out": _("They asked not to be written to."),
        "no_consent": _("They did not say yes to this."),
        "window": _("It is too long since they wrote: this channel only lets us answer."),
        "never": _("By the rules there is no hour when it may be sent."),
        "stale": _("It waited so long that it may no longer be true."),
        "no_address": _("Advertising by mail needs your postal address, and there is none."),
        "paused": _("Writing first is paused."),
        "quiet": _("It is a quiet hour where they are."),
        "law_hours": _("The law allows no texts at this hour where they are."),
        "cap_day": _("They had enough messages from us today."),
        "cap_week": _("They had enough messages from us this week."),
        "law_cap": _("The law allows no more texts to them today."),
        "asked_to_stop": _("They seem to have asked for no more messages: one of us has to read it first."),
        "talking": _("We are in a talk with them: offers wait."),
    }.get(rule, rule)


def _when(moment: datetime) -> str:
    return f"{dated(moment, 'l j F')} {date_format(moment, 'H:i')}"
