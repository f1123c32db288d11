"""Files that go as addresses of ours: whoever has one gets that file, nothing else, and for a while.

A provider fetches what it carries, as often as it likes, until the message is there or has failed; then its address
leads nowhere. One that stands in the words of a message is for whoever reads them, and holds for a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from .models import Attachment, Delivery, Line, Share
from .registry import adapter
from .vocabulary import Shared

CARRIED_WITHIN = timedelta(hours=12)  # after the last try
READ_WITHIN = timedelta(days=30)
_TOKEN = 22  # characters: 128 bits
_UNDER_WAY = (Delivery.State.QUEUED, Delivery.State.SENDING, Delivery.State.ACCEPTED, Delivery.State.UNKNOWN)


def shared(row: Delivery, *, for_reader: bool) -> tuple[Shared, ...]:
    """The files of a delivery with their addresses: the same at every try, each try giving them more time."""
    until = timezone.now() + (READ_WITHIN if for_reader else CARRIED_WITHIN)
    return tuple(
        Shared(file.content_type, file.size, address(_share(row, file, until, for_reader=for_reader).token))
        for file in _files(row)
    )


def as_links(row: Delivery) -> bool:
    """Whether the files of a delivery go as links in its words."""
    return would_link(row.line, row.address, [Shared(file.content_type, file.size) for file in _files(row)])


def would_link(line: Line, number: str, files: Sequence[Shared]) -> bool:
    """Whether such files would go as links in the words, from that line to that address."""
    channel = adapter(line.kind)
    if not files or not channel.can.addresses:
        return False
    return bool(getattr(channel, "links")(line.for_adapter(), number, files))  # noqa: B009 - a verb not every kind has


def room_of_links(row: Delivery) -> int:
    """How many characters the links of a delivery's files add to its words."""
    return len(_files(row)) * (len(sample()) + 1) if as_links(row) else 0


def address(token: str) -> str:
    return f"{settings.ORIGIN}/f/{token}"


def sample() -> str:
    """As long as every address, of letters that telephones know: for whoever counts what a text will be."""
    return address("0" * _TOKEN)


def opened(token: str, at: datetime) -> Share | None:
    """What an address leads to at that moment. None: nothing, any more or ever."""
    rows = Share.objects.filter(token=token, until__gt=at).select_related("attachment", "delivery")
    found = rows.exclude(delivery__state=Delivery.State.CANCELLED).first()
    if found is None or (not found.for_reader and found.delivery.state not in _UNDER_WAY):
        return None
    return found


def _share(row: Delivery, file: Attachment, until: datetime, *, for_reader: bool) -> Share:
    made, _new = Share.objects.update_or_create(
        merchant_id=row.merchant_id,
        delivery=row,
        attachment=file,
        for_reader=for_reader,
        defaults={"until": until},
    )
    return made


def _files(row: Delivery) -> list[Attachment]:
    return list(Attachment.objects.filter(merchant_id=row.merchant_id, entry_id=row.entry_id).order_by("id"))
