"""The telephone for texts on the Pretend page: what the customer texts, and what the shop texts them. Demo only."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.files import kind_of
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.team.gate import Asked, public
from presszero.ui.page import page

from . import network
from .cast import CUSTOMERS, SHOP, Person
from .views import in_demo, who_asks

MAX_PICTURE = 5 * 1024 * 1024  # bytes, as networks carry them
MAX_TEXT = 1600
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@public
@in_demo
def handset(request: Asked) -> HttpResponse:
    """GET /pretend/texts?as=ada@example.com: their telephone; the desk stands beside."""
    return page(request, "demo/handset.html", _context(request))


@public
@in_demo
def bubbles(request: Asked) -> HttpResponse:
    """GET: what stands on it now; nothing where the page has `seen` just that."""
    context = _context(request)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return page(request, "demo/_bubbles.html", context)


@public
@in_demo
@require_http_methods(["POST"])
def sending(request: Asked) -> HttpResponse:
    """POST texts the shop, through its own door."""
    who = who_asks(request)
    words = clean(request.POST.get("text", "")).strip()
    given = request.FILES.get("picture")
    if not words and given is None:
        raise Refused(_("There is nothing in this text yet."))
    if len(words) > MAX_TEXT:
        raise Refused(_("A text has between 1 and %(n)d characters.") % {"n": MAX_TEXT})
    network.writes(number_of(who), words, [_picture(given)] if given else [])
    query = urlencode({"as": who.address, "name": who.name})
    return HttpResponseRedirect(f"/pretend/texts?{query}")


@public
@in_demo
def picture(request: Asked, sid: str, name: str) -> HttpResponse:
    """GET: a picture that they sent, or got."""
    found = network.media(sid, name)
    if found is None or found[0] not in _PICTURES:
        raise Http404
    return HttpResponse(found[1], content_type=found[0])


def number_of(who: Person) -> str:
    """Theirs; somebody new has one of those that films may show, always the same."""
    return who.phone or f"+447700900{int(sha256(who.address.encode()).hexdigest(), 16) % 1000:03d}"


def _picture(given: Any) -> tuple[str, bytes]:
    if (given.size or 0) > MAX_PICTURE:
        raise Refused(_("This picture is larger than 5 MB, which no network carries."))
    content = given.read()
    kind = kind_of(content, given.name or "", given.content_type or "")
    if kind not in _PICTURES:
        raise Refused(_("Telephones send pictures: PNG, JPEG, GIF or WebP."))
    return kind, content


def _context(request: Asked) -> dict[str, Any]:
    who = who_asks(request)
    number = number_of(who)
    texts = network.texts(number)[:100]
    return {
        "who": who,
        "cast": CUSTOMERS,
        "number": number,
        "shop": SHOP,
        "shop_number": network.NUMBER,
        "texts": texts,
        "mark": f"{len(texts)}-{texts[0].sid if texts else ''}-{sum(text.status == 'failed' for text in texts)}"
        f"-{sum(len(text.files) for text in texts)}",
        "device": "texts",
    }
