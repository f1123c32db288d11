"""What was sold, and to whom: amounts in minor units beside their currency, as every other program can read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from presszero.commerce.models import (
    Credit,
    Discount,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Return,
    Shipment,
    Variant,
)
from presszero.fulfilment.models import Forecast, Scan

from .cells import of_model
from .registry import register

_ORDER = (
    "id number source kind origin_id store_id external_id customer_id email phone name ship_to bill_to note currency"
    " subtotal discount shipping tax total captured refunded paid sent placed_at cancelled_at promised_from promised_by"
)
_LINE = "id order_id variant_id position title sku quantity price discount tax total cost sent refunded"
_SHIPMENT = "id order_id carrier service warehouse tracking tracking_url state lines sent_at expected_at delivered_at"
_FORECAST = "id order_id at stage promised on_time p50 p80 p90 p95 parcels group newest arrived scored_at"

register(
    of_model("products", _("Products"), Product, "id store_id external_id title kind url active created_at gone_at"),
    of_model(
        "variants",
        _("Variants"),
        Variant,
        "id product_id external_id sku title currency price cost stock sells_without_stock gone_at",
    ),
    of_model("orders", _("Orders"), Order, _ORDER),
    of_model("order_lines", _("Lines of orders"), OrderLine, _LINE),
    of_model("discounts", _("Discounts of orders"), Discount, "id order_id code title amount"),
    of_model("payments", _("Payments"), Payment, "id order_id method label currency amount state at"),
    of_model("refunds", _("Refunds"), Refund, "id order_id currency amount shipping reason state at"),
    of_model("shipments", _("Parcels"), Shipment, _SHIPMENT),
    of_model("scans", _("Scans of parcels"), Scan, "id shipment_id stage at words place"),
    of_model("forecasts", _("Forecasts of orders"), Forecast, _FORECAST),
    of_model("returns", _("Returns"), Return, "id order_id state reason lines tracking at received_at"),
    # Not the code itself: whoever reads the file could spend it.
    of_model("credits", _("Store credit"), Credit, "id customer_id kind currency amount left percent expires_at at"),
)
