"""Who is held out. Pure.

A hash of the merchant's salt and the customer, not chance at the time: the same customer falls the same way whoever
asks, in whatever order, on whatever machine; and without the salt nobody can know how somebody falls.
"""

from __future__ import annotations

import hashlib

FEWEST, MOST = 0.05, 0.5  # the share held out


def draw(salt: str, customer_id: int) -> float:
    """0 ≤ draw < 1, evenly spread over customers."""
    digest = hashlib.sha256(f"{salt}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def held_out(drawn: float, share: float) -> bool:
    return drawn < share
