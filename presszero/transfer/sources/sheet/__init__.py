"""Tables of anybody's: a CSV whose columns somebody, or a guess, gave a meaning.

`register(Sheet(…))` once, in an AppConfig.ready, adds a table: what its rows are, its columns, and how one is read.
"""

from . import conversations, orders, people, words
from .columns import Column, choices_for, guess
from .reader import KEY, head, record_of, records
from .registry import Sheet, register, sheet, sheets
from .row import FIELD, OWN, Row

# In the order they are offered; the first is what a table is taken for until somebody says.
register(*people.TABLES, *conversations.TABLES, *words.TABLES, *orders.TABLES)

__all__ = [
    "FIELD", "KEY", "OWN", "Column", "Row", "Sheet", "choices_for", "guess", "head", "record_of", "records",
    "register", "sheet", "sheets",
]  # fmt: skip
