"""Ctrl K: what the server offers for what was typed, and doing one step of it, with a way back."""

from __future__ import annotations

import json

from django.core import signing
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from presszero.conversations import steps
from presszero.conversations.models import Conversation
from presszero.conversations.steps import Step
from presszero.core.text import one_line
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from ..palette import MENUS, Asked, sections
from . import conversation
from .said import Undo, changed

LONGEST = 100  # characters typed
_SALT, _LASTS = "step-undo", 3600  # seconds that a step can be undone from the page


@needs(Role.READ_ONLY)
@require_GET
def keys(request: MemberAsked) -> HttpResponse:
    """GET /keys: every key there is, for the sheet that `?` shows."""
    return page(request, "desk/_keys.html")


@needs(Role.READ_ONLY)
@require_GET
def palette(request: MemberAsked) -> HttpResponse:
    """GET /palette?q=&conversation=&menu=: the lines, for the list of the dialog. At most ten kilobytes."""
    row = _at_hand(request)
    menu = request.GET.get("menu", "")
    typed = one_line(request.GET.get("q", ""), LONGEST)
    later = conversation.snoozes() if menu == "snooze" else []
    given = Asked(request.member, typed, row, menu if menu in MENUS else "", later)
    return page(request, "desk/_palette_offers.html", {"sections": sections(given), "typed": typed})


@needs(Role.AGENT)
@require_http_methods(["POST", "DELETE"])
def step(request: MemberAsked, number: int) -> HttpResponse:
    """POST /conversations/42/steps does one `step` (JSON, as macros have them). DELETE ?undo= takes it back."""
    row = asked.conversation(request, number)
    if request.method == "DELETE":
        return _undone(request, row)
    (one,) = steps.read(request.merchant, [_json(request.POST.get("step", ""))])
    before = steps.perform(row, one, by=request.member.actor)
    token = signing.dumps([row.id, request.member.id, one.node, before], salt=_SALT, compress=True)
    way_back = Undo(f"/conversations/{row.id}/steps", "delete", {"undo": token}) if before else None
    say = _done(one) if before or one.do not in steps.UNDOABLE else _("It was so already.")
    return changed(request, asked.conversation(request, number), say, way_back)


def _undone(request: MemberAsked, row: Conversation) -> HttpResponse:
    try:
        of, by, node, before = signing.loads(request.GET.get("undo", ""), salt=_SALT, max_age=_LASTS)
    except signing.BadSignature as why:
        raise Http404 from why
    if (of, by) != (row.id, request.member.id):
        raise Http404
    (one,) = steps.read(request.merchant, [node])
    steps.undo(row, one, before, by=request.member.actor)
    return changed(request, asked.conversation(request, row.id), _("As it was before."))


def _done(one: Step) -> str:
    said = steps.says(one)
    return f"{said[:1].upper()}{said[1:]}."


def _at_hand(request: MemberAsked) -> Conversation | None:
    """The conversation on the screen, where the member may do something with it."""
    number = request.GET.get("conversation", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    found = asked.conversations(request).filter(id=int(number)).first()
    return found if found and asked.may_write(request, found) else None


def _json(text: str) -> object:
    try:
        return json.loads(text[:5000])
    except ValueError:
        return None
