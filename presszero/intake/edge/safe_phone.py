"""The safe document of a phone line, when the app does not answer its provider. From memory alone: no database.

A provider asks this address when its first one failed, so it must not share what failed: it runs here, in the edge.
"""

from __future__ import annotations

import time

from django.conf import settings

from presszero.calls.hosted import safe
from presszero.calls.hosted.providers import is_hosted
from presszero.calls.hosted.signatures import verify
from presszero.channels.adapter import BadSignature, LineSettings, Request
from presszero.core.sealing import CannotOpen

from .database import DatabaseAway
from .exchange import (
    NEVER_KEPT,
    Receive,
    Refusal,
    Scope,
    Send,
    answer,
    declared_length,
    headers_of,
    read_body,
    try_again,
)
from .lines import Lines

PREFIX = "/safe/"
MOST = 100_000  # bytes of a request; a provider sends some two thousand
_XML = (b"content-type", b"text/xml; charset=utf-8")


class SafePhone:
    """`/safe/<token>`"""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line, token = await self._line(scope["path"])
        if scope["method"] != "POST":
            raise Refusal(405, (b"allow", b"POST"))
        headers = headers_of(scope)
        body = await read_body(receive, declared_length(headers), MOST)
        query = scope["query_string"].decode("latin-1")
        url = settings.ORIGIN + scope["path"] + (f"?{query}" if query else "")
        try:
            fields = verify(Request("POST", url, headers, body, query), line.settings, line.secrets, time.time())
        except BadSignature as why:
            raise Refusal(403) from why
        text = safe.answer(line.settings, safe.way(settings.ORIGIN, token), query, fields)
        await answer(send, 200, text.encode(), [_XML, NEVER_KEPT])

    async def _line(self, path: str) -> tuple[LineSettings, str]:
        token = path.removeprefix(PREFIX)
        try:
            found = await self._lines.find(token)
        except DatabaseAway as why:
            raise try_again(5) from why
        except CannotOpen as why:
            raise try_again(60) from why
        line = found.settings if found else None
        if not isinstance(line, LineSettings) or line.kind != "phone" or not is_hosted(line.settings):
            raise Refusal(404)
        return line, token
