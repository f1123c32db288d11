"""Promises and wishes in people's words: "by Friday" as an agent types it, "I need it for Saturday" as a customer says.

Pure and quick. What is not surely meant is left out: a chip that is wrong is worse than none.
"""

from .finding import Found, noticed
from .wanting import Wanted, wanted

__all__ = ["Found", "Wanted", "noticed", "wanted"]
