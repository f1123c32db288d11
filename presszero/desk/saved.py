"""Saved views as lists among the others: "view-7" is the list of the saved view 7."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from presszero.conversations.filtering import Filter
from presszero.conversations.models import SavedView
from presszero.conversations.queries import Row
from presszero.conversations.queries.saved import asks, rows_where, saved_counts, view_seen, views_seen
from presszero.team.models import Membership

_OPEN: dict[str, Any] = {"field": "state", "op": "is", "value": "open"}
_FIXED: dict[str, dict[str, Any]] = {
    "mine": {"all": [_OPEN, {"field": "assignee", "op": "is", "value": "me"}]},
    "unassigned": {"all": [_OPEN, {"field": "assignee", "op": "is_empty"}]},
    "waiting": {"all": [_OPEN, {"field": "waiting_for", "op": "is_set"}]},
    "team": {"all": [_OPEN]},
    **{name: {"all": [{"field": "state", "op": "is", "value": name}]} for name in ("snoozed", "resolved", "spam")},
}
_NAME = re.compile(r"view-([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Kept:
    """A saved view that the member sees. `filter` is None when it asks for something there is no more."""

    view: SavedView
    filter: Filter | None

    def rows(self, member: Membership, page: int) -> list[Row]:
        """A page of it, and one row more when there is another page."""
        return rows_where(member, self.filter, self.view.order, page) if self.filter else []

    def empty(self) -> tuple[str, str, str]:
        """What stands where no row does."""
        if self.filter:
            return "filter", _("Nothing like that now"), _("What fits this view stands here as soon as it comes.")
        return "alert", _("This view needs a look"), _("It asks for something there is no more. Change its filter.")


def name_of(view_id: int) -> str:
    """What the list of a saved view is called in addresses."""
    return f"view-{view_id}"


def number_in(name: str) -> int:
    """Which saved view a list's name means; 0 for a list of another kind."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else 0


def kept(member: Membership, name: str) -> Kept | None:
    """The saved view of this name, if the member sees it."""
    number = number_in(name)
    row = view_seen(member, number) if number else None
    return Kept(row, asks(row)) if row else None


def asked_by(member: Membership, name: str) -> dict[str, Any] | None:
    """What a list asks for, as a filter; None for a list that no filter makes, such as what one is named in."""
    saved = kept(member, name)
    if saved:
        return saved.filter.node if saved.filter else None
    return _FIXED.get(name)


def in_rail(member: Membership) -> list[tuple[SavedView, int]]:
    """Every one the member sees, with how many stand in it, up to 100."""
    views = views_seen(member)
    counts = saved_counts(member, views)
    return [(view, counts.get(view.id, 0)) for view in views]
