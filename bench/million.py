"""A shop with a million conversations, made by the database itself in a minute or two."""

from __future__ import annotations

from collections.abc import Callable

from .ground import Ground
from .shop import Shop, open_shop

CONVERSATIONS = 1_000_000
CUSTOMERS = 300_000
OPEN_SHARE = 10  # one in so many is open
LONG = 200  # messages of the long conversation

COMMON, USUAL, RARE = "order", "refund", "xylophone"  # in all, in one of 20, in one of 100,000

# Indexes that are quicker built at once than row by row.
_LATE = ("entry_search", "customer_name_trigram", "handle_address_trigram", "conversation_subject_trigram")

_FILL = (
    """INSERT INTO customers_customer (id, merchant_id, name, language, timezone, preferred_channel, fields)
  SELECT %(base)s + n, %(merchant)s, 'Ada ' || initcap(left(md5(n::text), 8)) || ' Kowalski', '', '', '', '{}'
  FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO customers_handle (merchant_id, customer_id, kind, address, name, proof, proof_reason, bounce_reason,
    created_at)
  SELECT %(merchant)s, %(base)s + n, 'custom', left(md5(n::text), 12) || '@ada.example', '', 'seen', '', '', now()
  FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO conversations_conversation (id, merchant_id, customer_id, line_id, subject, state, priority,
    created_at, last_at, last_inbound, last_channel, snippet, waiting_since, work_at, assignee_id, version)
  SELECT %(base)s + n, %(merchant)s, %(base)s + 1 + n %% %(customers)s, %(line)s, 'Order ' || n,
    CASE WHEN n %% %(open)s = 0 THEN 'open' ELSE 'resolved' END, 2,
    now() - n * interval '20 seconds', now() - n * interval '20 seconds', true, 'custom',
    'Where is my order ' || n || '?', CASE WHEN n %% %(open)s = 0 THEN now() - n * interval '20 seconds' END,
    CASE WHEN n %% %(open)s = 0 THEN now() - n * interval '20 seconds' + n %% 7 * interval '1 hour' END,
    CASE WHEN n %% 3 = 0 THEN (%(members)s::bigint[])[1 + n %% %(team)s] END, 0
  FROM generate_series(1, %(conversations)s) n""",
    """INSERT INTO channels_thread (id, merchant_id, line_id, token, key, subject, created_at)
  SELECT %(base)s + n, %(merchant)s, %(line)s, md5(%(base)s || ':' || n), '', 'Order ' || n, now()
  FROM generate_series(1, %(conversations)s) n""",
    """INSERT INTO channels_participant (merchant_id, thread_id, kind, address, name, standing)
  SELECT %(merchant)s, %(base)s + n, 'custom', left(md5((1 + n %% %(customers)s)::text), 12), 'Ada', 'customer'
  FROM generate_series(%(open)s::int, %(conversations)s::int, %(open)s::int) n""",
    """INSERT INTO conversations_threadplace (merchant_id, thread_id, conversation_id)
  SELECT %(merchant)s, %(base)s + n, %(base)s + n FROM generate_series(1, %(conversations)s) n""",
    """INSERT INTO channels_entry (id, merchant_id, thread_id, inbound, sender_kind, sender_address, sender_name, actor,
    subject, text, folded, html, message_id, reply_to, proof, automatic, warnings, copied, at)
  SELECT %(base)s + n, %(merchant)s, %(base)s + n, true, 'custom', left(md5((1 + n %% %(customers)s)::text), 12), 'Ada',
    '', 'Order ' || n, 'Hello, where is my order? It was the ' || words || CASE WHEN n %% 20 = 0 THEN ' refund' ELSE ''
    END || CASE WHEN n %% 100000 = 77 THEN ' xylophone' ELSE '' END, '', '', '', '', 'seen', '', '[]', '[]',
    now() - (%(conversations)s - n) * interval '20 seconds'
  FROM generate_series(1, %(conversations)s) n, LATERAL (
    SELECT string_agg('w' || (n::bigint * k * 7919 %% (k * k * 400)), ' ') AS words
    FROM generate_series(1, 12) k) said""",
    """INSERT INTO conversations_message (merchant_id, conversation_id, entry_id, at, inbound, reason)
  SELECT %(merchant)s, %(base)s + n, %(base)s + n, now() - (%(conversations)s - n) * interval '20 seconds', true,
    'a new matter' FROM generate_series(1, %(conversations)s) n""",
    """WITH said AS (
    INSERT INTO channels_entry (merchant_id, thread_id, inbound, sender_kind, sender_address, sender_name, actor,
      subject, text, folded, html, message_id, reply_to, proof, automatic, warnings, copied, at)
    SELECT %(merchant)s, %(base)s + %(open)s, n %% 2 = 0, 'custom', left(md5((1 + %(open)s)::text), 12), 'Ada', '', '',
      repeat('And I have a question about the colour of it. ', 6), '', '', '', '', 'seen', '', '[]', '[]',
      now() + n * interval '1 second'
    FROM generate_series(1, %(long)s - 1) n RETURNING id, at, inbound)
  INSERT INTO conversations_message (merchant_id, conversation_id, entry_id, at, inbound, reason)
  SELECT %(merchant)s, %(base)s + %(open)s, id, at, inbound, '' FROM said""",
)
_TABLES = (
    "customers_customer",
    "customers_handle",
    "conversations_conversation",
    "channels_thread",
    "channels_participant",
    "channels_entry",
    "conversations_message",
)

_BASE = 10_000_000  # far from ids that sequences have given
_made: dict[str, Shop] = {}


def million(ground: Ground, say: Callable[[str], None], conversations: int = CONVERSATIONS) -> Shop:
    """The shop, made when it is first asked for."""
    if ground.url not in _made:
        _made[ground.url] = filled(ground, say, conversations, _BASE)
    return _made[ground.url]


def filled(ground: Ground, say: Callable[[str], None], conversations: int, base: int) -> Shop:
    """A shop of its own with so many conversations, its ids above `base`."""
    shop = open_shop(ground, members=20)
    _fill(ground, shop, {"conversations": conversations, "base": base}, say)
    return shop


def long_one(ground: Ground, shop: Shop) -> int:
    """The conversation of 200 messages."""
    with ground.connect() as connection:
        found = connection.execute(
            "SELECT conversation_id FROM conversations_message WHERE merchant_id = %s GROUP BY 1 HAVING count(*) = %s",
            [shop.merchant_id, LONG],
        ).fetchone()
    if not found:
        raise RuntimeError("The long conversation is not there.")
    return int(str(found[0]))


def _fill(ground: Ground, shop: Shop, size: dict[str, int], say: Callable[[str], None]) -> None:
    values = {
        **size,
        "merchant": shop.merchant_id,
        "line": shop.line_id,
        "members": shop.member_ids,
        "team": len(shop.member_ids),
        "customers": min(CUSTOMERS, size["conversations"]),
        "open": OPEN_SHARE,
        "long": LONG,
    }
    with ground.as_owner_of_all() as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET synchronous_commit = off")
        late = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(_LATE)]).fetchall()
        for name in _LATE:
            connection.execute(f"DROP INDEX {name}".encode())
        for number, statement in enumerate(_FILL):
            say(f"filling: {number + 1} of {len(_FILL)}")
            connection.execute(statement.encode(), values)
        for (definition,) in late:
            say("an index: " + str(definition).split()[2])
            connection.execute(str(definition).encode())
        for table in _TABLES:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))".encode()
            )
            connection.execute(f"VACUUM (ANALYZE, FREEZE) {table}".encode())
        connection.execute("CHECKPOINT")
