"""The rows, by what a shopkeeper would call them."""

from .carts import Cart, DraftOrder
from .catalogue import Product, Variant
from .credit import Credit, CreditUse
from .orders import Discount, Order, OrderLine, Payment, Refund
from .shipments import Return, Shipment
from .stores import BackFill, Drift, PayAccount, Stale, Store

__all__ = [
    "BackFill",
    "Cart",
    "Credit",
    "CreditUse",
    "Discount",
    "DraftOrder",
    "Drift",
    "Order",
    "OrderLine",
    "PayAccount",
    "Payment",
    "Product",
    "Refund",
    "Return",
    "Shipment",
    "Stale",
    "Store",
    "Variant",
]
