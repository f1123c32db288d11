"""How much it matters and by when, put right by an agent."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.vocabulary import Wish
from presszero.conversations.actions.wish import wish as keep_wish
from presszero.conversations.queries.wishes import AGENT
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked, promised
from .said import changed
from .settling import moment

_MATTERS = {"": None, "1": 1, "2": 2, "3": 3}
_WAYS = ("", "email", "visitor", "phone")
_FURTHEST = timedelta(days=730)


@needs(Role.AGENT)
@require_http_methods(["GET", "PUT", "DELETE"])
def wish(request: MemberAsked, number: int) -> HttpResponse:
    """GET: a form with what is known. PUT says all of it anew; DELETE, nothing of it.

    PUT takes `matters`, `needed_by` (a local time), `words`, `channel`.
    """
    row = asked.conversation(request, number)
    if request.method == "GET":
        return page(request, "desk/_wish_form.html", {"c": row, **promised.wish_fields(row)})
    said = Wish() if request.method == "DELETE" else _said(request)
    keep_wish(row, said, source=AGENT, by=request.member.actor)
    return changed(request, asked.conversation(request, number), _("Noted."))


def _said(request: MemberAsked) -> Wish:
    given = asked.values(request)
    matters, channel = given.get("matters", ""), given.get("channel", "")
    if matters not in _MATTERS or channel not in _WAYS:
        raise Refused(_("There is no such answer."), _("Pick one of those shown."))
    when = given.get("needed_by", "")
    needed = moment(when) if when else None
    if needed and needed > timezone.now() + _FURTHEST:
        raise Refused(_("This is more than two years away."), _("Pick an earlier day."))
    return Wish(_MATTERS[matters], needed, given.get("words", ""), channel)
