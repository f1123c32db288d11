"""The apps whose reactions a worker runs. Importing an app's `reactions` registers them; this is the one list."""

from __future__ import annotations

from presszero.alerts import reactions as alerts
from presszero.calls import reactions as calls
from presszero.commerce import reactions as commerce
from presszero.conversations import reactions as conversations
from presszero.fulfilment import reactions as fulfilment
from presszero.insights import reactions as insights
from presszero.offers import reactions as offers
from presszero.outreach import reactions as outreach
from presszero.promises import reactions as promises
from presszero.remedies import reactions as remedies
from presszero.routing import reactions as routing
from presszero.rules import reactions as rules

APPS = (
    commerce,
    fulfilment,
    conversations,
    routing,
    promises,
    calls,
    remedies,
    outreach,
    offers,
    insights,
    rules,
    alerts,
)


def register() -> None:
    """Imports have done it; the function gives the worker something to call, and the reader a place to look."""
    assert all(app.__name__ for app in APPS)
