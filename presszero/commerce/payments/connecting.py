"""Connecting a way of being paid, and letting it go. The provider is asked first; nothing is kept of keys that fail."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen
from presszero.core.text import clean, one_line
from presszero.merchants.models import Merchant
from presszero.timeline.actions import wake

from ..models import PayAccount
from . import trouble
from .adapter import KeysRefused, NotDone, PayAdapter, PaySettings, ProviderAway
from .registry import adapter

DOOR = "lines"  # the channel that tells the door to look at its lines, stores and accounts anew


def connect(merchant: Merchant, kind: str, values: Mapping[str, str], by: Actor) -> PayAccount:
    """Asks the provider who holds these keys, and keeps them; again, with others, replaces them. Raises Refused.

    A secret that is left empty stays what it was.
    """
    way = adapter(kind)
    row = PayAccount.objects.filter(merchant=merchant, kind=kind).first() or PayAccount(merchant=merchant, kind=kind)
    before = {"name": row.name, "settings": row.settings} if row.pk else None
    given = _given(way, row, values)
    row.settings = {each.key: given[each.key] for each in way.fields if not each.secret and given[each.key]}
    secrets = {each.key: given[each.key] for each in way.fields if each.secret and given[each.key]}
    row.name = _checked(way, PaySettings(row.pk or 0, kind, "", row.settings, secrets)) or way.name
    if way.has_page and not secrets.get("webhook"):
        secrets["webhook"] = _subscribed(way, PaySettings(row.pk or 0, kind, "", row.settings, secrets), row)
    row.keep_secrets({name: value for name, value in secrets.items() if value})
    row.paused_at = row.trouble_since = None
    row.trouble = ""
    with transaction.atomic():
        row.save()
        after = {"name": row.name, "settings": row.settings}
        record("payment.connect", f"payaccount:{row.id}", by=by, merchant=merchant, before=before, after=after)
        wake(DOOR)
    return row


def check_again(account: PayAccount, by: Actor) -> None:
    """Asks the provider once more. Raises Refused with what is wrong, and shows it until it is well."""
    try:
        _checked(adapter(account.kind), account.for_adapter())
    except (Refused, CannotOpen) as why:
        trouble.ails(account, str(why))
        raise Refused(str(why), getattr(why, "next_step", "")) from why
    trouble.well(account)
    record("payment.check", f"payaccount:{account.id}", by=by, merchant=account.merchant)


@transaction.atomic
def disconnect(account: PayAccount, by: Actor) -> None:
    """Nobody is sent there any more, and the keys are forgotten. What was paid stays."""
    rows = PayAccount.objects.filter(merchant_id=account.merchant_id, id=account.id)
    rows.update(paused_at=timezone.now(), sealed=b"", trouble="", trouble_since=None)
    before = {"name": account.name}
    record("payment.disconnect", f"payaccount:{account.id}", by=by, merchant=account.merchant, before=before)
    wake(DOOR)


def door_of(account: PayAccount) -> str:
    """Where the provider tells us of payments."""
    return f"{settings.ORIGIN}/in/{account.kind}/{account.token}"


def _given(way: PayAdapter, row: PayAccount, values: Mapping[str, str]) -> dict[str, str]:
    """What was filled in; a sealed one that was left empty is taken from before."""
    try:
        known = row.secrets if row.pk and row.paused_at is None else {}
    except CannotOpen:
        known = {}
    given = {each.key: clean(values.get(each.key, ""), 4000).strip() for each in way.fields}
    for each in way.fields:
        if each.secret:
            given[each.key] = given[each.key] or known.get(each.key, "")
        if each.required and not given[each.key]:
            raise Refused(_("Fill in “%(field)s”.") % {"field": each.label})
    if given.get("secret", "").startswith("pk_"):
        raise Refused(_("This is the publishable key."), _("The secret one stands beside it, and begins with sk_."))
    return given


def _checked(way: PayAdapter, asked: PaySettings) -> str:
    try:
        return one_line(way.check(asked), 120)
    except KeysRefused as why:
        raise Refused(str(why), _("Copy the secret key from Stripe once more.")) from why
    except ProviderAway as why:
        raise Refused(str(why), _("Try again in a minute.")) from why
    except NotDone as why:
        raise Refused(str(why)) from why


def _subscribed(way: PayAdapter, asked: PaySettings, row: PayAccount) -> str:
    """The secret of a webhook that we made; "" where the provider cannot reach us: then we ask, and are not told."""
    try:
        return way.subscribe(asked, door_of(row))
    except (NotDone, ProviderAway, KeysRefused):
        return ""
