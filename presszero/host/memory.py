"""How much memory processes really take: shared pages are counted once, divided among those who share them."""

from presszero.host.processes import PROC, all_pids


def family(root: int) -> list[int]:
    """`root` and everything below it, parents first."""
    parents = {pid: _parent(pid) for pid in all_pids()}
    found = [root]
    for member in found:
        found += [pid for pid, parent in parents.items() if parent == member]
    return found


def proportional(pid: int) -> int:
    """Bytes of PSS, as the kernel adds them up; 0 for a process that is gone, or that we may not look into."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _parent(pid: int) -> int:
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
