"""What stands between a shop and its first customer, a line each.

Reads the database and this machine's own files alone: no name server and no mail server is asked here.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.merchants.models import Merchant

from ..checks import Check, Section, Step, could, left, must
from . import lines, machine, people

_FRESH = 20.0  # seconds that the number in the desk's rail may be old
_counted: dict[int, tuple[float, int]] = {}
_ICONS = {"email": "mail", "form": "list", "chat": "chat"}


def sections(merchant: Merchant, at: datetime) -> list[Section]:
    """Everything that was looked at, in the order it matters."""
    rows = list(Line.objects.filter(merchant=merchant).select_related("brand", "hours", "merchant").order_by("id"))
    around = lines.around(merchant, rows)
    found = [_section(row, around, at) for row in rows]
    absent = _absent({row.kind for row in rows})
    if absent:
        found.append(Section(_("Ways to reach you"), "plug", tuple(absent)))
    found.append(Section(_("People"), "people", tuple(people.checks(merchant, at))))
    found.append(Section(_("What customers read"), "pencil", tuple(people.words(merchant))))
    found.append(Section(_("This installation"), "shield-check", tuple(machine.checks(merchant))))
    _counted[merchant.id] = (time.monotonic(), left(found))
    return found


def line_section(line: Line, at: datetime) -> Section:
    """One line's part of the page, drawn again by itself."""
    return _section(line, lines.around(line.merchant, [line]), at)


def things_left(merchant: Merchant) -> int | None:
    """How many lines are not green, for the desk's rail; None where nobody set the shop up here, or all is done."""
    if "steps" not in merchant.setup:
        return None
    counted_at, count = _counted.get(merchant.id, (-_FRESH, 0))
    if time.monotonic() - counted_at >= _FRESH:
        count = left(sections(merchant, timezone.now()))
    return None if merchant.launched_at and not count else count


def _section(row: Line, around: lines.Around, at: datetime) -> Section:
    checks = tuple(lines.checks(row, around, at))
    return Section(row.name if row.kind != "email" else row.address, _ICONS.get(row.kind, "plug"), checks, row.id)


def _absent(kinds: set[str]) -> list[Check]:
    """The ways of which there is none."""
    found = []
    if "email" not in kinds:
        add = Step(_("Connect your mailbox"), "/setup/mailbox")
        found.append(must(_("E-mail"), _("No mailbox is connected, so no mail reaches you here."), add))
    web = Step(_("Switch it on"), "/setup/web")
    if "form" not in kinds:
        found.append(could(_("Web form"), _("There is no form that customers could write in."), web))
    if "chat" not in kinds:
        found.append(could(_("Chat"), _("There is no chat on your shop's pages."), web))
    return found
