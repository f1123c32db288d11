"""What a provider has of a number: for texts whose webhook never reached us, and for news that never came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from presszero.channels.adapter import LineSettings
from presszero.core.text import one_line

from . import account

PAGE = 200
MOST = 100  # pages of one look: twenty thousand texts


@dataclass(frozen=True, slots=True)
class Listed:
    """One text as the provider lists it. `state` is the provider's word."""

    sid: str
    inbound: bool
    sender: str
    to: str
    text: str
    state: str
    error: str
    at: datetime  # aware
    media: tuple[tuple[str, str], ...] = ()  # (address, content type), of an inbound one

    def as_form(self, account_sid: str) -> dict[str, str]:
        """The same as the webhook would have posted it."""
        fields = {
            "MessageSid": self.sid,
            "AccountSid": account_sid,
            "From": self.sender,
            "To": self.to,
            "Body": self.text,
            "NumMedia": str(len(self.media)),
            "DateSent": self.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        for place, (url, kind) in enumerate(self.media):
            fields |= {f"MediaUrl{place}": url, f"MediaContentType{place}": kind}
        return fields


def since(line: LineSettings, moment: datetime) -> Iterator[Listed]:
    """Both ways, newest first, each text of this number once. Raises http.CannotFetch."""
    for way in ("To", "From"):
        yield from _pages(line, way, moment)


def _pages(line: LineSettings, way: str, moment: datetime) -> Iterator[Listed]:
    # The provider's filter knows days alone, and its list is sorted by the moment: what is older ends it.
    asked = urlencode({way: line.address, "DateSent>": moment.date().isoformat(), "PageSize": str(PAGE)})
    address = f"Messages.json?{asked}"
    for _page in range(MOST):
        answer = account.get(line, address)
        for row in answer.get("messages") or ():
            found = _listed(line, row, inbound=way == "To")
            if found is None:
                continue
            if found.at < moment:
                return
            yield found
        address = str(answer.get("next_page_uri") or "")
        if not address:
            return


def _listed(line: LineSettings, row: Mapping[str, Any], *, inbound: bool) -> Listed | None:
    at = _moment(row.get("date_sent") or row.get("date_created"))
    if at is None or inbound != (row.get("direction") == "inbound") or not row.get("sid"):
        return None
    sid = one_line(str(row["sid"]), 100)
    many = str(row.get("num_media") or "0")
    return Listed(
        sid=sid,
        inbound=inbound,
        sender=str(row.get("from") or ""),
        to=str(row.get("to") or ""),
        text=str(row.get("body") or ""),
        state=str(row.get("status") or "").lower(),
        error=str(row.get("error_code") or ""),
        at=at,
        media=_media(line, sid) if inbound and many not in ("0", "") else (),
    )


def _media(line: LineSettings, sid: str) -> tuple[tuple[str, str], ...]:
    found = account.get(line, f"Messages/{sid}/Media.json").get("media_list") or ()
    return tuple(
        (
            account.url(line, f"Messages/{sid}/Media/{one_line(str(each.get('sid', '')), 100)}"),
            str(each["content_type"]),
        )
        for each in found
        if each.get("sid") and each.get("content_type")
    )


def _moment(given: Any) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(given)) if given else None
    except (ValueError, TypeError):
        return None
    return found if found and found.tzinfo else None
