"""Reads, named after the question."""

from .answers import Head, Said, count_due, due, head, said_in, sentence
from .keeping import Share, share_kept
from .standing import day_told, days_told, expectations_in, gap_of, of_customer, of_order, open_gaps, open_in

__all__ = [
    "Head",
    "Said",
    "Share",
    "count_due",
    "day_told",
    "days_told",
    "due",
    "expectations_in",
    "gap_of",
    "head",
    "of_customer",
    "of_order",
    "open_gaps",
    "open_in",
    "said_in",
    "sentence",
    "share_kept",
]
