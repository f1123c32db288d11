"""The worker's part in this: imports, and exports."""

from __future__ import annotations

from presszero.intake.duty import Duty

from .exporting import take_all
from .running import bring_all


def bringing() -> Duty:
    return Duty("bring in", bring_all, "transfer", poll=2.0)


def taking() -> Duty:
    return Duty("take out", take_all, "transfer", poll=2.0)
