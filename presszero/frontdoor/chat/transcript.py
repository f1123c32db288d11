"""A visitor's transcript as the widget draws it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from presszero.channels.answering import expects, sentence
from presszero.channels.models import Attachment, Line
from presszero.channels.transcript import Page, Reader, Said
from presszero.visitors import queries
from presszero.visitors.models import Visitor

_STATES = {"accepted": "sent", "delivered": "delivered", "read": "read"}


def reader(visitor: Visitor, at: datetime) -> Reader:
    """What the visitor may read now."""
    return Reader(visitor.line, "visitor", queries.addresses(visitor, at))


def drawn(page: Page, line: Line) -> dict[str, Any]:
    """{"entries": oldest first, "more": there is something older}."""
    return {"entries": [_entry(each, line) for each in page.said], "more": page.more}


def answering(line: Line, at: datetime) -> dict[str, Any]:
    """{"open", "answers": a sentence, or ""}."""
    found = expects(line, at)
    return {"open": found.open, "answers": sentence(line, at, found)}


def _entry(said: Said, line: Line) -> dict[str, Any]:
    row = said.entry
    return {
        "id": row.id,
        "mine": row.inbound,
        "client_id": row.message_id.removeprefix(f"{row.sender_address}:") if row.inbound else "",
        "who": "" if row.inbound else row.sender_name.removesuffix(f", {line.name}"),
        "automatic": bool(row.automatic),
        "text": row.text,
        "at": said.at.isoformat(),
        "state": _STATES.get(said.state, "sent"),
        "files": [_file(each, line) for each in said.files],
    }


def _file(row: Attachment, line: Line) -> dict[str, Any]:
    url = f"/chat/{line.token}/files/{row.token}"
    return {"name": row.filename, "type": row.content_type, "size": row.size, "url": url}
