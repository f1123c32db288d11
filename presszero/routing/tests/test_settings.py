"""Queues, skills and targets, as leads set them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from presszero.audit.models import Record
from presszero.routing.actions import Asked, enter
from presszero.routing.models import Capacity, MemberSkill, Queue, Skill, Target
from presszero.routing.queries import main_queue, queues_of
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast, queues

QUEUE = {"name": "Returns", "priority": "1", "target": "2:30", "warn": "50", "overflow_after": "1", "sticky": "30"}


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def at_desk(member: Membership) -> Client:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.9", "Firefox"), timezone.now()).token
    return client


def test_a_queue_is_made_changed_and_written_to_the_record(shop: cast.Shop) -> None:
    client, skill, chat = at_desk(shop.tomas), queues.skill(shop), shop.chat
    said = {**QUEUE, f"skill-{skill.id}": "3", "chats": str(chat.id), "announces": "1"}
    assert client.post("/settings/queues/new", said).status_code == 302
    row = Queue.objects.get(name="Returns")
    assert (row.priority, row.target_seconds, row.warn_share, row.offers_callback) == (1, 150, 0.5, False)
    assert list(row.skills.values_list("skill_id", "level")) == [(skill.id, 3)]
    chat.refresh_from_db()
    assert chat.settings["queue"] == row.id
    page = client.get(f"/settings/queues/{row.id}").content.decode()
    assert 'value="2.5"' in page
    assert client.post(f"/settings/queues/{row.id}", {**QUEUE, "name": "Back"}).status_code == 302
    chat.refresh_from_db()
    assert chat.settings["queue"] == 0
    kept = Record.objects.filter(verb="queue.changed").get()
    assert (kept.before["name"], kept.after["name"], kept.before["skills"]) == ("Returns", "Back", {str(skill.id): 3})


def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(shop: cast.Shop) -> None:
    client, main = at_desk(shop.tomas), main_queue(shop.merchant)
    wrong = client.post("/settings/queues/new", {**QUEUE, "target": "soon"})
    assert wrong.status_code == 422 and b"Say it in minutes" in wrong.content and b'value="Returns"' in wrong.content
    taken = client.post("/settings/queues/new", {**QUEUE, "name": main.name})
    assert taken.status_code == 422 and b"of this name already" in taken.content
    assert client.post(f"/settings/queues/{main.id}", {**QUEUE, "overflow": str(main.id)}).status_code == 422
    assert client.post(f"/settings/queues/{main.id}/retirement").status_code == 422, "zero leads somewhere"
    assert queues_of(shop.merchant.id).count() == 1


def test_a_queue_somebody_waits_in_stays(shop: cast.Shop) -> None:
    row, _other = queues.queue(shop), main_queue(shop.merchant)
    Queue.objects.create(merchant=shop.merchant, name="Another")
    waiting = enter(Asked(row, "call", 1, priority=2), timezone.now())
    client = at_desk(shop.tomas)
    assert client.post(f"/settings/queues/{row.id}/retirement").status_code == 422
    client.post(f"/settings/queues/{row.id}", QUEUE)
    waiting.refresh_from_db()
    assert waiting.rank == 3, "who waits already goes by the new priority"


def test_who_can_what_and_how_much(shop: cast.Shop) -> None:
    client, skill, maya = at_desk(shop.tomas), queues.skill(shop), shop.maya
    said = {f"level-{maya.id}-{skill.id}": "5", f"call-{maya.id}": "0", f"chat-{maya.id}": "2"}
    assert client.post("/settings/skills", said).status_code == 302
    assert MemberSkill.objects.get(member=maya).level == 5
    assert dict(Capacity.objects.values_list("kind", "most")) == {"call": 0, "chat": 2}
    assert Record.objects.filter(verb="member.abilities").count() == 1
    again = client.post("/settings/skills", {f"chat-{maya.id}": "many", f"level-{maya.id}-{skill.id}": "1"})
    assert again.status_code == 422 and b'value="many"' in again.content
    assert MemberSkill.objects.get(member=maya).level == 5, "all of it, or nothing"
    client.post("/settings/skills", {f"level-{maya.id}-{skill.id}": "0", f"call-{maya.id}": "", f"chat-{maya.id}": ""})
    assert not MemberSkill.objects.exists() and not Capacity.objects.exists()


def test_a_target_of_the_same_kind_takes_the_place_of_the_earlier(shop: cast.Shop) -> None:
    client = at_desk(shop.tomas)
    client.post("/settings/targets", {"customers": "waiting_order", "minutes": "2"})
    client.post(f"/settings/targets/{Target.objects.get().id}/removal")
    for minutes in ("3", "1.5"):
        client.post("/settings/targets", {"customers": "new", "kind": "call", "minutes": minutes})
    assert list(Target.objects.values_list("customers", "kind", "seconds")) == [("new", "call", 90)]
    client.post(f"/settings/targets/{Target.objects.get().id}/removal")
    assert not Target.objects.exists()
    assert client.post("/settings/targets", {"customers": "new", "minutes": ""}).status_code == 422


def test_agents_only_answer(shop: cast.Shop) -> None:
    client = at_desk(shop.maya)
    assert {client.get(f"/settings/{part}").status_code for part in ("queues", "skills")} == {403}
    client.post("/settings/skills/new", {"name": "German"})
    assert not Skill.objects.exists()
