"""A submission becomes a row of the mailroom. Whoever is told "thank you" has it on disk."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint
from presszero.core.text import one_line
from presszero.intake.split import HELD_BECAUSE
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming, storable_headers
from presszero.mailroom.lanes import lane
from presszero.mailroom.models import Received
from presszero.visitors.cookie import cookie_name
from presszero.visitors.models import Visitor
from presszero.visitors.queries import speaks_as, visitor_of

from .ticket import Ticket

_WORDS = "presszero-words"  # a header of ours: the fingerprint of what was said, to tell a repeat from a correction


class SaidOtherwise(Exception):
    """This slip brought a message already, in other words: she went back and wrote more."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything of a submission that is stored."""

    words: Mapping[str, Any]  # name, email, phone, subject, text, topic, fields, wish
    files: list[UploadedFile]
    at: datetime
    held_because: str = ""  # "": it counts at once


@dataclass(frozen=True, slots=True)
class Sender:
    """Who it comes from: a browser we know from the chat, or a new one."""

    address: str
    proof: str
    name: str


def sender_of(request: HttpRequest, line: Line, at: datetime) -> Sender:
    """The chat's visitor where this browser is one of this brand, so that form and chat are one customer."""
    found = _visitor(request, line) if any("pz_visitor_" in name for name in request.COOKIES) else None
    if found is None:
        return Sender(f"v-{uuid.uuid4().hex}", "claimed", "")
    address, signed = speaks_as(found, at)
    return Sender(address, "verified", found.name) if signed else Sender(address, "claimed", "")


def store(line: Line, ticket: Ticket, sender: Sender, said: Said) -> None:
    """Stores it once, however often it is sent. Raises SaidOtherwise, and the database's errors: nothing is stored."""
    external_id = f"form:{ticket.number}"
    words = fingerprint(json.dumps(said.words, sort_keys=True) + _digests(said.files))
    body = json.dumps(_body(ticket, sender, said)).encode()
    number = lane(line.id, sender.address)
    row = Incoming(line.merchant_id, line.id, external_id, number, _headers(words, said), body)
    if not receive([row])[0]:
        before = Received.objects.get(merchant_id=line.merchant_id, line_id=line.id, external_id=external_id)
        if before.headers.get(_WORDS) != words:
            raise SaidOtherwise
    _note_heard(line, said.at)


def _note_heard(line: Line, at: datetime) -> None:
    """That something came in, once a minute: a flood shall not queue for one row."""
    due = Q(heard_at=None) | Q(heard_at__lt=at - timedelta(minutes=1))
    Line.objects.filter(due, merchant_id=line.merchant_id, id=line.id).update(heard_at=at)


def _body(ticket: Ticket, sender: Sender, said: Said) -> dict[str, Any]:
    fields = [pair for pair in said.words["fields"] if pair[1]]
    return {
        **said.words,
        "id": ticket.number,
        "sender": sender.address,
        "proof": sender.proof,
        "name": sender.name or said.words["name"],
        "fields": [*fields, [_("Number"), ticket.quotable]],
        "attachments": [_file(each) for each in said.files],
        "at": said.at.isoformat(),
    }


def _headers(words: str, said: Said) -> dict[str, str]:
    headers = {_WORDS: words}
    if said.held_because:
        headers |= {
            HELD_BECAUSE: said.held_because,
            "presszero-held-sender": one_line(str(said.words["email"] or said.words["phone"]), 320),
            "presszero-held-subject": one_line(str(said.words["subject"]), 300),
        }
    return storable_headers(headers)


def _file(given: UploadedFile) -> dict[str, str]:
    given.seek(0)
    content = base64.b64encode(given.read()).decode()
    return {"filename": given.name or "", "content_type": given.content_type or "", "base64": content}


def _digests(files: list[UploadedFile]) -> str:
    found = []
    for each in files:
        digest = sha256()
        for chunk in each.chunks():
            digest.update(chunk)
        found.append(digest.hexdigest())
    return " ".join(found)


def _visitor(request: HttpRequest, line: Line) -> Visitor | None:
    chats = Line.objects.filter(merchant_id=line.merchant_id, brand_id=line.brand_id, kind="chat").order_by("id")
    known = (visitor_of(chat, request.COOKIES.get(cookie_name(chat.token), "")) for chat in chats)
    return next((visitor for visitor in known if visitor), None)
