"""Who is ready, and whose turn it is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class Presence(Owned):
    """Whether a member takes new conversations. `seen_at` is refreshed while a desk is open."""

    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="presence")
    ready = models.BooleanField(default=False)
    since = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    last_turn_at = models.DateTimeField(null=True)  # when round robin last gave them one

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="one_presence_a_member")]
