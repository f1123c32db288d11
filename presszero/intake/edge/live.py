"""Live pages: `GET /live/desk?conversation=ID` nudges a signed-in member's page by server-sent events.

With `wall=1` it hears of what a wallboard counts, too. A page gives the timeline id it was drawn at as `after=`, and
the browser gives the last one it heard as Last-Event-ID; what changed since is told at once. Only topics are sent,
never content.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from presszero.core.sealing import fingerprint

from .callers import only_ours
from .database import DatabaseAway, Seat
from .exchange import Receive, Refusal, Scope, Send, headers_of
from .feed import CHECK_WITHIN, feed, keep_confirming, later, missed
from .streams import DeskStream, Streams
from .tail import Tail
from .together import Together
from .topics import topics_of

PATH = "/live/desk"
COOKIE = "pz_session"
A_SESSION = 30  # streams one session may hold
MOST = 10_000  # streams one edge holds

_LIVE = (
    """ s.ended_at IS NULL AND s.expires_at > now() AND s.seen_at > now() - interval '14 days' AND m.left_at IS NULL"""
)
# Whether m sees what they ask for, as it is today: the same that presszero.conversations.queries.sight says.
_SEES = """(m.sees_all OR EXISTS (
    SELECT FROM conversations_conversation x JOIN conversations_conversation r
      ON r.merchant_id = x.merchant_id AND r.id = coalesce(x.root_id, x.id)
    WHERE x.merchant_id = m.merchant_id AND x.id = ask.conversation AND (r.assignee_id = m.id OR r.team_id IN (
      SELECT tm.team_id FROM team_teammember tm
      JOIN team_team tt ON tt.merchant_id = tm.merchant_id AND tt.id = tm.team_id AND tt.retired_at IS NULL
      WHERE tm.merchant_id = m.merchant_id AND tm.member_id = m.id))))"""
MAY_LISTEN = (
    """
SELECT ask.hash, ask.conversation, s.id, m.merchant_id, m.id, m.role,
  ask.conversation = 0 OR c.id IS NOT NULL AND """
    + _SEES
    + """
FROM unnest(%s::text[], %s::bigint[]) AS ask (hash, conversation)
JOIN team_session s ON s.token_hash = ask.hash
JOIN team_membership m ON m.merchant_id = s.merchant_id AND m.person_id = s.person_id
LEFT JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = ask.conversation
WHERE"""
    + _LIVE
)
STILL_MAY = (
    """
SELECT s.id, m.merchant_id, m.id, m.role, ask.conversation
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (session, conversation)
JOIN team_session s ON s.id = ask.session
JOIN team_membership m ON m.merchant_id = s.merchant_id AND m.person_id = s.person_id
WHERE"""
    + _LIVE
    + " AND (ask.conversation = 0 OR "
    + _SEES
    + ")"
)

_Ask = tuple[str, int]


class Live:
    """The streams' way in, and their watch."""

    def __init__(self, seat: Seat, streams: Streams, tail: Tail) -> None:
        self._seat, self._streams, self._tail = seat, streams, tail
        self._rights: Together[_Ask, tuple[DeskStream, bool]] = Together(self._look_up)
        self.closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            raise Refusal(405, (b"allow", b"GET"))
        try:
            stream = await self._admitted(scope)
        except DatabaseAway:
            stream = None
        if stream is None or self.closing or len(self._streams) >= MOST:
            await later(send)
            return
        await feed(stream, self._streams, self._tail, receive, send)

    async def watch(self) -> None:
        """Looks at everybody's right, one query every two seconds. Who lost it is let go; while unsure nobody hears."""
        await keep_confirming(self._confirm, self._streams)

    async def _admitted(self, scope: Scope) -> DeskStream:
        """A stream that knows what its page missed. Neither headers nor query are held while it is open."""
        headers = headers_of(scope)
        only_ours(headers, must_say=False)
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        stream = await self._admit(headers, _number(asked.get("conversation", ["0"])[0]))
        if "wall" in asked:
            stream.asked |= {"wall"}
        self._catch_up(stream, headers.get("last-event-id") or asked.get("after", [""])[0])
        return stream

    async def _admit(self, headers: dict[str, str], conversation: int) -> DeskStream:
        found = await self._rights.ask((fingerprint(_token(headers)), conversation))
        if found is None:
            raise Refusal(403)
        pattern, there = found
        if not there:
            raise Refusal(404)
        if sum(other.session_id == pattern.session_id for other in self._streams) >= A_SESSION:
            raise Refusal(429)
        return DeskStream(pattern.session_id, pattern.merchant_id, pattern.member_id, pattern.role, conversation)

    async def _look_up(self, asked: list[_Ask]) -> dict[_Ask, tuple[DeskStream, bool]]:
        hashes, conversations = [a[0] for a in asked], [a[1] for a in asked]
        rows = await self._seat.run(MAY_LISTEN, [hashes, conversations], within=3)
        return {
            (h, c): (DeskStream(s, merchant, member, role, c), there) for h, c, s, merchant, member, role, there in rows
        }

    async def _confirm(self) -> None:
        streams = list(self._streams)
        asked = list({(stream.session_id, stream.conversation_id) for stream in streams})
        values = [[session for session, _ in asked], [conversation for _, conversation in asked]]
        allowed = set(await self._seat.run(STILL_MAY, values, within=CHECK_WITHIN)) if asked else set()
        for stream in streams:
            if stream.right not in allowed:
                stream.end("lost")

    def _catch_up(self, stream: DeskStream, after: str) -> None:
        if not after:
            return
        events = missed(self._tail, after, lambda event: event.merchant_id == stream.merchant_id)
        if events is None:  # too long ago to say what changed: everything may have
            stream.tell(stream.asked)
        else:
            stream.tell({topic for event in events for topic in topics_of(event)})


def _token(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError as why:
        raise Refusal(403) from why
    if morsel is None or not morsel.value:
        raise Refusal(401)
    return morsel.value


def _number(given: str) -> int:
    """An id out of an address. Raises Refusal(404)."""
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        raise Refusal(404)
    return int(given)
