"""Writes, named after the verb: promising an answer or anything else, keeping, breaking, withdrawing, agreeing anew."""

from .answering import carry, keep, open_promises, promise, unkeep, withdraw, withdraw_all
from .breaking import break_due
from .changing import NoLongerStands, keep_one, renegotiate, reopen_one, risk, safe, withdraw_one
from .expecting import Believed, close_gap, expect, forget_expectation
from .making import AnotherDay, Made, NotThatDay, make, promise_callback
from .settling import called, refunded, unsaid
from .telling import forget_told, may_tell

__all__ = [
    "AnotherDay",
    "Believed",
    "Made",
    "NoLongerStands",
    "NotThatDay",
    "break_due",
    "called",
    "carry",
    "close_gap",
    "expect",
    "forget_expectation",
    "forget_told",
    "keep",
    "keep_one",
    "make",
    "may_tell",
    "open_promises",
    "promise",
    "promise_callback",
    "refunded",
    "renegotiate",
    "reopen_one",
    "risk",
    "safe",
    "unkeep",
    "unsaid",
    "withdraw",
    "withdraw_all",
    "withdraw_one",
]
