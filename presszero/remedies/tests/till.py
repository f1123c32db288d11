"""A shop on a real socket that keeps its own ledger, and does what the network does to shops.

`moods` says what it does to the next writes, one each: ok · no · busy · before (cut before it acts) · during (cut after
reading, before it acts) · after (acts, and cuts) · broken (acts, and answers 500) · slow (acts, and answers too late).
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from presszero.commerce.stores.adapter import Can, StoreSettings
from presszero.commerce.vocabulary import Ask, Done

PATIENCE = 0.3  # seconds that the adapter waits


@dataclass
class Till:
    """The shop's side. `effects` are what really happened: money that went, parcels, cards."""

    moods: list[str] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    at_write: Callable[[dict[str, Any]], None] = lambda asked: None
    port: int = 0
    open: bool = True
    remembers_keys: bool = False  # drops what comes again under the same key
    blind: bool = False  # cannot be looked at
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[Till]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.port = server.server_address[1]
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def act(self, asked: dict[str, Any]) -> dict[str, Any]:
        """It happens. Once for a key, where the shop remembers keys."""
        with self.lock:
            if asked["kind"] == "undo":
                self.undone.append(asked["key"])
                return {"id": "u", "code": ""}
            known = next((each for each in self.effects if self.remembers_keys and each["key"] == asked["key"]), None)
            if known is None:
                known = {**asked, "id": f"{asked['kind']}-{len(self.effects) + 1}", "code": f"C{len(self.effects) + 1}"}
                self.effects.append(known)
            return known

    def money(self, order: str) -> int:
        """What went back on an order, in minor units."""
        return sum(each["amount"] for each in self.effects if each["order"] == order and each["kind"] == "refund")


def _door(till: Till) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mood = till.moods.pop(0) if till.moods else "ok"
            till.at_write(asked)
            if mood == "during":
                return self._cut()
            if mood == "busy":
                return self._say(429, {"why": "busy"}, {"Retry-After": "7"})
            if mood == "no":
                return self._say(422, {"why": "This card takes no refunds."})
            made = till.act(asked)
            if mood == "after":
                return self._cut()
            if mood == "slow":
                time.sleep(PATIENCE * 2)
            return self._say(500 if mood == "broken" else 200, made)

        def do_GET(self) -> None:
            if till.blind:
                return self._say(503, {})
            key = self.path.rpartition("/")[2]
            return self._say(200, {"found": [each for each in till.effects if each["key"] == key]})

        def _cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _say(self, status: int, said: dict[str, Any], more: dict[str, str] | None = None) -> None:
            body = json.dumps(said).encode()
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **(more or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            pass

    return Door


class TillAdapter:
    """What a real adapter does, over a real socket, in few lines."""

    kind = "till"
    name = "Till"
    can = Can(
        asks=frozenset({"refund", "cancel", "address", "order", "gift_card", "code", "return"}),
        undoes=frozenset({"address", "code"}),
    )
    fields = ()

    def do(self, store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
        said = {**asdict(ask), "expires_at": None}
        return self._write(store, said, writing)

    def look(self, store: StoreSettings, ask: Ask) -> Done | None:
        try:
            status, said, _ = self._ask(store, "GET", f"/by-key/{ask.key}", b"", lambda: None)
        except OSError as why:
            return Done("unknown", reason=str(why))
        if status != 200:
            return Done("unknown", reason=f"HTTP {status}")
        found = said["found"]
        return Done("accepted", found[0]["id"], found[0]["code"]) if found else None

    def undo(self, store: StoreSettings, ask: Ask, done: Done) -> Done:
        return self._write(store, {"kind": "undo", "key": ask.key, "order": "", "amount": 0}, lambda: None)

    def _write(self, store: StoreSettings, said: dict[str, Any], writing: Callable[[], None]) -> Done:
        written = [False]

        def about_to() -> None:
            written[0] = True
            writing()

        try:
            status, answer, headers = self._ask(store, "POST", "/do", json.dumps(said).encode(), about_to)
        except (OSError, http.client.HTTPException) as why:
            return Done("unknown" if written[0] else "later", reason=f"{type(why).__name__}")
        if status == 429:
            return Done("later", reason="busy", retry_after=float(headers["Retry-After"]))
        if status >= 500:
            return Done("unknown", reason=f"HTTP {status}")
        if status >= 400:
            return Done("refused", reason=answer["why"])
        return Done("accepted", answer["id"], answer["code"])

    def _ask(
        self, store: StoreSettings, method: str, path: str, body: bytes, writing: Callable[[], None]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        way = http.client.HTTPConnection("127.0.0.1", store.settings["port"], timeout=PATIENCE)
        try:
            way.connect()
            writing()
            way.request(method, path, body)
            got = way.getresponse()
            return got.status, json.loads(got.read() or b"{}"), dict(got.headers)
        finally:
            way.close()


adapter = TillAdapter()
