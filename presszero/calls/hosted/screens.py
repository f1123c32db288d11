"""The part of a phone line's settings that is about its provider: the account, and the addresses over there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from presszero.audit.actions import record
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.timeline.actions import wake
from presszero.ui.page import page

from . import safe
from .forms import SECRETS, HostedForm, forget_old_token, plain
from .holding import root_of
from .providers import is_hosted, provider_of
from .rest import Api, NotDone

HERE = "/settings/phone/numbers"


def panel(request: MemberAsked, line: Line, form: HostedForm | None = None) -> SafeString:
    """The provider's part of a line's page; nothing for a line that is carried by our own gateway."""
    if not is_hosted(line.settings):
        return SafeString("")
    return SafeString(render_to_string("hosted/_connect.html", _shown(line, form), request))


@needs(Role.ADMIN)
@require_POST
def provider(request: MemberAsked, number_id: int) -> HttpResponse:
    """POST /settings/phone/numbers/7/provider: the account."""
    line = _line(request, number_id)
    before, form = plain(line), HostedForm(request.POST, line=line)
    if not form.is_valid():
        return page(request, "hosted/connect.html", {**_shown(line, form), "line": line}, 422)
    form.keep()
    _told(request, line, before)
    return HttpResponseRedirect(f"{HERE}/{line.id}?said=saved")


@needs(Role.ADMIN)
@require_POST
def connection(request: MemberAsked, number_id: int) -> HttpResponse:
    """POST /settings/phone/numbers/7/connection: sets our addresses at the provider."""
    line = _line(request, number_id)
    way = safe.way(settings.ORIGIN, line.token)
    try:
        Api(line).point(line.address, voice=way.voice, fallback=way.safe, status=f"{root_of(line)}/status")
    except NotDone as why:
        raise Refused(str(why), _("Check the account above, or copy the addresses there yourself.")) from why
    record("line.connect", f"line:{line.id}", by=request.member.actor, merchant=request.merchant)
    return HttpResponseRedirect(f"{HERE}/{line.id}?said=connected")


@needs(Role.ADMIN)
@require_POST
def old_token(request: MemberAsked, number_id: int) -> HttpResponse:
    """POST /settings/phone/numbers/7/old-token: the one that was replaced counts no more."""
    line = _line(request, number_id)
    forget_old_token(line)
    _told(request, line, plain(line))
    return HttpResponseRedirect(f"{HERE}/{line.id}?said=saved")


def _line(request: MemberAsked, number_id: int) -> Line:
    line = Line.objects.filter(merchant=request.merchant, kind="phone", id=number_id).first()
    if line is None or not is_hosted(line.settings):
        raise Http404
    return line


def _told(request: MemberAsked, line: Line, before: dict[str, str]) -> None:
    wake("lines", line.token)
    actor, after = request.member.actor, plain(line)
    record("line.save", f"line:{line.id}", by=actor, merchant=request.merchant, before=before, after=after)


def _shown(line: Line, form: HostedForm | None) -> dict[str, Any]:
    way, sealed = safe.way(settings.ORIGIN, line.token), line.secrets if line.sealed else {}
    return {
        "line": line,
        "form": form or HostedForm(line=line),
        "provider": provider_of(line.settings),
        "account": line.settings.get("account", ""),
        "has": {name: bool(sealed.get(name)) for name in (*SECRETS, "old_auth_token")},
        "addresses": [
            ("voice", _("A call comes in"), f"{way.voice}#rc=2&rp=all"),
            ("fallback", _("Primary handler fails"), way.safe),
            ("status", _("Call status changes"), f"{root_of(line)}/status#rc=5&rp=all"),
        ],
        "near": settings.ORIGIN.startswith("http://"),
    }
