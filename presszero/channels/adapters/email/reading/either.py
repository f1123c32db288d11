"""Long tables of expressions, one a line, as one compiled expression."""

from __future__ import annotations

import re


def either(table: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Matches any line of the table, in any case; `^` and `$` mean lines. A line that goes on ends in a backslash."""
    lines = table.replace("\\\n", "").strip("\n").split("\n")
    return re.compile(f"{before}(?:{'|'.join(dict.fromkeys(lines))}){after}", re.IGNORECASE | re.MULTILINE)
