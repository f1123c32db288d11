"""When orders arrive, learned from their own history: a library without Django and without a database.

Two questions. **What to promise**, at checkout, from what is known when an order is placed (NumPy, scikit-learn):

    orders = prediction.Orders(placed, promised, delivered, groups={"lane": lanes})    # columns, days since 1970
    told = prediction.learn(orders, as_of, keep=0.965)     # looks at nothing on or after as_of
    told.promise(new_orders)                               # whole days from placing, the shortest that holds
    outlook = told.outlook(new_orders)                     # a distribution over days for each order:
    outlook.quantile(0.8), outlook.by(days), outlook.after(elapsed, days)

**How much longer**, for an order that waits or a parcel under way, told anew at each scan (plain Python):

    lessons = prediction.learn_remaining(journeys, as_of)  # Journey: day begun, scans (day, stage), day arrived, groups
    expected = lessons.expect(prediction.Moment(today, stage, quiet, carrier, service, lane, warehouse))
    expected.by(promised), expected.day(0.8)               # a probability; the day of a quantile
    expected.parcels, expected.group                       # "from 312 parcels": ("DHL", "Express", "DE–ES")
    kept = lessons.dumps(); lessons = prediction.Lessons.loads(kept)   # bytes for a row; ValueError if they are not

`expect` answers always: from broader groups where there are few parcels, from a stated belief (`parcels` is 0) where
there are none. Days are calendar days on the merchant's clock. Afterwards `score(Told(…) for …)` says how good it was,
as JSON, and `picture(bins)` draws it.

NumPy and scikit-learn are loaded when a name of the first half is used, not before: a process that never uses one pays
nothing. So write `from presszero.fulfilment import prediction` and `prediction.learn(…)`.

Owns: outlook, level of a promise, journey, moment, lessons.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .learning import Predictor, learn
    from .orders import Orders
    from .outlook import Outlook
    from .picture import picture
    from .remaining import Expected, Journey, Lessons, Moment, learn_remaining
    from .scoring import Told, reliability, score

_WHERE = {
    "learning": ("Predictor", "learn"),
    "orders": ("Orders",),
    "outlook": ("Outlook",),
    "picture": ("picture",),
    "remaining": ("Expected", "Journey", "Lessons", "Moment", "learn_remaining"),
    "scoring": ("Told", "reliability", "score"),
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names}
__all__ = [
    "Expected",
    "Journey",
    "Lessons",
    "Moment",
    "Orders",
    "Outlook",
    "Predictor",
    "Told",
    "learn",
    "learn_remaining",
    "picture",
    "reliability",
    "score",
]


def __getattr__(name: str) -> object:
    """The module of a name is loaded when the name is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found
