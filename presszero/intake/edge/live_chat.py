"""Live widgets: `GET /live/chat/<token>` nudges a visitor's page by server-sent events.

`{"changed": ["transcript"]}` means: fetch it again, through your own address. `{"typing": "Maya"}` is the first name
of a member who is writing an answer, "" when nobody is any more. A page that does not say what it heard last
(Last-Event-ID, or `after=`) is told at once that something may have changed.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from .callers import only_ours
from .chat import Gate
from .exchange import Receive, Refusal, Scope, Send, headers_of
from .feed import CHECK_WITHIN, feed, keep_confirming, later, missed
from .presence import Presence
from .tail import Tail
from .talks import Talks, VisitorStream

PREFIX = "/live/chat/"


class LiveChat:
    """The widgets' way in, and their watch."""

    def __init__(self, gate: Gate, talks: Talks, tail: Tail, presence: Presence) -> None:
        self._gate, self._talks, self._tail, self._presence = gate, talks, tail, presence
        self.closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            raise Refusal(405, (b"allow", b"GET"))
        try:
            stream = await self._admitted(scope)
        except Refusal as why:
            if why.status != 503:
                raise
            stream = None
        if stream is None or self.closing:
            await later(send)
            return
        self._presence.came(stream.visitor)
        try:
            await feed(stream, self._talks, self._tail, receive, send)
        finally:
            self._presence.left(stream.visitor)

    async def watch(self) -> None:
        """Looks at everybody's right, one query every two seconds. Who lost it is let go; while unsure nobody hears."""
        await keep_confirming(self._confirm, self._talks)

    async def _admitted(self, scope: Scope) -> VisitorStream:
        """A stream that knows whether its page missed something. Headers and query are not held while it is open."""
        headers = headers_of(scope)
        only_ours(headers, must_say=False)
        caller = self._gate.proxies.caller(scope)
        self._gate.limits.opens(caller)
        visitor = await self._gate.admit(scope["path"].removeprefix(PREFIX), headers)
        stream = VisitorStream(visitor, caller)
        self._talks.check_room(stream)
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        self._catch_up(stream, headers.get("last-event-id") or asked.get("after", [""])[0])
        return stream

    def _catch_up(self, stream: VisitorStream, after: str) -> None:
        events = missed(self._tail, after, lambda event: event.talk in stream.asked)
        if events is None or events:
            stream.tell(stream.asked)

    async def _confirm(self) -> None:
        streams = list(self._talks)
        standing = await self._gate.visitors.still({stream.visitor.key for stream in streams}, CHECK_WITHIN)
        for stream in streams:
            secret, shopper = standing.get(stream.visitor.key, ("", ""))
            if secret != stream.visitor.hash:
                stream.end("lost")
            elif not stream.ended:
                self._talks.follow(stream, shopper)
