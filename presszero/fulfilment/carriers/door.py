"""Under which number a carrier's arrivals are kept, where a line's id would stand.

Lines are above zero, stores and pay accounts below; carriers lie below any pay account there could be.
"""

from __future__ import annotations

FIRST = -(1 << 41)


def line_id(carrier_id: int) -> int:
    return FIRST - carrier_id


def carrier_id(line: int) -> int:
    """The reverse of `line_id`."""
    return FIRST - line


def is_carrier(line: int) -> bool:
    return line < FIRST
