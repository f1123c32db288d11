"""Saved views: kept, shared, put in order, put away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role, Team, TeamMember

from .. import filtering
from ..models import SavedView
from ..queries.saved import ORDERS, views_seen

Shared = SavedView.Shared
ICONS = ("list", "flag", "clock", "bell", "people", "person", "tagged", "store", "mail", "chat", "phone", "alert")
_MOST = 60  # views one member keeps


@dataclass(frozen=True, slots=True)
class ViewSaid:
    """A view as somebody describes it. `filter`: JSON of conversations.filtering; `team`: the id of whom it is for."""

    name: str
    filter: Any
    icon: str = "list"
    order: str = "newest"
    shared: str = Shared.NOBODY
    team: int | None = None


@transaction.atomic
def save_view(said: ViewSaid, *, by: Membership, view: SavedView | None = None) -> SavedView:
    """Keeps a new view, or changes one. Raises Refused, and BadFilter for a filter that cannot be read."""
    if view is not None:
        may_change(view, by)
    row = view or SavedView(merchant_id=by.merchant_id, by=by, position=_last(by))
    before = _as_shared(row) if view else None
    row.name, row.icon = one_line(said.name, 60), said.icon if said.icon in ICONS else "list"
    row.order = said.order if said.order in ORDERS else "newest"
    row.filter = filtering.read(by.merchant_id, said.filter).node
    row.shared, row.team = _sharing(said, by)
    if not row.name:
        raise Refused(_("A view needs a name."), _("Write what stands in it."))
    if view is None and SavedView.objects.filter(**_mine(by)).count() >= _MOST:
        raise Refused(_("These are more views than anybody can look through."), _("Put away some of them first."))
    row.save()
    _note(row, by, "view.save", before, _as_shared(row))
    return row


@transaction.atomic
def retire_view(view: SavedView, *, by: Membership) -> None:
    """Puts it away; it can be brought back."""
    may_change(view, by)
    SavedView.objects.filter(merchant_id=view.merchant_id, id=view.id).update(retired_at=timezone.now())
    _note(view, by, "view.retire", _as_shared(view), None)


@transaction.atomic
def restore_view(view: SavedView, *, by: Membership) -> None:
    """Brings back what was put away."""
    may_change(view, by)
    SavedView.objects.filter(merchant_id=view.merchant_id, id=view.id).update(retired_at=None)
    _note(view, by, "view.restore", None, _as_shared(view))


@transaction.atomic
def copy_view(view: SavedView, *, by: Membership) -> SavedView:
    """The same for oneself alone."""
    name = one_line(_("%(name)s, a copy") % {"name": view.name}, 60)
    return save_view(ViewSaid(name, view.filter, view.icon, view.order), by=by)


@transaction.atomic
def move_view(view: SavedView, up: bool, *, by: Membership) -> None:
    """One place up or down in the rail; for a shared one, in everybody's."""
    may_change(view, by)
    rows = views_seen(by)
    at = next((n for n, row in enumerate(rows) if row.id == view.id), None)
    to = None if at is None else at + (-1 if up else 1)
    if at is None or to is None or not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for place, row in enumerate(rows, start=1):
        row.position = place
    SavedView.objects.bulk_update(rows, ["position"])


def may_change(view: SavedView, member: Membership) -> None:
    """Raises Refused unless it is theirs, or shared and they lead."""
    if view.by_id == member.id or (view.shared != Shared.NOBODY and at_least(member.role, Role.LEAD)):
        return
    raise Refused(_("This view is not yours."), _("Make a copy, or ask a lead to change it."))


def _sharing(said: ViewSaid, by: Membership) -> tuple[str, Team | None]:
    lead = at_least(by.role, Role.LEAD)
    if said.shared == Shared.EVERYBODY:
        if not lead:
            raise Refused(
                _("Sharing a view with everybody is for leads."), _("Share it with your team, or ask a lead.")
            )
        return Shared.EVERYBODY, None
    if said.shared != Shared.TEAM:
        return Shared.NOBODY, None
    team = Team.objects.filter(merchant_id=by.merchant_id, id=said.team or 0, retired_at=None).first()
    if team is None:
        raise Refused(_("There is no such team."), _("Pick the team that should see it."))
    if not lead and not TeamMember.objects.filter(merchant_id=by.merchant_id, team=team, member=by).exists():
        raise Refused(_("You are not in this team."), _("Share it with a team of yours."))
    return Shared.TEAM, team


def _note(
    row: SavedView, by: Membership, verb: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """What others see is written down; what one keeps for oneself is nobody's business."""
    if before or after:
        record(verb, f"view:{row.id}", by=by.actor, merchant=by.merchant, before=before, after=after)


def _as_shared(row: SavedView) -> dict[str, Any] | None:
    if row.shared == Shared.NOBODY:
        return None
    return {"name": row.name, "shared": row.shared, "team": row.team_id, "filter": row.filter, "order": row.order}


def _mine(by: Membership) -> dict[str, Any]:
    return {"merchant_id": by.merchant_id, "by": by, "retired_at": None}


def _last(by: Membership) -> int:
    rows = SavedView.objects.filter(merchant_id=by.merchant_id, retired_at=None)
    return min((rows.order_by("-position").values_list("position", flat=True).first() or 0) + 1, 32_000)
