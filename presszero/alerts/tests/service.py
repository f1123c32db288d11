"""A push service as a browser's maker runs one, small: it takes sealed messages, and each subscriber opens its own.

What it opens by is written from RFC 8188 and RFC 8291 and shares nothing with what seals.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from presszero.alerts.actions import Subscription


@dataclass
class Subscriber:
    """One browser's subscription, with the private half that never leaves it."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    answers: int = 201
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> Subscription:
        return Subscription(self.endpoint, _text(self.public), _text(self.auth))

    @property
    def told(self) -> list[dict[str, Any]]:
        """Everything that came, opened."""
        return [json.loads(self._open(body)) for _headers, body in self.requests]

    def _open(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender = body[21 : 21 + length]
        sealed = body[21 + length :]
        assert len(sealed) <= size
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), theirs)
        key = _derived(shared, self.auth, b"WebPush: info\0" + self.public + sender, 32)
        content = _derived(key, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(key, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\x02")  # the last record
        return plain[:-1]


class PushService:
    def __init__(self) -> None:
        self.subscribers: dict[str, Subscriber] = {}
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                found = outer.subscribers.get(self.path)
                if found:
                    found.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(found.answers if found else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing to the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def browser(self) -> Subscriber:
        path = f"/push/{len(self.subscribers)}"
        made = Subscriber(f"http://127.0.0.1:{self._server.server_port}{path}")
        self.subscribers[path] = made
        return made

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
