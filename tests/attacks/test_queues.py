"""A1, A3, A8: an agent who sees one team's queue, against everything that stands in the others."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from presszero.conversations import actions, queries
from presszero.conversations.actions.placing import set_team
from presszero.conversations.models import Conversation, Mention, Message
from presszero.customers.models import Customer
from presszero.promises import queries as promises
from presszero.promises.models import Promise
from presszero.team.models import Membership, Role, Team
from tests import cast
from tests.walls.everything import Everything, addresses, browser, form
from tests.walls.test_addresses import REACHES_OUT, UNSAFE, ask

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FORM = "application/x-www-form-urlencoded"
# What names a conversation, or something that stands in one.
WITHIN = {
    *("conversations/number", "customers/number", "merges/merge_id", "splits/target_id", "notes/note_id"),
    *("messages/message_id", "uploads/token", "deliveries/delivery_id", "participants/participant_id"),
    *("entries/entry_id", "attachments/token", "customer-notes/note_id", "customer-merges/merge_id"),
    *("side-threads/side_id",),
}


@pytest.fixture
def wholesale(rows: Everything) -> Team:
    return rows.shop.queue("Wholesale")


@pytest.fixture
def noor(rows: Everything, wholesale: Team) -> Membership:
    """She sees the wholesale queue, where nothing stands yet."""
    return rows.shop.limited("Noor Haddad", wholesale)


def test_a1_an_agent_of_another_team_finds_nothing_of_a_conversation(rows: Everything, noor: Membership) -> None:
    set_team(rows.conversation, rows.team, by=rows.shop.tomas.actor)
    hers, wrong, tried = browser(noor), [], 0
    for address in addresses():
        if not set(address.parameters) & WITHIN or address.mark in ("public", "own"):
            continue
        path, words = address.filled(rows), form(address, rows)
        if path.endswith(REACHES_OUT):
            continue
        answers = {method: ask(hers, method, path, words).status_code for method in ("GET", *UNSAFE)}
        tried += 1
        if not set(answers.values()) <= {403, 404, 405} or not {403, 404} & set(answers.values()):
            wrong.append((path, answers))
        if 403 in answers.values() and address.mark in (Role.READ_ONLY, Role.AGENT):
            wrong.append((path, answers))
    assert not wrong
    assert tried > 45


def test_a3_nothing_of_another_queue_is_found_listed_or_counted(
    rows: Everything, noor: Membership, wholesale: Team
) -> None:
    merchant = rows.shop.merchant
    hers = cast.the(cast.Shopper("Wanda Pool", "wanda@pool.example").writes(rows.shop, "Bulk order?", "Pallets"))
    set_team(hers.conversation, wholesale, by=rows.shop.tomas.actor)
    others = Conversation.objects.filter(merchant=merchant).exclude(id=hers.conversation_id)
    others.update(subject="zanzibar secret", snippet="zanzibar", waiting_since=timezone.now(), work_at=timezone.now())
    Customer.objects.filter(merchant=merchant).exclude(id=hers.conversation.customer_id).update(name="Zanzibar Person")
    Promise.objects.create(merchant=merchant, conversation=rows.conversation, due_at=timezone.now(), by="system")
    actions.follow(rows.conversation, noor)
    mine = {hers.conversation_id}
    for words in ("zanzibar", "late", "pallets", str(rows.conversation.id), f"#{rows.conversation.id}", "ada@example"):
        assert {row.id for row in queries.search(noor, words)} <= mine, words
    assert {row.id for row in queries.search(noor, "pallets")} == mine
    for name in queries.VIEWS:
        assert {row.id for row in queries.view(noor, name)} <= mine, name
    assert {name: number for name, number in queries.counts(noor).items() if number} == {
        "unassigned": 1, "waiting": 1, "team": 1,
    }  # fmt: skip
    assert promises.due(noor) == [] and promises.count_due(noor) == 0
    assert promises.count_due(rows.shop.maya) > 0
    number, customer = hers.conversation_id, hers.conversation.customer_id
    at = browser(noor)
    for path in (
        "/search?q=zanzibar", "/search?q=ada", "/desk/team", "/desk/promises", "/desk/for-you", "/yesterday",
        f"/yesterday?day={timezone.localdate()}",
        f"/yesterday/conversations?day={timezone.localdate()}&what=all",
        f"/conversations/{number}", f"/conversations/{number}/merge-candidates?q=zanzibar",
        f"/customers/{customer}", f"/customers/{customer}/panel?beside={rows.conversation.id}",
        f"/customers/{customer}/merge-candidates?q=zanzibar", "/desk/counts",
    ):  # fmt: skip
        got = at.get(path)
        assert got.status_code == 200, path
        body = got.content.decode()
        assert "zanzibar secret" not in body.lower() and "zanzibar person" not in body.lower(), path


def test_a3_a_days_numbers_count_what_is_seen_alone(rows: Everything, noor: Membership, wholesale: Team) -> None:
    day = timezone.localdate()
    everything = browser(rows.shop.maya).get(f"/yesterday/conversations?day={day}&what=all").content.decode()
    nothing = browser(noor).get(f"/yesterday/conversations?day={day}&what=all").content.decode()
    assert "/conversations/" in everything and f"/conversations/{rows.conversation.id}" not in nothing
    set_team(rows.conversation, wholesale, by=rows.shop.tomas.actor)
    assert f"/conversations/{rows.conversation.id}" in (
        browser(noor).get(f"/yesterday/conversations?day={day}&what=all").content.decode()
    )


def test_a3_one_customer_in_two_queues_shows_one_queue(rows: Everything, noor: Membership, wholesale: Team) -> None:
    ada = rows.conversation.customer
    set_team(rows.part, wholesale, by=rows.shop.tomas.actor)
    Conversation.objects.filter(id=rows.conversation.id).update(subject="zanzibar secret")
    at = browser(noor)
    for path in (
        f"/customers/{ada.id}",
        f"/customers/{ada.id}/panel",
        f"/customers/{ada.id}/panel?beside={rows.part.id}",
    ):
        got = at.get(path)
        assert got.status_code == 200, path
        assert "zanzibar" not in got.content.decode(), path
    assert f"/conversations/{rows.part.id}" in at.get(f"/customers/{ada.id}").content.decode()
    for word in (rows.entry.id, rows.attachment.token):
        assert at.get(f"/attachments/{word}").status_code == 404
        assert at.get(f"/entries/{rows.entry.id}/html").status_code == 404


def test_a3_whoever_does_not_see_it_is_not_called_into_it(rows: Everything, noor: Membership) -> None:
    actions.note(rows.conversation, "@noor @tomas look", by=rows.shop.maya, client_id=uuid.uuid4())
    assert set(Mention.objects.values_list("member_id", flat=True)) == {rows.shop.tomas.id}
    page = browser(rows.shop.maya).get(f"/conversations/{rows.conversation.id}").content.decode()
    assert "Tomas" in page and "Noor" not in page


def test_a8_nothing_is_merged_split_or_moved_across_queues(rows: Everything, noor: Membership, wholesale: Team) -> None:
    hers = Conversation.objects.get(id=rows.part.id)  # the same customer's, in her queue
    set_team(hers, wholesale, by=rows.shop.tomas.actor)
    at, before = browser(noor), _places()
    mine, other = hers.id, rows.conversation.id
    for method, path, words, status in (
        ("POST", f"/conversations/{mine}/merges", {"into": other}, 404),
        ("POST", f"/conversations/{other}/merges", {"into": mine}, 404),
        ("POST", f"/conversations/{other}/splits", {"message": rows.reply.id}, 404),
        ("DELETE", f"/merges/{rows.merged.id}", {}, 404),
        ("DELETE", f"/splits/{mine}", {}, 404),
        ("PUT", f"/conversations/{other}/assignee", {"member": noor.id}, 404),
    ):
        got = at.generic(method, path, urlencode(words), FORM)
        assert got.status_code == status, (path, got.status_code)
    assert _places() == before


def test_a8_a_merge_is_not_taken_back_into_an_unseen_queue(rows: Everything, noor: Membership, wholesale: Team) -> None:
    Conversation.objects.filter(id=rows.merged.loser_id).update(team=rows.team)
    set_team(rows.conversation, wholesale, by=rows.shop.tomas.actor)
    before = _places()
    refused = browser(noor).delete(f"/merges/{rows.merged.id}")
    assert refused.status_code == 403
    assert "a queue you do not see" in refused.content.decode()
    assert _places() == before


def test_a8_whoever_may_only_read_in_a_queue_changes_nothing_there(rows: Everything, wholesale: Team) -> None:
    reader = rows.shop.limited("Olga Petrova", wholesale, Role.READ_ONLY)
    for row in (rows.conversation, rows.part):
        set_team(row, wholesale, by=rows.shop.tomas.actor)
    at, number, before = browser(reader), rows.conversation.id, _places()
    assert at.get(f"/conversations/{number}").status_code == 200
    for method, path in (
        ("POST", f"/conversations/{number}/replies"),
        ("POST", f"/conversations/{number}/notes"),
        ("PUT", f"/conversations/{number}/resolution"),
        ("PUT", f"/conversations/{number}/assignee"),
        ("DELETE", f"/messages/{rows.reply.id}"),
        ("DELETE", f"/notes/{rows.note.id}"),
        ("POST", f"/deliveries/{rows.failed.id}/tries"),
    ):
        got = at.generic(method, path, urlencode({"text": "No", "client_id": str(uuid.uuid4())}), FORM)
        assert got.status_code == 403, path
        assert "You may only read" in got.content.decode()
    assert _places() == before
    assert 'id="composer"' not in at.get(f"/conversations/{number}").content.decode()


def test_a5_the_next_thing_after_the_team_is_left_is_refused(
    rows: Everything, noor: Membership, wholesale: Team
) -> None:
    set_team(rows.conversation, wholesale, by=rows.shop.tomas.actor)
    at, number = browser(noor), rows.conversation.id
    assert at.get(f"/conversations/{number}").status_code == 200
    browser(rows.shop.team["rosa"]).post(f"/settings/teams/{wholesale.id}/members/{noor.id}/departure")
    assert at.get(f"/conversations/{number}/live").status_code == 404
    assert at.post(f"/conversations/{number}/notes", {"text": "x", "client_id": uuid.uuid4()}).status_code == 404


def _places() -> list[object]:
    return [
        list(Conversation.objects.order_by("id").values_list("id", "assignee", "root", "state", "team")),
        list(Message.objects.order_by("id").values_list("id", "conversation", "taken_back_at")),
    ]
