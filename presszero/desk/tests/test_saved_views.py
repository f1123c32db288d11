"""Saved views: made, shared, counted, listed, changed and put away."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.http import HttpResponse

from presszero.audit.models import Record
from presszero.conversations import actions
from presszero.conversations.models import Conversation, SavedView
from presszero.team.models import Team, TeamMember
from tests import cast

from .conftest import At, words

URGENT = {"all": [{"field": "state", "op": "is", "value": "open"}, {"field": "priority", "op": "is", "value": 4}]}


def walked(answer: HttpResponse) -> str:
    """Where the desk goes on, without a new document."""
    return str(json.loads(answer.headers["HX-Trigger"])["walk"]["url"])


def save(at: At, path: str = "/views/new", filter: object = URGENT, **more: object) -> int:
    answer = at.asks(path, "post", **{"name": "Urgent", "filter": quote(json.dumps(filter)), **more})
    return answer.status_code


@pytest.fixture
def urgent(maya: At, boots: Conversation) -> SavedView:
    actions.set_priority(boots, 4, by=maya.member.actor)
    assert save(maya) == 204
    return SavedView.objects.get()


def test_a_view_lists_and_counts_what_it_asks_for(maya: At, urgent: SavedView, invoice: Conversation) -> None:
    shown = maya.open(f"/views/{urgent.id}")
    assert "Boots" in words(shown) and "Invoice" not in words(shown)
    rail = words(maya.asks("/desk/counts"))
    assert "Urgent 1" in rail
    assert f"in=view-{urgent.id}" in shown.content.decode()


def test_its_rows_are_fetched_anew_with_the_counts(maya: At, urgent: SavedView, boots: Conversation) -> None:
    actions.set_priority(boots, 2, by=maya.member.actor)
    again = maya.asks(f"/views/{urgent.id}/rows", counts="1").content.decode()
    assert "Boots" not in again and 'id="rail"' in again and 'id="rows"' in again


def test_the_conversation_opens_beside_it(maya: At, urgent: SavedView, boots: Conversation) -> None:
    shown = words(maya.open(f"/conversations/{boots.id}?in=view-{urgent.id}"))
    assert "Urgent" in shown and "Order 1042 is late." in shown


def test_a_view_is_ones_own_until_it_is_shared(maya: At, at: Callable[[str], At], urgent: SavedView) -> None:
    tomas = at("tomas")
    assert tomas.open(f"/views/{urgent.id}").status_code == 404
    assert "Urgent" not in words(tomas.asks("/desk/counts"))
    SavedView.objects.update(shared="everybody")
    assert tomas.open(f"/views/{urgent.id}").status_code == 200


def test_sharing_with_everybody_is_for_leads(maya: At, at: Callable[[str], At], boots: Conversation) -> None:
    assert save(maya, shared="everybody") == 422 and not SavedView.objects.exists()
    assert save(at("tomas"), shared="everybody") == 204
    made = SavedView.objects.get()
    assert Record.objects.get(verb="view.save").after["shared"] == "everybody"
    assert maya.open(f"/views/{made.id}").status_code == 200
    assert save(maya, f"/views/{made.id}/filter", name="Mine now") == 422


def test_a_team_sees_what_is_shared_with_it(shop: cast.Shop, maya: At, at: Callable[[str], At]) -> None:
    team = Team.objects.create(merchant=shop.merchant, name="Returns")
    assert save(maya, shared="team", team=team.id) == 422  # not in it
    TeamMember.objects.create(merchant=shop.merchant, team=team, member=maya.member)
    assert save(maya, shared="team", team=team.id) == 204
    made = SavedView.objects.get()
    assert at("tomas").open(f"/views/{made.id}").status_code == 404
    TeamMember.objects.create(merchant=shop.merchant, team=team, member=shop.tomas)
    assert at("tomas").open(f"/views/{made.id}").status_code == 200


def test_the_builder_shows_what_it_finds_as_it_is_built(maya: At, urgent: SavedView, invoice: Conversation) -> None:
    assert "Boots" in words(maya.open(f"/views/{urgent.id}/filter"))
    told = maya.asks("/views/preview", "post", filter=quote(json.dumps({"all": []})), order="oldest")
    assert "2 conversations" in words(told) and "Invoice" in words(told)
    half = {"all": [{"field": "subject", "op": "contains", "value": ""}]}
    told = maya.asks("/views/preview", "post", filter=quote(json.dumps(half)))
    assert told.status_code == 200 and 'id="rows"' not in told.content.decode()


@pytest.mark.parametrize(
    "filter", ["nonsense", {"all": [{"field": "id__gt", "op": "is", "value": 1}]}, [1], {"all": 7}]
)
def test_what_is_no_filter_is_refused_and_keeps_nothing(maya: At, filter: object, boots: Conversation) -> None:
    assert save(maya, filter=filter) == 422 and not SavedView.objects.exists()


def test_a_search_becomes_a_view(maya: At, boots: Conversation, invoice: Conversation) -> None:
    shown = words(maya.open("/views/new?q=invoice"))
    assert "Invoice" in shown and "Boots" not in shown
    assert "New view" in words(maya.open("/views/new?from=unassigned"))


def test_order_copy_and_away_with_the_way_back(maya: At, urgent: SavedView) -> None:
    save(maya, name="Second")
    second = SavedView.objects.get(name="Second")
    maya.asks(f"/views/{second.id}/position", "put", to="up")
    rail = words(maya.asks("/desk/counts"))
    assert rail.index("Second") < rail.index("Urgent")
    assert walked(maya.asks(f"/views/{urgent.id}/copies", "post")).endswith("/filter")
    gone = walked(maya.asks(f"/views/{urgent.id}/retirement", "put"))
    assert maya.open(f"/views/{urgent.id}").status_code == 404 and "put away" in words(maya.open(gone))
    maya.asks(f"/views/{urgent.id}/retirement", "delete")
    assert maya.open(f"/views/{urgent.id}").status_code == 200


def test_a_view_of_what_is_gone_says_so(maya: At, urgent: SavedView) -> None:
    SavedView.objects.update(filter={"field": "tag", "op": "is", "value": 999})
    assert "needs a look" in words(maya.open(f"/views/{urgent.id}"))
    assert maya.open("/views").status_code == 200 and maya.open(f"/views/{urgent.id}/filter").status_code == 200


def test_however_many_views_the_rail_asks_once(
    maya: At, urgent: SavedView, django_assert_max_num_queries: object
) -> None:
    maya.open("/desk/mine")
    with django_assert_max_num_queries(100) as few:
        maya.asks("/desk/counts")
    most = len(few.captured_queries)
    for number in range(8):
        save(maya, name=f"View {number}")
    with django_assert_max_num_queries(most):
        maya.asks("/desk/counts")


def test_another_merchants_views_are_not_ours(urgent: SavedView) -> None:
    mallory = At(cast.thistle().team["mallory"])
    for path in ("", "/rows", "/filter"):
        assert mallory.open(f"/views/{urgent.id}{path}").status_code == 404
    assert mallory.asks(f"/views/{urgent.id}/copies", "post").status_code == 404
