"""The pages of the cast's own shop, on which the chat runs as it does on anybody's. Only in the demo."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.team.gate import Asked, public
from presszero.ui.page import page

from .cast import ADA, SHOP_SLUG
from .views import in_demo

SIGNED_FOR = timedelta(minutes=30)  # an hour is the most that is believed
_SHOPPER, _CART = "demo_shopper", "demo_cart"
_MOST = 9  # pairs in a cart


@dataclass(frozen=True)
class Boots:
    """A pair on sale. `price` in pounds; `tint` is one of shop.css."""

    name: str
    says: str
    price: int
    tint: str


FELL = Boots("Fell", "Light, sewn twice, for long days on wet paths.", 148, "moss")
RANGE = (
    FELL,
    Boots("Moor", "Wide, soft, and warm to minus ten.", 164, "heather"),
    Boots("Tarn", "Low, quick to dry.", 119, "slate"),
)


@public
@in_demo
def front(request: Asked) -> HttpResponse:
    """GET /demo/shop: what is on sale."""
    return _drawn(request, "front")


@public
@in_demo
def boots(request: Asked) -> HttpResponse:
    """GET /demo/shop/boots: one pair."""
    return _drawn(request, "boots")


@public
@in_demo
def cart(request: Asked) -> HttpResponse:
    """GET /demo/shop/cart. POST puts a pair in, or takes all out."""
    if request.method != "POST":
        return _drawn(request, "cart")
    answer = HttpResponseRedirect("/demo/shop/cart")
    wanted = 0 if "empty" in request.POST else min(_pairs(request) + 1, _MOST)
    answer.set_cookie(_CART, str(wanted), httponly=True, samesite="Lax", path="/demo/")
    return answer


@public
@in_demo
@require_POST
def session(request: Asked) -> HttpResponse:
    """POST signs Ada in to the shop, or out of it: the shop's own session, of which the chat knows nothing."""
    if request.POST.get("who") == "ada":
        answer = HttpResponseRedirect("/demo/shop")
        answer.set_cookie(_SHOPPER, "ada", httponly=True, samesite="Lax", path="/demo/")
        return answer
    answer = HttpResponseRedirect("/demo/shop?left=1")
    answer.delete_cookie(_SHOPPER, path="/demo/")
    return answer


@public
@in_demo
def identity(request: Asked) -> HttpResponse:
    """GET: who is signed in to the shop, signed by the shop's server for the chat; as any shop's server does it."""
    line = _chat()
    if request.COOKIES.get(_SHOPPER) != "ada" or line is None:
        raise Refused(_("Nobody is signed in to the shop."))
    now = timezone.now()
    claims = {
        "sub": "1",
        "aud": line.token,
        "iat": now,
        "exp": now + SIGNED_FOR,
        "jti": str(uuid.uuid4()),
        "name": ADA.name,
        "email": ADA.address,
        "email_verified": True,
    }
    return HttpResponse(jwt.encode(claims, line.secrets["identity"], "HS256"), content_type="text/plain")


def _drawn(request: Asked, which: str) -> HttpResponse:
    line, pairs = _chat(), _pairs(request)
    known = {
        "which": which,
        "range": RANGE,
        "fell": FELL,
        "pairs": pairs,
        "total": pairs * FELL.price,
        "shopper": ADA if request.COOKIES.get(_SHOPPER) == "ada" else None,
        "left": request.GET.get("left") == "1",
        "chat": line.token if line else "",
    }
    return page(request, "demo/shop.html", known)


def _pairs(request: Asked) -> int:
    given = request.COOKIES.get(_CART, "")
    return min(int(given), _MOST) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _chat() -> Line | None:
    return Line.objects.filter(merchant__slug=SHOP_SLUG, kind="chat", paused_at=None).order_by("id").first()
