"""The process in which mails are parsed: limited, and killed by its parent when it overruns. No Django in here.

Asks and answers over pipes: 4 bytes length, then the bytes. A request is a JSON line (trusted servers, file name) and the
raw mail; the answer is a packed Reading. Ends when its input closes, or by itself after many mails or much memory.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from typing import BinaryIO

from .shape import pack, quarantine
from .understand import understand

CPU_SECONDS = 300  # in a whole life; the wall clock of one mail is the parent's
ADDRESS_SPACE = 1536 * 1024 * 1024
MAX_MAILS = 2_000
MAX_RESIDENT_KB = 200 * 1024


def main() -> None:
    """Serves requests until the input closes or the process has grown old."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not reach the answers
    requests = sys.stdin.buffer
    for _ in range(MAX_MAILS):
        request = _received(requests)
        if request is None:
            return
        answer = _answered(request)
        answers.write(struct.pack(">I", len(answer)) + answer)
        answers.flush()
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MAX_RESIDENT_KB:
            return


def _answered(request: bytes) -> bytes:
    header, _, raw = request.partition(b"\n")
    options = json.loads(header)
    try:
        return pack(understand(raw, tuple(options["trusted"]), options["filename"]))
    except MemoryError:
        return pack(quarantine("The mail needs too much memory."))


def _received(requests: BinaryIO) -> bytes | None:
    prefix = requests.read(4)
    if len(prefix) < 4:
        return None
    (length,) = struct.unpack(">I", prefix)
    request = requests.read(length)
    return request if len(request) == length else None


if __name__ == "__main__":
    main()
