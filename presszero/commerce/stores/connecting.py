"""Connecting a store, and letting it go. The store is asked first; nothing is kept of one that does not answer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen
from presszero.core.text import one_line
from presszero.merchants.models import Brand, Merchant
from presszero.timeline.actions import wake

from ..models import Store
from . import filling, pacing, trouble
from .adapter import AccessLost, Checked, StoreAdapter, StoreAway, StoreSettings
from .listening import DEAF, door_of, listen
from .registry import adapter

DOOR = "lines"  # the channel that tells the door to look at its lines and stores anew


def connect(merchant: Merchant, kind: str, address: str, values: Mapping[str, str], by: Actor) -> Store:
    """Asks the store who it is, has it tell us of changes, and begins to read its history.

    One that was disconnected is connected again, with its orders. Raises Refused with what to do.
    """
    way = adapter(kind)
    home = way.home(address)
    given = _given(way, values)
    known = Store.objects.filter(merchant=merchant, kind=kind, address=home).first()
    if known and known.paused_at is None:
        raise Refused(_("%(shop)s is connected already.") % {"shop": known.name}, _("Open it to check it again."))
    row = known or Store(merchant=merchant, kind=kind, address=home)
    row.settings = {each.key: given[each.key] for each in way.fields if not each.secret and given.get(each.key)}
    row.keep_secrets({each.key: given[each.key] for each in way.fields if each.secret and given.get(each.key)})
    row.currency = ""
    found = _checked(way, row.for_adapter())
    _keep(row, found, by)
    listen(way, row)
    filling.begin(row)
    return row


def change_keys(store: Store, values: Mapping[str, str], by: Actor) -> Store:
    """Other keys for the same shop, kept once the shop knows them. Raises Refused, and the old ones stay."""
    way = adapter(store.kind)
    given = _given(way, values)
    kept = {each.key for each in way.fields} | {DEAF}
    row = Store.objects.select_related("merchant").get(merchant_id=store.merchant_id, id=store.id)
    row.settings = {key: value for key, value in row.settings.items() if key not in kept}
    row.settings |= {each.key: given[each.key] for each in way.fields if not each.secret and given[each.key]}
    row.keep_secrets({each.key: given[each.key] for each in way.fields if each.secret and given[each.key]})
    found = _checked(way, row.for_adapter())
    pacing.awake(row.id)
    _keep(row, found, by)
    listen(way, row)
    filling.begin(row, since=row.reconciled_at)
    return row


def read_again(store: Store, by: Actor, *, stop: bool = False) -> None:
    """Everything is read once more; with `stop`, what is being read is read no further."""
    with transaction.atomic():
        if stop:
            filling.stop(store)
        else:
            filling.begin(store)
        record("store.stop" if stop else "store.read", f"store:{store.id}", by=by, merchant=store.merchant)


def check_again(store: Store, by: Actor) -> Store:
    """Asks the store once more and has it tell us of changes. Raises Refused with what is wrong."""
    way = adapter(store.kind)
    try:
        found = _checked(way, store.for_adapter())
    except CannotOpen as why:
        raise Refused(str(why)) from why
    except Refused as why:
        trouble.ails(store, str(why))
        raise
    pacing.awake(store.id)
    with transaction.atomic():
        Store.objects.filter(merchant_id=store.merchant_id, id=store.id).update(name=_name(store, found))
        record("store.check", f"store:{store.id}", by=by, merchant=store.merchant)
    trouble.well(store)
    listen(way, store)
    if store.reconciled_at:
        filling.begin(store, since=store.reconciled_at)
    store.refresh_from_db()
    return store


def disconnect(store: Store, by: Actor) -> None:
    """Asks for nothing any more, believes nothing any more, and forgets the keys. Its orders stay."""
    # It may be gone for good; what it still sends is refused at the door.
    with contextlib.suppress(StoreAway, AccessLost, CannotOpen):
        adapter(store.kind).unsubscribe(store.for_adapter(), door_of(store))
    with transaction.atomic():
        filling.stop(store)
        rows = Store.objects.filter(merchant_id=store.merchant_id, id=store.id)
        rows.update(paused_at=timezone.now(), sealed=b"", trouble="", trouble_since=None)
        record("store.disconnect", f"store:{store.id}", by=by, merchant=store.merchant, before={"name": store.name})
        wake(DOOR)


def _given(way: StoreAdapter, values: Mapping[str, str]) -> dict[str, str]:
    given = {each.key: values.get(each.key, "").strip() for each in way.fields}
    for each in way.fields:
        if each.required and not given[each.key]:
            raise Refused(_("Fill in “%(field)s”.") % {"field": each.label})
    return given


def _checked(way: StoreAdapter, asked: StoreSettings) -> Checked:
    try:
        found = way.check(asked)
    except AccessLost as why:
        raise Refused(str(why), _("Look at the keys in the shop, and copy them once more.")) from why
    except StoreAway as why:
        raise Refused(str(why), _("Look at the address, and try again in a minute.")) from why
    if found.missing:
        rights = ", ".join(found.missing)
        raise Refused(
            _("The shop knows the keys, but they lack rights: %(rights)s.") % {"rights": rights},
            _("Allow them in the shop, and connect again."),
        )
    return found


@transaction.atomic
def _keep(row: Store, found: Checked, by: Actor) -> None:
    if not hasattr(row, "brand"):
        row.brand = Brand.objects.filter(merchant_id=row.merchant_id).order_by("id")[0]
    row.name, row.currency = _name(row, found), found.currency
    row.paused_at = row.trouble_since = None
    row.trouble = ""
    row.save()
    after = {"kind": row.kind, "address": row.address}
    record("store.connect", f"store:{row.id}", by=by, merchant=row.merchant, after=after)
    wake(DOOR)


def _name(row: Store, found: Checked) -> str:
    return one_line(found.name, 120) or row.address[:120]
