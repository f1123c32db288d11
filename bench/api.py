"""Outside programs beside the desk, in a shop with a million conversations: a page of a list, and a message sent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

from .ground import Ground
from .million import million
from .pages import TIMES, WARM, Browser, Say, spent
from .row import Row, at_most

MORE = 1.1  # of what the desk needs for the same, in the same run


class Program:
    """A token at the app's own port."""

    def __init__(self, port: int, token: str) -> None:
        self._client = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        sent = json.dumps(body) if body is not None else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._client.request(method, f"/api/v1/{path}", sent, {**self._headers, **named})
        answered = self._client.getresponse()
        read = answered.read()
        if answered.status not in (200, 201):
            raise RuntimeError(f"{method} {path} was answered with {answered.status}: {read[:300]!r}")
        return read


def measure(ground: Ground, say: Say) -> Iterator[Row]:
    """Two rows, each with the desk's own cost of the same in the same run."""
    shop = million(ground, say)
    token = _token(shop.merchant_id, shop.member_ids[0])
    ids = _waiting(ground, shop.merchant_id)

    def desk_list(browser: Browser, number: int) -> None:
        browser.get("/desk/" + ("team", "unassigned", "waiting", "mine")[number % 4])

    def api_list(program: Program, number: int) -> None:
        condition = ("state=open", "state=open&order=last", "state=resolved&order=last", "priority=2")[number % 4]
        if len(json.loads(program.call("GET", f"conversations?limit=50&{condition}"))["data"]) != 50:
            raise RuntimeError("The list does not hold fifty.")

    def desk_reply(browser: Browser, number: int) -> None:
        form = {"text": "It is on its way.", "client_id": str(uuid.uuid4()), "anyway": "1"}
        browser.post(f"/conversations/{ids[number]}/replies", **form)

    def api_reply(program: Program, number: int) -> None:
        where = f"conversations/{ids[WARM + TIMES + number]}/messages"
        program.call("POST", where, {"text": "It is on its way."}, Idempotency_Key=uuid.uuid4().hex)

    pairs: list[tuple[str, Callable[[Browser, int], None], Callable[[Program, int], None]]] = [
        ("api list", desk_list, api_list),
        ("api create", desk_reply, api_reply),
    ]
    for name, desk, api in pairs:
        beside, _ = spent(ground, lambda port: Browser(port, shop.tokens[0]), desk)
        found, _ = spent(ground, lambda port: Program(port, token), api)
        total, theirs = sum(found.values()), sum(beside.values())
        split = ", ".join(f"{part} {used:.1f} ms" for part, used in found.items())
        say(f"{total:.1f} ms of CPU ({split}); the desk's {theirs:.1f} ms")
        note = f"CPU: {split}; the desk's own is {theirs:.1f} ms, and a tenth more is the most."
        yield at_most(name, total, theirs * MORE, "ms CPU", note, digits=1)


def _token(merchant_id: int, member_id: int) -> str:
    """Acting as a member, as a program that answers does; with no limit in the way."""
    from presszero.api.models import ApiToken
    from presszero.core.sealing import fingerprint, new_token

    token = "pz_" + new_token()
    ApiToken.objects.create(
        merchant_id=merchant_id,
        name="Bench",
        prefix=token[:8],
        fingerprint=fingerprint(token),
        scopes=["conversations:read", "messages:write"],
        member_id=member_id,
        created_by_id=member_id,
        per_minute=10_000_000,
    )
    return token


def _waiting(ground: Ground, merchant_id: int) -> list[int]:
    with ground.connect() as connection:
        rows = connection.execute(
            "SELECT id FROM conversations_conversation"
            " WHERE merchant_id = %s AND state = 'open' AND assignee_id IS NULL ORDER BY id LIMIT %s OFFSET 1000",
            [merchant_id, 2 * (WARM + TIMES)],
        ).fetchall()
    return [int(str(row[0])) for row in rows]
