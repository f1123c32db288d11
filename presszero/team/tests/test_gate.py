"""Every view carries a mark, and the mark holds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from pytest_django import DjangoAssertNumQueries, Settings

from presszero.core.sealing import fingerprint
from presszero.team import actions
from presszero.team.gate import COOKIE, declared, needs, public, safe_next
from presszero.team.models import Membership, Role, Session
from presszero.team.queries import STILL_IN

from . import urls

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db]
SignsIn = Callable[[Membership], Client]


def test_a_view_without_a_mark_is_refused_to_everyone(olga: Membership, as_member: SignsIn) -> None:
    assert Client().get("/unmarked").status_code == 403
    assert as_member(olga).get("/unmarked").status_code == 403


def test_a_public_view_is_open_to_all(client: Client) -> None:
    assert client.get("/open").content == b"seen"


def test_the_anonymous_are_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/reading?view=mine&page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=%2Freading%3Fview%3Dmine%26page%3D2"


def test_htmx_sends_the_whole_page_to_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/desk?view=mine"}
    answer = client.get("/reading", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (403, "/sign-in?next=%2Fdesk%3Fview%3Dmine")


def test_the_anonymous_change_nothing(client: Client) -> None:
    assert client.post("/leading").status_code == 403
    assert client.post("/mine").status_code == 403


@pytest.mark.parametrize(
    ("role", "path", "method", "status"),
    [
        (Role.READ_ONLY, "/reading", "get", 200),
        (Role.READ_ONLY, "/reading", "post", 403),
        (Role.READ_ONLY, "/reading", "delete", 403),
        (Role.READ_ONLY, "/leading", "get", 403),
        (Role.READ_ONLY, "/mine", "post", 200),
        (Role.AGENT, "/reading", "post", 200),
        (Role.AGENT, "/leading", "get", 403),
        (Role.AGENT, "/leading", "post", 403),
        (Role.LEAD, "/leading", "get", 200),
        (Role.LEAD, "/leading", "post", 200),
        (Role.ADMIN, "/leading", "get", 200),
    ],
)
def test_a_role_opens_what_it_reaches(
    maya: Membership, as_member: SignsIn, role: Role, path: str, method: str, status: int
) -> None:
    maya.role = role
    maya.save()
    assert getattr(as_member(maya), method)(path).status_code == status


def test_a_request_costs_one_query(
    maya: Membership, as_member: SignsIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_member(maya)
    with django_assert_num_queries(1):
        assert browser.get("/reading").status_code == 200
    with django_assert_num_queries(0):
        assert Client().get("/open").status_code == 200


def test_when_a_session_was_seen_is_noted_once_a_minute(
    maya: Membership, as_member: SignsIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_member(maya)
    Session.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    with django_assert_num_queries(2):
        browser.get("/reading")
    with django_assert_num_queries(1):
        browser.get("/reading")


def test_a5_who_left_is_out_at_once(maya: Membership, as_member: SignsIn) -> None:
    browser = as_member(maya)
    Membership.objects.filter(id=maya.id).update(left_at=timezone.now())
    assert browser.get("/reading").status_code == 403
    assert browser.post("/leading").status_code == 403
    assert _still_in(browser) == []


@pytest.mark.parametrize(
    "over",
    [
        {"ended_at": timezone.now() - timedelta(seconds=1)},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"seen_at": timezone.now() - timedelta(days=15)},
    ],
)
def test_a_session_that_is_over_opens_nothing(maya: Membership, as_member: SignsIn, over: dict[str, object]) -> None:
    browser = as_member(maya)
    assert browser.get("/reading").status_code == 200
    Session.objects.update(**over)
    assert browser.get("/reading").status_code == 302
    assert _still_in(browser) == []


def test_the_edges_statement_says_what_the_gate_says(maya: Membership, as_member: SignsIn) -> None:
    browser = as_member(maya)
    assert _still_in(browser) == [(maya.merchant_id, maya.id, "agent", maya.person_id)]


def test_a_made_up_cookie_is_nobody(client: Client) -> None:
    for token in ("x", "\x00", "é" * 5000, "' OR 1=1"):
        client.cookies[COOKIE] = token
        assert client.get("/open").status_code == 200
        assert client.get("/reading").status_code == 302


def test_i3_next_is_never_another_site() -> None:
    for path in (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "",
        None,
        "/\t/evil",
    ):
        assert safe_next(path) == "/"
    assert safe_next("/conversations/42?view=mine#last") == "/conversations/42?view=mine#last"


def test_marks_are_found_through_wrappers() -> None:
    @functools.wraps(urls.reading)
    def wrapped(*args: object) -> object:
        return urls.reading

    class Listing(View):
        pass

    assert declared(csrf_exempt(urls.reading)) == Role.READ_ONLY
    assert declared(wrapped) == Role.READ_ONLY
    assert declared(functools.partial(urls.leading)) == Role.LEAD
    assert declared(needs(Role.ADMIN)(Listing.as_view())) == Role.ADMIN
    assert declared(public(Listing).as_view()) == "public"
    assert declared(urls.mine) == "own"
    assert declared(urls.unmarked) is None


def test_i5_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    maya: Membership, client: Client, settings: Settings
) -> None:
    settings.SECURE = True
    client.post("/sign-in", {"email": maya.person.email, "password": "juniper berries and rain"})
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"] and cookie["secure"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert Session.objects.get().token_hash == fingerprint(cookie.value)
    assert cookie.value not in str(Session.objects.values_list())


def test_switching_the_shop_needs_a_membership_there(maya: Membership, mallory: Membership, as_member: SignsIn) -> None:
    browser = as_member(maya)
    refused = browser.post("/me/merchant", {"merchant": mallory.merchant_id})
    assert refused.status_code == 422
    assert Session.objects.get().merchant_id == maya.merchant_id
    Membership.objects.create(merchant=mallory.merchant, person=maya.person, role=Role.AGENT)
    before = browser.cookies[COOKIE].value
    assert browser.post("/me/merchant", {"merchant": mallory.merchant_id}).status_code == 302
    assert _still_in(browser)[0][0] == mallory.merchant_id
    assert browser.cookies[COOKIE].value != before, "I5: the key is new when the rights are"
    old = Client()
    old.cookies[COOKIE] = before
    assert old.get("/reading").status_code == 302


def test_several_shops_start_where_the_person_worked_last(maya: Membership, mallory: Membership) -> None:
    there = Membership.objects.create(merchant=mallory.merchant, person=maya.person, role=Role.AGENT)
    at, browser = timezone.now(), actions.Browser("", "")
    first = actions.start_session(maya.person, browser, at).session
    actions.switch_merchant(first, there.merchant_id)
    assert actions.start_session(maya.person, browser, at).session.merchant_id == there.merchant_id


def _still_in(browser: Client) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(STILL_IN, [fingerprint(browser.cookies[COOKIE].value)])
        return list(cursor.fetchall())
