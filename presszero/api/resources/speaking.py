"""In whose name a token speaks. Customers are answered by people: a token of the whole shop says by which."""

from __future__ import annotations

import uuid
from typing import Protocol

from presszero.conversations.actions.answer import Answer
from presszero.team.models import Membership, Role

from ..operations import Call
from ..problems import Problem


class Said(Protocol):
    """What every body with words in it carries."""

    @property
    def text(self) -> str: ...
    @property
    def client_id(self) -> uuid.UUID | None: ...


def speaker(request: Call, number: int | None) -> Membership:
    """The member in whose name it is said. Raises Problem."""
    own = request.auth.member
    if own and number in (None, own.id):
        return own
    if own:
        raise Problem(403, "This token acts as one member, and speaks for nobody else.")
    if number is None:
        raise Problem(
            422, "This token acts as the whole shop.", next_step="Say with `member` in whose name it is said."
        )
    rows = Membership.objects.filter(merchant=request.auth.merchant, id=number, left_at=None)
    found = rows.exclude(role=Role.READ_ONLY).select_related("person", "merchant").first()
    if found is None:
        raise Problem(422, "Nobody of the team who may answer has this number.")
    return found


def answer(request: Call, body: Said) -> Answer:
    """The words as the desk sends them, under the caller's own id or one of ours."""
    return Answer(body.text, click(request, body))


def click(request: Call, body: Said) -> uuid.UUID:
    """The id under which it is said once: theirs, else a new one."""
    return body.client_id or uuid.uuid4()
