"""Steps that say what a conversation is: tags, priority, topic, own fields."""

from __future__ import annotations

from django.utils.translation import gettext as _

from presszero.core.actor import Actor

from ..actions.held import held
from ..actions.placing import set_field
from ..actions.settle import set_priority, set_topic
from ..actions.tags import tag, untag
from ..models import Conversation, Tag, Tagged, Topic
from .step import Before, MovedOn


def tagged(row: Conversation, number: int, by: Actor) -> Before:
    made = tag(row, Tag.objects.get(merchant_id=row.merchant_id, id=number), by=by)
    return {"tagged": made.id} if made else {}


def untagged_again(row: Conversation, before: Before, by: Actor) -> None:
    """If the very mark still stands; whoever took it off and put it on anew meant it."""
    mark = Tagged.objects.filter(merchant_id=row.merchant_id, id=before["tagged"]).select_related("tag").first()
    if mark is None or mark.removed_at:
        raise MovedOn(_("Somebody took the tag off since."))
    untag(row, mark.tag, by=by)


def untagged(row: Conversation, number: int, by: Actor) -> Before:
    found = Tag.objects.get(merchant_id=row.merchant_id, id=number)
    return {"tag": number} if untag(row, found, by=by) else {}


def tagged_again(row: Conversation, before: Before, by: Actor) -> None:
    found = Tag.objects.filter(merchant_id=row.merchant_id, id=before["tag"], retired_at=None).first()
    if found is None:
        raise MovedOn(_("The tag is no more."))
    tag(row, found, by=by)


def prioritised(row: Conversation, priority: int, by: Actor) -> Before:
    before = held(row).priority
    if before == priority:
        return {}
    set_priority(row, priority, by=by)
    return {"was": before, "now": priority}


def prioritised_back(row: Conversation, before: Before, by: Actor) -> None:
    if held(row).priority != before["now"]:
        raise MovedOn(_("Somebody changed its priority since."))
    set_priority(row, before["was"], by=by)


def about_topic(row: Conversation, number: int | None, by: Actor) -> Before:
    before = held(row).topic_id
    if before == number:
        return {}
    topic = Topic.objects.get(merchant_id=row.merchant_id, id=number) if number else None
    set_topic(row, topic, by=by)
    return {"was": before, "now": number}


def about_topic_back(row: Conversation, before: Before, by: Actor) -> None:
    if held(row).topic_id != before["now"]:
        raise MovedOn(_("Somebody changed its topic since."))
    set_topic(row, Topic.objects.filter(merchant_id=row.merchant_id, id=before["was"]).first(), by=by)


def filled_in(row: Conversation, what: tuple[str, str], by: Actor) -> Before:
    key, value = what
    before = held(row).fields.get(key, "")
    if before == value:
        return {}
    set_field(row, key, value, by=by)
    return {"key": key, "was": before, "now": value}


def filled_in_back(row: Conversation, before: Before, by: Actor) -> None:
    if held(row).fields.get(before["key"], "") != before["now"]:
        raise MovedOn(_("Somebody filled in the field since."))
    set_field(row, before["key"], before["was"], by=by)
