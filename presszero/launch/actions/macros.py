"""Keeping some of the ready answers."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from presszero.audit.actions import record
from presszero.conversations.models import Macro
from presszero.team.models import Membership

from ..answers import answers


@transaction.atomic
def keep_answers(names: Collection[str], *, by: Membership) -> int:
    """Those of our ready answers become macros of the shop; one whose name is taken is left alone. How many are new."""
    taken = set(Macro.objects.filter(merchant_id=by.merchant_id, retired_at=None).values_list("name", flat=True))
    made = [
        Macro(merchant_id=by.merchant_id, name=each.name, text=each.text, actions=dict(each.does))
        for each in answers()
        if each.key in names and each.name not in taken
    ]
    Macro.objects.bulk_create(made)
    for row in made:
        record("macro.save", f"macro:{row.id}", by=by.actor, merchant=by.merchant, after={"name": row.name})
    return len(made)
