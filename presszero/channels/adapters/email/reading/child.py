"""The process in which mails are parsed: limited, and killed by its parent when it overruns. No Django in here.

A request is 4 bytes length, a JSON line (trusted servers, file name) and the raw mail; the answer 4 bytes length,
one byte (1: I leave now, start another) and a packed Reading. Ends when its input closes, or when it has grown old.
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
MAX_RESIDENT = 160 * 1024 * 1024


def main() -> None:
    """Serves requests until the input closes or the process has grown old."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not reach the answers
    requests = sys.stdin.buffer
    for number in range(1, MAX_MAILS + 1):
        request = _received(requests)
        if request is None:
            return
        answer = _answered(request)
        leaving = number == MAX_MAILS or _resident() > MAX_RESIDENT
        answers.write(struct.pack(">I?", len(answer), leaving) + answer)
        answers.flush()
        if leaving:
            return


def _resident() -> int:
    """Bytes in use now. Not ru_maxrss: that is inherited from the parent at its start."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0  # not Linux: the number of mails alone decides


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
