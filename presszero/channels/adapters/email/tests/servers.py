"""Mail servers that behave as told: aiosmtpd where it can, plain sockets where a server must misbehave."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Relay:
    """What a relay was given, and how it answers. The ledger counts every content it accepted."""

    rcpt: Callable[[str], str] = lambda address: "250 OK"
    answer: str = "250 OK queued as 1"
    wait: float = 0.0  # seconds before the answer
    drop_before_answer: bool = False
    accepted: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.rcpt(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        if self.drop_before_answer:
            self._took(envelope, content)
            server.transport.abort()
            await asyncio.sleep(0.05)
        await asyncio.sleep(self.wait)
        if self.answer.startswith("250"):
            self._took(envelope, content)
        return self.answer

    def _took(self, envelope: Envelope, content: bytes) -> None:
        if not self.drop_before_answer or content not in self.accepted:
            self.accepted.append(content)
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))


@contextmanager
def relay(behaviour: Relay, **options: Any) -> Iterator[int]:
    """The port of a running relay."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(behaviour, hostname="mx.example", loop=loop, **options), "127.0.0.1", 0
        )

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def scripted(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that runs `talk` with each connection, on a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=_quietly, args=[talk, client], daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        listener.close()


def _quietly(talk: Callable[[socket.socket], None], client: socket.socket) -> None:
    with client:
        try:
            talk(client)
        except OSError:
            return


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody vouches for; kept in mail.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.juniper.example")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "mail.pem"
    path.write_bytes(pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context
