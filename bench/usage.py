"""What processes use, read from /proc: CPU time and memory of a process and everything that came from it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """A process and everything that came from it, in process groups of their own or not."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu(root: int) -> float:
    """Seconds used by the tree, with what its ended children used."""
    total = 0
    for pid in tree(root):
        fields = _stat(pid)
        total += sum(int(each) for each in fields[11:13]) if fields else 0
    ended = _stat(root)
    return (total + sum(int(each) for each in ended[13:15])) / TICK


def cpu_exactly(root: int) -> float:
    """As `cpu`, to the billionth instead of the hundredth; without what has ended."""
    total = 0
    for pid in tree(root):
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                total += int(thread.read_text().split()[0])
    return total / 1e9


def proportional(root: int) -> int:
    """Bytes of the tree's proportional set size: what two processes share is counted once."""
    total = 0
    for pid in tree(root):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def resident(pid: int) -> int:
    """Bytes of one process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _stat(pid: int) -> list[str]:
    """The fields after the name: state, parent, …; utime is 11, stime 12, those of ended children 13 and 14."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
