"""A load of signed webhooks from a process of its own: `python -m bench.load PORT CONNECTIONS SECONDS < requests`.

Reads whole HTTP requests, each after its length, keeps one under way on each connection, and prints what happened as
JSON: {"stored": n, "failed": n, "seconds": s, "p50": ms, "p99": ms}. Bounded by the time and by the number of requests.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

_LENGTH = struct.Struct("<I")


def pack(requests: list[bytes]) -> bytes:
    """Requests as `main` reads them."""
    return b"".join(_LENGTH.pack(len(request)) + request for request in requests)


@dataclass
class Load:
    """Every connection has one request under way until the requests or the time are used up."""

    requests: list[bytes]
    sent: int = 0
    stored: int = 0
    failed: int = 0
    took: list[float] = field(default_factory=list)
    _begun: dict[int, float] = field(default_factory=dict)

    def run(self, port: int, connections: int, seconds: float) -> dict[str, float]:
        poll = select.epoll()
        open_ = {each.fileno(): each for each in (_connect(port) for _ in range(connections))}
        begun = time.perf_counter()
        for number, each in open_.items():
            poll.register(number, select.EPOLLIN)
            self._send(each)
        while self._begun and time.perf_counter() - begun < seconds + 10:
            for number, _ in poll.poll(1):
                self._read(open_[number])
                if self.sent < len(self.requests) and time.perf_counter() - begun < seconds:
                    self._send(open_[number])
        return self._sums(time.perf_counter() - begun)

    def _send(self, connection: socket.socket) -> None:
        self._begun[connection.fileno()] = time.perf_counter()
        connection.sendall(self.requests[self.sent])
        self.sent += 1

    def _read(self, connection: socket.socket) -> None:
        answer = connection.recv(4096)
        self.took.append(time.perf_counter() - self._begun.pop(connection.fileno()))
        if answer.startswith(b"HTTP/1.1 200"):
            self.stored += 1
        else:
            self.failed += 1

    def _sums(self, seconds: float) -> dict[str, float]:
        ordered = sorted(self.took)
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        return {"stored": self.stored, "failed": self.failed, "seconds": seconds, "p50": p50, "p99": p99}


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    raw, requests, at = sys.stdin.buffer.read(), [], 0
    while at < len(raw):
        (length,) = _LENGTH.unpack_from(raw, at)
        requests.append(raw[at + 4 : at + 4 + length])
        at += 4 + length
    print(json.dumps(Load(requests).run(port, connections, seconds)))


if __name__ == "__main__":
    main()
