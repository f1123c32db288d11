"""The boards of promises, and how we keep them."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ... import asked
from ...promising import board as boards
from ...promising.kept import kept
from ...promising.lines import names


@needs(Role.READ_ONLY)
@require_GET
def board(request: MemberAsked) -> HttpResponse:
    """GET /promises?show=today|risk|broken|gaps|kept."""
    wanted = request.GET.get("show", "")
    known = names(request.merchant)
    shown = boards.board(request.member, wanted if wanted in boards.SHOWN else "today", known)
    context = {
        "board": shown,
        "show": wanted if wanted == "kept" else shown.name,
        "kept": kept(request.merchant, known) if wanted == "kept" else None,
        "may_write": asked.may_write(request),
        "here": "promised",
    }
    return page(request, "desk/promised/board.html", context)
