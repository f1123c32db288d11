"""What service cost and what came of it: times, rates, settled matters, letters. Sums and ids, no words of anybody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from presszero.insights.models import BossLetter, Cost, Served, Worked

from .cells import of_model
from .registry import register

register(
    of_model(
        "worked",
        _("Time worked"),
        Worked,
        "id conversation_id member_id channel day seconds last_at",
        "conversation_id",
    ),
    of_model("costs", _("What service costs"), Cost, "id what currency minor since by at"),
    of_model(
        "served",
        _("Settled matters and what they took"),
        Served,
        "id conversation_id customer_id topic_id first_at at seconds contacts currency labour remedies given"
        " remedies_other offered chance_id held_out",
        "conversation_id",
    ),
    of_model("boss_letters", _("Monthly letters"), BossLetter, "id month figures sent_at sent_to"),
)
