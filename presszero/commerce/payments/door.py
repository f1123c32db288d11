"""Under which number a pay account's arrivals are kept, where a line's id would stand.

Lines are above zero, stores from -1 downwards, pay accounts far below any store there could be.
"""

from __future__ import annotations

FIRST = -(1 << 40)
WAKES = "drafts"  # the channel that tells workers of drafts to be made, and of pages to be looked at


def line_id(account_id: int) -> int:
    return FIRST - account_id


def account_id(line: int) -> int:
    """The reverse of `line_id`."""
    return FIRST - line


def is_account(line: int) -> bool:
    return line < FIRST
