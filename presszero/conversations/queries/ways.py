"""Every way in which whoever a conversation is with can be answered, and where they are now. One statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from presszero.channels.pool import TEXTS, text_line
from presszero.channels.registry import adapter
from presszero.core.phones import e164
from presszero.customers import queries as customers
from presszero.customers.models import Customer, Handle
from presszero.visitors.models import Visitor

from ..models import Conversation
from ..ways import Way

_REACH = """
WITH people AS (
  SELECT id FROM customers_customer
  WHERE merchant_id = %(merchant)s AND (id = %(customer)s OR root_id = %(customer)s)
), known AS (
  SELECT h.kind, h.address, h.proof, h.bounced_at IS NOT NULL AS bounced, h.id FROM customers_handle h
  WHERE h.merchant_id = %(merchant)s AND h.customer_id IN (SELECT id FROM people) AND h.proof <> 'refuted'
)
SELECT
  (SELECT json_agg(json_build_array(t.id, l.id, l.kind, l.address, l.paused_at IS NOT NULL, l.trouble,
     (SELECT json_agg(json_build_array(p.kind, p.address, p.standing) ORDER BY p.id) FROM channels_participant p
      WHERE p.merchant_id = t.merchant_id AND p.thread_id = t.id)))
   FROM channels_thread t JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
   WHERE t.merchant_id = %(merchant)s AND t.id = ANY(%(threads)s)),
  (SELECT json_agg(json_build_array(kind, address, proof, bounced) ORDER BY proof DESC, id) FROM known),
  (SELECT json_agg(json_build_array(c.kind, c.address, c.source, c.answered_at, c.name, c.id) ORDER BY c.id DESC)
   FROM customers_claim c WHERE c.merchant_id = %(merchant)s AND c.customer_id IN (SELECT id FROM people)
     AND c.proven_at IS NULL),
  (SELECT json_agg(json_build_array(l.id, l.address, l.paused_at IS NOT NULL, l.trouble,
     l.brand_id = b.brand_id, l.id::text = b.settings ->> 'answers_from') ORDER BY l.id)
   FROM channels_line l JOIN channels_line b ON b.merchant_id = l.merchant_id AND b.id = %(line)s
   WHERE l.merchant_id = %(merchant)s AND l.kind = 'email'),
  (SELECT json_agg(l.id ORDER BY l.id) FROM channels_line l
   WHERE l.merchant_id = %(merchant)s AND l.kind = %(texts)s AND EXISTS (
     SELECT 1 FROM known WHERE kind = 'phone' UNION ALL
     SELECT 1 FROM customers_claim c WHERE c.merchant_id = %(merchant)s AND c.kind = 'phone'
       AND c.customer_id IN (SELECT id FROM people))),
  (SELECT json_agg(json_build_array(v.address, v.shopper, l.id, l.address, l.paused_at IS NOT NULL, v.seen_at,
     v.typing_at, v.pages, v.cart, v.signed_until) ORDER BY v.seen_at DESC)
   FROM (SELECT * FROM visitors_visitor v WHERE v.merchant_id = %(merchant)s AND v.ended_at IS NULL
     AND (v.address IN (SELECT address FROM known WHERE kind = 'visitor')
       OR (v.shopper <> '' AND v.shopper IN (SELECT address FROM known WHERE kind = 'visitor')))
     ORDER BY v.seen_at DESC LIMIT 5) v
   JOIN channels_line l ON l.merchant_id = v.merchant_id AND l.id = v.line_id),
  (SELECT preferred_channel FROM customers_customer WHERE merchant_id = %(merchant)s AND id = %(customer)s)
"""

_THREADS = """
SELECT e.thread_id FROM conversations_message m
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
WHERE m.merchant_id = %(merchant)s AND m.taken_back_at IS NULL AND m.conversation_id IN (
  SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s
  UNION ALL SELECT %(conversation)s::bigint)
GROUP BY e.thread_id
ORDER BY max(m.at) FILTER (WHERE m.inbound AND e.automatic = '') DESC NULLS LAST, max(m.at) DESC
"""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser of theirs. `pages`: {"url", "title", "at"}, newest last; `cart` as the shop's page told it."""

    addresses: tuple[str, ...]
    line_id: int
    line: str
    paused: bool
    seen_at: datetime | None
    typing_at: datetime | None
    pages: list[dict[str, Any]]
    cart: dict[str, Any] | None
    signed: bool  # the shop says who they are


@dataclass(frozen=True, slots=True)
class Claimed:
    """An address they say is theirs, which nobody has proven."""

    id: int
    kind: str
    address: str
    source: str
    answered_at: datetime | None
    name: str


@dataclass(frozen=True, slots=True)
class Reach:
    """`ways` in the order of `threads` first; `others`: by thread, everybody an answer there goes to."""

    ways: list[Way]
    to: dict[int, list[str]]
    dead: list[str]  # addresses that did not take our last mail
    browsers: list[Browser]
    claims: list[Claimed]
    prefers: str  # a channel, as the customer's own record says


def reach(conversation: Conversation, threads: Sequence[int]) -> Reach:
    """`threads`: those of the conversation, where they last wrote first."""
    values: dict[str, Any] = {
        "merchant": conversation.merchant_id,
        "customer": conversation.customer.now_id,
        "line": conversation.line_id,
        "threads": list(threads),
        "texts": TEXTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REACH, values)
        in_threads, known, claimed, mail, numbers, seen, prefers = cursor.fetchone()
    browsers = [_browser(each) for each in _list(seen)]
    claims = [Claimed(i, k, a, s, _moment(at), n) for k, a, s, at, n, i in _list(claimed)]
    handles = {(kind, address): (proof, bounced) for kind, address, proof, bounced in _list(known)}
    parts = {row[0]: row for row in _list(in_threads)}
    going_on = [_going_on(parts[t], handles, browsers) for t in threads if t in parts and _answers(parts[t][2])]
    beginning = _beginning(going_on, handles, claims, mail=_list(mail), browsers=browsers)
    texting = _texting(conversation, going_on, handles, claims) if numbers else ()
    return Reach(
        [*going_on, *beginning, *texting],
        {t: _written_to(row) for t, row in parts.items()},
        [address for (_, address), (_, bounced) in handles.items() if bounced],
        browsers,
        claims,
        prefers or "",
    )


def threads_of(conversation: Conversation) -> list[int]:
    """The threads of a conversation, where they last wrote in person first."""
    with connection.cursor() as cursor:
        cursor.execute(_THREADS, {"merchant": conversation.merchant_id, "conversation": conversation.now_id})
        return [number for (number,) in cursor.fetchall()]


def has_browser(customer: Customer) -> bool:
    """Whether words of theirs come from a browser that is still open to us: what it is told, somebody reads there."""
    own = Handle.objects.filter(
        merchant_id=customer.merchant_id, customer_id__in=customers.family(customer), kind="visitor"
    )
    visitors = Visitor.objects.filter(merchant_id=customer.merchant_id, ended_at=None)
    return visitors.filter(address__in=own.values("address")).exists()


def _answers(kind: str) -> bool:
    return adapter(kind).can.answers


def _written_to(row: Sequence[Any]) -> list[str]:
    kind = adapter(row[2]).handle_kind
    return [address for k, address, standing in row[6] or () if k == kind and standing != "wants_in"]


def _going_on(row: Sequence[Any], handles: dict[tuple[str, str], tuple[str, bool]], browsers: list[Browser]) -> Way:
    thread, line, kind, ours, paused, trouble, _ = row
    channel, address = adapter(kind), next(iter(_written_to(row)), "")
    _, bounced = handles.get((channel.handle_kind, address), ("", False))
    browser = next((b for b in browsers if address in b.addresses), None)
    return Way(
        kind, channel.handle_kind, line, ours, address, thread, channel.can.live,
        browser.seen_at if browser else None, browser.typing_at if browser else None,
        channel.can.live or (channel.handle_kind, address) in handles, bounced, paused, trouble,
        channel.can.max_attachment_bytes,
    )  # fmt: skip


def _beginning(
    going_on: list[Way],
    handles: dict[tuple[str, str], tuple[str, bool]],
    claims: list[Claimed],
    *,
    mail: list[Any],
    browsers: list[Browser],
) -> Iterator[Way]:
    """Chats that are open with them, and mail to addresses of theirs, where no thread of the matter is there yet."""
    there = {way.address for way in going_on}
    chat = adapter("chat")
    for b in browsers:
        address = b.addresses[0]
        if not there.intersection(b.addresses) and ("visitor", address) in handles:
            there.update(b.addresses)
            yield Way(
                "chat", "visitor", b.line_id, b.line, address, None, True, b.seen_at, b.typing_at,
                paused=b.paused, most_bytes=chat.can.max_attachment_bytes,
            )  # fmt: skip
    line = _mail_line(mail)
    if line is None or any(way.handle_kind == "email" for way in going_on):
        return
    most = adapter("email").can.max_attachment_bytes
    named = [(c.address, False, False) for c in claims if c.kind == "email"]
    known = [(address, True, bounced) for (kind, address), (_, bounced) in handles.items() if kind == "email"]
    for address, proven, bounced in [*known, *named]:
        if address not in there:
            there.add(address)
            yield Way(
                "email", "email", line[0], line[1], address, proven=proven, bounced=bounced, paused=line[2],
                trouble=line[3], most_bytes=most,
            )  # fmt: skip


def _texting(
    conversation: Conversation,
    going_on: list[Way],
    handles: dict[tuple[str, str], tuple[str, bool]],
    claims: list[Claimed],
) -> Iterator[Way]:
    """Texts to numbers of theirs, from the number of ours that they know; where no talk by text goes on yet."""
    can = adapter(TEXTS).can
    there = {way.address for way in going_on if way.channel == TEXTS}
    known = [(address, True, bounced) for (kind, address), (_, bounced) in handles.items() if kind == "phone"]
    named = [(c.address, False, False) for c in claims if c.kind == "phone"]
    brand = conversation.line.brand_id
    for address, proven, bounced in [*known, *named]:
        line = text_line(conversation.merchant_id, address, brand) if e164(address) == address else None
        if line is not None and address not in there:
            there.add(address)
            yield Way(
                TEXTS, "phone", line.id, line.address, address, proven=proven, bounced=bounced, trouble=line.trouble,
                most_bytes=can.max_attachment_bytes,
            )  # fmt: skip


def _mail_line(mail: list[Any]) -> Any:
    """The one set for it, else the brand's first that is not paused, else the first at all."""
    ranked = sorted(mail, key=lambda row: (not row[5], row[2], not row[4], row[0]))
    return ranked[0] if ranked else None


def _browser(row: Sequence[Any]) -> Browser:
    address, shopper, line, ours, paused, seen, typing, pages, cart, signed_until = row
    until = _moment(signed_until)
    signed = bool(shopper and until and until > datetime.now(until.tzinfo))
    addresses = (shopper, address) if signed else (address, *([shopper] if shopper else ()))
    return Browser(addresses, line, ours, paused, _moment(seen), _moment(typing), pages or [], cart, signed)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _list(value: Any) -> list[Any]:
    return list(json.loads(value) if isinstance(value, str) else value or [])
