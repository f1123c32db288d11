"""What staffing aims at, and the roster, as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from presszero.core.refusal import Refused

from .models import Plan
from .rostering import Spans, understood


class PlanForm(forms.Form):
    """Shares in per cent, times in seconds. Empty: as measured, or the queue's own target."""

    level = forms.FloatField(min_value=50, max_value=99.9)
    within = forms.IntegerField(min_value=0, max_value=86_400, required=False)
    handling = forms.IntegerField(min_value=1, max_value=86_400, required=False)
    patience = forms.IntegerField(min_value=1, max_value=86_400, required=False)
    occupancy = forms.FloatField(min_value=30, max_value=100)
    shrinkage = forms.FloatField(min_value=0, max_value=90)

    @classmethod
    def of(cls, plan: Plan) -> PlanForm:
        """With what counts now."""
        first = {
            "level": round(plan.level * 100, 1),
            "within": plan.within_seconds,
            "handling": plan.handling_seconds,
            "patience": plan.patience_seconds,
            "occupancy": round(plan.occupancy * 100, 1),
            "shrinkage": round(plan.shrinkage * 100, 1),
        }
        return cls(initial={name: f"{value:g}" for name, value in first.items() if value is not None})

    def values(self) -> dict[str, Any]:
        """As the row has them."""
        found = self.cleaned_data
        return {
            "level": found["level"] / 100,
            "within_seconds": found["within"],
            "handling_seconds": found["handling"],
            "patience_seconds": found["patience"],
            "occupancy": found["occupancy"] / 100,
            "shrinkage": found["shrinkage"] / 100,
        }


def roster_typed(
    typed: QueryDict, cells: Mapping[str, tuple[int, date]]
) -> tuple[dict[tuple[int, date], Spans], dict[str, str]]:
    """What was understood, and the sentence for each cell that was not. `cells`: field name → member and day."""
    found: dict[tuple[int, date], Spans] = {}
    wrong: dict[str, str] = {}
    for name, cell in cells.items():
        if name not in typed:
            continue
        try:
            found[cell] = understood(str(typed[name]))
        except Refused as why:
            wrong[name] = str(why)
    return found, wrong
