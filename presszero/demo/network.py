"""The demo's telephone network: what a provider of texts does, with Twilio's interface, a file a text.

The demo shop's line is set up with its address like with any provider's: sends come in by HTTP, reports and what
customers write go out by signed HTTP. Only in the demo.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.channels.twilio_signing import signed
from presszero.core import http
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.core.sealing import new_token
from presszero.customers.actions import add_handle
from presszero.customers.models import Customer, Handle
from presszero.host.home import home
from presszero.merchants.models import Brand, Hours, Merchant

from .cast import CUSTOMERS, SHOP_SLUG

ACCOUNT = "AC" + sha256(b"the demo's network").hexdigest()[:32]
PATH = f"/demo/network/2010-04-01/Accounts/{ACCOUNT}"
NUMBER = "+442079460018"  # of those that films may show
KEPT = 300  # texts of one telephone; the oldest go
_NAME = re.compile(r"\d{13,19}-[A-Z]{2}[0-9a-f]{32}\Z")
_FILE = re.compile(r"ME[0-9a-f]{32}\Z")
_OUR_MACHINE = ("127.0.0.0/8", "::1/128")
_NOT_FETCHED = "63019"  # the provider's code for it
_SECONDS = (0.4, 1.2)  # after which a text is sent, and delivered


@dataclass
class Text:
    """One text. `mine`: the customer wrote it. `files`: (name, content type) of what lies beside it."""

    sid: str
    number: str  # the customer's
    body: str
    mine: bool
    at: float  # Unix time
    status: str = "received"
    callback: str = ""
    files: list[list[str]] = field(default_factory=list)

    @property
    def when(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def as_json(self) -> dict[str, Any]:
        """As the interface lists it."""
        sides = (self.number, NUMBER) if self.mine else (NUMBER, self.number)
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "from": sides[0],
            "to": sides[1],
            "body": self.body,
            "direction": "inbound" if self.mine else "outbound-api",
            "status": self.status,
            "error_code": None,
            "num_media": str(len(self.files)),
            "date_created": format_datetime(self.when),
            "date_sent": format_datetime(self.when),
        }


def open_number(brand: Brand, hours: Hours) -> Line:
    """The shop's number, set up with this network as with any provider's account."""
    line = Line(merchant=brand.merchant, kind="sms", address=NUMBER, name=brand.name, brand=brand, hours=hours)
    line.first_reply_minutes, line.next_reply_minutes = 15, 30
    line.settings = {"provider": "other", "account_sid": ACCOUNT, "api_base": f"{settings.ORIGIN}/demo/network"}
    line.settings |= {"pictures": "", "pictures_said": True}  # what the network says of it; no need to wait for that
    line.keep_secrets({"auth_token": new_token(192)})
    line.save()
    return line


def know(merchant: Merchant) -> None:
    """The cast's numbers, as the shop has them from their orders."""
    for who in CUSTOMERS:
        known = Handle.objects.filter(merchant=merchant, kind="email", address=who.address).first()
        if known and who.phone:
            add_handle(Customer.objects.get(merchant=merchant, id=known.customer_id), "phone", who.phone, by=SYSTEM)


def the_line() -> Line | None:
    """The demo shop's number."""
    return Line.objects.filter(merchant__slug=SHOP_SLUG, kind="sms", address=NUMBER).first()


def texts(number: str) -> list[Text]:
    """Everything on one telephone, newest first."""
    return [_read(path) for path in sorted(_files(_place(number)), reverse=True)]


def listed(number: str, shop: str, *, inbound: bool) -> list[Text]:
    """Of all telephones, newest first; `number` or `shop` may be ""."""
    if shop and shop != NUMBER:
        return []
    places = [_place(number)] if number else [path for path in (home() / "pretend").glob("texts-*") if path.is_dir()]
    found = [_read(path) for place in places for path in _files(place)]
    return sorted((text for text in found if text.mine == inbound), key=lambda text: text.at, reverse=True)


def takes(number: str, body: str, callback: str, addresses: Sequence[str] = ()) -> Text:
    """The shop texts somebody: kept, its pictures fetched, and reported a moment later, as networks do."""
    made = Text(_sid(), number, body, False, time.time(), "queued", callback)
    _keep(made)
    threading.Thread(target=_report, args=[made, addresses], daemon=True).start()
    return made


def writes(number: str, body: str, files: Sequence[tuple[str, bytes]]) -> Text:
    """A customer texts the shop, through its door. `files`: (content type, bytes). Raises Refused."""
    line = the_line()
    if line is None:
        raise Refused(_("The demo shop has no number for texts."))
    named = [["ME" + token_hex(16), kind] for kind, _content in files]
    made = Text(_sid(), number, body, True, time.time(), files=named)
    for (name, _kind), (_also, content) in zip(named, files, strict=True):
        _write(_place(number) / name, content)
    _keep(made)
    fields = {"MessageSid": made.sid, "SmsSid": made.sid, "AccountSid": ACCOUNT, "From": number, "To": NUMBER}
    fields |= {"Body": body, "NumMedia": str(len(named)), "NumSegments": "1", "ApiVersion": "2010-04-01"}
    for place, (name, kind) in enumerate(named):
        url = f"{settings.ORIGIN}{PATH}/Messages/{made.sid}/Media/{name}"
        fields |= {f"MediaUrl{place}": url, f"MediaContentType{place}": kind}
    answer = _posted(line, f"{settings.ORIGIN}/in/sms/{line.token}", fields)
    if answer is None or answer.status != 200:
        made.status = "failed"
        _keep(made)
        raise Refused(_("The shop's door does not answer."), _("Is everything running?"))
    return made


def media(sid: str, name: str) -> tuple[str, bytes] | None:
    """A file of a text, with its content type."""
    both = (*listed("", "", inbound=True), *listed("", "", inbound=False))
    text = next((text for text in both if text.sid == sid), None)
    kind = next((kind for each, kind in text.files if each == name), "") if text else ""
    if text is None or not kind or not _FILE.match(name):
        return None
    return kind, (_place(text.number) / name).read_bytes()


def _report(text: Text, addresses: Sequence[str]) -> None:
    """Sent, then delivered: kept, and told to the address that came with it."""
    line = the_line()
    connection.close()  # of this thread
    carried = _carry(text, addresses)
    for state, seconds in zip(("sent", "delivered" if carried else "failed"), _SECONDS, strict=True):
        time.sleep(seconds)
        text.status = state
        _keep(text)
        if line and text.callback:
            fields = {"MessageSid": text.sid, "MessageStatus": state, "AccountSid": ACCOUNT}
            fields |= {} if carried or state != "failed" else {"ErrorCode": _NOT_FETCHED}
            _posted(line, text.callback, {**fields, "From": NUMBER, "To": text.number})


def _carry(text: Text, addresses: Sequence[str]) -> bool:
    """Fetches the files of a text from the shop, as networks do; whether all of them came."""
    for url in addresses:
        if not url.startswith(f"{settings.ORIGIN}/f/"):
            return False
        try:
            reach = (*settings.HTTP_MAY_REACH, *_OUR_MACHINE)
            answer = http.fetch(http.Asking(url), http.Limits(10, 5_000_000, 0), reach)
        except http.CannotFetch:
            return False
        if answer.status != 200:
            return False
        name = "ME" + token_hex(16)
        _write(_place(text.number) / name, answer.body)
        text.files.append([name, answer.headers.get("content-type", "")])
    return True


def _posted(line: Line, url: str, fields: dict[str, str]) -> http.Fetched | None:
    """As the provider does it, signed with the account's token. None when nobody answers."""
    token = line.secrets["auth_token"]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signed(url, fields.items(), token),
    }
    asking = http.Asking(url, "POST", headers, urlencode(fields).encode())
    try:
        return http.fetch(asking, http.Limits(10, 100_000, 0), (*settings.HTTP_MAY_REACH, *_OUR_MACHINE))
    except http.CannotFetch:
        return None


def _sid() -> str:
    return "SM" + token_hex(16)


def _place(number: str) -> Path:
    """Where a telephone's texts lie. Its number never becomes part of a path."""
    return home() / "pretend" / f"texts-{sha256(number.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _keep(text: Text) -> None:
    place = _place(text.number)
    _write(place / f"{int(text.at * 1e9)}-{text.sid}", json.dumps(asdict(text)).encode())
    for old in sorted(_files(place))[:-KEPT]:
        old.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parent / f".{path.name}"
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (path for path in place.iterdir() if _NAME.match(path.name))


def _read(path: Path) -> Text:
    return Text(**json.loads(path.read_bytes()))
