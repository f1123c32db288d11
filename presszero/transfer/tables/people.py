"""Customers, their addresses, and what they allowed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from presszero.customers.models import Consent, Customer, Handle, OwnField

from .cells import of_model, said
from .registry import Scope, Table, batches, register


def _fields(scope: Scope, about: str) -> list[str]:
    return list(
        OwnField.objects.filter(merchant=scope.merchant, about=about).order_by("id").values_list("key", flat=True)
    )


def own_columns(scope: Scope, about: str) -> list[str]:
    return [f"field.{key}" for key in _fields(scope, about)]


def own_cells(scope_keys: list[str], values: dict[str, Any]) -> list[str]:
    return [said(values.get(key.removeprefix("field."))) for key in scope_keys]


def _columns(scope: Scope) -> list[str]:
    plain = ["id", "name", "email", "phone", "language", "timezone", "preferred_channel", "created_at", "merged_into"]
    return [*plain, *own_columns(scope, "customer")]


def _rows(scope: Scope) -> Iterator[list[Any]]:
    keys = own_columns(scope, "customer")
    rows = Customer.objects.filter(merchant=scope.merchant)
    # Whoever was merged into somebody comes after them, so that they are one again where this is brought in.
    for batch in chain(batches(rows.filter(root=None)), batches(rows.filter(root__isnull=False))):
        handles = Handle.objects.filter(merchant=scope.merchant, customer_id__in=[row.id for row in batch])
        addresses: dict[tuple[int, str], list[str]] = {}
        for handle in handles.exclude(proof="refuted").order_by("id"):
            addresses.setdefault((handle.customer_id, handle.kind), []).append(handle.address)
        for row in batch:
            yield [
                row.id,
                row.name,
                ", ".join(addresses.get((row.id, "email"), [])),
                ", ".join(addresses.get((row.id, "phone"), [])),
                row.language,
                row.timezone,
                row.preferred_channel,
                said(row.created_at),
                said(row.root_id),
                *own_cells(keys, row.fields),
            ]


register(
    Table(
        "customers",
        lambda: str(_("Customers")),
        _columns,
        _rows,
        lambda scope: Customer.objects.filter(merchant=scope.merchant).count(),
    ),
    of_model(
        "handles",
        _("Addresses"),
        Handle,
        "id customer_id kind address name proof proof_reason proven_at bounced_at created_at",
    ),
    of_model("consents", _("Consents"), Consent, "id customer_id channel purpose given at source wording by"),
)
