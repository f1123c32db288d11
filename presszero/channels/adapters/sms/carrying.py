"""How files go with a text: as a picture message (MMS), or as links in its words. Pure.

Networks carry pictures within their own country alone, and only from numbers that were set up for it. Where they would
not, the words get an address for each file, and any telephone with a browser can open it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from presszero.channels.vocabulary import Shared
from presszero.core.phones import dialled_from

MOST_FILES = 10  # of one message, as providers take them
MOST = 5_000_000  # bytes of one picture message, its words among them
MOST_LINKED = 25 * 1024 * 1024  # bytes: what an answer holds at all
_WORDS = 10_000  # bytes left for them: 1,600 characters, however many bytes each
_AS_IT_IS = 600_000  # bytes: what no provider makes smaller, and the narrowest network takes

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif"})  # made to fit each network by the provider
_OTHER = frozenset(
    {
        *("image/heic", "image/tiff", "image/bmp"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/amr", "audio/webm", "audio/3gpp", "audio/aac"),
        *("video/mp4", "video/quicktime", "video/webm", "video/3gpp", "video/mpeg"),
        *("text/vcard", "text/calendar", "application/pdf", "application/vnd.apple.pkpass"),
    }
)
_LINKED = frozenset({"image/webp", "image/avif", "audio/wav", "audio/flac"})  # no network knows them; browsers do
KINDS = PICTURES | _OTHER | _LINKED


def carries_pictures(settings: Mapping[str, Any]) -> bool:
    """Whether picture messages may go from the number: as somebody set it, else as the provider says of it."""
    set_to = settings.get("pictures")
    return set_to == "yes" if set_to else settings.get("pictures_said") is True


def as_links(settings: Mapping[str, Any], ours: str, theirs: str, files: Sequence[Shared]) -> bool:
    """Whether files go as links, from our number to theirs (E.164), with the settings of the line."""
    if not carries_pictures(settings) or not dialled_from(ours) or dialled_from(ours) != dialled_from(theirs):
        return True
    heavy = any(file.size > _AS_IT_IS for file in files if file.content_type not in PICTURES)
    unknown = any(file.content_type in _LINKED for file in files)
    return heavy or unknown or sum(file.size for file in files) > MOST - _WORDS
