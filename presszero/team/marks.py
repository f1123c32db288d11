"""Who may open a view: a mark that every view carries. The gate refuses a view without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from .models import Role

View = TypeVar("View", bound=Callable[..., Any])
Mark = Role | Literal["public", "own"]

_RANK = {Role.READ_ONLY: 0, Role.AGENT: 1, Role.LEAD: 2, Role.ADMIN: 3}


def needs(role: Role) -> Callable[[View], View]:
    """Open to members with this role or a higher one. Whoever may only read changes nothing anywhere."""

    def mark(view: View) -> View:
        return _marked(view, Role(role))

    return mark


def own(view: View) -> View:
    """Open to everyone who is signed in, with any role or none: for what concerns only themselves."""
    return _marked(view, "own")


def by_provider_too(view: View) -> View:
    """Of the views marked `own`, those open to somebody who signed in by a provider's word for them."""
    view._by_provider = True  # type: ignore[attr-defined]  # a mark on the function itself, like the others
    return view


def public(view: View) -> View:
    """Open to all. The view itself must ask for what proves the right to see it, such as a token."""
    return _marked(view, "public")


def declared(view: Callable[..., Any]) -> Mark | None:
    """The mark of a view, also through decorators, `functools.partial` and `as_view()`; None when it has none."""
    seen: Any = view
    while seen is not None:
        for holder in (seen, getattr(seen, "view_class", None)):
            mark: Mark | None = getattr(holder, "_open_to", None)
            if mark is not None:
                return mark
        seen = getattr(seen, "__wrapped__", None) or getattr(seen, "func", None)
    return None


def opens_by_provider(view: Callable[..., Any]) -> bool:
    """Whether a view marked `own` is `by_provider_too`."""
    return bool(getattr(view, "_by_provider", False))


def at_least(role: str, needed: Role) -> bool:
    """Whether a role reaches the one needed: read_only < agent < lead < admin."""
    return _RANK[Role(role)] >= _RANK[needed]


def _marked(view: View, mark: Mark) -> View:
    view._open_to = mark  # type: ignore[attr-defined]  # a mark on the function itself survives functools.wraps
    return view
