"""A relay between two networks (TURN), for browsers behind strict firewalls: which there are, who may use one. Pure.

A name and password are made for everybody, and hold for a while: the relay knows the same secret, and works them out by
itself (the TURN REST scheme: the name is "until when:who", the password its HMAC-SHA1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

LENT_FOR = timedelta(hours=1)  # to begin with; what is connected by then stays so
_ADDRESS = re.compile(r"(?:stuns?|turns?):(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?", re.I)

Server = dict[str, Any]  # {urls, username, credential}, as RTCPeerConnection takes it


def servers(text: str) -> list[Server]:
    """Addresses with blanks between, or JSON as RTCPeerConnection takes it. Raises ValueError with a sentence."""
    if not text.strip().startswith(("[", "{")):
        addresses = text.replace(",", " ").split()
        return [_server({"urls": addresses})] if addresses else []
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError("It begins like JSON and is none.") from None
    return [_server(each) for each in (given if isinstance(given, list) else [given])]


def lent(given: Sequence[Server], secret: str, to: str, until: datetime) -> list[Server]:
    """Those that `to` may use till then. What has a password of its own keeps it; without one a relay is left out,
    since a browser that is told of it makes no call at all."""
    found = [{**each, **_password(secret, to, until)} if secret and not has_password(each) else each for each in given]
    return [each for each in found if has_password(each) or not _relays(each)]


def has_password(server: Server) -> bool:
    """One that was written down for everybody."""
    return bool(server.get("username") and server.get("credential"))


def _password(secret: str, to: str, until: datetime) -> Server:
    name = f"{int(until.timestamp())}:{to}"
    told = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return {"username": name, "credential": base64.b64encode(told).decode()}


def _relays(server: Server) -> bool:
    return any(address.lower().startswith("turn") for address in server["urls"])


def _server(given: Any) -> Server:
    urls = given.get("urls") if isinstance(given, dict) else None
    addresses = [urls] if isinstance(urls, str) else urls
    if not isinstance(addresses, list) or not addresses:
        raise ValueError("Each server needs its addresses under “urls”.")
    for address in addresses:
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
            raise ValueError(f"“{address}” is no address of a TURN server, such as turn:turn.example:3478.")
    return {**given, "urls": addresses}
