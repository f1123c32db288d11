"""Leaving, and choosing what may come: opened from a link, without signing in.

GET changes nothing: mail programs fetch every link. The POST of RFC 8058 comes from a mail provider, without cookies
and without a token of ours; the address itself is the key, so there is nothing that another site could borrow.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from presszero.customers.consenting import PURPOSES
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.ui.looks import look_of

from ..unsubscribing import Ticket, allowed, choose, leave, ticket
from .visiting import drawn, private, told, too_often

KNOCKS = Limit("leave-knocks", 120, timedelta(minutes=15))  # of one network, with links we did not make


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET /u/<token> shows it; POST does it: "List-Unsubscribe=One-Click" by a mail program, or the page's own form."""
    which = ticket(token)
    if which is None:
        return _nowhere(request)
    with translation.override(_language(request, which)):
        if request.method != "POST":
            return _drawn(request, token, which)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            leave(which, source="one click", ip=_address(request))
            return private(HttpResponse(_("Done. You get no more of these."), content_type="text/plain; charset=utf-8"))
        return _posted(request, token, which)


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /u/<token>/look.css: the brand's colour."""
    which = ticket(token)
    return look_of(which.brand.colour if which else "")


def _posted(request: HttpRequest, token: str, which: Ticket) -> HttpResponse:
    """The page's two buttons; whatever else is posted changes nothing."""
    act = request.POST.get("act", "")
    if act == "leave":
        leave(which, source="unsubscribe page", ip=_address(request))
    elif act == "choose":
        wanted = {purpose: request.POST.get(purpose) == "1" for purpose in PURPOSES}
        choose(which, wanted, ip=_address(request), wordings=dict(_offered(which)))
    else:
        return _drawn(request, token, which, status=422)
    return HttpResponseRedirect(f"/u/{token}?done={'left' if act == 'leave' else 'kept'}")


def _offered(which: Ticket) -> list[tuple[str, str]]:
    """Each purpose with the sentence that a tick says yes to; it is kept as the wording of the consent."""
    brand = {"brand": which.brand.name}
    return [
        ("service", _("News of my orders at %(brand)s: on its way, late, arrived") % brand),
        ("marketing", _("Offers and new things from %(brand)s") % brand),
        ("survey", _("Now and then a question from %(brand)s about how they did") % brand),
    ]


def _drawn(request: HttpRequest, token: str, which: Ticket, status: int = 200) -> HttpResponse:
    now = allowed(which)
    context = {
        "brand": which.brand.name,
        "look": f"/u/{token}/look.css",
        "token": token,
        "offered": [(purpose, words, now[purpose]) for purpose, words in _offered(which)],
        "everything": which.purpose == "service",
        "on": any(now[purpose] for purpose in (PURPOSES if which.purpose == "service" else PURPOSES[1:])),
        "done": request.GET.get("done", ""),
    }
    return drawn(request, "outreach/preferences.html", context, status)


def _nowhere(request: HttpRequest) -> HttpResponse:
    if tries(KNOCKS, network(address_of(request)), timezone.now()) > KNOCKS.most:
        return too_often(request)
    said = _("Answer any of our e-mails instead: a person reads it.")
    return told(request, _("This link no longer works"), said, 404)


def _language(request: HttpRequest, which: Ticket) -> str:
    """Theirs as we know it, else their browser's."""
    return which.customer.language or get_language_from_request(request)


def _address(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(address_of(request)))
    except ValueError:
        return None
