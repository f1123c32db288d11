"""Tags: putting them on and off, and looking after the list of them."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..facts import ConversationTagged, ConversationUntagged
from ..models import Conversation, Tag, Tagged
from .held import about, held

COLOURS = ("", "accent", "good", "warn", "bad")

_PUT_ON = """
INSERT INTO conversations_tagged (merchant_id, conversation_id, tag_id, by, removed_by) VALUES (%s, %s, %s, %s, '')
ON CONFLICT (merchant_id, conversation_id, tag_id) WHERE removed_at IS NULL DO NOTHING RETURNING id, at
"""
_MOVE = """
INSERT INTO conversations_tagged (merchant_id, conversation_id, tag_id, by, at, removed_by)
SELECT merchant_id, conversation_id, %(into)s, by, at, '' FROM conversations_tagged
WHERE merchant_id = %(merchant)s AND tag_id = %(tag)s AND removed_at IS NULL
ON CONFLICT (merchant_id, conversation_id, tag_id) WHERE removed_at IS NULL DO NOTHING
"""


@transaction.atomic
def tag(conversation: Conversation, tag: Tag, *, by: Actor) -> Tagged | None:
    """Puts a tag on. None when it was there already. Raises Refused for a retired one, or one of another merchant."""
    row = held(conversation)
    if tag.merchant_id != row.merchant_id or tag.retired_at:
        raise Refused(_("There is no such tag."), _("Pick another one."))
    made = _put_on(row, tag, by)
    if made is None:
        return None
    record(ConversationTagged(**about(row), by=by, tag_id=tag.id))
    return made


@transaction.atomic
def untag(conversation: Conversation, tag: Tag, *, by: Actor) -> bool:
    """Takes a tag off; whether it was there."""
    row = held(conversation)
    standing = Tagged.objects.filter(merchant_id=row.merchant_id, conversation=row, tag=tag, removed_at=None)
    if not standing.update(removed_at=timezone.now(), removed_by=by.code):
        return False
    record(ConversationUntagged(**about(row), by=by, tag_id=tag.id))
    return True


def create_tag(name: str, colour: str = "", *, by: Membership) -> Tag:
    """A new tag of the merchant of `by`. Raises Refused for an empty name, or one there is."""
    made = Tag(merchant=by.merchant, name=_named(name), colour=_coloured(colour))
    _save(made)
    audit("tag.created", f"tag:{made.id}", by=by.actor, merchant=by.merchant, after=_values(made))
    return made


def change_tag(tag: Tag, name: str, colour: str, *, by: Membership) -> Tag:
    """Another name or colour, everywhere at once. Raises Refused as `create_tag`."""
    before = _values(tag)
    tag.name, tag.colour = _named(name), _coloured(colour)
    _save(tag)
    audit("tag.changed", f"tag:{tag.id}", by=by.actor, merchant=by.merchant, before=before, after=_values(tag))
    return tag


@transaction.atomic
def retire_tag(tag: Tag, into: Tag | None = None, *, by: Membership) -> None:
    """Offered no more. With `into`, whatever carries it carries that one from now on; else it keeps it for finding."""
    if into is not None:
        if into.merchant_id != tag.merchant_id or into.id == tag.id or into.retired_at:
            raise Refused(_("These two cannot be one tag."), _("Pick another one to keep."))
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, {"merchant": tag.merchant_id, "tag": tag.id, "into": into.id})
        standing = Tagged.objects.filter(merchant_id=tag.merchant_id, tag=tag, removed_at=None)
        standing.update(removed_at=timezone.now(), removed_by=by.actor.code)
    Tag.objects.filter(merchant_id=tag.merchant_id, id=tag.id, retired_at=None).update(retired_at=timezone.now())
    after = {"into": into.name} if into else None
    audit("tag.retired", f"tag:{tag.id}", by=by.actor, merchant=by.merchant, before=_values(tag), after=after)


def _put_on(row: Conversation, tag: Tag, by: Actor) -> Tagged | None:
    """None where it stands already. Asked and done at once, as rules do it all day."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_ON, [row.merchant_id, row.id, tag.id, by.code])
        made = cursor.fetchone()
    if made is None:
        return None
    number, at = made
    return Tagged(id=number, merchant_id=row.merchant_id, conversation=row, tag=tag, by=by.code, at=at)


def _save(tag: Tag) -> None:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise Refused(_("There is a tag of this name already."), _("Pick another name, or use that one.")) from None


def _named(name: str) -> str:
    name = one_line(name, 60)
    if not name:
        raise Refused(_("A tag needs a name."))
    return name


def _coloured(colour: str) -> str:
    if colour not in COLOURS:
        raise Refused(_("There is no such colour."))
    return colour


def _values(tag: Tag) -> dict[str, str]:
    return {"name": tag.name, "colour": tag.colour}
