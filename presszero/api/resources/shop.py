"""/lines, /topics, /tags, /teams, /members, /macros, /views, /timeline, /search"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from ninja import Query
from pydantic import BaseModel

from presszero.conversations.queries.search import search, search_said

from ..operations import Call, Resource
from ..reads import conversations, shop
from ..reads.rows import listed, parsed
from ..shapes.conversations import ConversationOut, ConversationQuery
from ..shapes.kinds import Page, Paging, PathId
from ..shapes.shop import (
    EventQuery,
    Events,
    LineOut,
    MacroOut,
    MemberOut,
    SearchQuery,
    TagOut,
    TeamOut,
    TopicOut,
    ViewOut,
)

resource = Resource("shop")
happened = Resource("timeline")


# What the shop is made of: each in one list, oldest first, with what it is called and a sentence more.
_LISTS: tuple[tuple[str, type[BaseModel], str, str], ...] = (
    ("lines", Page[LineOut], "List lines", "The addresses you are reached at."),
    ("topics", Page[TopicOut], "List topics", "What matters are about."),
    ("tags", Page[TagOut], "List tags", "Words the team marks conversations with."),
    ("teams", Page[TeamOut], "List teams", "With the numbers of their members."),
    ("members", Page[MemberOut], "List members", "Whoever works here now."),
    ("macros", Page[MacroOut], "List macros", "Ready answers, and what else they do."),
    ("views", Page[ViewOut], "List saved views", "Those that are shared, and those of whom the token acts as."),
)


def _open_list(what: str, shape: type[BaseModel], called: str, more: str) -> None:
    def listing(request: Call, query: Query[Paging]) -> HttpResponse:
        return listed(request, shop.of_the_shop(request.auth, what, query), query.limit)

    listing.__name__, listing.__doc__ = f"list_{what}", f"{called}\n\n{more}"
    resource.get(f"/{what}", "settings:read", shape)(listing)


for _each in _LISTS:
    _open_list(*_each)


@resource.get("/views/{view_id}/conversations", "conversations:read", Page[ConversationOut])
def list_view(request: Call, view_id: PathId, query: Query[Paging]) -> HttpResponse:
    """List a saved view's conversations

    By its filter, newest first.
    """
    rows = shop.of_the_shop(request.auth, "views", Paging.model_validate({"limit": 100}))
    view = next((parsed(text) for text, number in rows if number == view_id), None)
    if view is None:
        raise Http404
    wanted = ConversationQuery.model_validate({"cursor": query.cursor, "limit": query.limit})
    return listed(request, conversations.find(request.auth, wanted, view["filter"]), query.limit)


@resource.get("/search", "conversations:read", Page[ConversationOut])
def search_conversations(request: Call, query: Query[SearchQuery]) -> dict[str, Any]:
    """Search

    Conversations by people, addresses, numbers and words; the best thirty. With the scope `notes:read`, words of notes
    are found too.
    """
    found = (search if "notes:read" in request.auth.token.scopes else search_said)(request.auth.eyes, query.q)
    rows = [conversations.shown(request.auth.merchant.id, each.id) for each in found[: query.limit]]
    return {"data": rows, "next_cursor": None, "next": None}


@happened.get("/timeline", "timeline:read", Events)
def list_timeline(request: Call, query: Query[EventQuery]) -> HttpResponse:
    """Read the timeline

    Facts, oldest first, each exactly once: keep `next_cursor` and ask again from there, for ever. An empty page says
    that nothing new is certain yet.
    """
    return shop.events(request, request.auth, query)
