"""What we say to whoever hands us mail, by SMTP or LMTP."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db.utils import InterfaceError, OperationalError

from presszero.channels.adapters.email import scan
from presszero.core.text import one_line
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.lanes import lane

from .addresses import DatabaseAway, OurAddresses, OurLine
from .storing import Storing

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024 * 1024
MAX_RECIPIENTS = 100
SECONDS_A_COMMAND = 300  # aiosmtpd's clock runs from command to command, so this bounds a whole DATA
AWAY = "451 4.3.0 We cannot take mail just now. Please try again."


class Rooms:
    """How many connections are open: in all, and from one address outside this network."""

    def __init__(self, most: int, most_from_one: int = 10) -> None:
        self.most, self.most_from_one = most, most_from_one
        self._open: Counter[str] = Counter()

    def enter(self, peer: str) -> bool:
        if self._open.total() >= self.most or (_is_outside(peer) and self._open[peer] >= self.most_from_one):
            return False
        self._open[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        self._open[peer] -= 1
        if self._open[peer] <= 0:
            del self._open[peer]


class Reception:
    """aiosmtpd's hooks. Accepts what is addressed to a line of ours, and answers once it is committed."""

    def __init__(self, via: str, ours: OurAddresses, storing: Storing) -> None:
        self._via, self._ours, self._storing = via, ours, storing

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Nobody signs in here, so nobody is asked for a password."""
        session.host_name = hostname
        return [each for each in responses if not each.startswith("250-AUTH")]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            found = await self._ours.find(address)
        except DatabaseAway:
            return AWAY
        if found is None:
            return "550 5.1.1 There is no such address here"
        if found.paused:
            return "450 4.2.1 This address takes no mail for the moment"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One answer for SMTP; for LMTP one for each recipient, in their order."""
        answer = await self._take(session, envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self._via == "lmtp" else answer

    async def _take(self, session: Session, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        try:
            named = await self._named(envelope.rcpt_tos)
            rows = await asyncio.to_thread(self._rows, raw, session, envelope, named)
            await asyncio.wrap_future(self._storing.store(rows))
        except (DatabaseAway, OperationalError, InterfaceError):
            return AWAY
        except Exception:
            log.exception("A mail of %d bytes could not be taken.", len(raw))
            return "451 4.3.0 Something went wrong here. Please try again."
        return "250 2.0.0 Taken"

    async def _named(self, recipients: list[str]) -> dict[OurLine, list[str]]:
        """Our lines among the recipients, each with the addresses that name it."""
        named: dict[OurLine, list[str]] = {}
        for address in recipients:
            found = await self._ours.find(address)
            if found is None:
                raise DatabaseAway  # the line went away since RCPT: let the sender ask again
            named.setdefault(found, []).append(one_line(address, 320))
        return named

    def _rows(
        self, raw: bytes, session: Session, envelope: Envelope, named: dict[OurLine, list[str]]
    ) -> list[Incoming]:
        """One for each of our lines, whatever the number of its addresses."""
        external_id, sender = storable_id(scan.external_id(raw)), scan.lane_key(raw)
        rows = []
        for line, addresses in named.items():
            headers = storable_headers(self._headers(session, envelope, addresses))
            number = lane(line.line_id, sender)
            rows.append(Incoming(line.merchant_id, line.line_id, external_id, number, headers, raw))
        return rows

    def _headers(self, session: Session, envelope: Envelope, addresses: list[str]) -> dict[str, str]:
        return {
            "via": self._via,
            "envelope_from": one_line(envelope.mail_from or "", 320),
            "envelope_to": ", ".join(addresses),
            "peer": _peer(session),
            "helo": one_line(str(session.host_name or ""), 255),
            "tls": "yes" if session.ssl else "",
        }


def smtp_server(
    reception: Reception, rooms: Rooms, name: str, certificate: ssl.SSLContext | None
) -> Callable[[], asyncio.Protocol]:
    """A factory of SMTP conversations for asyncio's create_server."""
    return lambda: _Smtp(rooms, reception, tls_context=certificate, **_options(name))


def lmtp_server(reception: Reception, rooms: Rooms, name: str) -> Callable[[], asyncio.Protocol]:
    """The same for LMTP."""
    return lambda: _Lmtp(rooms, reception, **_options(name))


def _options(name: str) -> dict[str, Any]:
    return {
        "data_size_limit": MAX_BYTES,
        "enable_SMTPUTF8": True,
        "hostname": name,
        "ident": "Press Zero",
        "timeout": SECONDS_A_COMMAND,
        "auth_exclude_mechanism": ["LOGIN", "PLAIN"],
        "command_call_limit": {"*": 500, "RCPT": 1000},
        "loop": asyncio.get_running_loop(),
    }


class _Counted(SMTP):
    """A conversation that takes a place among a limited number."""

    line_length_limit = 1024 * 1024  # programs that write a paragraph a line exist, and their mail must not be lost

    def __init__(self, rooms: Rooms, *given: Any, **options: Any) -> None:
        self._rooms = rooms
        self._place: str | None = None
        super().__init__(*given, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._original_transport is None and self._place is None:
            peer = _address(transport.get_extra_info("peername"))
            if not self._rooms.enter(peer):
                assert isinstance(transport, asyncio.WriteTransport)
                transport.write(b"421 4.3.2 Too many connections. Please try again later.\r\n")
                transport.close()
                return
            self._place = peer
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._place is not None:
            self._rooms.leave(self._place)
            self._place = None
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._place is not None else False

    def data_received(self, data: bytes) -> None:
        if self._place is not None:
            super().data_received(data)


class _Smtp(_Counted):
    pass


class _Lmtp(LMTP, _Counted):
    pass


def _peer(session: Session) -> str:
    return one_line(_address(session.peer), 60)


def _address(peername: object) -> str:
    return str(peername[0]) if isinstance(peername, tuple) and peername else ""


def _is_outside(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer.partition("%")[0]).is_global
    except ValueError:
        return False
