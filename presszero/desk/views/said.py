"""How a verb answers the page: what changed, morphed in, with a sentence and a way back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.http import HttpResponse, HttpResponseRedirect

from presszero.conversations.models import Conversation
from presszero.team.gate import MemberAsked
from presszero.ui.page import asked_by_htmx, text_of

from . import conversation


@dataclass(frozen=True)
class Undo:
    """The request that takes it back."""

    url: str
    method: str = "delete"
    vals: dict[str, str] = field(default_factory=dict)
    seconds: int = 0  # counted down, where the way back closes
    label: str = ""
    target: str = ""
    swap: str = ""


def changed(
    request: MemberAsked, row: Conversation, say: str = "", undo: Undo | None = None, fresh: str = ""
) -> HttpResponse:
    """The bar and stream anew, a toast, and word to the page that lists may have changed.

    `fresh`: "reply" or "note", a form to be put there anew: empty, or with what was taken back.
    """
    if not asked_by_htmx(request):
        return HttpResponseRedirect(f"/conversations/{row.id}")
    words = toast(request, say, undo) if say else ""
    if not on_screen(request, row):
        return elsewhere(row, extra_words=words, goes=bool(request.headers.get("X-Conversation")))
    response = conversation.pieces(request, row, fresh, words)
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}})
    return response


def on_screen(request: MemberAsked, row: Conversation) -> bool:
    """Whether this conversation is the open one. A page that does not say is believed to show it."""
    return request.headers.get("X-Conversation") in (None, str(row.id))


def elsewhere(row: Conversation, extra_words: str, goes: bool = True) -> HttpResponse:
    """What was done is to be seen in another conversation than the one on the screen: the page goes there.

    `goes` off: none is on the screen, and whoever is in a list stays in it.
    """
    response = HttpResponse(extra_words)
    about = {"conversation": row.id}
    response["HX-Trigger"] = json.dumps({"changed": about, "go": about} if goes else {"changed": about})
    return response


def toast(request: MemberAsked, say: str, undo: Undo | None = None, link: tuple[str, str] | None = None) -> str:
    """A sentence at the foot of the page, out of band. `link`: where it leads, and its words."""
    return text_of(request, "ui/_toast.html", {"say": say, "undo": undo, "link": link})


def told(request: MemberAsked, say: str, undo: Undo | None = None) -> HttpResponse:
    """A toast alone."""
    response = HttpResponse(toast(request, say, undo))
    response["HX-Trigger"] = "changed"
    return response
