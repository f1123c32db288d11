"""A matter with Ada that went well, in a shop where others bought laces with their boots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from presszero.channels.models import Entry, Thread
from presszero.conversations.models import Conversation, Message
from presszero.customers.models import Customer
from presszero.offers import bought
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from presszero.timeline.reactions import consume_all

from .world import World, world

HTMX = {"HX-Request": "true"}
OURS = ("offers.chance", "offers.suggestion", "offers.draft")


@dataclass
class Stage:
    world: World
    ada: Customer
    row: Conversation

    def says(self, text: str, row: Conversation | None = None, **more: Any) -> Message:
        """The customer writes; as it stands in the stream, without the pipeline."""
        return said(row or self.row, text, inbound=True, **more)

    def answers(self, text: str = "I am on it.", row: Conversation | None = None) -> Message:
        return said(row or self.row, text, inbound=False, actor=self.world.shop.maya.actor.code)

    def happy(self, row: Conversation | None = None) -> None:
        """Asked, answered, thanked."""
        self.says("My boots are late.", row)
        self.answers(row=row)
        self.says("They are here, thank you so much!", row)

    def get(self, address: str = "suggestion", row: Conversation | None = None, by: Membership | None = None) -> str:
        return browser(by or self.world.shop.maya).get(at(row or self.row, address), headers=HTMX).content.decode()


def stage(mark: str = "", bought_too: tuple[str, ...] = ("Laces",)) -> Stage:
    made = world(mark)
    made.thing("Boots", "Shoes")
    made.buyers(5, "Boots", *bought_too)
    made.buyers(9, "Clogs")
    bought.count_whole(made.merchant)
    ada = made.person("Ada Kowalski", language="en")
    made.order(ada, ["Boots"], 300)
    return Stage(made, ada, made.matter(ada))


def said(row: Conversation, text: str, *, inbound: bool, **more: Any) -> Message:
    number = Message.objects.filter(merchant_id=row.merchant_id).count()
    at_ = timezone.now() - timedelta(minutes=60 - number / 100)
    token = f"{row.id:032x}"
    thread, _new = Thread.objects.get_or_create(
        merchant_id=row.merchant_id, line_id=row.line_id, token=token, defaults={"subject": row.subject}
    )
    entry = Entry.objects.create(merchant_id=row.merchant_id, thread=thread, inbound=inbound, text=text, at=at_, **more)
    return Message.objects.create(merchant_id=row.merchant_id, conversation=row, entry=entry, at=at_, inbound=inbound)


def react(*names: str) -> None:
    """What a worker does with our reactions, until there is nothing left."""
    while consume_all(names or OURS):
        pass


def browser(member: Membership) -> Client:
    made = Client()
    made.cookies[COOKIE] = start_session(member.person, Browser("127.0.0.1", "test"), timezone.now()).token
    return made


def at(row: Conversation, address: str) -> str:
    return f"/conversations/{row.id}/{address}"
