"""Stores we are connected to, how far their history was read, and where they and we differ."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.commerce.payments.adapter import PaySettings
from presszero.commerce.stores.adapter import StoreSettings
from presszero.core.sealing import new_token, open_sealed, seal
from presszero.merchants.models import Brand
from presszero.merchants.owned import Owned, OwnedKey


def _token() -> str:
    return new_token(192)


class Store(Owned):
    """A shop of the merchant's on some platform. Its arrivals use minus its id where a line's id would stand."""

    kind = models.CharField(max_length=20)  # a key of settings.STORES
    address = models.CharField(max_length=254)  # juniper.myshopify.com, https://shop.juniper.example
    name = models.CharField(max_length=120)
    brand = OwnedKey(Brand)
    currency = models.CharField(max_length=3)  # ISO 4217
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)  # secrets, see core.sealing; never in `settings`
    token = models.CharField(max_length=64, unique=True, default=_token)  # in the webhook's address
    created_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)  # a webhook came in
    reconciled_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="")  # what the last call said, "" when well
    trouble_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "kind", "address"], name="one_store_an_address")]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen when they were sealed under another key."""
        return open_sealed(bytes(self.sealed), "store")

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Seals them into the row; the caller saves."""
        self.sealed = seal(values, "store")

    def for_adapter(self) -> StoreSettings:
        return StoreSettings(self.id, self.kind, self.address, self.currency, self.settings, self.secrets)


class BackFill(Owned):
    """Reading a store's history, a page at a time; resumable from `cursor`."""

    store = OwnedKey(Store, on_delete=models.CASCADE)
    what = models.CharField(max_length=12)  # products · orders
    cursor = models.TextField(blank=True, default="")  # the provider's own place in its pages
    since = models.DateTimeField(null=True)  # only what changed from here on: a reconcile; null: everything
    total = models.PositiveIntegerField(null=True)  # as the store counts, where it does
    done = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "what"],
                condition=Q(finished_at=None, stopped_at=None),
                name="one_back_fill_at_a_time",
            )
        ]


class Stale(Owned):
    """A store said that something changed without saying what: to be fetched."""

    store = OwnedKey(Store, on_delete=models.CASCADE)
    what = models.CharField(max_length=12)  # order · product
    external_id = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "store", "what", "external_id"], name="stale_once")]


class Drift(Owned):
    """A reconcile found that we and the store differ, and took the store's word. Reported: it has a cause."""

    store = OwnedKey(Store, on_delete=models.CASCADE)
    what = models.CharField(max_length=12)  # order · product
    external_id = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True, default="")
    field = models.CharField(max_length=40)  # missing · total · refunded · state · stock · …
    ours = models.CharField(max_length=200, blank=True, default="")
    theirs = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["merchant", "store", "-id"], name="drift_newest")]


class PayAccount(Owned):
    """How our own order page is paid: at a payment provider's own page, or by transfer. Never on a page of ours."""

    kind = models.CharField(max_length=20)  # a key of settings.PAYMENTS: stripe · transfer
    name = models.CharField(max_length=120)  # what the customer reads: "Card", "Bank transfer"
    settings = models.JSONField(default=dict)  # transfer: {"words": how to pay}
    sealed = models.BinaryField(default=bytes)
    token = models.CharField(max_length=64, unique=True, default=_token)  # in the provider's webhook address
    created_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="")
    trouble_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "kind"], name="one_pay_account_a_kind")]

    @property
    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen when they were sealed under another key."""
        return open_sealed(bytes(self.sealed), "pay")

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Seals them into the row; the caller saves."""
        self.sealed = seal(values, "pay")

    def for_adapter(self) -> PaySettings:
        return PaySettings(self.id, self.kind, self.name, self.settings, self.secrets)
