"""Connecting a mailbox by signing in at Google or Microsoft: there, and back with a code.

What is needed on the way back lies sealed in a cookie of this browser, good for ten minutes and once: somebody else's
code, or one that we did not ask for, opens nothing.
"""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from presszero.audit.actions import record
from presszero.channels.adapters.email.oauth.asking import Access, Client, NotSignedIn, access_by_code, sign_in_url
from presszero.channels.adapters.email.oauth.providers import Provider, provider
from presszero.channels.adapters.email.oauth.renewing import keep_access
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen, open_sealed, seal
from presszero.core.text import one_line
from presszero.merchants.models import Brand, Hours
from presszero.team.gate import MemberAsked, keep, let_go, needs, safe_next
from presszero.team.models import Role

COOKIE = "pz_mailbox"
LASTS = timedelta(minutes=10)
_PURPOSE = "mailbox sign-in"


@needs(Role.ADMIN)
@require_POST
@sensitive_post_parameters()
def leave(request: MemberAsked, name: str) -> HttpResponse:
    """POST /settings/lines/sign-in/<provider> with `address` and `next`: to the provider, to sign in."""
    at = _provider(name)
    form = request.POST
    client = Client(at.client_id or one_line(form.get("client_id", ""), 300), at.client_secret)
    if not at.client_id:
        client = Client(client.id, form.get("client_secret", "").strip()[:500])
    if not client.id or not client.secret:
        sentence = _("%(who)s has to know us first.") % {"who": at.label}
        raise Refused(sentence, _("Register us there, and enter the client id and secret it gives you."))
    kept = {
        "state": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "provider": at.name,
        "client_id": client.id,
        "client_secret": client.secret,
        "member": str(request.member.id),
        "address": one_line(form.get("address", ""), 254).lower(),
        "next": safe_next(form.get("next")),
    }
    response = HttpResponseRedirect(
        sign_in_url(at, client, _back(), kept["state"], kept["verifier"], kept["address"]),
    )
    keep(response, base64.urlsafe_b64encode(seal(kept, _PURPOSE)).decode(), COOKIE, LASTS)
    return response


@needs(Role.ADMIN)
@require_safe
def back(request: MemberAsked) -> HttpResponse:
    """GET /settings/lines/sign-in/back: the browser returns with a code, or with the reason why there is none."""
    kept = _kept(request)
    at = _provider(kept["provider"])
    if request.GET.get("error"):
        words = one_line(request.GET.get("error_description") or request.GET["error"], 300)
        raise Refused(_("%(who)s did not let us in: %(why)s") % {"who": at.label, "why": words}, _("Try it again."))
    client = Client(kept["client_id"], kept["client_secret"])
    try:
        code = request.GET.get("code", "")[:2000]
        access = access_by_code(at, client, code, _back(), kept["verifier"], timezone.now())
    except NotSignedIn as why:
        raise Refused(str(why), _("Try it again.")) from why
    line = _connected(request, at, access, kept)
    to = f"/settings/lines/{line.id}?said=saved" if kept["next"] == "/" else kept["next"]
    response = HttpResponseRedirect(to)
    let_go(response, COOKIE)
    return response


def _back() -> str:
    return f"{settings.ORIGIN}/settings/lines/sign-in/back"


def _provider(name: str) -> Provider:
    try:
        return provider(name)
    except KeyError:
        raise Http404 from None


def _kept(request: MemberAsked) -> dict[str, str]:
    """What this browser set out with. Raises Refused for a return that we did not ask for."""
    try:
        kept = open_sealed(base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, "")), _PURPOSE)
    except (CannotOpen, ValueError):
        kept = {}
    ours = constant_time_compare(kept.get("state", ""), request.GET.get("state", "")) and bool(kept)
    if not ours or kept["member"] != str(request.member.id):
        raise Refused(_("This sign-in was not begun here, or too long ago."), _("Begin again at the lines' settings."))
    return kept


@transaction.atomic
def _connected(request: MemberAsked, at: Provider, access: Access, kept: dict[str, str]) -> Line:
    """The line of the address that signed in, or of the shared one that was asked for; made where it is new."""
    user = access.address or kept["address"]
    address = kept["address"] or access.address
    if not address:
        raise Refused(_("%(who)s did not say whose mailbox it is.") % {"who": at.label}, _("Enter its address, too."))
    rows = Line.objects.select_for_update().filter(merchant=request.merchant, kind="email", address=address)
    line = rows.first() or _new(request, address)
    servers = {
        "imap": {"folder": "INBOX", **(line.settings.get("imap") or {}), **_server(at, "imap", user, address)},
        "smtp": {**(line.settings.get("smtp") or {}), **_server(at, "smtp", user, address)},
    }
    line.settings = {**line.settings, "provider": "", **servers}
    keep_access(line, at.name, access)
    if not at.client_id:
        own = {"oauth_client_id": kept["client_id"], "oauth_client_secret": kept["client_secret"]}
        line.keep_secrets({**line.secrets, **own})
    line.trouble, line.trouble_since = "", None
    line.save()
    after = {"address": address, "signed_in_with": at.name}
    record("line.connect", f"line:{line.id}", by=request.member.actor, merchant=request.merchant, after=after)
    return line


def _new(request: MemberAsked, address: str) -> Line:
    made = Line(merchant=request.merchant, kind="email", address=address, name=request.merchant.name)
    made.brand = Brand.objects.filter(merchant=request.merchant).order_by("id")[:1].get()
    made.hours = Hours.objects.filter(merchant=request.merchant).order_by("id").first()
    return made


def _server(at: Provider, name: str, user: str, address: str) -> dict[str, object]:
    """A shared mailbox of Microsoft is opened by its own name with its member's access; Google has none such."""
    where = at.imap if name == "imap" else at.smtp
    who = address if at.name == "microsoft" else user
    return {"host": where.host, "port": where.port, "security": where.security, "user": who}
