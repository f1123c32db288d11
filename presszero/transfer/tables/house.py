"""What the shop itself set up: ready answers, words, teams, people, lines, views, and the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from presszero.audit.models import Record
from presszero.channels.models import Line
from presszero.conversations.models import Macro, MacroText, SavedView, Tag, Topic
from presszero.core.sealing import blind
from presszero.rules.models import Rule
from presszero.team.models import Membership, Team, TeamMember

from .cells import of_model, said
from .registry import Scope, Table, batches, register


def _members(scope: Scope) -> Iterator[list[Any]]:
    for batch in batches(Membership.objects.filter(merchant=scope.merchant).select_related("person")):
        for row in batch:
            who = [str(row.id), row.person.name, row.person.email, row.role]
            yield [*who, said(row.sees_all), str(row.capacity), said(row.joined_at), said(row.left_at)]


def shop_mark(scope: Scope) -> str:
    """What tells the numbers of this shop from those of any other, wherever they are brought."""
    return blind(f"{scope.merchant.id}", "shop of an export")[:16]


register(
    Table(
        "shop",
        lambda: str(_("The shop")),
        lambda _scope: ["mark", "name"],
        lambda scope: iter([[shop_mark(scope), scope.merchant.name]]),
        lambda _scope: 1,
        of_conversations=True,
    ),
    of_model("macros", _("Macros"), Macro, "id name text language shortcut steps actions retired_at"),
    of_model("macro_texts", _("Macros in other languages"), MacroText, "id macro_id language text"),
    of_model("topics", _("Topics"), Topic, "id name retired_at"),
    of_model("tags", _("Tags"), Tag, "id name colour created_at retired_at"),
    of_model("teams", _("Teams"), Team, "id name created_at retired_at"),
    of_model("team_members", _("Who is in which team"), TeamMember, "id team_id member_id role since"),
    Table(
        "members",
        lambda: str(_("People of the team")),
        lambda _scope: ["id", "name", "email", "role", "sees_all", "capacity", "joined_at", "left_at"],
        _members,
        lambda scope: Membership.objects.filter(merchant=scope.merchant).count(),
    ),
    # Neither settings nor what is sealed: they may hold what lets somebody in.
    of_model(
        "lines",
        _("Lines"),
        Line,
        "id kind address name brand_id hours_id team_id first_reply_minutes next_reply_minutes created_at paused_at",
    ),
    of_model(
        "saved_views", _("Saved views"), SavedView, "id name icon by_id shared team_id filter order position retired_at"
    ),
    of_model(
        "rules",
        _("Rules"),
        Rule,
        "id name when filter steps stop once rest position enabled version created_at retired_at",
    ),
    of_model("audit", _("Audit record"), Record, "id at actor verb subject before after why place chain"),
)
