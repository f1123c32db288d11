"""Every table that can be taken out, and the registry where apps add theirs.

`register(Table(…))` once, in an AppConfig.ready. Rows come in batches by their ids, so a table of a million rows
fits in any memory.
"""

from .registry import Scope, Table, all_tables, batches, register, table

__all__ = ["Scope", "Table", "all_tables", "batches", "register", "table"]
