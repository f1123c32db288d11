"""The form that an address belongs to, as far as drawing it needs; remembered for when the database is away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from presszero.channels.adapters.form.asking import Topic, origin, sites, topics
from presszero.channels.models import Line

_REMEMBERED = 500
_known: dict[str, Place] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """A form line with what stands around it. Drawing it asks the database for nothing more."""

    line: Line
    has_chat: bool

    @property
    def topics(self) -> tuple[Topic, ...]:
        return topics(self.line.settings)

    @property
    def sites(self) -> tuple[str, ...]:
        return sites(self.line.settings)

    def topic(self, name: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.name == name), None)


def place_of(token: str) -> Place:
    """Raises Http404 for a token of no form, or of one that is paused."""
    lines = Line.objects.select_related("brand", "hours", "merchant")
    line = lines.filter(token=token, kind="form", paused_at=None).first()
    if line is None:
        _known.pop(token, None)
        raise Http404
    chats = Line.objects.filter(merchant_id=line.merchant_id, brand_id=line.brand_id, kind="chat", paused_at=None)
    found = Place(line, chats.exists())
    if len(_known) >= _REMEMBERED:
        _known.pop(next(iter(_known)))
    _known[token] = found
    return found


def remembered(token: str) -> Place | None:
    """As it was drawn last by this process."""
    return _known.get(token)


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours sent this. Browsers name the origin of every POST; what names none still needs a slip."""
    said = request.headers.get("Origin")
    mine = {settings.ORIGIN.lower(), f"{request.scheme}://{request.get_host()}".lower()}
    return said is None or said.lower() in mine


def policy(place: Place | None) -> str:
    """Who may frame it: the line's sites, and we ourselves."""
    named: Any = place.sites if place else ()
    return f"frame-ancestors {' '.join([*named, chr(39) + 'self' + chr(39)])}"


def parent_of(place: Place | None, request: HttpRequest) -> str:
    """The site that frames this page, by its own word, if the line names it; "" otherwise."""
    said = origin(request.GET.get("at", "") or request.POST.get("at", ""))
    return said if place and said in place.sites else ""
