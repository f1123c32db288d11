"""A provider of our own making, that says whatever a test wants. Its doors are real; its word may be forged."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Signer:
    """`claims` and `sign` decide what the next token says, and how it is signed."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.client_id = issuer, "press-zero"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.sign: dict[str, Any] = {}
        self.nonce = ""
        self.asked: list[dict[str, str]] = []
        self.says = issuer
        self.people: dict[str, Any] | None = None  # what it tells beside the token

    def keys(self) -> list[dict[str, Any]]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]

    def token(self, **claims: Any) -> str:
        """A good one, but for what is said otherwise; a claim of None is left out."""
        now = int(datetime.now(UTC).timestamp())
        usual = {
            "iss": self.issuer, "aud": self.client_id, "sub": "u-1", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": "maya@juniper.example", "email_verified": True, "name": "Maya O.",
        }  # fmt: skip
        said = {name: value for name, value in {**usual, **self.claims, **claims}.items() if value is not None}
        how = {"key": self.key, "algorithm": "RS256", "headers": {"kid": "one"}, **self.sign}
        return jwt.encode(said, **how)

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        if path == "/people":
            return self.people or {}
        if path.endswith("openid-configuration"):
            return {
                **({"userinfo_endpoint": f"{self.issuer}/people"} if self.people else {}),
                "issuer": self.says, "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            }  # fmt: skip
        if path == "/keys":
            return {"keys": self.keys()}
        self.asked.append(form)
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.token()}


@contextmanager
def signer() -> Iterator[Signer]:
    """Open on a free port of this machine until the test is over."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(told.answer(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(told.answer(self.path, {name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, words: dict[str, Any]) -> None:
            body = json.dumps(words).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    told = Signer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def challenge(verifier: str) -> bytes:
    """What a proof key becomes on its way out (RFC 7636, S256), before base64."""
    return sha256(verifier.encode()).digest()
