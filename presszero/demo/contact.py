"""The demo shop's contact page, with the web form in it by one script tag, and the form's line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from presszero.channels.models import Line
from presszero.merchants.models import Brand, Hours
from presszero.team.gate import Asked, public
from presszero.ui.page import page

from .cast import SHOP_SLUG
from .views import in_demo

_TOPICS: list[dict[str, Any]] = [
    {
        "name": "Where is my order?",
        "fields": [
            {"key": "order", "label": "Order number", "kind": "order", "required": True, "help": "In our first mail."},
        ],
    },
    {
        "name": "Return or exchange",
        "fields": [
            {"key": "order", "label": "Order number", "kind": "order", "required": True},
            {"key": "way", "label": "What would you like?", "kind": "choice", "choices": ["Another size", "My money"]},
            {"key": "size", "label": "Which size?", "kind": "number"},
        ],
    },
    {
        "name": "Something is damaged",
        "fields": [
            {"key": "order", "label": "Order number", "kind": "order"},
            {"key": "seen", "label": "When did you first see it?", "kind": "date"},
            {"key": "worn", "label": "Have you walked in them?", "kind": "yes_no", "required": True},
        ],
    },
    {"name": "Something else", "fields": []},
]
_TEXTS = {
    "en": {"title": "Write to us", "intro": "We have the boots in front of us, and your order too.", "thanks": ""},
    "de": {"title": "Schreiben Sie uns", "intro": "Die Schuhe stehen vor uns, Ihre Bestellung auch.", "thanks": ""},
}


def open_form(brand: Brand, hours: Hours) -> Line:
    """The form's line, framed by presszero.demo.shop."""
    return Line.objects.create(
        merchant=brand.merchant,
        kind="form",
        address="Contact form",
        name=brand.name,
        brand=brand,
        hours=hours,
        settings={"sites": [settings.ORIGIN], "topics": _TOPICS, "texts": _TEXTS},
    )


@public
@in_demo
def contact(request: Asked) -> HttpResponse:
    """GET /demo/shop/contact"""
    line = Line.objects.filter(merchant__slug=SHOP_SLUG, kind="form", paused_at=None).order_by("id").first()
    return page(request, "demo/contact.html", {"form": line.token if line else ""})
