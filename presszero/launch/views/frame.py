"""The frame around every step: where one is, what comes next, and how to put it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from presszero.team.gate import MemberAsked
from presszero.ui.page import page

from .. import actions
from ..steps import after, before, steps


def show(request: MemberAsked, step: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A step's page."""
    all_of_them = steps(request.merchant.alone, request.merchant.setup)
    behind = before(step, all_of_them)
    around = {
        "step": step,
        "steps": [(each, label(each.name)) for each in all_of_them],
        "place": next((n for n, each in enumerate(all_of_them, 1) if each.name == step), 0),
        "back": f"/setup/{behind}" if behind else "",
        "onward": address(after(step, all_of_them)),
        "done": next((each.state == "done" for each in all_of_them if each.name == step), False),
    }
    return page(request, f"launch/{step}.html", {**around, **context}, status)


def put_off(request: MemberAsked, step: str) -> HttpResponse | None:
    """The answer to "Later", None when something else was pressed."""
    if "later" not in request.POST:
        return None
    actions.skip(step, by=request.member)
    return _on(request, step)


def went_through(request: MemberAsked, step: str, stays: bool = False) -> HttpResponse:
    """Saved: on to the next step, or back here to see what became of it."""
    actions.finish(step, by=request.member)
    return HttpResponseRedirect(f"/setup/{step}?said=saved") if stays else _on(request, step)


def label(step: str) -> str:
    """What a step is called."""
    return {
        "mailbox": _("Your mailbox"),
        "hours": _("Your hours"),
        "look": _("What customers see"),
        "web": _("Form and chat"),
        "people": _("Your people"),
        "answers": _("Ready answers"),
    }[step]


def address(step: str) -> str:
    """Where a step is; readiness behind the last."""
    return f"/setup/{step}" if step else "/readiness"


def _on(request: MemberAsked, step: str) -> HttpResponse:
    return HttpResponseRedirect(address(after(step, steps(request.merchant.alone, request.merchant.setup))))
