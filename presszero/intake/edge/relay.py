"""Everything else goes to the app, streamed both ways. A reverse proxy may do this instead (PRESSZERO_RELAY=0)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable

import aiohttp
from yarl import URL

from .callers import Proxies, peer_of
from .exchange import Gone, Header, Receive, Refusal, Scope, Send, answer, declared_length, headers_of

log = logging.getLogger(__name__)

LIMIT = 50 * 1024 * 1024  # bytes of a request's body
CONNECTIONS = 128
_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    b"upgrade".split()
)
# What a request says about how it got here is ours to say.
_OURS = frozenset(
    b"forwarded x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port x-forwarded-prefix "
    b"x-forwarded-server x-real-ip x-forwarded-scheme".split()
)
_AWAY = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>Back in a moment</title>
<h1>Back in a moment</h1>
<p>The pages are starting again. This page looks for them every few seconds; nothing you sent before is lost.</p>
</html>
"""


class Relay:
    """A way through to the app."""

    def __init__(self, app: str, proxies: Proxies) -> None:
        """`app`: its address, as http://127.0.0.1:8001. `proxies`: whose X-Forwarded-* count."""
        self._app, self._proxies = app, proxies
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        length = declared_length(headers)
        if length is not None and length > LIMIT:
            raise Refusal(413)
        has_body = bool(length) or "transfer-encoding" in headers
        upload = _Upload(receive) if has_body else None
        try:
            await self._pass_on(scope, upload, send)
        except _Broken:  # the answer had begun: cutting it short is all that is left
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as why:
            if upload and upload.refusal:
                raise upload.refusal from why
            if isinstance(why, aiohttp.SocketTimeoutError):
                raise Refusal(504) from why
            log.warning("The app does not answer: %s", type(why).__name__)
            away: list[Header] = [(b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"3")]
            await answer(send, 502, _AWAY, [*away, (b"cache-control", b"no-store")])

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _pass_on(self, scope: Scope, upload: _Upload | None, send: Send) -> None:
        request = self._client().request(
            scope["method"],
            _address(self._app, scope),
            headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in self._headers(scope)],
            data=upload.chunks() if upload else None,
            allow_redirects=False,
        )
        async with request as response:
            answered = [(n.lower(), v) for n, v in _end_to_end(response.raw_headers)]
            await send({"type": "http.response.start", "status": response.status, "headers": answered})
            try:
                async for chunk in response.content.iter_any():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except (aiohttp.ClientError, TimeoutError) as why:
                raise _Broken from why
            await send({"type": "http.response.body", "body": b""})

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=10),
                timeout=aiohttp.ClientTimeout(total=None, connect=10, sock_connect=2, sock_read=120),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    def _headers(self, scope: Scope) -> list[Header]:
        """The request's own, without hop-by-hop ones, without any that a WSGI app could take for another's name."""
        peer = peer_of(scope)
        kept = [(n, v) for n, v in _end_to_end(scope["headers"]) if n.lower() not in _OURS and b"_" not in n]
        said = {n.lower(): v for n, v in scope["headers"]} if self._proxies.trusts(peer) else {}
        before = said.get(b"x-forwarded-for")
        through = b", ".join(part for part in (before, peer.encode("latin-1")) if part)
        scheme = said.get(b"x-forwarded-proto", b"").lower()
        if scheme not in (b"http", b"https"):
            scheme = scope.get("scheme", "http").encode("latin-1")
        return [*kept, (b"x-forwarded-for", through), (b"x-forwarded-proto", scheme)]


class _Broken(Exception):
    """The app's answer ended in the middle."""


class _Upload:
    """The request's body on its way, bounded."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.refusal: Refusal | Gone | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        size, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.refusal = Gone()
                raise self.refusal
            body = message.get("body", b"")
            size += len(body)
            if size > LIMIT:
                self.refusal = Refusal(413)
                raise self.refusal
            if body:
                yield body
            more = message.get("more_body", False)


def _address(app: str, scope: Scope) -> URL:
    raw = scope.get("raw_path") or scope["path"].encode()
    if not raw.startswith(b"/"):
        raise Refusal(400)
    query = scope["query_string"]
    return URL(app + (raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"), encoded=True)


def _end_to_end(headers: Iterable[Header]) -> list[Header]:
    """Without what concerns one connection only, and what the Connection header names as such."""
    given = list(headers)
    named = {part.strip().lower() for n, v in given if n.lower() == b"connection" for part in v.split(b",")}
    return [(n, v) for n, v in given if n.lower() not in _HOP and n.lower() not in named]
