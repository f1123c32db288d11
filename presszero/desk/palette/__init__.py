"""What Ctrl K offers beyond the page itself: where to go, whom to open, what to do with the conversation at hand.

`fuzzy` finds typed letters in a name, `times` reads a time in words, `offered` makes the offers of each kind, and
`sections` puts them together for one request. What stands on the page already (its own keys) is found by the browser.
"""

from .offer import Offer, Section
from .sections import MENUS, Asked, sections

__all__ = ["MENUS", "Asked", "Offer", "Section", "sections"]
