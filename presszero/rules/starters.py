"""Good rules to begin with. Picking one opens it in the builder: nothing runs before somebody has read and saved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from presszero.conversations.models import Tag
from presszero.merchants.models import Merchant
from presszero.team.models import Team


@dataclass(frozen=True, slots=True)
class Starter:
    """`tag` and `team` name what it needs; {"tag": "?"} and {"team": "?"} in `reads` stand for them."""

    key: str
    icon: str
    name: str
    why: str  # what it spares the merchant
    reads: Mapping[str, Any]
    tag: str = ""


def _any(field: str, words: list[str]) -> dict[str, Any]:
    return {"any": [{"field": field, "op": "contains", "value": word} for word in words]}


_LATE = ["where is my", "not arrived", "still waiting", "tracking"]
_AWAY = ["out of office", "automatic reply", "abwesenheit", "auto-reply", "fuera de la oficina"]

STARTERS: tuple[Starter, ...] = (
    Starter(
        "late", "flag", gettext_noop("Late parcels"),
        gettext_noop("Whoever asks where their parcel is stands at the front, marked, before anybody has read it."),
        {"when": {"on": ["arrived"]}, "filter": _any("text", _LATE),
         "steps": [{"do": "tag", "tag": "?"}, {"do": "priority", "priority": 3}], "rest": "1d"},
        tag=gettext_noop("late parcel"),
    ),
    Starter(
        "silence", "check", gettext_noop("Settled by silence"),
        gettext_noop("Seven days without a word after your answer: it is settled. Their next word opens it again."),
        {"when": {"on": ["silent"], "for": "7d"}, "filter": {"all": [{"field": "state", "op": "is", "value": "open"}]},
         "steps": [{"do": "resolve"}]},
    ),
    Starter(
        "vip", "person", gettext_noop("Your best customers first"),
        gettext_noop("Name their addresses once; whenever one of them writes, it is urgent."),
        {"when": {"on": ["arrived"]},
         "filter": {"all": [{"field": "customer_address", "op": "any_of", "value": ["ada@example.com"]}]},
         "steps": [{"do": "tag", "tag": "?"}, {"do": "priority", "priority": 4}]},
        tag=gettext_noop("VIP"),
    ),
    Starter(
        "away", "snooze", gettext_noop("Out of office"),
        gettext_noop("Absence notes that machines send are put aside, so that nobody opens them."),
        {"when": {"on": ["first"]},
         "filter": {"all": [{"field": "automatic", "op": "is", "value": True}, _any("subject", _AWAY)]},
         "steps": [{"do": "tag", "tag": "?"}, {"do": "resolve"}], "stop": True},
        tag=gettext_noop("out of office"),
    ),
    Starter(
        "wholesale", "store", gettext_noop("Wholesale to its own people"),
        gettext_noop("Mail from the shops you supply goes to whoever knows them, by the address it comes from."),
        {"when": {"on": ["first"]},
         "filter": {"all": [{"field": "customer_address", "op": "contains", "value": "@wholesale.example"}]},
         "steps": [{"do": "tag", "tag": "?"}, {"do": "team", "team": "?"}]},
        tag=gettext_noop("wholesale"),
    ),
    Starter(
        "waits", "clock", gettext_noop("Nobody waits unseen"),
        gettext_noop("After four hours without an answer it is raised, and a note says so."),
        {"when": {"on": ["waiting"], "for": "4h"},
         "filter": {"all": [{"field": "priority", "op": "less_than", "value": 3}]},
         "steps": [{"do": "priority", "priority": 3},
                   {"do": "note", "text": gettext_noop("Four hours without an answer.")}]},
    ),
    Starter(
        "broken", "alert", gettext_noop("A broken promise"),
        gettext_noop("The time you had named has passed: it becomes urgent at once."),
        {"when": {"on": ["broken"]}, "filter": {},
         "steps": [{"do": "tag", "tag": "?"}, {"do": "priority", "priority": 4}]},
        tag=gettext_noop("promise broken"),
    ),
    Starter(
        "bounced", "mail", gettext_noop("An answer that never arrived"),
        gettext_noop("When your answer bounces, it is marked, so that somebody finds another way."),
        {"when": {"on": ["not_arrived"]}, "filter": {},
         "steps": [{"do": "tag", "tag": "?"}, {"do": "priority", "priority": 3}]},
        tag=gettext_noop("not delivered"),
    ),
    Starter(
        "matters", "flag", gettext_noop("It matters a lot to them"),
        gettext_noop("Customers may say how much it matters. Who says “a lot” is raised."),
        {"when": {"on": ["wished"]}, "filter": {"all": [{"field": "matters", "op": "is", "value": 3}]},
         "steps": [{"do": "priority", "priority": 3}]},
    ),
    Starter(
        "morning", "sun", gettext_noop("Yesterday's loose ends"),
        gettext_noop("Every morning at nine: what nobody has taken for a day is raised."),
        {"when": {"on": ["daily"], "at": "09:00"},
         "filter": {"all": [{"field": "state", "op": "is", "value": "open"},
                            {"field": "assignee", "op": "is_empty"},
                            {"field": "waiting_for", "op": "more_than", "value": "1d"}]},
         "steps": [{"do": "priority", "priority": 3}]},
    ),
)  # fmt: skip


def find(key: str) -> Starter | None:
    """By its key; None for none."""
    return next((each for each in STARTERS if each.key == key), None)


def filled(starter: Starter, merchant: Merchant) -> dict[str, Any]:
    """What it reads for this merchant. Its tag is made when there is none of that name; the first team is taken."""
    steps = []
    for step in starter.reads["steps"]:
        made = dict(step)
        if made.get("tag") == "?":
            made["tag"] = _tag(merchant, _(starter.tag)).id
        if made.get("team") == "?":
            team = Team.objects.filter(merchant=merchant).order_by("id").first()
            if team is None:
                continue
            made["team"] = team.id
        if made["do"] == "note":
            made["text"] = _(made["text"])
        steps.append(made)
    return {"stop": False, "once": False, "rest": "", **starter.reads, "steps": steps}


def _tag(merchant: Merchant, name: str) -> Tag:
    found = Tag.objects.filter(merchant=merchant, name__iexact=name, retired_at=None).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(merchant=merchant, name=name)
    except IntegrityError:
        return Tag.objects.get(merchant=merchant, name__iexact=name, retired_at=None)
