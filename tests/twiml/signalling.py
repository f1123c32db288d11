"""The provider's door for its program in a page (@twilio/voice-sdk): its own WebSocket over TLS, played by the sources.

A page says `listen` with its token, then `register`, and is told `ready`. A call comes as `invite` with the provider's
offer; the page sends `answer`, `reject`, `hangup` or `reinvite`, and hears `cancel` or `hangup`. A line feed every few
seconds says that both are still there.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

BEATS = 4.0  # seconds; a page that hears nothing for fifteen connects anew
IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")  # as the provider's pages allow; others are never rung


class Page:
    """One window's connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket, self.identity, self.registered = socket, "", False


Said = Callable[[str, dict[str, Any], Page], None]


class Signalling:
    """`heard` is told of everything that concerns a call, as (type, payload, page), on the loop it was opened on."""

    def __init__(self, account: str, key: str, secret: str, heard: Said) -> None:
        self.account, self.key, self.secret, self.heard = account, key, secret, heard
        self.pages: list[Page] = []
        self.said: list[tuple[str, dict[str, Any]]] = []  # by all pages
        self.tokens: list[str] = []
        self.away = 15.0  # seconds a page may be away before its talk is given up
        self.lasts: int | None = None  # seconds a token is said to last, where not as long as it says
        self._server: Server
        self.port = 0

    async def open(self, folder: Path) -> Signalling:
        self._server = await serve(self._served, "127.0.0.1", 0, ssl=_certified(folder))
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def cut(self) -> None:
        """Every connection breaks, as a network does."""
        for page in list(self.pages):
            page.socket.transport.abort()

    def registered(self, identity: str) -> list[Page]:
        return [page for page in self.pages if page.registered and page.identity == identity]

    async def tell(self, page: Page, kind: str, **payload: Any) -> None:
        try:
            await page.socket.send(json.dumps({"type": kind, "payload": payload}))
        except ConnectionClosed:
            return

    async def _served(self, socket: ServerConnection) -> None:
        page = Page(socket)
        self.pages.append(page)
        beats = asyncio.create_task(_beats(socket))
        try:
            async for text in socket:
                if str(text).strip():
                    message = json.loads(text)
                    await self._said(page, message["type"], message.get("payload") or {})
        except ConnectionClosed:
            pass
        finally:
            beats.cancel()
            self.pages.remove(page)
            asyncio.get_running_loop().call_later(self.away, self.heard, "gone", {}, page)

    async def _said(self, page: Page, kind: str, payload: dict[str, Any]) -> None:
        self.said.append((kind, payload))
        if kind == "listen":
            await self._listens(page, payload.get("token", ""))
        elif kind == "register":
            page.registered = bool(page.identity and payload.get("media", {}).get("audio"))
            await self.tell(page, *(["ready"] if page.registered else ["offline"]))
        else:
            self.heard(kind, payload, page)

    async def _listens(self, page: Page, token: str) -> None:
        """Looks at a token as the provider does: key, account, time, and a name that can be rung."""
        self.tokens.append(token)
        try:
            claims = jwt.decode(token, self.secret, ["HS256"], issuer=self.key)
            identity = claims["grants"]["identity"]
            good = claims["sub"] == self.account and claims["grants"]["voice"]["incoming"]["allow"] is True
            good = good and jwt.get_unverified_header(token)["cty"] == "twilio-fpa;v=1"
        except (jwt.PyJWTError, KeyError) as why:
            await self.tell(page, "error", error={"code": 31204, "message": f"JWT is invalid: {why}"})
            return
        if not (good and IDENTITY.fullmatch(identity)):
            await self.tell(page, "error", error={"code": 31204, "message": f"not a client: {identity}"})
            return
        page.identity = identity
        ttl = self.lasts if self.lasts is not None else int(claims["exp"] - time.time())
        told = {"identity": identity, "ttl": ttl}
        await self.tell(page, "connected", region="EU_FRANKFURT", edge="frankfurt", home="us1", token=told)


async def _beats(socket: ServerConnection) -> None:
    while True:
        await asyncio.sleep(BEATS)
        await socket.send("\n")


def _certified(folder: Path) -> ssl.SSLContext:
    """A certificate for the provider's names that nobody signed; the browser of these tests is told to take it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "twilio.com")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    made = made.not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("*.roaming.twilio.com"), x509.DNSName("*.frankfurt.twilio.com")])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "provider.pem"
    path.write_bytes(key.private_bytes(*kinds) + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
