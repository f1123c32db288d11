"""The settings' page "How well we predict": what was said of parcels, and what then happened, drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .foretelling import ENOUGH, SHARES
from .queries import Calibration, Delivers, deliverers, scores

SIDE = 200  # of the drawing's square
_DOT, _MORE = 3.0, 8.0  # radius of the smallest dot, and how much more the largest has


@dataclass(frozen=True, slots=True)
class Dot:
    """One range of probability: where it stands in the drawing, and what it says. Shares in percent."""

    x: float
    y: float
    radius: float
    said: int
    kept: int
    count: int


@dataclass(frozen=True, slots=True)
class Sure:
    """Of the days called so sure (percent), how many were kept (percent)."""

    label: str
    said: int
    kept: int


@needs(Role.LEAD)
@require_GET
def forecasts(request: MemberAsked) -> HttpResponse:
    """GET /settings/forecasts"""
    now = timezone.now()
    found = scores(request.merchant, now)
    context = {
        "found": found,
        "dots": dots(found),
        "sure": sure(found),
        "side": SIDE,
        "enough": ENOUGH,
        "verdict": verdict(found),
        "carriers": deliverers(request.merchant, now),
        "percent": _percent,
    }
    return page(request, "fulfilment/forecasts.html", context)


def dots(found: Calibration) -> list[Dot]:
    """Larger is more; the ones on the diagonal were said rightly."""
    most = max((each["count"] for each in found.bins), default=1)
    return [
        Dot(
            round(each["said"] * SIDE, 1),
            round(SIDE - each["kept"] * SIDE, 1),
            round(_DOT + _MORE * (each["count"] / most) ** 0.5, 1),
            round(each["said"] * 100),
            round(each["kept"] * 100),
            round(each["count"]),
        )
        for each in found.bins
    ]


def sure(found: Calibration) -> list[Sure]:
    """For each quantile that is told, the share that really was there by it."""
    return [
        Sure(_("%(percent)d in 100 sure") % {"percent": round(share * 100)}, round(share * 100), round(kept * 100))
        for share in SHARES.values()
        if (kept := found.within.get(f"{share:g}")) is not None
    ]


def verdict(found: Calibration) -> str:
    """One sentence on how far what was said lies from what happened: the mean distance, by how many there were."""
    total = sum(each["count"] for each in found.bins)
    if not total:
        return ""
    far = sum(abs(each["said"] - each["kept"]) * each["count"] for each in found.bins) / total
    bold = sum((each["said"] - each["kept"]) * each["count"] for each in found.bins) / total
    if far <= 0.04:
        return _("What we say is what happens.")
    if abs(bold) < far / 2:
        return _("Close, with some groups off either way.")
    return _("We were too hopeful.") if bold > 0 else _("We were too careful: more arrived in time than we said.")


def _percent(row: Delivers) -> str:
    return "–" if row.on_time is None else f"{round(row.on_time * 100)} %"
