"""Rules as their pages show them: the sentence, the drawn days, the form's values, a firing in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.conversations import filtering, steps
from presszero.conversations.builders import conversation_filter, conversation_steps
from presszero.conversations.filtering import Known
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import those_seen
from presszero.core.actor import from_code
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team.gate import MemberAsked
from presszero.team.models import Membership

from . import queries
from .actions import reads_of
from .models import DryRun, Firing, Rule
from .occasions import OCCASIONS, how_long, length
from .queries import Days
from .reading import NAMES, BadRule, joined, read, says

FIRINGS = 20  # shown on a rule's page
RESTS = ("", "30m", "1h", "4h", "1d", "7d", "30d")
_ME = frozenset({"me"})


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list. `wrong`: why it cannot be read any more."""

    rule: Rule
    sentence: str
    wrong: str
    days: Days

    @property
    def how_often(self) -> str:
        """ "31 times in 30 days" """
        total = self.days.total
        return ngettext("%(n)d time in 30 days", "%(n)d times in 30 days", total) % {"n": total}


@dataclass(frozen=True, slots=True)
class Told:
    """A firing in words. `state`: done · refused · failed · stopped · undone."""

    row: Firing
    title: str
    state: str
    on: str
    may_undo: bool


def lines(merchant: Merchant, rules: Sequence[Rule], at: datetime) -> list[Line]:
    """With what each does and how often it did."""
    known, counted = filtering.known(merchant), queries.days_of(merchant, at)
    return [Line(row, *_sentence(row, known), counted.get(row.id) or queries.spread({}, merchant, at)) for row in rules]


def builder(
    request: MemberAsked, row: Rule, given: QueryDict | None = None, bad: BadRule | None = None
) -> dict[str, Any]:
    """What the page of a rule needs; `given` and `bad` are a form that came back."""
    reads = reads_of(row)
    known = filtering.known(request.merchant)
    sentence, wrong = _sentence(row, known) if row.id and given is None else ("", "")
    return {
        "rule": row,
        "sentence": sentence,
        "broken": wrong,
        "bad": {part: str(bad) if bad and bad.part == part else "" for part in ("name", *NAMES)},
        "v": _values(row, reads) if given is None else _given(given),
        "happens": [(each.key, _plain(each.key)) for each in OCCASIONS.values() if each.kinds],
        "lasts": [(each.key, _plain(each.key), each.asks) for each in OCCASIONS.values() if not each.kinds],
        "rests": [(each, _rest(each)) for each in RESTS],
        "known_filter": conversation_filter(request.merchant, _ME),
        "known_steps": conversation_steps(request.merchant, _ME),
        "said": request.GET.get("said", ""),
        **(_done(request, row, known) if row.id else {"days": None, "firings": [], "versions": []}),
    }


def told(row: Firing) -> Told:
    """As the popover and the rule's page show it."""
    undoable = row.undone_at is None and any(each["before"] and not each["refused"] for each in row.did)
    state = "undone" if row.undone_at else row.outcome
    label = OCCASIONS[row.on].label if row.on in OCCASIONS else ""
    on = _(label) % {"for": _("as long as asked"), "at": _("the time")} if label else ""
    return Told(row, title(row), state, on, undoable)


def title(row: Firing) -> str:
    """ "Rule “Late parcels” adds the tag late and sets the priority to high" """
    did = joined([each["said"] for each in row.did if not each["refused"]])
    if did and row.outcome == Firing.Outcome.DONE:
        return _("Rule “%(rule)s” %(did)s") % {"rule": row.rule.name, "did": did}
    words = row.sentence or _("nothing could be done")
    return _("Rule “%(rule)s”: %(did)s") % {"rule": row.rule.name, "did": words}


def rehearsed(member: Membership, run: DryRun, at: datetime) -> dict[str, Any]:
    """A dry run as far as it is: the days drawn, the conversations one may see, and what is only nearly so."""
    found = run.found or {}
    listed = found.get("rows", [])
    seen = those_seen(member, [number for number, _at in listed])
    subjects = _subjects(run.merchant_id, seen)
    when = run.reads.get("when", {}).get("on", [""])[0]
    return {
        "days": queries.spread(found.get("days", {}), run.merchant, run.at, run.days),
        "count": found.get("count", 0),
        "conversations": found.get("conversations", 0),
        "touched": [(number, subjects[number], datetime.fromisoformat(when_)) for number, when_ in listed
                    if number in subjects],
        "would": [steps.says(step) for step in read(run.merchant_id, run.reads).steps] if not run.failed else [],
        "nearly": nearly(when),
        "share": round(100 * run.looked / run.total) if run.total else 0,
    }  # fmt: skip


def nearly(on: str) -> str:
    """What a dry run cannot know, for whoever decides by it."""
    if on == "daily":
        return _("This is today's count. What it would have found on earlier days was not written down.")
    if on == "due":
        return _("Only answers that are due now are counted: earlier due times were not written down.")
    return _(
        "The words, tags, people and waiting times are those of each moment. Priority, topic, team, own fields and the"
        " subject are taken as they are today, and no other rule is counted in."
    )


def _sentence(row: Rule, known: Known) -> tuple[str, str]:
    try:
        return says(read(row.merchant_id, reads_of(row), known)), ""
    except Refused as refused:
        return "", str(refused)


def _done(request: MemberAsked, row: Rule, known: Known) -> dict[str, Any]:
    """What it did, and how it read before."""
    firings = list(queries.firings_of(row)[:FIRINGS])
    seen = those_seen(request.member, [each.conversation_id for each in firings])
    versions = list(row.versions.order_by("-number")[:30])
    members = {from_code(each.by).id or 0 for each in versions}
    people = Membership.objects.filter(merchant=request.merchant, id__in=members).select_related("person")
    names = {each.id: each.person.name for each in people}
    at = timezone.now()
    counted = queries.days_of(request.merchant, at, row).get(row.id)
    return {
        "days": counted or queries.spread({}, request.merchant, at),
        "firings": [told(each) for each in firings if each.conversation_id in seen],
        "versions": [(each, _read_out(row.merchant_id, each.reads, known), names.get(from_code(each.by).id or 0, ""))
                     for each in versions],
    }  # fmt: skip


def _read_out(merchant_id: int, reads: dict[str, Any], known: Known) -> str:
    try:
        return says(read(merchant_id, reads, known))
    except Refused:
        return _("It named something that is not here any more.")


def _values(row: Rule, reads: dict[str, Any]) -> dict[str, Any]:
    when = reads["when"] or {"on": ["arrived"]}
    lasts = str(when.get("for") or "4h")
    return {
        "name": row.name,
        "on": when["on"][0],
        "also": when["on"][1:],
        "for": lasts[:-1],
        "unit": lasts[-1:],
        "at": when.get("at") or "09:00",
        "filter": json.dumps(reads["filter"]),
        "steps": json.dumps(reads["steps"]),
        "stop": row.stop,
        "once": row.once,
        "rest": row.rest,
    }


def _given(form: QueryDict) -> dict[str, Any]:
    return {
        "name": form.get("name", ""),
        "on": form.get("on", "arrived"),
        "also": form.getlist("also"),
        "for": form.get("for", "4"),
        "unit": form.get("unit", "h"),
        "at": form.get("at", "09:00"),
        "filter": json.dumps(_kept(form.get("filter", ""), {})),
        "steps": json.dumps(_kept(form.get("steps", ""), [])),
        "stop": form.get("stop") == "1",
        "once": form.get("once") == "1",
        "rest": form.get("rest", ""),
    }


def _kept(text: str, empty: Any) -> Any:
    """What came back as it was, where it can be shown again."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return empty
    return found if isinstance(found, type(empty)) else empty


def _plain(key: str) -> str:
    """An occasion as a choice: the length and the clock are asked beside it."""
    return str(_(OCCASIONS[key].label) % {"for": "…", "at": "…"})


def _rest(rest: str) -> str:
    return how_long(length(rest)) if rest else _("each time")


def _subjects(merchant_id: int, ids: set[int]) -> dict[int, str]:
    rows = Conversation.objects.filter(merchant_id=merchant_id, id__in=ids).values_list("id", "subject", "snippet")
    return {number: subject or snippet or _("No subject") for number, subject, snippet in rows}
