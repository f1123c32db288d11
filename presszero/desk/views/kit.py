"""/ui: every component in every state."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse

from presszero.team.gate import Asked, public
from presszero.team.models import Role
from presszero.ui.page import page


@public
def kit(request: Asked) -> HttpResponse:
    """Open while developing, else to admins alone; for anyone else there is nothing."""
    admin = request.member is not None and request.member.role == Role.ADMIN
    if not (settings.DEBUG or admin):
        raise Http404
    return page(request, "ui/kit.html")
