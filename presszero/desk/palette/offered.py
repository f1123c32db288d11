"""What can be done with the conversation at hand, said as a sentence one can type: "Assign to Tomas", "Tag late"."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.conversations.filtering import Known
from presszero.conversations.models import Conversation, Macro
from presszero.team.models import Membership
from presszero.ui.formats import dated

from .fuzzy import hit
from .offer import Offer
from .times import moment


def plain(text: str) -> tuple[tuple[str, bool], ...]:
    """A label in which nothing was typed."""
    return ((text, False),)


def fitting(typed: str, offers: Iterator[Offer], most: int) -> list[Offer]:
    """Those whose label holds what was typed, best first, with what was typed marked."""
    found = []
    for offer in offers:
        label = offer.pieces[0][0]
        if hits := hit(typed, label):
            found.append(replace(offer, pieces=hits.pieces, score=hits.score))
    return sorted(found, key=lambda offer: -offer.score)[:most]


def colleagues(row: Conversation, known: Known, member: Membership) -> Iterator[Offer]:
    yield _step(row, {"do": "assign", "to": "me"}, _("Assign to me"), "person")
    for one in known.named["assignee"].values():
        if one.standing and one.id != member.id:
            yield _step(row, {"do": "assign", "to": one.id}, _("Assign to %(name)s") % {"name": one.name}, "person")
    if row.assignee_id:
        yield _step(row, {"do": "assign", "to": None}, _("Back to everyone"), "people")


def teams(row: Conversation, known: Known) -> Iterator[Offer]:
    for one in known.named["team"].values():
        if one.standing and one.id != row.team_id:
            yield _step(row, {"do": "team", "team": one.id}, _("Hand to team %(name)s") % {"name": one.name}, "people")
    if row.team_id:
        yield _step(row, {"do": "team", "team": None}, _("Take out of its team"), "people")


def tags(row: Conversation, known: Known) -> Iterator[Offer]:
    worn = set(row.tagged.filter(merchant_id=row.merchant_id, removed_at=None).values_list("tag_id", flat=True))
    for one in known.named["tag"].values():
        if one.id in worn:
            yield _step(row, {"do": "untag", "tag": one.id}, _("Take off tag %(name)s") % {"name": one.name}, "close")
        elif one.standing:
            yield _step(row, {"do": "tag", "tag": one.id}, _("Tag %(name)s") % {"name": one.name}, "tagged")


def topics(row: Conversation, known: Known) -> Iterator[Offer]:
    for one in known.named["topic"].values():
        if one.standing and one.id != row.topic_id:
            yield _step(row, {"do": "topic", "topic": one.id}, _("Topic: %(name)s") % {"name": one.name}, "tagged")


def priorities(row: Conversation) -> Iterator[Offer]:
    words = {4: _("urgent"), 3: _("high"), 2: _("normal"), 1: _("low")}
    for value, word in words.items():
        if value != row.priority:
            yield _step(row, {"do": "priority", "priority": value}, _("Priority: %(word)s") % {"word": word}, "flag")


def macros(row: Conversation) -> Iterator[Offer]:
    kept = Macro.objects.filter(merchant_id=row.merchant_id, retired_at=None).order_by("name")
    for number, name in kept.values_list("id", "name")[:200]:
        yield Offer(plain(_("Macro: %(name)s") % {"name": name}), "hash", values={"name": name}, macro=number)


def snooze(row: Conversation, typed: str) -> list[Offer]:
    """One for the time typed, if it is one. "snooze", in any of our languages, may stand before it."""
    now = timezone.localtime()
    first, _space, rest = typed.strip().partition(" ")
    begins = first.casefold() in {"snooze", _("Snooze").casefold(), "until"}
    until = moment(rest if begins else typed, now, get_language() or "en")
    return [_put_aside(row, until)] if until else []


def snoozes(row: Conversation, later: Sequence[Mapping[str, Any]]) -> Iterator[Offer]:
    """The usual times, as the snooze menu has them."""
    url = f"/conversations/{row.id}/snooze"
    for each in later:
        label = _("Snooze: %(when)s") % {"when": each["label"]}
        yield Offer(plain(label), "snooze", url, "PUT", {"until": str(each["value"])})


def _put_aside(row: Conversation, until: datetime) -> Offer:
    label = _("Snooze until %(when)s") % {"when": dated(until, "D j M, H:i")}
    values = {"until": until.strftime("%Y-%m-%dT%H:%M")}
    return Offer(plain(label), "snooze", f"/conversations/{row.id}/snooze", "PUT", values, score=99)


def _step(row: Conversation, step: dict[str, object], label: str, icon: str) -> Offer:
    return Offer(plain(label), icon, f"/conversations/{row.id}/steps", "POST", {"step": json.dumps(step)})
