"""Tags as small words beside rows and in the bar."""

from __future__ import annotations

from collections.abc import Sequence

from presszero.conversations.queries.marks import TagSeen, tags_in

from .promised import Tag

_KINDS = {"accent": "g", "good": "g", "warn": "w", "bad": "l"}
_MOST = 3  # tags beside a row; the rest is a number


def kind(colour: str) -> str:
    """The look of a tag of this colour."""
    return _KINDS.get(colour, "")


def beside(merchant_id: int, ids: Sequence[int]) -> dict[int, list[Tag]]:
    """Conversation → its tags for a row, with how many more there are."""
    return {number: _few(tags) for number, tags in tags_in(merchant_id, ids).items()}


def _few(tags: list[TagSeen]) -> list[Tag]:
    shown = [Tag(tag.name, kind(tag.colour)) for tag in tags[:_MOST]]
    return [*shown, Tag(f"+{len(tags) - _MOST}", "")] if len(tags) > _MOST else shown
