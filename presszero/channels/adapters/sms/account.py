"""A provider's account as a line is set up with it: its address, its key, and where its files may lie."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings

from presszero.channels.adapter import LineSettings
from presszero.core import http
from presszero.core.text import one_line

TWILIO = "https://api.twilio.com"
SECONDS = 15.0
MAX_ANSWER = 4_000_000  # bytes; a page of a list is far smaller
# Where providers keep the files of messages, beside the address of their API. The name itself, or anything under it.
_FILES = ("twilio.com", "twiliocdn.com", "signalwire.com")


def is_set_up(line: LineSettings) -> bool:
    """Whether there is an account to send with."""
    return bool(line.settings.get("account_sid") and line.secrets.get("auth_token"))


def url(line: LineSettings, path: str) -> str:
    """The address of something of the account: "Messages.json"."""
    base = str(line.settings.get("api_base") or TWILIO).rstrip("/")
    return f"{base}/2010-04-01/Accounts/{line.settings.get('account_sid', '')}/{path}"


def post(line: LineSettings, path: str, fields: list[tuple[str, str]]) -> http.Fetched:
    """Raises http.CannotFetch."""
    headers = {"Authorization": _key(line), "Content-Type": "application/x-www-form-urlencoded"}
    asking = http.Asking(url(line, path), "POST", headers, urlencode(fields).encode())
    return http.fetch(asking, http.Limits(SECONDS, MAX_ANSWER, 0), _may_reach(line))


def get(line: LineSettings, address: str) -> dict[str, Any]:
    """A JSON answer of the account's; `address` may be relative. Raises http.CannotFetch, for a refusal too."""
    whole = urljoin(url(line, ""), address)
    if urlsplit(whole)[:2] != urlsplit(url(line, ""))[:2]:
        raise http.NotAllowed("The provider's list leads to another host.")
    asking = http.Asking(whole, headers={"Authorization": _key(line)})
    answer = http.fetch(asking, http.Limits(SECONDS, MAX_ANSWER, 0), _may_reach(line))
    found = said(answer)
    if answer.status != 200:
        raise http.CannotFetch(f"The provider answered {answer.status} {one_line(str(found.get('message', '')), 200)}")
    return found


def media(line: LineSettings, address: str, limits: http.Limits) -> http.Fetched:
    """A file, with our key. Raises http.CannotFetch, and NotAllowed unless it lies with the provider."""
    return http.fetch(asking_for(line, address), limits, _may_reach(line))


def sends_pictures(line: LineSettings) -> bool | None:
    """What the provider says the line's number can do. None: the number is not listed, or nothing is said of that.

    Raises http.CannotFetch.
    """
    found = get(line, f"IncomingPhoneNumbers.json?{urlencode({'PhoneNumber': line.address})}")
    rows = [row for row in found.get("incoming_phone_numbers") or () if row.get("phone_number") == line.address]
    able = rows[0].get("capabilities") if rows else None
    said = able.get("mms", able.get("MMS")) if isinstance(able, dict) else None
    return said if isinstance(said, bool) else None


def asking_for(line: LineSettings, address: str) -> http.Asking:
    """A file's request. Raises http.NotAllowed unless it lies with the provider."""
    parts = urlsplit(address)
    host, api = (parts.hostname or "").lower(), urlsplit(url(line, ""))
    more = line.settings.get("media_hosts") or ()
    known = any(host == name or host.endswith(f".{name}") for name in (*_FILES, *more))
    secure = parts.scheme == "https" or parts[:2] == api[:2]  # a host of our own network may do without
    if not secure or not (known or parts[:2] == api[:2]):
        raise http.NotAllowed(f"{host or 'This'} is not where the provider keeps files.")
    # The key is for the API alone; the address of a file elsewhere is its own key.
    keyed = {"Authorization": _key(line)} if parts[:2] == api[:2] else {}
    return http.Asking(address, headers=keyed)


def said(answer: http.Fetched) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where there is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _may_reach(line: LineSettings) -> tuple[str, ...] | None:
    """The demo's network is a page of its own; nothing else of this machine is opened by that."""
    own = settings.DEMO and url(line, "").startswith(f"{settings.ORIGIN}/demo/network/")
    return (*settings.HTTP_MAY_REACH, "127.0.0.0/8", "::1/128") if own else None


def _key(line: LineSettings) -> str:
    plain = f"{line.settings.get('account_sid', '')}:{line.secrets.get('auth_token', '')}"
    return "Basic " + base64.b64encode(plain.encode()).decode()
