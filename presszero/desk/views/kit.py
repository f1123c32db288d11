"""/ui: every component in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from presszero.conversations.queries import Row
from presszero.team.gate import Asked, public
from presszero.team.models import Role
from presszero.ui.markup import linked
from presszero.ui.page import page

from ..shown import Piece


@public
def kit(request: Asked) -> HttpResponse:
    """Open while developing, else to admins alone; for anyone else there is nothing."""
    admin = request.member is not None and request.member.role == Role.ADMIN
    if not (settings.DEBUG or admin):
        raise Http404
    now = timezone.now()
    looks = [("light", "ltr"), ("dark", "ltr"), ("light", "rtl")]
    samples = [(theme, turn, _rows(n * 100), _pieces(n * 100)) for n, (theme, turn) in enumerate(looks, 1)]
    context = {"desk_samples": samples, "now": now, "open_id": 102, "names": {7: "Maya"}}
    return page(request, "desk/kit.html", context)


def _rows(base: int) -> list[Row]:
    now = timezone.now()

    def row(number: int, name: str, subject: str, snippet: str, **more: Any) -> Row:
        usual: dict[str, Any] = {
            "state": "open", "priority": 2, "last_at": now - timedelta(minutes=3 * number), "last_inbound": True,
            "channel": "email", "waiting_since": now - timedelta(minutes=3 * number),
            "due_at": now + timedelta(minutes=72), "snoozed_until": None, "assignee_id": None, "unread": False,
        }  # fmt: skip
        return Row(base + number, number, name, subject, snippet, **{**usual, **more})

    return [
        row(1, "Ada Kowalski", "Boots still not here", "Thanks for calling back. Friday would be fine.", unread=True),
        row(
            2, "Ben Ruiz", "Wrong size, twice", "I want my money back and", due_at=now - timedelta(hours=2), priority=4
        ),
        row(3, "Lena Novak", "Invoice", "Here it is", last_inbound=False, waiting_since=None, assignee_id=7),
        row(
            4, "Noa Levi", "When is the 38 back?", "I can wait", state="snoozed", snoozed_until=now + timedelta(days=2)
        ),
        row(5, "مريم حداد", "أين طلبي؟", "مرحبا، طلبت حذاء قبل أسبوع ولم يصل بعد"),
        row(6, "Oskar von und zu Hohenstauffenberg-Lichtenwald", "A subject that goes on " * 6, "Long " * 60),
        row(7, "", "", "", channel="custom", due_at=None, waiting_since=None),
    ]


def _pieces(base: int) -> list[Piece]:
    now = timezone.now()
    late = {
        "id": 1,
        "state": "failed",
        "word": "not delivered",
        "at": None,
        "reason": "550 no such user",
        "unknown": False,
    }
    doubtful = {**late, "state": "unknown", "word": "we do not know whether it went", "unknown": True, "reason": ""}
    sent = {**late, "state": "accepted", "word": "sent"}
    read = {**late, "state": "read", "word": "read"}
    theirs: dict[str, Any] = {"inbound": True, "raw": True, "channel": "e-mail", "initials": "AK", "when": "09:12"}
    ours: dict[str, Any] = {"channel": "e-mail", "when": "09:15", "who": "Maya"}
    file = {"name": "box label.png", "size": 312_000, "url": "/nothing", "picture": False, "sound": False}
    return [
        Piece(
            "said",
            base + 1,
            now,
            "Ada Kowalski",
            linked("See https://example.com, please."),
            proof="verified",
            folded=True,
            reason="replied to our e-mail",
            has_html=True,
            **theirs,
        ),
        Piece(
            "said",
            base + 2,
            now,
            "Somebody",
            "I am your bank.",
            proof="refuted",
            **theirs,
            warnings=["The reply address is on another domain than the sender."],
        ),
        Piece("said", base + 3, now, "Ada Kowalski", "", files=[file], **theirs),
        Piece("said", base + 4, now, "Ada Kowalski", "Long words. " * 400, long=True, **theirs),
        Piece("said", base + 5, now, "Ada Kowalski", "مرحبا، كيف الحال؟", automatic="auto_reply", **theirs),
        Piece("said", base + 6, now, body="It is on its way.", deliveries=[sent], undo="/messages/6", **ours),
        Piece("said", base + 7, now, body="It was read.", deliveries=[read], **ours),
        Piece("said", base + 8, now, body="This never arrived.", deliveries=[late], retry=[late], **ours),
        Piece("said", base + 9, now, body="This may have.", deliveries=[doubtful], retry=[doubtful], **ours),
        Piece("note", base + 10, now, "Tomas", "Fine with sending both.", "09:20", mine=True),
        Piece("event", base + 11, now, body="Maya merged another conversation into it", when="09:30", undo="/merges/1"),
    ]
