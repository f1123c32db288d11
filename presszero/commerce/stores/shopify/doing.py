"""What a shop does for us: one verb a kind of Ask. Each finds first what an earlier try of the same ask has done.

Where the connection breaks after our words were sent, nobody knows, and we say so. A refund carries an idempotency key,
and is found by its note; codes and cards have a name worked out of the key, which no shop gives out twice; what is
changed or cancelled is the same however often it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.core.money import Money

from ...vocabulary import Address, Ask, Done
from ..adapter import AccessLost, StoreAway, StoreSettings
from ..marks import code_of as code_from
from ..marks import marked
from ..web import Unsure
from . import client, finding, wanted
from .money import gid, nodes, number
from .reading import KEY, KIND
from .refunding import refund

Writing = Callable[[], None]


def do(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """Does it; never raises for what the shop or the network does."""
    sent: list[bool] = []

    def written() -> None:
        sent.append(True)
        writing()

    try:
        return _VERBS[ask.kind](store, ask, written)
    except Unsure as why:
        return Done("unknown" if sent else "later", reason=str(why))
    except AccessLost as why:
        return Done("refused", reason=str(why))
    except StoreAway as why:
        return Done("later", reason=str(why), retry_after=why.retry_after)
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError, IndexError) as why:
        reason = _("Shopify answered in a way we cannot read.")
        return Done("unknown" if sent else "refused", reason=f"{reason} {str(why)[:200]}")


def undo(store: StoreSettings, ask: Ask, done: Done) -> Done:
    """A code or a draft is deleted, a gift card buys nothing more; one that is gone already is as good."""
    if not done.external_id:
        return Done("refused", reason=_("The shop did not say which it was. Take it back in the shop."))
    verbs: dict[str, tuple[str, dict[str, Any]]] = {
        "code": (wanted.UNCODE, {"id": gid("DiscountCodeNode", done.external_id)}),
        "gift_card": (wanted.UNGIFT, {"id": gid("GiftCard", done.external_id)}),
        "draft": (wanted.UNDRAFT, {"input": {"id": gid("DraftOrder", done.external_id)}}),
    }
    query, variables = verbs[ask.kind]
    try:
        said = client.ask(store, query, variables)
    except Unsure as why:
        return Done("unknown", reason=str(why))
    except (AccessLost, StoreAway) as why:
        later = isinstance(why, StoreAway)
        return Done("later" if later else "refused", reason=str(why), retry_after=getattr(why, "retry_after", None))
    wrong = errors(next(iter(said.values())))
    gone = any(word in wrong for word in ("exist", "already"))
    return Done("refused", reason=wrong) if wrong and not gone else Done("accepted", done.external_id)


def errors(payload: Any) -> str:
    """What a mutation's userErrors say, as one sentence; "" when it was done."""
    found = [each for name, value in (payload or {}).items() if name.endswith("rrors") for each in value or ()]
    return " ".join(str(each.get("message", "")).rstrip(".") + "." for each in found)[:500]


def code_of(store: StoreSettings, key: str, length: int) -> str:
    """A code that nobody can guess, and that is the same for every try of one ask."""
    return code_from(store.secrets.get("secret") or store.secrets.get("token") or "", key, length)


def _cancel(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """All of what can go back goes back, or nothing does: Shopify cancels no other way."""
    order = finding.order(store, ask.order)
    if order is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    if order.cancelled_at:
        return Done("accepted", ask.order, news=order)
    left = sum(each.amount for each in order.payments if each.state == "captured")
    left -= sum(each.amount for each in order.refunds if each.state != "failed")
    if ask.amount not in (0, left):
        whole = Money(left, order.currency).says()
        return Done("refused", reason=_("Shopify cancels with all of %(whole)s back, or nothing.") % {"whole": whole})
    variables = {
        "id": gid("Order", ask.order),
        "notify": ask.notify,
        "refund": ask.amount > 0,
        "restock": ask.restock,
        "note": marked(ask.reason, ask.key),
    }
    said = client.ask(store, wanted.CANCEL, variables, writing)["orderCancel"]
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    after = finding.seen(store, ask.order)
    if after and after.cancelled_at:
        return Done("accepted", ask.order, news=after)
    return Done("unknown", reason=_("Shopify is still at it."))


def _address(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    given = {"id": gid("Order", ask.order), "shippingAddress": _mailing(ask.address or Address())}
    said = client.ask(store, wanted.ADDRESS, {"input": given}, writing)["orderUpdate"]
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    return Done("accepted", ask.order, news=finding.seen(store, ask.order))


def _place(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order that is paid already: a replacement, or an exchange."""
    known = finding.placed(store, ask.key)
    if known:
        return Done("accepted", known)
    order: dict[str, Any] = {
        "lineItems": [_line(ask, *each) for each in ask.variants],
        "currency": ask.currency,
        "email": ask.email or None,
        "note": ask.reason[:500] or None,
        "tags": [finding.mark(ask.key)],
        "financialStatus": "PAID",
        "customAttributes": _marked(ask, {KIND: ask.extra.get("kind", "replacement")}),
    }
    if ask.account:
        order["customer"] = {"toAssociate": {"id": gid("Customer", ask.account)}}
    if ask.address:
        order["shippingAddress"] = _mailing(ask.address)
    options = {"inventoryBehaviour": "DECREMENT_OBEYING_POLICY", "sendReceipt": ask.notify}
    said = client.ask(store, wanted.PLACE, {"order": order, "options": options}, writing)["orderCreate"]
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    external_id = str(said["order"]["legacyResourceId"])
    return Done("accepted", external_id, news=finding.seen(store, external_id))


def _draft(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order to be paid on the shop's own page, which adds tax and shipping. A code in `extra` is taken off."""
    known = finding.drafted(store, ask.key)
    if known:
        return known
    given: dict[str, Any] = {
        "lineItems": [_draft_line(ask, *each) for each in ask.variants],
        "email": ask.email or None,
        "note": ask.reason[:500] or None,
        "tags": [finding.mark(ask.key)],
        "customAttributes": _marked(ask),
        "presentmentCurrencyCode": ask.currency,
    }
    if ask.account:
        given["purchasingEntity"] = {"customerId": gid("Customer", ask.account)}
    if ask.address:
        given["shippingAddress"] = _mailing(ask.address)
    if ask.extra.get("code"):
        given["discountCodes"] = [ask.extra["code"]]
    said = client.ask(store, wanted.DRAFT, {"input": given}, writing)["draftOrderCreate"]
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    made = said["draftOrder"]
    return Done("accepted", str(made["legacyResourceId"]), url=str(made.get("invoiceUrl") or ""))


def _gift_card(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    code = code_of(store, ask.key, 16)
    given: dict[str, Any] = {"initialValue": _decimal(ask), "code": code, "note": marked(ask.reason, ask.key)}
    if ask.expires_at:
        given["expiresOn"] = ask.expires_at.date().isoformat()
    if ask.account:
        given["customerId"] = gid("Customer", ask.account)
    said = client.ask(store, wanted.GIFT_CARD, {"input": given}, writing)["giftCardCreate"]
    if _is_taken(said):  # by an earlier try of ours: nobody else could have worked the code out
        return Done("accepted", code=code)
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    return Done("accepted", number(said["giftCard"]["id"]), code=code)


def _code(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    code = code_of(store, ask.key, 10)
    off: dict[str, Any] = {"discountAmount": {"amount": _decimal(ask), "appliesOnEachItem": False}}
    if ask.percent is not None:
        off = {"percentage": ask.percent / 100}
    given = {
        "title": f"Press Zero {code}",
        "code": code,
        "startsAt": timezone.now().isoformat(),
        "endsAt": _iso(ask.expires_at),
        "context": {"all": "ALL"},
        "customerGets": {"value": off, "items": {"all": True}},
        "appliesOncePerCustomer": True,
        "usageLimit": 1,
    }
    said = client.ask(store, wanted.CODE, {"discount": given}, writing)["discountCodeBasicCreate"]
    if _is_taken(said):
        return Done("accepted", finding.code(store, code), code=code)
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    return Done("accepted", number(said["codeDiscountNode"]["id"]), code=code)


def _return(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    known = finding.returned(store, ask)
    if known:
        return known
    left = dict(ask.lines)
    found = client.ask(store, wanted.RETURNABLE, {"id": gid("Order", ask.order)})
    reason = next((each["id"] for each in nodes(found.get("returnReasonDefinitions"))), None)
    items = []
    for parcel in nodes(found["returnableFulfillments"]):
        for each in nodes(parcel["returnableFulfillmentLineItems"]):
            line = number(each["fulfillmentLineItem"]["lineItem"]["id"])
            pieces = min(left.get(line, 0), int(each["quantity"]))
            if pieces:
                left[line] -= pieces
                item = {"fulfillmentLineItemId": each["fulfillmentLineItem"]["id"], "quantity": pieces}
                items.append(
                    {**item, "returnReasonDefinitionId": reason, "returnReasonNote": marked(ask.reason, ask.key)}
                )
    if any(left.values()) or not items:
        return Done("refused", reason=_("Shopify takes back only what was sent, and was not returned yet."))
    given = {"orderId": gid("Order", ask.order), "returnLineItems": items}
    said = client.ask(store, wanted.RETURN, {"input": given}, writing)["returnCreate"]
    if wrong := errors(said):
        return Done("refused", reason=wrong)
    return Done("accepted", number(said["return"]["id"]), news=finding.seen(store, ask.order))


def _line(ask: Ask, variant: str, pieces: int, price: int) -> dict[str, Any]:
    each = {"amount": str(Money(price, ask.currency).decimal), "currencyCode": ask.currency}
    return {"variantId": gid("ProductVariant", variant), "quantity": pieces, "priceSet": {"shopMoney": each}}


def _draft_line(ask: Ask, variant: str, pieces: int, price: int) -> dict[str, Any]:
    each = {"amount": str(Money(price, ask.currency).decimal), "currencyCode": ask.currency}
    return {"variantId": gid("ProductVariant", variant), "quantity": pieces, "priceOverride": each}


def _marked(ask: Ask, more: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in {KEY: ask.key, **(more or {})}.items()]


def _mailing(address: Address) -> dict[str, str | None]:
    first, _space, last = address.name.rpartition(" ")
    said = {
        "firstName": first,
        "lastName": last,
        "company": address.company,
        "address1": address.line1,
        "address2": address.line2,
        "zip": address.postcode,
        "city": address.city,
        "provinceCode": address.region,
        "countryCode": address.country,
        "phone": address.phone,
    }
    return {name: value or None for name, value in said.items()}


def _decimal(ask: Ask) -> str:
    return str(Money(ask.amount, ask.currency).decimal)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _is_taken(payload: Any) -> bool:
    return any(str(each.get("code", "")) == "TAKEN" for each in (payload or {}).get("userErrors") or ())


_VERBS: dict[str, Callable[[StoreSettings, Ask, Writing], Done]] = {
    "refund": refund,
    "cancel": _cancel,
    "address": _address,
    "order": _place,
    "draft": _draft,
    "gift_card": _gift_card,
    "code": _code,
    "return": _return,
}
KINDS = frozenset(_VERBS)
