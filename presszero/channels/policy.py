"""What becomes of a delivery. Pure."""

from __future__ import annotations

from datetime import timedelta

MAX_TRIES = 12  # about two days with the waits below

_RANK = {"queued": 0, "sending": 1, "unknown": 2, "accepted": 3, "delivered": 4, "read": 5}


def after_try(answer: str, tries: int, *, idempotent: bool) -> str:
    """The next state of a delivery whose provider gave this answer at its `tries`-th try.

    An unsure send is tried again only where the other side drops repeats.
    """
    if answer == "accepted":
        return "accepted"
    if answer == "refused" or tries >= MAX_TRIES:
        return "unknown" if answer == "unknown" else "failed"
    if answer == "unknown" and not idempotent:
        return "unknown"
    return "queued"


def is_line_trouble(answer: str, reason: str) -> bool:
    """Whether an answer says that the line cannot send, rather than that one message or address is refused."""
    return answer in {"later", "unknown"} or (answer == "refused" and reason.startswith("Needs reconnecting"))


def wait_before_retry(tries: int, retry_after: float | None, chance: float) -> timedelta:
    """Doubling from 15 s up to 6 h, spread by ±20 %; the provider's own wish wins. `chance` is in [0, 1)."""
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 1), 6 * 3600))
    seconds = min(15 * 2 ** (tries - 1), 6 * 3600)
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))


def moves_forward(now: str, reported: str) -> bool:
    """Whether a report changes anything: reports come out of order, and never take a delivery back.

    A failure counts unless the recipient is known to have it; nothing counts after it was cancelled.
    """
    if now == "cancelled" or reported == now:
        return False
    if reported == "failed":
        return now not in {"delivered", "read"}
    if now == "failed":
        return reported in {"delivered", "read"}
    return _RANK.get(reported, -1) > _RANK[now]
