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
    if request.headers.get("X-Conversation") not in (None, "", str(row.id)):
        return elsewhere(row, extra_words=words)
    response = conversation.pieces(request, row, fresh, words)
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}})
    return response


def elsewhere(row: Conversation, extra_words: str) -> HttpResponse:
    """What was done is to be seen in another conversation than the one on the screen: the page goes there."""
    response = HttpResponse(extra_words)
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}, "go": {"conversation": row.id}})
    return response


def toast(request: MemberAsked, say: str, undo: Undo | None = None) -> str:
    """A sentence at the foot of the page, out of band."""
    return text_of(request, "ui/_toast.html", {"say": say, "undo": undo})


def told(request: MemberAsked, say: str, undo: Undo | None = None) -> HttpResponse:
    """A toast alone."""
    response = HttpResponse(toast(request, say, undo))
    response["HX-Trigger"] = "changed"
    return response
