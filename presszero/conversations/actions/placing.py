"""Whose queue a conversation stands in, and the merchant's own fields of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.customers.models import OwnField
from presszero.customers.own_fields import checked
from presszero.team.models import Team
from presszero.team.sight import sight_of
from presszero.timeline.actions import record

from ..facts import ConversationFieldSet, ConversationMoved
from ..models import Conversation
from .held import about, held
from .settle import assign


@transaction.atomic
def set_team(conversation: Conversation, team: Team | None, *, by: Actor) -> Conversation:
    """Moves it to a team's queue, or back to everybody's. Whoever does not see it there has it no longer.

    Raises Refused for a team there is not.
    """
    row = held(conversation)
    if team is not None and (team.merchant_id != row.merchant_id or team.retired_at):
        raise Refused(_("There is no such team."), _("Pick another one."))
    before = row.team_id
    if before == (team.id if team else None):
        return row
    row.team = team
    row.version += 1
    row.save(update_fields=["team", "version"])
    record(ConversationMoved(**about(row), by=by, team_id=row.team_id, before_id=before))
    if row.assignee and sight_of(row.assignee).role_in(row.team_id) is None:
        return assign(row, None, by=by, reason="they do not see this queue")
    return row


@transaction.atomic
def set_field(conversation: Conversation, key: str, value: str, *, by: Actor) -> Conversation:
    """Fills in an own field; "" empties it. Raises Refused for an unknown field, BadField for an unfit value."""
    row = held(conversation)
    about_us = OwnField.About.CONVERSATION
    field = OwnField.objects.filter(merchant_id=row.merchant_id, about=about_us, key=key).first()
    if field is None:
        raise Refused(_("There is no such field."))
    value = checked(field, value)
    if row.fields.get(key, "") == value:
        return row
    row.fields = {**row.fields, key: value}
    row.version += 1
    row.save(update_fields=["fields", "version"])
    record(ConversationFieldSet(**about(row), by=by, field_id=field.id))
    return row
