"""Who could see a suggestion, and what was suggested. Ids, numbers and moments, no words of anybody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from presszero.offers.models import BoughtNext, Chance, Suggestion

from .cells import of_model
from .registry import register

register(
    of_model(
        "chances",
        _("Chances of a suggestion"),
        Chance,
        "id conversation_id customer_id at draw held_out share mood",
        "conversation_id",
    ),
    of_model(
        "suggestions",
        _("Suggestions"),
        Suggestion,
        "id chance_id products at shown_at used_at used_by draft_id dismissed_at dismissed_by",
        "chance__conversation_id",
    ),
    of_model("bought_next", _("What was bought after what"), BoughtNext, "id first_id then_id customers"),
)
