"""Conditions on conversations: one language for saved views, rules, bulks and the API.

Owns: filter. A filter is JSON, and nothing of it ever becomes part of a statement but its values: fields and operators
are looked up in `fields` and `operators`, where each stands twice, side by side, as SQL and as Python. `grammar` reads
a filter, `conditions` makes it a condition of a statement, `snapshots` and `matches` judge it without one, `says` reads
it out, and `catalogue` tells a builder what there is to choose. Announces and hears nothing.
"""

from .choices import Choice, FieldChoice, catalogue
from .grammar import BadFilter, Condition, Filter, Group, read
from .judge import judged, matches
from .known import Known, known
from .saying import says
from .snapshot import Snapshot, snapshots, snapshots_at
from .sql import where

__all__ = [
    "BadFilter",
    "Choice",
    "Condition",
    "FieldChoice",
    "Filter",
    "Group",
    "Known",
    "Snapshot",
    "catalogue",
    "judged",
    "known",
    "matches",
    "read",
    "says",
    "snapshots",
    "snapshots_at",
    "where",
]
