"""Files of messages: kept when they are in the archive, listed in the report when they lie elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from presszero.channels import files
from presszero.channels.models import Attachment, Entry
from presszero.core.masking import masked_file

from ..vocabulary import FileFound, MessageFound, Where
from .hand import Hand, Outcome

LARGEST = 25 * 1024 * 1024  # bytes of one file
ELSEWHERE = gettext_noop("The file lies on their server and was not fetched.")
TOO_LARGE = gettext_noop("The file is larger than we keep.")


def attach(hand: Hand, messages: Sequence[tuple[Where, MessageFound, Entry]]) -> None:
    rows = []
    for where, message, entry in messages:
        for found in message.files:
            if row := _kept(hand, where, found, entry):
                rows.append(row)
    Attachment.objects.bulk_create(rows)


def _kept(hand: Hand, where: Where, found: FileFound, entry: Entry) -> Attachment | None:
    reason = ELSEWHERE if not found.member or hand.archive is None else ""
    if not reason and hand.archive and hand.archive.size(found.member) > LARGEST:
        reason = TOO_LARGE
    if reason or hand.archive is None:
        said = {"name": found.name, "url": found.url, "host": urlsplit(found.url).hostname or ""}
        hand.note(where, "attachment", Outcome.LEFT_OUT, reason=reason, raw=said)
        return None
    with hand.archive.open(found.member) as stream:
        content = stream.read(LARGEST + 1)
    kind = files.kind_of(content, found.name)
    content, _cards = masked_file(content, kind, found.name)
    hand.counts["attachment"]["new"] += 1
    return Attachment(
        merchant=hand.merchant,
        entry=entry,
        filename=files.shown_name(found.name),
        content_type=kind,
        size=len(content),
        storage_key=files.keep(hand.merchant.id, content),
    )
