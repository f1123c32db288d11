"""A house of accounts: signs people in, gives out access, and answers a mail server's question whether it holds."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "press-zero", "the-client-secret"


@dataclass
class Accounts:
    """`address` is who signs in. `lasts`: seconds an access holds. `lost`: somebody withdrew it."""

    port: int = 0
    address: str = "support@juniper.example"
    lasts: int = 3600
    lost: bool = False
    rotates: bool = False
    challenges: dict[str, str] = field(default_factory=dict)  # code → PKCE challenge
    access: dict[str, float] = field(default_factory=dict)  # token → until when it holds
    refresh: set[str] = field(default_factory=set)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signs_in(self, asked: str) -> str:
        """Somebody agrees on the page they were sent to; the code that goes back."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert given["client_id"] == CLIENT
        assert given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(12)
        self.challenges[code] = given["code_challenge"]
        return code

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            challenge = self.challenges.pop(form.get("code", ""), None)
            made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
            if challenge is None or challenge != made.rstrip("="):
                return 400, {"error": "invalid_grant", "error_description": "That code is not known."}
            claims = {"aud": CLIENT, "exp": time.time() + 300, "email": self.address}
            return 200, self._given() | {"id_token": jwt.encode(claims, "x" * 32), "refresh_token": self._refresh()}
        if self.lost or form.get("refresh_token") not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "Access was withdrawn."}
        if not self.rotates:
            return 200, self._given()
        self.refresh.discard(form["refresh_token"])
        return 200, self._given() | {"refresh_token": self._refresh()}

    def holds(self, token: str) -> bool:
        return self.access.get(token, 0) > time.time()

    def _given(self) -> dict[str, Any]:
        token = secrets.token_urlsafe(24)
        self.access[token] = time.time() + self.lasts
        return {"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"}

    def _refresh(self) -> str:
        made = secrets.token_urlsafe(24)
        self.refresh.add(made)
        return made


@contextmanager
def accounts() -> Iterator[Accounts]:
    """Running on a free port."""
    house = Accounts()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path == "/token":
                self._say(*house.token(form))
            else:  # RFC 7662
                self._say(200, {"active": house.holds(form.get("token", "")), "email": "support"})

        def _say(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    house.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
