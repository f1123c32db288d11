"""What outside programs do, by the same verbs as the desk."""

from __future__ import annotations

import uuid

import pytest

from presszero.audit.models import Record
from presszero.conversations import actions
from presszero.conversations.models import Conversation, Message, Note, Topic
from presszero.customers.models import OwnField
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.cast import Shop

from .conftest import Program, said

ADA = {"name": "Ada Kowalski", "handles": [{"kind": "email", "address": "Ada@Example.com"}]}


@pytest.fixture
def begun(program: Program, shop: Shop) -> dict:
    """A conversation that a program began with Ada, in Maya's name."""
    ada = program.post("customers", ADA)
    body = {"customer": ada["id"], "line": shop.line.id, "address": "ada@example.com", "subject": "Boots",
            "text": "Your boots are here.", "member": shop.maya.id}  # fmt: skip
    return program.post("conversations", body)


def test_a_customer_is_added_found_and_changed(program: Program, shop: Shop) -> None:
    OwnField.objects.create(merchant=shop.merchant, key="size", label="Size")
    made = program.post("customers", {**ADA, "fields": {"size": "38"}, "language": "pl"})
    assert made["handles"][0]["address"] == "ada@example.com"
    assert made["handles"][0]["proof"] == "claimed"
    assert program.get("customers?address=ada@example.com")["data"] == [made]
    assert [c["id"] for c in program.get("customers?q=kowal")["data"]] == [made["id"]]
    changed = program("PATCH", f"customers/{made['id']}", {"name": "Ada K.", "fields": {"size": "39"}})
    assert said(changed)["name"] == "Ada K."
    assert said(changed)["fields"] == {"size": "39"}
    assert said(changed)["language"] == "pl"
    assert program("PATCH", f"customers/{made['id']}", {"fields": {"hat": "1"}}).status_code == 422
    kinds = Event.objects.filter(customer_id=made["id"]).values_list("kind", "actor")
    assert ("customer.created", f"api:{program.row.id}") in kinds


def test_an_address_that_somebody_has_is_told_with_whose_it_is(program: Program) -> None:
    made = program.post("customers", ADA)
    again = program("POST", "customers", {**ADA, "name": "Eve"})
    assert again.status_code == 409
    assert said(again)["customer"] == made["id"]
    assert len(program.get("customers")["data"]) == 1


def test_handles_notes_and_consents(program: Program) -> None:
    number = program.post("customers", ADA)["id"]
    added = program.post(f"customers/{number}/handles", {"kind": "phone", "address": "+44 20 7946 0000"})
    assert added in program.get(f"customers/{number}/handles")["data"]
    note = program.post(f"customers/{number}/notes", {"text": "Likes red."})
    assert program.get(f"customers/{number}/notes")["data"] == [note]
    consent = program.post(f"customers/{number}/consents", {"channel": "email", "purpose": "marketing", "given": False})
    assert program.get(f"customers/{number}/consents")["data"] == [consent]
    assert "Likes red." not in str(program.get(f"customers/{number}"))


def test_a_conversation_is_begun_once_and_its_message_is_on_its_way(program: Program, shop: Shop, begun: dict) -> None:
    (message,) = program.get(f"conversations/{begun['id']}/messages")["data"]
    assert message["text"] == "Your boots are here."
    assert message["author"]["kind"] == "member"
    assert message["author"]["id"] == shop.maya.id
    assert message["deliveries"][0]["to"] == "ada@example.com"
    assert message == program.get(f"messages/{message['id']}")
    assert [c["id"] for c in program.get(f"customers/{begun['customer']['id']}/conversations")["data"]] == [begun["id"]]


def test_a_reply_under_one_client_id_is_sent_once(program: Program, shop: Shop, begun: dict) -> None:
    body = {"text": "And laces.", "client_id": str(uuid.uuid4()), "member": shop.maya.id}
    first, again = (program.post(f"conversations/{begun['id']}/messages", body) for _ in range(2))
    assert first == again
    assert Message.objects.filter(merchant=shop.merchant, client_id=body["client_id"]).count() == 1


def test_a_whole_shops_token_says_in_whose_name_and_a_members_speaks_for_nobody_else(
    program: Program, shop: Shop, begun: dict
) -> None:
    where = f"conversations/{begun['id']}/messages"
    assert program("POST", where, {"text": "Hm"}).status_code == 422
    maya = Program(shop, member=shop.maya)
    assert maya("POST", where, {"text": "Hm", "member": shop.tomas.id}).status_code == 403
    assert maya.post(where, {"text": "Hm"})["author"]["id"] == shop.maya.id
    mallory = cast.thistle().team["mallory"]
    assert program("POST", where, {"text": "Hm", "member": mallory.id}).status_code == 422


def test_a_change_is_all_or_nothing_and_only_of_the_version_seen(program: Program, shop: Shop, begun: dict) -> None:
    where, topic = f"conversations/{begun['id']}", Topic.objects.create(merchant=shop.merchant, name="Late")
    seen = program("GET", where)["ETag"]
    changed = program("PATCH", where, {"priority": 4, "topic": topic.id, "assignee": shop.tomas.id}, If_Match=seen)
    assert changed.status_code == 200, changed.content
    assert (said(changed)["priority"], said(changed)["assignee_id"]) == (4, shop.tomas.id)
    assert changed["ETag"] != seen
    late = program("PATCH", where, {"priority": 1}, If_Match=seen)
    assert late.status_code == 412
    half = program("PATCH", where, {"subject": "Other", "topic": 999_999})
    assert half.status_code == 422
    assert program.get(where)["subject"] == "Boots"
    assert program.get(where)["priority"] == 4
    assert said(program("PATCH", where, {"topic": None, "assignee": None}))["assignee_id"] is None


def test_it_is_resolved_reopened_snoozed_and_woken(program: Program, begun: dict) -> None:
    where = f"conversations/{begun['id']}"
    for _ in range(2):
        assert said(program("PUT", f"{where}/resolution", {}))["state"] == "resolved"
    for _ in range(2):
        assert said(program("DELETE", f"{where}/resolution"))["state"] == "open"
    assert said(program("PUT", f"{where}/snooze", {"until": "2099-01-01T00:00:00Z"}))["state"] == "snoozed"
    assert program("PUT", f"{where}/snooze", {"until": "2001-01-01T00:00:00Z"}).status_code == 422
    assert said(program("DELETE", f"{where}/snooze"))["state"] == "open"


def test_files_go_up_and_down(program: Program, shop: Shop, begun: dict) -> None:
    where = f"conversations/{begun['id']}"
    file = {"Content_Type": "application/pdf"}
    label = b"%PDF-1.4 label" + b" " * 6_000_000
    up = program("POST", f"{where}/uploads?filename=label.pdf&member={shop.maya.id}", label, **file)
    assert up.status_code == 201, up.content
    body = {"text": "The label.", "attachments": [said(up)["token"]], "member": shop.maya.id}
    (attached,) = program.post(f"{where}/messages", body)["attachments"]
    down = program("GET", attached["url"])
    assert b"".join(down.streaming_content) == label
    assert Program(cast.thistle())("GET", attached["url"]).status_code == 404


def test_notes_stand_nowhere_but_among_the_notes(program: Program, shop: Shop, begun: dict) -> None:
    """A6"""
    where = f"conversations/{begun['id']}"
    program.post(f"{where}/notes", {"text": "She is a xylophonist.", "member": shop.maya.id})
    assert program.get(f"{where}/notes")["data"][0]["text"] == "She is a xylophonist."
    blind = Program(shop, *(s for s in ("conversations:read", "customers:read", "timeline:read", "settings:read")))
    assert blind("GET", f"{where}/notes").status_code == 403
    for path in (where, f"{where}/messages", "conversations", "timeline", "search?q=xylophonist", "customers"):
        assert "xylophonist" not in blind("GET", path).content.decode().replace("q=xylophonist", ""), path
    assert blind.get("search?q=xylophonist")["data"] == []
    assert program.get("search?q=xylophonist")["data"][0]["id"] == begun["id"]
    assert Note.objects.filter(merchant=shop.merchant).count() == 1


def test_lists_by_filter_and_by_simple_conditions_agree(program: Program, shop: Shop, begun: dict) -> None:
    cast.ada().writes(shop, "Where is order 1042?", "Late")
    other = Conversation.objects.exclude(id=begun["id"]).get()
    actions.set_priority(other, 4, by=shop.maya.actor)
    simple = program.get("conversations?priority=4")["data"]
    node = '{"field":"priority","op":"is","value":4}'
    assert [c["id"] for c in simple] == [other.id]
    assert program.get(f"conversations?filter={node}")["data"] == simple
    both = program.get("conversations?state=open&order=last")["data"]
    assert both == sorted(both, key=lambda c: c["last_at"], reverse=True)
    assert len(both) == 2
    first = program.get("conversations?state=open&order=last&limit=1")
    assert [*first["data"], *program.get(first["next"])["data"]] == both
    assert program.get("conversations?state=resolved")["data"] == []
    assert program("GET", "conversations?order=last").status_code == 422


def test_the_timeline_is_read_on_from_where_it_was_left(program: Program, begun: dict) -> None:
    consume_all()  # as the worker does all the time: while others write, a fact is told once it was heard
    first = program.get("timeline?limit=2")
    kinds, page = [e["kind"] for e in first["data"]], first
    while page["data"]:
        page = program.get(page["next"])
        kinds += [e["kind"] for e in page["data"]]
    assert kinds[0] == "customer.created"
    assert kinds.count("message.sent") == 1
    program("PUT", f"conversations/{begun['id']}/resolution", {})
    assert [e["kind"] for e in program.get(page["next"])["data"]] == ["conversation.resolved"]


def test_what_the_shop_is_made_of(program: Program, shop: Shop) -> None:
    assert program.get("lines")["data"][0]["address"] == shop.line.address
    assert {m["name"] for m in program.get("members")["data"]} == {"Maya Okafor", "Tomas Lind", "Rosa Juniper"}
    for each in ("topics", "tags", "teams", "macros", "views"):
        assert program.get(each)["data"] == []


def test_giving_a_token_out_and_taking_it_back_is_on_record(program: Program, shop: Shop) -> None:
    made = Record.objects.get(merchant=shop.merchant, verb="api-token.make")
    assert made.after["name"] == "Till"
    assert program.token not in str(made.after)
