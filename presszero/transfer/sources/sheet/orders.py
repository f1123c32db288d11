"""Tables of orders, one line of an order a row, and of products, one variant a row. As shops export them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from presszero.commerce.policy import number_key
from presszero.core.money import BadMoney, typed

from ...vocabulary import NotUnderstood, Record
from .. import values
from .registry import Sheet
from .row import BAD_TIME, Row

NO_NUMBER = gettext_noop("It has no order number.")
NO_THING = gettext_noop("It does not say what was bought.")
NO_TITLE = gettext_noop("It has no name.")
BAD_AMOUNT = gettext_noop("“%(value)s” is no amount.")
BAD_PIECES = gettext_noop("The number of pieces cannot be read.")
PLACE = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")
_YES = {"paid", "yes", "true", "1", "bezahlt", "pagado", "captured", "partiallyrefunded", "refunded", "x", "ja", "si"}
_SENT = {
    "fulfilled",
    "shipped",
    "sent",
    "versendet",
    "enviado",
    "completed",
    "complete",
    "yes",
    "true",
    "1",
    "ja",
    "si",
}
_THERE = {"delivered", "zugestellt", "entregado"}
_NOT = {"unfulfilled", "pending", "no", "false", "0", "notsent", "nein", "processing", "open", "offen"}


@dataclass(frozen=True, slots=True)
class OrderRowFound(Record):
    """A line of an order, and what its row says of the whole order. Amounts in minor units; None: it does not say."""

    external_id: str
    number: str
    title: str
    quantity: int
    price: int
    currency: str
    sku: str = ""
    placed_at: datetime | None = None
    email: str = ""
    phone: str = ""
    name: str = ""
    shipping: int | None = None
    discount: int | None = None
    tax: int | None = None
    total: int | None = None
    refunded: int | None = None
    paid: bool | None = None
    sent: str = ""  # "" it does not say · not · sent · delivered
    carrier: str = ""
    tracking: str = ""
    note: str = ""
    place: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductRowFound(Record):
    """One variant and the product it belongs to."""

    external_id: str
    title: str
    variant: str
    sku: str
    currency: str
    price: int
    cost: int | None = None
    stock: int | None = None
    kind: str = ""
    url: str = ""
    picture_url: str = ""


def labels() -> dict[str, str]:
    return {
        "order_number": _("Order number"),
        "placed_at": _("When it was ordered"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "customer_name": _("Name"),
        "currency": _("Currency"),
        "title": _("What was bought"),
        "variant": _("Variant"),
        "sku": _("SKU"),
        "quantity": _("Pieces"),
        "price": _("Price of one"),
        "shipping": _("Shipping"),
        "discount": _("Discount"),
        "tax": _("Tax"),
        "total": _("Total of the order"),
        "refunded": _("Gone back"),
        "paid": _("Whether it is paid"),
        "sent": _("Whether it is sent"),
        "carrier": _("Carrier"),
        "tracking": _("Tracking number"),
        "note": _("Note"),
        "ship_name": _("Goes to: name"),
        "ship_company": _("Goes to: company"),
        "ship_line1": _("Goes to: street"),
        "ship_line2": _("Goes to: more"),
        "ship_postcode": _("Goes to: postcode"),
        "ship_city": _("Goes to: city"),
        "ship_region": _("Goes to: region"),
        "ship_country": _("Goes to: country"),
        "ship_phone": _("Goes to: phone"),
        "cost": _("What it costs you"),
        "stock": _("In stock"),
        "kind": _("Sort of thing"),
        "url": _("Address in the shop"),
        "picture_url": _("Picture"),
    }


def _order(row: Row) -> Record:
    number = row.one("order_number", 60)
    if not number_key(number):
        raise NotUnderstood(NO_NUMBER)
    title = " ".join(part for part in (row.one("title", 300), row.one("variant", 200)) if part) or row.one("sku", 120)
    if not title:
        raise NotUnderstood(NO_THING)
    currency = row.one("currency", 3).upper()
    return OrderRowFound(
        external_id=f"sheet:{number_key(number)}",
        number=number,
        title=title,
        quantity=_pieces(row),
        price=_minor(row, "price", currency) or 0,
        currency=currency,
        sku=row.one("sku", 120),
        placed_at=row.when("placed_at"),
        email=row.address("email"),
        phone=values.phone(row.one("phone")),
        name=row.one("customer_name", 200) or row.one("ship_name", 200),
        shipping=_minor(row, "shipping", currency),
        discount=_minor(row, "discount", currency),
        tax=_minor(row, "tax", currency),
        total=_minor(row, "total", currency),
        refunded=_minor(row, "refunded", currency),
        paid=_paid(row),
        sent=_sent(row),
        carrier=row.one("carrier", 80),
        tracking=row.one("tracking", 120),
        note=row.text("note")[:2000],
        place={name: said for name in PLACE if (said := row.one(f"ship_{name}", 200))},
    )


def _product(row: Row) -> Record:
    title = row.one("title", 300)
    if not title:
        raise NotUnderstood(NO_TITLE)
    currency, variant, sku = row.one("currency", 3).upper(), row.one("variant", 300), row.one("sku", 120)
    stock = row.one("stock", 12)
    return ProductRowFound(
        external_id=f"sheet:{sku or f'{title}/{variant}'.casefold()}"[:120],
        title=title,
        variant=variant,
        sku=sku,
        currency=currency,
        price=_minor(row, "price", currency) or 0,
        cost=_minor(row, "cost", currency),
        stock=int(float(stock)) if stock.removeprefix("-").replace(".", "", 1).isdigit() else None,
        kind=row.one("kind", 120),
        url=row.one("url", 1000),
        picture_url=row.one("picture_url", 1000),
    )


def _minor(row: Row, target: str, currency: str) -> int | None:
    """In the row's currency; the merchant's own is put in where none is said, so digits are those of most."""
    said = row.one(target, 40)
    if not said:
        return None
    try:
        return typed(said, currency or "EUR", get_language() or "en").minor
    except BadMoney as why:
        raise NotUnderstood(_(BAD_AMOUNT) % {"value": said[:30]}) from why


def _pieces(row: Row) -> int:
    said = row.one("quantity", 12).removesuffix(".0").removesuffix(",0") or "1"
    if not said.isdecimal() or not 0 < int(said) < 10**6:
        raise NotUnderstood(BAD_PIECES)
    return int(said)


def _folded(row: Row, target: str) -> str:
    return "".join(sign for sign in row.one(target, 60).casefold() if sign.isalnum())


def _paid(row: Row) -> bool | None:
    """A word, or the day it was paid."""
    said = _folded(row, "paid")
    return None if not said else said in _YES or values.when(row.one("paid", 60)) is not None


def _sent(row: Row) -> str:
    said = _folded(row, "sent")
    if not said:
        return "sent" if row.has("tracking") else ""
    if said in _THERE:
        return "delivered"
    if said in _NOT:
        return "not"
    if said in _SENT or values.when(row.one("sent", 60)) is not None:
        return "sent"
    raise NotUnderstood(BAD_TIME)


_COLUMNS = {
    "order_number": "name number order orderid ordername bestellnummer bestellung auftrag pedido numerodepedido",
    "placed_at": "createdat date orderdate placed datum bestelldatum fecha paidat",
    "email": "customeremail billingemail mail",
    "phone": "billingphone telefon telefono tel",
    "customer_name": "name customer billingname buyer kunde cliente",
    "currency": "wahrung moneda",
    "title": "lineitemname item product productname artikel produkt producto article itemname",
    "variant": "varianttitle variante option",
    "sku": "lineitemsku productsku artikelnummer",
    "quantity": "lineitemquantity qty pieces menge anzahl cantidad itemquantity",
    "price": "lineitemprice unitprice itemprice preis einzelpreis precio",
    "shipping": "shippingcost shippingtotal versand versandkosten envio",
    "discount": "discountamount rabatt descuento",
    "tax": "taxes vat steuer mwst iva",
    "total": "ordertotal amount gesamt summe importe",
    "refunded": "refundedamount refund erstattet reembolsado",
    "paid": "financialstatus paymentstatus bezahlt pagado zahlungsstatus",
    "sent": "fulfillmentstatus fulfilmentstatus orderstatus versandstatus status estado lineitemfulfillmentstatus",
    "carrier": "shippingcompany versanddienst transportista",
    "tracking": "trackingnumber sendungsnummer seguimiento trackingcode",
    "note": "notes notiz anmerkung nota",
    "ship_name": "shippingname liefername",
    "ship_company": "shippingcompanyname",
    "ship_line1": "shippingaddress1 shippingstreet street strasse lieferadresse address direccion",
    "ship_line2": "shippingaddress2",
    "ship_postcode": "shippingzip zip postcode plz codigopostal shippingpostcode",
    "ship_city": "shippingcity city ort stadt ciudad",
    "ship_region": "shippingprovince province region",
    "ship_country": "shippingcountry country land pais",
    "ship_phone": "shippingphone",
}
_PRODUCT = {
    "title": "name product productname artikel produkt producto",
    "variant": "varianttitle option option1value variante",
    "sku": "variantsku artikelnummer",
    "currency": "wahrung moneda",
    "price": "variantprice preis precio regularprice",
    "cost": "costperitem einkaufspreis coste",
    "stock": "variantinventoryqty inventory bestand lager existencias quantity",
    "kind": "type category producttype kategorie categoria",
    "url": "link permalink",
    "picture_url": "imagesrc image images bild imagen",
}

TABLES = [
    Sheet("orders", lambda: _("Orders"), "order", _COLUMNS, labels, _order),
    Sheet("products", lambda: _("Products"), "product", _PRODUCT, labels, _product),
]
