"""Reads of orders, each named after its question. A customer's are those of everyone merged into them."""

from .finding import find_orders, find_variants
from .panel import Glance, Panel, panel
from .people import cart_of, orders_of, waiting_for, worth, worths
from .whole import Whole, order_whole

__all__ = [
    "Glance",
    "Panel",
    "Whole",
    "cart_of",
    "find_orders",
    "find_variants",
    "order_whole",
    "orders_of",
    "panel",
    "waiting_for",
    "worth",
    "worths",
]
