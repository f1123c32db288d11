"""What becomes of a call, once for every driver: begun, carried on, rung, answered, kept for later, ended, written up.

Each verb runs in transactions of its own and may be repeated. None holds a call's row while it asks routing: who waits
is locked first, then whose turn it is, and a call last.
"""

from ..plans import Plan, plan_of
from ..queries import queue_says
from .beginning import Moment, dial, ring_in
from .callbacks import Wish, cancel_callback, keep_for
from .calling_back import call_back, callbacks_due
from .carrying import carry_out
from .ending import call_ended, wrap_up
from .linking import arrived
from .recordings import keep_recording, pause_at_payment, paused, recording_stored
from .ringing import leg_answered, leg_ended, leg_offered, leg_talking, ring_due, rung_out

__all__ = [
    "Moment",
    "Plan",
    "Wish",
    "arrived",
    "call_back",
    "call_ended",
    "callbacks_due",
    "cancel_callback",
    "carry_out",
    "dial",
    "keep_for",
    "keep_recording",
    "leg_answered",
    "leg_ended",
    "leg_offered",
    "leg_talking",
    "pause_at_payment",
    "paused",
    "plan_of",
    "queue_says",
    "recording_stored",
    "ring_due",
    "ring_in",
    "rung_out",
    "wrap_up",
]
