"""Visitors by the hundred for the measures of the chat: their rows, and their open streams."""

from __future__ import annotations

import select
import socket
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from .ground import Ground
from .shop import Shop

# What a browser sends besides; a stream's request is held for as long as it is open.
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1",
    "Accept": "text/event-stream",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Cache-Control": "no-cache",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Referer": "https://help.juniper.example/chat/",
}
A_CALLER = 100  # widgets that call from one address: nobody's own limit is what is measured


@dataclass(frozen=True)
class ChatLine:
    """A chat line with so many visitors; `secrets[n]` is the cookie of the one called `addresses[n]`."""

    id: int
    token: str
    cookie: str  # its name
    addresses: list[str]
    secrets: list[str]

    def headers(self, number: int) -> dict[str, str]:
        return {**_BROWSER, "Cookie": f"{self.cookie}={self.secrets[number]}"}


def open_chat(shop: Shop, visitors: int) -> ChatLine:
    """By the product's own models."""
    from presszero.channels.models import Line
    from presszero.core.sealing import fingerprint, new_token
    from presszero.visitors.cookie import cookie_name
    from presszero.visitors.models import Visitor

    line = Line.objects.create(
        merchant_id=shop.merchant_id, brand_id=shop.brand_id, kind="chat", address=new_token()[:12], name="Chat"
    )
    addresses = [f"v-{uuid.uuid4().hex}" for _ in range(visitors)]
    secrets = [new_token() for _ in range(visitors)]
    Visitor.objects.bulk_create(
        Visitor(merchant_id=shop.merchant_id, line=line, address=address, secret_hash=fingerprint(secret), name="Ada")
        for address, secret in zip(addresses, secrets, strict=True)
    )
    return ChatLine(line.id, line.token, cookie_name(line.token), addresses, secrets)


def entries(shop: Shop, chat: ChatLine) -> list[int]:
    """A thread of each visitor with an answer of ours in it; the entries' ids."""
    from django.utils import timezone

    from presszero.channels.models import Entry, Thread

    threads = Thread.objects.bulk_create(
        Thread(merchant_id=shop.merchant_id, line_id=chat.id, key=f"from:{address}", token=uuid.uuid4().hex)
        for address in chat.addresses
    )
    now = timezone.now()
    made = Entry.objects.bulk_create(
        Entry(merchant_id=shop.merchant_id, thread=thread, inbound=False, text="It is on its way.", at=now)
        for thread in threads
    )
    return [entry.id for entry in made]


def happen(ground: Ground, merchant_id: int, ids: Iterable[int]) -> float:
    """An answer in each thread, in one transaction, as a burst; the moment of its commit."""
    with ground.connect(autocommit=False) as connection:
        connection.execute(
            "INSERT INTO timeline_event (merchant_id, kind, actor, data) SELECT %s, 'message.sent', 'system',"
            " jsonb_build_object('entry_id', id, 'channel', 'chat') FROM unnest(%s::bigint[]) AS each (id)",
            [merchant_id, list(ids)],
        )
        connection.execute("NOTIFY timeline")
        connection.commit()
    return time.perf_counter()


@dataclass
class Widgets:
    """All streams of a line, held by one thread with epoll."""

    port: int
    chat: ChatLine
    sockets: dict[int, socket.socket] = field(default_factory=dict)
    heard: dict[int, float] = field(default_factory=dict)  # when each visitor was last told that something changed
    last_ids: dict[int, bytes] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _poll: select.epoll = field(default_factory=select.epoll)

    def open(self, numbers: Iterable[int]) -> None:
        """Asks for a stream each, and waits for none of them."""
        for number in numbers:
            caller = f"127.3.0.{number // A_CALLER + 1}"
            page = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(caller, 0))
            lines = [f"GET /live/chat/{self.chat.token} HTTP/1.1", "host: x"]
            lines += [f"{name}: {value}" for name, value in self.chat.headers(number).items()]
            if number in self.last_ids:
                lines.append(f"last-event-id: {self.last_ids[number].decode()}")
            page.sendall("\r\n".join([*lines, "", ""]).encode())
            self.sockets[number], self._numbers[page.fileno()] = page, number
            self._poll.register(page, select.EPOLLIN)

    def close(self) -> None:
        for page in self.sockets.values():
            page.close()
        self.sockets.clear()
        self._numbers.clear()
        self.heard.clear()

    def hear_all(self, numbers: Iterable[int], seconds: float = 60) -> bool:
        """Reads until each of them was told something, or the time is over."""
        missing = set(numbers) - self.heard.keys()
        deadline = time.monotonic() + seconds
        while missing and time.monotonic() < deadline:
            for file, _ in self._poll.poll(0.5):
                number = self._numbers[file]
                read = self.sockets[number].recv(8192)
                if not read or b" 200 " not in read and read.startswith(b"HTTP/"):
                    raise RuntimeError(f"A widget was turned away: {read[:60]!r}")
                if b'"changed"' in read:
                    self.heard[number] = time.perf_counter()
                    self.last_ids[number] = read.rpartition(b"id: ")[2].partition(b"\n")[0]
                    missing.discard(number)
        return not missing
