"""What a shop does for us: one verb a kind of Ask. Each finds first what an earlier try of the same ask has done."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from ...vocabulary import Address, Ask, Done
from ..adapter import StoreSettings
from ..marks import marked
from ..web import Writing, answered
from . import client, codes, drafting, finding, wanted
from .finding import Raw
from .reading import address_out
from .refunding import money_back, refund

# Where an order goes back to once it was changed; the shop itself refuses those that its parcels do not bear out.
_BACK_TO = ("PartiallyDelivered", "Shipped", "PartiallyShipped", "PaymentSettled", "PaymentAuthorized")


def do(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """Does it; never raises for what the shop or the network does."""
    return answered(lambda once: _VERBS[ask.kind](store, ask, once), writing)


def undo(store: StoreSettings, ask: Ask, done: Done) -> Done:
    """A code or a draft is taken away; one that is gone already is as good."""
    verbs = {"code": codes.undo, "draft": drafting.undraft}
    return answered(lambda once: verbs[ask.kind](store, done.external_id, once), lambda: None)


def _cancel(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """The shop's yes comes before any money, since what is delivered cannot be cancelled."""
    raw = finding.raw_order(store, ask.order)
    if raw is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    if raw.node["state"] != "Cancelled":
        given = {"orderId": ask.order, "cancelShipping": True, "reason": marked(ask.reason, ask.key)}
        said = client.ask(store, wanted.CANCEL, {"input": given}, writing)["done"]
        if said["__typename"] != "Order":
            return Done("refused", reason=str(said.get("message") or said["__typename"]))
    if ask.amount == 0:
        return Done("accepted", ask.order, news=finding.seen(store, ask.order))
    given_back = money_back(store, raw, ask, writing)
    if given_back.state != "accepted":
        reason = _("It is cancelled, but the money did not go back: %(why)s") % {"why": given_back.reason}
        return Done("refused", reason=reason, news=finding.seen(store, ask.order))
    return Done("accepted", ask.order, news=given_back.news)


def _address(store: StoreSettings, ask: Ask, writing: Writing) -> Done:
    """An order is opened, changed and closed again. One that an earlier try left open is only closed."""
    raw = finding.raw_order(store, ask.order)
    if raw is None:
        return Done("refused", reason=_("The shop does not know this order any more."))
    wanted_now = address_out(ask.address or Address())
    before = str(raw.node["state"])
    if before != "Modifying":
        if _is_there(raw, wanted_now):
            return Done("accepted", ask.order, news=raw.read(store))
        if "Modifying" not in raw.node["nextStates"]:
            return Done("refused", reason=_("The shop changes nothing of an order that is this far."))
        if not _can_close(raw):
            return Done("refused", reason=_("Money went back already, and the shop changes no address after that."))
        if said := _moved(store, ask.order, "Modifying", writing):
            return Done("refused", reason=said)
    wrong = ""
    if not _is_there(raw, wanted_now):
        given = {"dryRun": False, "orderId": ask.order, "updateShippingAddress": wanted_now, "note": ask.reason[:200]}
        said = client.ask(store, wanted.MODIFY, {"input": given}, writing)["done"]
        wrong = "" if said["__typename"] == "Order" else str(said.get("message") or said["__typename"])
    closed = _close(store, ask.order, before, writing)
    if wrong or closed:
        return Done("refused", reason=wrong or closed)
    return Done("accepted", ask.order, news=finding.seen(store, ask.order))


def _can_close(raw: Raw) -> bool:
    """Vendure opens an order that is not sent, and never lets it go again where money went back: it calls it unpaid."""
    if raw.node["state"] not in ("PaymentSettled", "PaymentAuthorized"):
        return True
    back = sum(int(e["total"]) for paid in raw.payments() for e in paid["refunds"])
    taken = sum(int(e["amount"]) for e in raw.payments() if e["state"] in ("Settled", "Authorized"))
    return taken - back >= int(raw.node["totalWithTax"])


def _is_there(raw: Raw, address: dict[str, str]) -> bool:
    now = raw.node.get("shippingAddress") or {}
    return all(str(now.get(name) or "") == value for name, value in address.items())


def _close(store: StoreSettings, number: str, before: str, writing: Writing) -> str:
    """Back to where it was; the shop's own words when it will not."""
    said = ""
    for state in (before,) if before != "Modifying" else _BACK_TO:
        said = _moved(store, number, state, writing)
        if not said:
            return ""
    return said


def _moved(store: StoreSettings, number: str, state: str, writing: Writing) -> str:
    said = client.ask(store, wanted.MOVE, {"id": number, "state": state}, writing)["done"]
    return "" if said["__typename"] == "Order" else str(said.get("transitionError") or said.get("message") or state)


_VERBS: dict[str, Callable[[StoreSettings, Ask, Writing], Done]] = {
    "refund": refund,
    "cancel": _cancel,
    "address": _address,
    "order": drafting.place,
    "draft": drafting.draft,
    "code": codes.code,
}
KINDS = frozenset(_VERBS)
