"""What is for sale."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey

from .stores import Store


class Product(Owned):
    """As the shop shows it: "Juniper boots". What is sold is one of its variants."""

    store = OwnedKey(Store, null=True, blank=True)  # null: typed in or imported
    external_id = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=120, blank=True, default="")  # the shop's own sort: "Boots"
    url = models.CharField(max_length=1000, blank=True, default="")
    picture_url = models.CharField(max_length=1000, blank=True, default="")
    active = models.BooleanField(default=True)  # for sale today
    created_at = models.DateTimeField(db_default=Now())
    store_updated_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)  # the store deleted it; old orders still name it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="product_once",
            )
        ]
        indexes = [GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="product_title_trigram")]

    def __str__(self) -> str:
        return self.title


class Variant(Owned):
    """One thing that can be put into a parcel: "Juniper boots, brown, 42", with a price and perhaps a stock."""

    product = OwnedKey(Product, on_delete=models.CASCADE, related_name="variants")
    store = OwnedKey(Store, null=True, blank=True)  # its product's
    external_id = models.CharField(max_length=120, blank=True, default="")
    sku = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")  # "Brown / 42"; "" where there is one only
    currency = models.CharField(max_length=3)
    price = models.BigIntegerField()  # minor units
    cost = models.BigIntegerField(null=True)  # minor units, what the merchant pays; null: not known
    stock = models.IntegerField(null=True)  # pieces that can be sold now; null: not counted
    sells_without_stock = models.BooleanField(default=False)  # back-order
    gone_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="variant_once",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "product"], name="variants_of_product"),
            models.Index(fields=["merchant", "sku"], condition=~Q(sku=""), name="variant_by_sku"),
            GinIndex(fields=["sku"], opclasses=["gin_trgm_ops"], name="variant_sku_trigram"),
        ]

    def __str__(self) -> str:
        return self.title or self.sku

    @property
    def can_be_sold(self) -> bool:
        return self.gone_at is None and (self.stock is None or self.stock > 0 or self.sells_without_stock)
