"""Log lines without card numbers, whatever an error says of what it met."""

from __future__ import annotations

import logging

from .cards import masked


class WithoutCards(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))[0]
