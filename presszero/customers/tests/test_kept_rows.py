"""Models read by a statement of our own."""

from __future__ import annotations

from django.db import connection
from django.forms.models import model_to_dict

from presszero.core.rows import columns, keep, row
from presszero.customers.models import Customer
from presszero.team.models import Membership
from tests import cast


def test_a_row_is_as_the_orm_reads_it_and_what_was_not_joined_is_nobody(db: None) -> None:
    shop = cast.juniper()
    made = Customer.objects.create(merchant=shop.merchant, name="Ada", fields={"size": [39]})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns(Customer, 'u')}, {columns(Membership, 'm')} FROM customers_customer u"
            " LEFT JOIN team_membership m ON m.id = -1 WHERE u.id = %s",
            [made.id],
        )
        values = iter(cursor.fetchone())
    found = row(Customer, values)
    assert found == made and found is not None and not found._state.adding
    assert model_to_dict(found) == model_to_dict(Customer.objects.get(id=made.id)) and found.fields == {"size": [39]}
    assert row(Membership, values) is None and next(values, None) is None


def test_a_row_is_kept_as_the_orm_would_keep_it(db: None) -> None:
    shop = cast.juniper()
    made = keep(Customer(merchant=shop.merchant, name="Ada", fields={"size": [39]}))
    by_orm = Customer.objects.create(merchant=shop.merchant, name="Ada", fields={"size": [39]})
    kept = Customer.objects.get(id=made.id)
    own = {"id": 0, "created_at": None}
    assert model_to_dict(kept) | own == model_to_dict(by_orm) | own and kept.created_at
    made.name = "Ada K."
    made.save(update_fields=["name"])
    assert Customer.objects.get(id=made.id).name == "Ada K."
