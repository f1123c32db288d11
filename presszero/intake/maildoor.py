"""The process that takes mail in: SMTP and LMTP doors, and a watcher for every mailbox fetched by IMAP."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import threading
from collections.abc import Callable

from presszero.host.ports import LMTP, SMTP, bind_address

from .mail.addresses import OurAddresses
from .mail.mailboxes import Mailboxes
from .mail.session import Reception, Rooms, lmtp_server, smtp_server
from .mail.storing import Storing

log = logging.getLogger(__name__)

CONNECTIONS = 50  # open at once, SMTP and LMTP together; PRESSZERO_MAIL_CONNECTIONS


def run(stop: threading.Event) -> None:
    """Runs until `stop` is set; then takes no new mail, and finishes what it has begun."""
    mailboxes = Mailboxes()
    mailboxes.start()
    try:
        asyncio.run(serve(stop))
    finally:
        mailboxes.stop()


async def serve(stop: threading.Event, ready: Callable[[], None] | None = None) -> None:
    """The two doors alone. `ready` is called once both listen."""
    storing, ours = Storing(), OurAddresses()
    rooms = Rooms(int(os.environ.get("PRESSZERO_MAIL_CONNECTIONS") or CONNECTIONS))
    name = os.environ.get("PRESSZERO_MAIL_NAME") or "presszero.localhost"
    where = os.environ.get("PRESSZERO_MAIL_BIND") or bind_address()
    loop = asyncio.get_running_loop()
    doors = [
        (smtp_server(Reception("smtp", ours, storing), rooms, name, _certificate()), SMTP.port),
        (lmtp_server(Reception("lmtp", ours, storing), rooms, name), LMTP.port),
    ]
    servers = [await loop.create_server(factory, where, port, backlog=128) for factory, port in doors]
    if ready:
        ready()
    try:
        await asyncio.to_thread(_wait, stop)
    finally:
        for server in servers:
            server.close()
        await asyncio.to_thread(storing.close)
        await asyncio.to_thread(ours.close)


def _wait(stop: threading.Event) -> None:
    while not stop.wait(0.5):
        continue


def _certificate() -> ssl.SSLContext | None:
    """STARTTLS is offered when PRESSZERO_MAIL_CERTIFICATE (PEM, chain) and PRESSZERO_MAIL_KEY name files."""
    chain, key = os.environ.get("PRESSZERO_MAIL_CERTIFICATE"), os.environ.get("PRESSZERO_MAIL_KEY")
    if not chain:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key or None)
    return context
