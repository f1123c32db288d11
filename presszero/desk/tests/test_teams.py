"""Teams in the settings, and what changes when people and queues do."""

from __future__ import annotations

import pytest
from django.test import Client

from presszero.audit.models import Record
from presszero.channels.models import Line
from presszero.conversations import actions
from presszero.conversations.actions.placing import set_team
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import may_see
from presszero.core.refusal import Refused
from presszero.routing.actions import be_ready
from presszero.team.models import Membership, Team, TeamMember
from tests import cast
from tests.walls.everything import browser


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: cast.Shop) -> Client:
    return browser(shop.team["rosa"])


def fresh(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def test_a_team_is_made_filled_and_given_lines_on_record(shop: cast.Shop, rosa: Client) -> None:
    made = rosa.post("/settings/teams", {"name": "Returns"})
    row = Team.objects.get(merchant=shop.merchant)
    assert made["Location"] == f"/settings/teams/{row.id}?said=saved"
    rosa.post(f"/settings/teams/{row.id}/members", {"member": shop.maya.id, "role": "lead"})
    rosa.post(f"/settings/teams/{row.id}/lines", {"line": shop.line.id})
    assert TeamMember.objects.get(team=row).role == "lead"
    assert Line.objects.get(id=shop.line.id).team == row
    shown = rosa.get(f"/settings/teams/{row.id}").content.decode()
    assert "Maya Okafor" in shown and "checked" in shown
    said = Record.objects.filter(merchant=shop.merchant, subject=f"team:{row.id}").order_by("id")
    assert [r.verb for r in said] == ["team.make", "team.put_in", "team.lines"]
    assert (said[2].before, said[2].after) == ({"lines": []}, {"lines": [shop.line.id]})


def test_a_name_is_there_once_and_the_page_says_so(shop: cast.Shop, rosa: Client) -> None:
    shop.queue("Returns")
    refused = rosa.post("/settings/teams", {"name": "Returns"})
    assert refused.status_code == 422
    assert "There is a team of this name already." in refused.content.decode()
    assert Team.objects.count() == 1


def test_a_new_conversation_stands_in_its_lines_queue(shop: cast.Shop) -> None:
    team = shop.queue("Returns")
    Line.objects.filter(id=shop.line.id).update(team=team)
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    assert row.team == team


def test_round_robin_gives_a_teams_matters_to_its_members_alone(shop: cast.Shop) -> None:
    team = shop.queue("Returns", shop.tomas)
    limited = shop.limited("Noor Haddad", shop.queue("Wholesale"))
    Line.objects.filter(id=shop.line.id).update(team=team, settings={"round_robin": True})
    for member in (shop.maya, shop.tomas, limited):
        be_ready(member, True)
    first = cast.the(cast.ada().writes(shop, "Where is it?", "One")).conversation
    second = cast.the(cast.ben().writes(shop, "Hello?", "Two")).conversation
    assert {first.assignee_id, second.assignee_id} == {shop.tomas.id}
    Line.objects.filter(id=shop.line.id).update(team=None)
    everybodys = [cast.the(cast.ada().writes(shop, "And?", f"Matter {n}")).conversation for n in range(3)]
    assert limited.id not in {row.assignee_id for row in everybodys}


def test_nobody_is_given_what_they_do_not_see(shop: cast.Shop) -> None:
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    noor = shop.limited("Noor Haddad", shop.queue("Returns"))
    with pytest.raises(Refused, match="Noor does not see this queue"):
        actions.assign(row, noor, by=shop.maya.actor)
    assert fresh(row).assignee_id is None


def test_moved_to_another_queue_it_is_no_longer_theirs(shop: cast.Shop) -> None:
    returns, wholesale = shop.queue("Returns"), shop.queue("Wholesale")
    noor = shop.limited("Noor Haddad", returns)
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    actions.assign(set_team(row, returns, by=shop.maya.actor), noor, by=shop.maya.actor)
    set_team(fresh(row), wholesale, by=shop.maya.actor)
    assert fresh(row).assignee_id is None
    assert not may_see(noor, fresh(row))


def test_whoever_leaves_a_team_keeps_nothing_of_its_queue(shop: cast.Shop, rosa: Client) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    actions.assign(set_team(row, returns, by=shop.maya.actor), noor, by=shop.maya.actor)
    rosa.post(f"/settings/teams/{returns.id}/members/{noor.id}/departure")
    assert fresh(row).assignee_id is None
    assert browser(noor).get(f"/conversations/{row.id}").status_code == 404


def test_narrowed_sight_takes_back_what_stands_elsewhere(shop: cast.Shop, rosa: Client) -> None:
    returns = shop.queue("Returns")
    row = set_team(cast.the(cast.ada().writes(shop, "Hm?")).conversation, returns, by=shop.maya.actor)
    actions.assign(row, shop.maya, by=shop.maya.actor)
    rosa.post(f"/settings/people/{shop.maya.id}/sight", {"sees_all": ""})
    assert not Membership.objects.get(id=shop.maya.id).sees_all
    assert fresh(row).assignee_id is None
    said = Record.objects.get(verb="sight.change")
    assert (said.before, said.after) == ({"sees_all": True}, {"sees_all": False})
    assert "only their teams" in rosa.get("/settings/people").content.decode()


def test_an_admin_always_sees_everything(shop: cast.Shop, rosa: Client) -> None:
    other = shop.member("Second Admin", "admin", "second@juniper.example")
    assert rosa.post(f"/settings/people/{other.id}/sight", {"sees_all": ""}).status_code == 422
    assert Membership.objects.get(id=other.id).sees_all
    rosa.post(f"/settings/people/{shop.maya.id}/sight", {"sees_all": ""})
    rosa.post(f"/settings/people/{shop.maya.id}/role", {"role": "admin"})
    assert Membership.objects.get(id=shop.maya.id).sees_all


def test_a_team_put_away_gives_its_queue_back_to_everybody(shop: cast.Shop, rosa: Client) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    Line.objects.filter(id=shop.line.id).update(team=returns)
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    actions.assign(row, noor, by=shop.maya.actor)
    assert rosa.post(f"/settings/teams/{returns.id}/retirement").status_code == 302
    assert (fresh(row).team_id, fresh(row).assignee_id) == (None, None)
    assert Line.objects.get(id=shop.line.id).team_id is None
    assert rosa.get(f"/settings/teams/{returns.id}").status_code == 404
    assert rosa.post("/settings/teams", {"name": "Returns"}).status_code == 302, "its name is free again"


def test_a_line_says_whose_queue_it_is(shop: cast.Shop, rosa: Client) -> None:
    cast.thistle().queue("Not ours")
    returns = shop.queue("Returns")
    shown = rosa.get(f"/settings/lines/{shop.line.id}").content.decode()
    assert "Whose queue" in shown and f'value="{returns.id}"' in shown and "Not ours" not in shown
