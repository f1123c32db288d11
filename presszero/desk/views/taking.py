"""Taking a list, or those selected in it, out as a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from presszero.conversations import filtering
from presszero.conversations.queries.saved import ids_where
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.transfer import exporting, queries

from .. import asked
from ..saved import asked_by
from .said import toast


@needs(Role.ADMIN)
@require_http_methods(["POST"])
def exports(request: MemberAsked) -> HttpResponse:
    """POST `id`s, or `all` of the list `in`: the worker writes them into a file, of those that the member sees."""
    ids = _those(request)
    if not ids:
        raise Refused(_("There is nothing to export."), _("Select conversations, or open a list that has some."))
    exporting.ask(exporting.SELECTION, by=request.member, conversations=ids)
    said = ngettext(
        "A file with %(n)d conversation is being written.",
        "A file with %(n)d conversations is being written.",
        len(ids),
    )
    return HttpResponse(toast(request, said % {"n": len(ids)}, link=("/settings/export", _("See it in Export"))))


def _those(request: MemberAsked) -> Sequence[int]:
    given = request.POST
    if not given.get("all"):
        chosen = [asked.number(each) for each in given.getlist("id")[: exporting.MOST_CHOSEN]]
        return queries.chosen(request.member, None, chosen, exporting.MOST_CHOSEN)
    node = asked_by(request.member, given.get("in", ""))
    if node is None:
        raise Refused(_("All of this list cannot be exported at once."), _("Select those that are shown."))
    found = filtering.read(request.merchant, node)
    return ids_where(request.member, found, limit=exporting.MOST_CHOSEN)
