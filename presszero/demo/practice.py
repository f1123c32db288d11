"""How the demo shop works: its tags, teams, views and rules, and the warehouse it asks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from presszero.channels.envelope import reply_address
from presszero.channels.models import Entry, Line
from presszero.conversations import actions
from presszero.conversations.actions import side as sides
from presszero.conversations.actions.side import Asking
from presszero.conversations.actions.tags import create_tag, tag
from presszero.conversations.actions.views import ViewSaid, save_view
from presszero.conversations.models import Conversation, Macro, MacroText, Tag
from presszero.customers.models import OwnField
from presszero.rules import actions as rules
from presszero.rules.models import Rule
from presszero.team.actions.teams import make_team, put_in_team
from presszero.team.models import Membership, Role

from .cast import MAYA, TOMAS, Person
from .writing import Letter, compose, vouched

DEPOT = Person("North Depot", "desk@northdepot.example")
_TAGS = (("late parcel", "bad"), ("wholesale", "accent"), ("praise", "good"), ("wrong size", "warn"))
_HELLO = "Hello {{ customer.first_name }},\n\nthank you for writing to us. "
_HALLO = "Guten Tag {{ customer.first_name }},\n\ndanke für Ihre Nachricht. "


class SideAnswer:
    """What the warehouse wrote, as a mail to the line."""

    def __init__(self, question: Entry, line: Line) -> None:
        at = timezone.now() - timedelta(minutes=4)
        words = "It left the Leeds hub this morning at 6:10. Friday before noon is safe.\n\nJo, North Depot"
        mail = compose(DEPOT, Letter(words, f"Re: {question.subject}", reply_address(question.thread, line)), at)
        self.raw, self.at = vouched(mail, DEPOT), at


@transaction.atomic
def set_up(line: Line) -> SideAnswer | None:
    """Everything but what arrives; what the warehouse answers is handed back, to come in by the door."""
    maya, tomas = (_member(line, who) for who in (MAYA, TOMAS))
    tags = {name: create_tag(name, colour, by=tomas) for name, colour in _TAGS}
    returns = make_team("Returns", by=tomas)
    put_in_team(returns, maya, Role.AGENT, by=tomas)
    OwnField.objects.create(
        merchant=line.merchant, about=OwnField.About.CONVERSATION, key="order", label="Order number"
    )
    _snippet(line)
    _views(tags, tomas)
    _rule(tags["late parcel"], tomas)
    return _asked(line, tags, maya)


def _member(line: Line, who: Person) -> Membership:
    found = Membership.objects.select_related("person").get(merchant=line.merchant, person__email=who.address)
    found.merchant = line.merchant
    return found


def _snippet(line: Line) -> None:
    made = Macro.objects.create(merchant=line.merchant, name="Hello", shortcut="hello", text=_HELLO, language="en")
    MacroText.objects.create(merchant=line.merchant, macro=made, language="de", text=_HALLO)


def _views(tags: dict[str, Tag], by: Membership) -> None:
    opened: dict[str, Any] = {"field": "state", "op": "is", "value": "open"}
    late = {"field": "tag", "op": "any_of", "value": [tags["late parcel"].id]}
    matters = {"field": "matters", "op": "is", "value": 3}
    save_view(ViewSaid("Late parcels", {"all": [opened, late]}, "flag", "waiting", "everybody"), by=by)
    save_view(ViewSaid("Matters a lot", {"all": [opened, matters]}, "bell", "waiting", "everybody"), by=by)


def _rule(late: Tag, by: Membership) -> None:
    reads = {
        "when": {"on": ["arrived"]},
        "filter": {"any": [{"field": "text", "op": "contains", "value": word} for word in ("late", "tracking")]},
        "steps": [{"do": "tag", "tag": late.id}],
        "stop": False,
        "once": True,
        "rest": "",
    }
    rules.save(Rule(merchant_id=by.merchant_id), "Late parcels", reads, by=by)


def _asked(line: Line, tags: dict[str, Tag], by: Membership) -> SideAnswer | None:
    """Ada's boots: the depot was asked where they are."""
    rows = Conversation.objects.filter(merchant=line.merchant, subject="Boots still not here", root=None)
    row = rows.select_related("customer").first()
    if row is None:
        return None
    tag(row, tags["late parcel"], by=by.actor)
    actions.set_field(row, "order", "1042", by=by.actor)
    depot = sides.know(line.merchant, "warehouse", DEPOT.name, DEPOT.address)
    words = "Order 1042 has not moved since Thursday. Where is it, and is Friday safe? She leaves on Saturday."
    side = sides.ask(row, depot, Asking(words, uuid.uuid4(), "Order 1042"), by=by)
    return SideAnswer(Entry.objects.get(merchant=line.merchant, thread=side.thread), line)
