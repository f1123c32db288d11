"""What macros, rules and bulks do to a conversation, one step after the other.

Owns: step. A step is JSON: {"do": "tag", "tag": 3}. `verbs` is the list of them; each reads its step, does it by the
actions there are, says what it does, and undoes it where that can be done. Apps above `add` verbs of their own.
Announces what the actions announce.
"""

from .grammar import BadSteps, MovedOn, Step, read
from .offered import StepChoice, catalogue
from .performing import UNDOABLE, perform, says, undo
from .step import Before, Verb
from .verbs import add

__all__ = [
    "UNDOABLE",
    "BadSteps",
    "Before",
    "MovedOn",
    "Step",
    "StepChoice",
    "Verb",
    "add",
    "catalogue",
    "perform",
    "read",
    "says",
    "undo",
]
