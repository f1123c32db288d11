"""What is done on the first day."""

from .domains import ask_the_dns
from .found import AlreadyFounded, NewShop, Owner, found, found_first
from .lines import open_web_lines
from .macros import keep_answers
from .progress import finish, open_for_customers, skip, work_as
from .trials import begin_trial

__all__ = [
    "AlreadyFounded",
    "NewShop",
    "Owner",
    "ask_the_dns",
    "begin_trial",
    "finish",
    "found",
    "found_first",
    "keep_answers",
    "open_for_customers",
    "open_web_lines",
    "skip",
    "work_as",
]
