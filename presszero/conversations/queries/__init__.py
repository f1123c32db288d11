"""Reads about conversations, named after the question."""

from .answering import family, reachable, thread_to_answer, usual_recipients, variables, wants_in
from .around import Around, around
from .lists import VIEWS, Row, counts, rows_by_id, view
from .search import search
from .stream import Item, others_looking, stream
from .ways import Browser, Claimed, Reach, reach, threads_of

__all__ = [
    "VIEWS",
    "Around",
    "Browser",
    "Claimed",
    "Item",
    "Reach",
    "Row",
    "around",
    "counts",
    "family",
    "others_looking",
    "reach",
    "reachable",
    "rows_by_id",
    "search",
    "stream",
    "thread_to_answer",
    "threads_of",
    "usual_recipients",
    "variables",
    "view",
    "wants_in",
]
