"""Who sees which conversation."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from presszero.conversations.actions import merge
from presszero.conversations.models import Conversation
from presszero.conversations.queries import sight
from presszero.customers.models import Customer
from presszero.team.models import Membership, Role, Team, TeamMember
from presszero.team.sight import Sight, sees_queue, sight_of
from tests import cast


def put(row: Conversation, team: Team | None, **more: Any) -> Conversation:
    Conversation.objects.filter(id=row.id).update(team=team, **more)
    return Conversation.objects.get(id=row.id)


def agree(member: Membership, row: Conversation) -> bool:
    """Every way of asking says the same."""
    condition, values = sight.seen_by(member)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM conversations_conversation c WHERE c.id = %(number)s AND {condition}",
            {**values, "number": row.id},
        )
        by_hand = cursor.fetchone() is not None
    answers = {
        by_hand,
        sight.may_see(member, row),
        Conversation.objects.filter(sight.seen(member), id=row.id).exists(),
        row.id in sight.those_seen(member, [row.id]),
    }
    assert len(answers) == 1, answers
    return by_hand


def test_whoever_sees_everything_costs_no_query(shop: cast.Shop, boots: Conversation) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert sight_of(shop.maya) == Sight(True, Role.AGENT)
        assert sight.seen_by(shop.maya) == ("true", {})
        assert sight.may_see(shop.maya, boots)
        assert sight.those_seen(shop.maya, [boots.id]) == {boots.id}
        assert sight.role_in(shop.maya, boots) == Role.AGENT
    assert not asked.captured_queries


def test_a_member_of_one_team_sees_its_queue_and_what_is_theirs(shop: cast.Shop, boots: Conversation) -> None:
    returns, wholesale = shop.queue("Returns"), shop.queue("Wholesale")
    noor = shop.limited("Noor Haddad", returns)
    assert not agree(noor, boots)
    assert agree(noor, put(boots, returns))
    assert not agree(noor, put(boots, wholesale))
    assert agree(noor, put(boots, wholesale, assignee=noor))
    assert agree(shop.maya, boots)


def test_the_lesser_of_two_roles_counts(shop: cast.Shop, boots: Conversation) -> None:
    returns = shop.queue("Returns")
    lead = shop.limited("Noor Haddad", returns, Role.LEAD)
    reader = shop.limited("Olga Reader", returns, Role.READ_ONLY)
    row = put(boots, returns)
    assert sight.role_in(lead, row) == Role.AGENT
    assert sight.role_in(reader, row) == Role.READ_ONLY
    assert sight.role_in(reader, put(boots, returns, assignee=reader)) == Role.AGENT


def test_a_retired_team_shows_nothing(shop: cast.Shop, boots: Conversation) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    row = put(boots, returns)
    Team.objects.filter(id=returns.id).update(retired_at=timezone.now())
    assert not agree(noor, row)


def test_a_merged_conversation_is_seen_by_whoever_sees_what_it_is_part_of(
    shop: cast.Shop, boots: Conversation, invoice: Conversation
) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    put(invoice, returns)
    merge(Conversation.objects.get(id=invoice.id), boots, by=shop.maya.actor)
    merged = Conversation.objects.get(id=invoice.id)
    assert not sight.may_see(noor, merged)
    assert sight.those_seen(noor, [merged.id, boots.id]) == set()
    put(boots, returns)
    assert sight.those_seen(noor, [merged.id, boots.id]) == {merged.id, boots.id}


def test_entries_and_people_are_seen_through_a_conversation(shop: cast.Shop, boots: Conversation) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    entry = boots.messages.get().entry
    people = Customer.objects.filter(merchant=shop.merchant)
    assert not sight.sees_entry(noor, entry)
    assert not people.filter(sight.customers_seen(noor)).exists()
    put(boots, returns)
    assert sight.sees_entry(noor, entry)
    assert people.filter(sight.customers_seen(noor)).get() == boots.customer


def test_another_merchants_team_of_the_same_number_opens_nothing(shop: cast.Shop, boots: Conversation) -> None:
    thistle = cast.thistle()
    theirs = thistle.queue("Theirs")
    mallory = thistle.limited("Mal Two", theirs)
    row = put(boots, shop.queue("Returns"))
    assert not agree(mallory, row)


def test_who_sees_a_queue(shop: cast.Shop) -> None:
    returns = shop.queue("Returns")
    noor = shop.limited("Noor Haddad", returns)
    everyone = Membership.objects.filter(merchant=shop.merchant)
    assert noor in everyone.filter(sees_queue(shop.merchant.id, returns.id))
    assert noor not in everyone.filter(sees_queue(shop.merchant.id, None))
    TeamMember.objects.all().delete()
    assert noor not in everyone.filter(sees_queue(shop.merchant.id, returns.id))
