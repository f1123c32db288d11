"""From a stored submission to what arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presszero.channels import posted
from presszero.channels.adapter import Unreadable
from presszero.channels.vocabulary import Attachment, Handle, MessageArrived, Proof, Wish
from presszero.core.text import clean, one_line


def read(given: dict[str, Any]) -> MessageArrived:
    """The message in a submission; what was typed as an address is a claim, never the sender. Raises Unreadable."""
    sender, number = given.get("sender"), given.get("id")
    if not isinstance(sender, str) or not isinstance(number, str) or not sender or not number:
        raise Unreadable("A form's message names its sender and has an id.")
    name = one_line(str(given.get("name") or ""), 120)
    text = _words(given)
    files = tuple(_files(given.get("attachments")))
    if not text.strip() and not files:
        raise Unreadable("A form's message holds words or a file.")
    return MessageArrived(
        external_id=f"form:{number}"[:200],
        sender=Handle("visitor", sender[:320], name),
        text=text,
        new_text=text,
        subject=one_line(str(given.get("subject") or ""), 300),
        proof=Proof.VERIFIED if given.get("proof") == "verified" else Proof.CLAIMED,
        message_id=f"form:{number}"[:200],
        thread_key=f"form:{number}"[:300],
        attachments=files,
        claims=tuple(_claims(given, name)),
        wish=_wish(given.get("wish")),
        automatic="own" if given.get("trial") is True else "",
        topic=one_line(str(given.get("topic") or ""), 80),
    )


def _words(given: dict[str, Any]) -> str:
    """The message, and below it what the topic's fields hold."""
    fields = [pair for pair in given.get("fields") or [] if isinstance(pair, list) and len(pair) == 2 and pair[1]]
    lines = [f"{one_line(str(label), 120)}: {one_line(str(value), 2000)}" for label, value in fields]
    return "\n\n".join(part for part in (clean(str(given.get("text") or ""), 50_000).strip(), "\n".join(lines)) if part)


def _claims(given: dict[str, Any], name: str) -> Iterator[Handle]:
    for kind in ("email", "phone"):
        address = given.get(kind)
        if isinstance(address, str) and address:
            yield Handle(kind, address[:320], name)


def _wish(given: Any) -> Wish | None:
    if not isinstance(given, dict):
        return None
    matters = given.get("matters")
    return Wish(
        matters if matters in (1, 2, 3) else None,
        posted.moment(given.get("needed_by")),
        one_line(str(given.get("words") or ""), 500),
        one_line(str(given.get("channel") or ""), 20),
    )


def _files(given: Any) -> Iterator[Attachment]:
    for each in given if isinstance(given, list) else []:
        if not isinstance(each, dict) or "base64" not in each:
            raise Unreadable(posted.BROKEN_FILE)
        yield posted.file(each, str(each["base64"]))
