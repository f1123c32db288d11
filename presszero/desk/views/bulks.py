"""The same done to many: what there is to do, how far it is, stopped and undone."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from presszero.conversations import filtering, steps
from presszero.conversations.actions import bulk as verbs
from presszero.conversations.actions.bulk import MOST, Which
from presszero.conversations.models import Bulk, BulkItem, Macro
from presszero.conversations.queries.macros import steps_of
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from ..saved import asked_by

post = require_http_methods(["POST"])
put = require_http_methods(["PUT"])
_REASONS = 6  # conversations left as they were that are named


@needs(Role.AGENT)
def choices(request: MemberAsked) -> HttpResponse:
    """GET ?in= : what can be done with those selected, and how many stand in the whole list."""
    known = filtering.known(request.merchant)
    offered = {each.do: each for each in steps.catalogue(request.merchant, known)}
    node = asked_by(request.member, request.GET.get("in", ""))
    found = filtering.read(request.merchant, node, known) if node and not request.GET.get("q") else None
    total = verbs.count(request.member, Which(filter=found)) if found else 0
    context = {"offered": offered, "macros": _macros(request, known), "total": min(total, MOST), "snoozes": _snoozes()}
    return page(request, "desk/_bulk_choices.html", {**context, "priorities": offered["priority"].choices})


@needs(Role.AGENT)
@post
def bulks(request: MemberAsked) -> HttpResponse:
    """POST `steps` with `id`s, or with `all` of the list `in`: begun, and done by the worker."""
    given = request.POST
    if given.get("all"):
        node = asked_by(request.member, given.get("in", ""))
        if node is None:
            raise Refused(_("All of this list cannot be changed at once."), _("Select those that are shown."))
        which = Which(filter=filtering.read(request.merchant, node))
    else:
        which = Which([asked.number(each) for each in given.getlist("id")])
    return _shown(request, verbs.begin(request.member, _nodes(given.get("steps", "")), which))


@needs(Role.AGENT)
def bulk(request: MemberAsked, bulk_id: int) -> HttpResponse:
    """GET: how far it is."""
    return _shown(request, _the(request, bulk_id))


@needs(Role.AGENT)
@put
def stop(request: MemberAsked, bulk_id: int) -> HttpResponse:
    """PUT: what is done stays done, the rest is left."""
    return _shown(request, verbs.stop(_the(request, bulk_id), by=request.member))


@needs(Role.AGENT)
@put
def undo(request: MemberAsked, bulk_id: int) -> HttpResponse:
    """PUT: all of it back as it was."""
    return _shown(request, verbs.undo(_the(request, bulk_id), by=request.member))


def _the(request: MemberAsked, bulk_id: int) -> Bulk:
    """One's own; a lead's, anybody's."""
    rows = Bulk.objects.filter(merchant=request.merchant, id=bulk_id)
    if not at_least(request.member.role, Role.LEAD):
        rows = rows.filter(by=request.member)
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _shown(request: MemberAsked, row: Bulk) -> HttpResponse:
    row.refresh_from_db()
    undoing = row.undo_at is not None
    over = bool(row.undone_at if undoing else row.finished_at or row.stopped_at)
    whole = row.done - row.refused if undoing else row.total
    context = {
        "bulk": row,
        "over": over,
        "undoing": undoing,
        "share": round(100 * (row.undone if undoing else row.done) / max(whole, 1)),
        "said": _result(row, undoing) if over else _going(row, undoing, whole),
        "does": ", ".join(steps.says(each) for each in _read(row)),
        "left": _left(row, undoing) if over else [],
        "can_undo": not undoing and any(node.get("do") in steps.UNDOABLE for node in row.steps),
    }
    response = page(request, "desk/_bulk.html", context)
    response["HX-Trigger"] = json.dumps({"bulk": {"id": row.id, "over": over}, **({"changed": {}} if over else {})})
    return response


def _read(row: Bulk) -> tuple[steps.Step, ...]:
    try:
        return steps.read(row.merchant_id, row.steps, filtering.known(row.merchant_id).with_retired())
    except steps.BadSteps:  # what it names is gone since
        return ()


def _going(row: Bulk, undoing: bool, whole: int) -> str:
    if undoing:
        return _("Undoing: %(n)d of %(all)d") % {"n": row.undone, "all": whole}
    return _("%(n)d of %(all)d") % {"n": row.done, "all": row.total}


def _result(row: Bulk, undoing: bool) -> str:
    if undoing:
        kept = row.done - row.refused - row.undone
        said = ngettext("%(n)d is as it was", "%(n)d are as they were", row.undone) % {"n": row.undone}
        also = ngettext("%(n)d had moved on", "%(n)d had moved on", kept) % {"n": kept}
        return f"{said}, {also}" if kept > 0 else said
    done, left = row.done - row.refused, row.refused + (row.total - row.done)
    said = ngettext("%(n)d done", "%(n)d done", done) % {"n": done}
    also = ngettext("%(n)d left as it was", "%(n)d left as they were", left) % {"n": left}
    return f"{said}, {also}" if left else said


def _left(row: Bulk, undoing: bool) -> list[tuple[int, str, str]]:
    """(number, subject, why) of some that were left as they were."""
    outcome = BulkItem.Outcome.KEPT if undoing else BulkItem.Outcome.REFUSED
    items = BulkItem.objects.filter(merchant_id=row.merchant_id, bulk=row, outcome=outcome)
    shown = items.select_related("conversation").order_by("id")[:_REASONS]
    return [(each.conversation_id, str(each.conversation), each.sentence) for each in shown]


def _nodes(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text) if len(text) < 40_000 else None
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise Refused(_("There is nothing to do."), _("Pick what should be done."))
    return found


def _macros(request: MemberAsked, known: filtering.Known) -> list[tuple[str, str, str]]:
    """(name, what it does, steps) of macros that do something; what they say is for one at a time."""
    made = []
    for row in Macro.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")[:30]:
        try:
            read = steps.read(request.merchant, steps_of(row), known)
        except steps.BadSteps:  # it names something that was put away
            continue
        if read:
            made.append((row.name, ", ".join(map(steps.says, read)), json.dumps([dict(each.node) for each in read])))
    return made


def _snoozes() -> list[tuple[str, str | None]]:
    hours = 24 - timezone.localtime().hour + 8
    return [
        (_("Three hours"), "3h"),
        (_("Tomorrow morning"), f"{hours}h"),
        (_("A week"), "7d"),
        (_("Until they write"), None),
    ]
