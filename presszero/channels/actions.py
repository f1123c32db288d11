"""Opening a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.sealing import new_token
from presszero.merchants.models import Brand, Hours

from .models import Line

# Their requests may be signed by a program of the merchant's, and come through our own pages otherwise.
_HAVE_A_SECRET = ("form", "chat")


def open_line(kind: str, brand: Brand, hours: Hours | None, settings: Mapping[str, Any] | None = None) -> Line:
    """A chat or a form for a brand, or the one there is. It has no address of its own on the net but its token."""
    address = f"{kind}.{brand.merchant_id}.{brand.id}"
    found = Line.objects.filter(merchant_id=brand.merchant_id, kind=kind, brand=brand).order_by("id").first()
    if found:
        return found
    made = Line(merchant_id=brand.merchant_id, kind=kind, address=address, name=_name(kind), brand=brand, hours=hours)
    made.settings = dict(settings or {})
    if kind in _HAVE_A_SECRET:
        made.keep_secrets({"secret": f"whsec_{new_token(192)}"})
    made.save()
    return made


def _name(kind: str) -> str:
    return {"form": _("Web form"), "chat": _("Chat")}.get(kind, kind)
