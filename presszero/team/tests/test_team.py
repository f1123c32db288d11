"""Inviting, joining, changing roles, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team import actions, queries
from presszero.team.actions.invitations import SignInFirst
from presszero.team.actions.members import AdminsOnly, LastAdmin
from presszero.team.actions.passwords import LinkOver
from presszero.team.mail import opened, send_letter
from presszero.team.models import Invitation, Membership, Person, Role, Session
from presszero.team.passwords import matches
from presszero.timeline.models import Event

from .conftest import BROWSER, NOW, PASSWORD, hire

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db]
SignsIn = Callable[[Membership], Client]
NEW = {"name": "Nadia", "password": "seven seas and a rope"}


def invite(by: Membership, email: str = "nadia@juniper.example", role: Role = Role.AGENT) -> str:
    """The token of a fresh invitation."""
    return actions.invite(email, role, by=by, at=timezone.now()).link.rsplit("/", 1)[1]


def letters() -> list[dict[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name="team.send_letter").order_by("id")
    return [opened(job.args["sealed"]) for job in jobs]


def test_an_invitation_leads_into_the_team(olga: Membership, client: Client) -> None:
    token = invite(olga, "Nadia@Juniper.example", Role.LEAD)
    assert "Juniper" in client.get(f"/invitations/{token}").content.decode()
    answer = client.post(f"/invitations/{token}", NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/leading").status_code == 200
    nadia = Membership.objects.get(person__email="nadia@juniper.example")
    assert (nadia.role, nadia.person.name, nadia.merchant_id) == (Role.LEAD, "Nadia", olga.merchant_id)
    assert Event.objects.get(kind="member.joined").data == {"member_id": nadia.id, "role": "lead", "came_back": False}


def test_i3_links_come_from_the_settings_whatever_the_request_says(
    olga: Membership, as_member: SignsIn, settings: Settings
) -> None:
    settings.ORIGIN = "https://desk.juniper.example"
    poison = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "Referer": "https://evil.example/"}
    page = as_member(olga).post(
        "/settings/invitations", {"email": "n@juniper.example", "role": "agent"}, headers=poison
    )
    link = re.search(r'value="(https://desk\.juniper\.example/invitations/[\w-]{43})"', page.content.decode())
    assert link and link.group(1) in letters()[0]["text"]
    assert "evil.example" not in str(letters()) + page.content.decode()
    assert as_member(olga).get("/settings/people", headers={"Host": "evil.example"}).status_code == 400


def test_i7_looking_at_an_invitation_uses_nothing_up(olga: Membership, client: Client) -> None:
    token = invite(olga)
    for _scan in range(3):
        assert client.get(f"/invitations/{token}").status_code == 200
        assert client.head(f"/invitations/{token}").status_code in (200, 405)
    assert not Person.objects.filter(name="Nadia").exists()
    assert client.post(f"/invitations/{token}", NEW).status_code == 302


def test_i7_an_invitation_works_once(olga: Membership) -> None:
    token = invite(olga)
    assert Client().post(f"/invitations/{token}", NEW).status_code == 302
    again = Client().post(f"/invitations/{token}", {"name": "Eve", "password": NEW["password"]})
    assert again.status_code == 410
    assert Client().get(f"/invitations/{token}").status_code == 410
    assert not Person.objects.filter(name="Eve").exists()


def test_i7_an_invitation_runs_out_after_72_hours(olga: Membership) -> None:
    token = actions.invite("n@juniper.example", Role.AGENT, by=olga, at=NOW).link.rsplit("/", 1)[1]
    with pytest.raises(LinkOver):
        actions.accept_new(token, "Nadia", NEW["password"], BROWSER, NOW + timedelta(hours=72))
    actions.accept_new(token, "Nadia", NEW["password"], BROWSER, NOW + timedelta(hours=71, minutes=59))


def test_i7_a_withdrawn_or_replaced_invitation_opens_nothing(olga: Membership, as_member: SignsIn) -> None:
    first = invite(olga)
    second = invite(olga)
    assert Client().post(f"/invitations/{first}", NEW).status_code == 410
    found = queries.open_invitations(olga.merchant, timezone.now()).get()
    assert as_member(olga).post(f"/settings/invitations/{found.id}/withdrawal").status_code == 302
    assert Client().post(f"/invitations/{second}", NEW).status_code == 410
    assert not Person.objects.filter(name="Nadia").exists()


@pytest.mark.django_db(transaction=True)
def test_i7_of_ten_who_click_at_once_one_joins() -> None:
    olga = hire(Merchant.objects.create(name="Juniper", slug="juniper"), "Olga", Role.ADMIN)
    token = invite(olga)

    def click(n: int) -> int:
        try:
            return Client().post(f"/invitations/{token}", {**NEW, "name": f"Nadia {n}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as crowd:
        statuses = list(crowd.map(click, range(5)))
    assert statuses.count(302) == 1
    assert Membership.objects.count() == 2


def test_i6_an_invitations_link_is_kept_nowhere(olga: Membership) -> None:
    token = invite(olga)
    assert token not in str(list(Invitation.objects.values_list()))
    assert token not in str(list(ProcrastinateJob.objects.values_list("args")))
    assert token in letters()[0]["text"]


def test_the_address_is_fixed_by_the_invitation(olga: Membership, client: Client) -> None:
    """A7: what else is sent along is ignored."""
    token = invite(olga, role=Role.READ_ONLY)
    more = {"email": "evil@evil.example", "role": "admin", "merchant": "1", "is_staff": "1", "left_at": ""}
    client.post(f"/invitations/{token}", {**NEW, **more})
    nadia = Membership.objects.select_related("person").get(person__name="Nadia")
    assert (nadia.person.email, nadia.role) == ("nadia@juniper.example", Role.READ_ONLY)


def test_who_has_an_account_joins_only_signed_in_as_themselves(
    olga: Membership, mallory: Membership, maya: Membership, as_member: SignsIn
) -> None:
    token = actions.invite(maya.person.email, Role.AGENT, by=mallory, at=timezone.now()).link.rsplit("/", 1)[1]
    assert b"Sign in to join" in Client().get(f"/invitations/{token}").content
    assert Client().post(f"/invitations/{token}", NEW).status_code == 422
    with pytest.raises(SignInFirst):
        actions.accept_new(token, "Eve", NEW["password"], BROWSER, timezone.now())
    assert as_member(olga).post(f"/invitations/{token}").status_code == 422
    browser = as_member(maya)
    assert browser.post(f"/invitations/{token}").status_code == 302
    here = Session.objects.filter(person=maya.person).latest("id")
    assert (here.merchant_id, browser.get("/reading").status_code) == (mallory.merchant_id, 200)
    maya.person.refresh_from_db()
    assert maya.person.name == "Maya"


def test_who_left_can_come_back(olga: Membership, maya: Membership) -> None:
    actions.remove(maya, by=olga, at=NOW)
    actions.accept_as(invite(olga, maya.person.email, Role.LEAD), maya.person, timezone.now())
    maya.refresh_from_db()
    assert (maya.left_at, maya.role) == (None, Role.LEAD)


def test_a_team_begins_with_one_admin_and_only_once(shop: Merchant, mallory: Membership, client: Client) -> None:
    rosa = actions.found_team(shop, "Rosa@juniper.example", "Rosa", NEW["password"])
    assert (rosa.role, rosa.person.email) == (Role.ADMIN, "rosa@juniper.example")
    assert client.post("/sign-in", {"email": "rosa@juniper.example", "password": NEW["password"]}).status_code == 302
    with pytest.raises(Refused, match="already"):
        actions.found_team(shop, "evil@evil.example", "Evil", NEW["password"])
    with pytest.raises(Refused, match="short"):
        actions.found_team(Merchant.objects.create(name="New", slug="new"), "a@b.example", "A", "short")
    elsewhere = Merchant.objects.create(name="Second", slug="second")
    actions.found_team(elsewhere, mallory.person.email, "Somebody else", NEW["password"])
    mallory.person.refresh_from_db()
    assert mallory.person.name == "Mallory" and matches(mallory.person, PASSWORD)


def test_only_an_admin_of_the_team_invites(
    maya: Membership, tomas: Membership, rob: Membership, as_member: SignsIn
) -> None:
    for member in (maya, tomas, rob):
        asked = as_member(member).post("/settings/invitations", {"email": "e@evil.example", "role": "admin"})
        assert asked.status_code == 403
        with pytest.raises(AdminsOnly):
            actions.invite("e@evil.example", Role.ADMIN, by=member, at=NOW)
    assert not Invitation.objects.exists()


def test_i8_an_invitation_tells_nothing_about_accounts_elsewhere(
    olga: Membership, mallory: Membership, as_member: SignsIn
) -> None:
    pages = [
        as_member(olga).post("/settings/invitations", {"email": email, "role": "agent"})
        for email in (mallory.person.email, "no@one.example")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert (
        len(
            {
                re.sub(rb"no@one\.example|mallory@thistle\.example|[\w-]{43,64}|/\d+/|datetime=\S+", b"", p.content)
                for p in pages
            }
        )
        <= 2
    )
    assert b"already" not in pages[0].content


@pytest.mark.parametrize(
    "email", ["no", "a@b\r\nBcc: evil@evil.example", "a b@c.example", "", "a@b.example, c@d.example", "\x00@x.example"]
)
def test_m14_what_is_not_an_address_is_refused(olga: Membership, as_member: SignsIn, email: str) -> None:
    asked = as_member(olga).post("/settings/invitations", {"email": email, "role": "agent"})
    assert asked.status_code == 422
    with pytest.raises(Refused):
        actions.invite(email, Role.AGENT, by=olga, at=NOW)
    assert not letters()


def test_m14_a_name_cannot_write_headers(olga: Membership, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "desk@juniper.example"
    Merchant.objects.filter(id=olga.merchant_id).update(name="Juniper\r\nBcc: evil@evil.example\r\n\r\nHello")
    Person.objects.filter(id=olga.person_id).update(name="Olga\nX-Evil: 1\u202e")
    invite(Membership.objects.select_related("person", "merchant").get(id=olga.id))
    send_letter(ProcrastinateJob.objects.get().args["sealed"])
    raw = mail.outbox[0].message().as_bytes()
    head = raw.split(b"\n\n", 1)[0]
    assert b"\nBcc:" not in raw and b"\nX-Evil" not in raw and b"\xe2\x80\xae" not in raw
    assert head.count(b"\nTo:") == 1 and mail.outbox[0].recipients() == ["nadia@juniper.example"]


def test_letters_wait_for_mail_to_be_set_up(olga: Membership, as_member: SignsIn) -> None:
    page = as_member(olga).post("/settings/invitations", {"email": "n@juniper.example", "role": "agent"})
    assert b"hand this link to" in page.content
    send_letter(ProcrastinateJob.objects.get().args["sealed"])
    assert not mail.outbox


def test_one_address_is_not_pestered(olga: Membership) -> None:
    for _n in range(5):
        invite(olga)
    with pytest.raises(Refused):
        invite(olga)


def test_i5_a_new_role_ends_the_sessions_that_carried_the_old(
    olga: Membership, maya: Membership, as_member: SignsIn
) -> None:
    """A5: the next thing they do is refused; the edge ends their streams by the same row."""
    browser = as_member(maya)
    changed = as_member(olga).post(f"/settings/people/{maya.id}/role", {"role": "read_only"})
    assert changed.status_code == 302
    assert browser.get("/reading").status_code == 302
    assert browser.post("/reading").status_code == 403
    assert Event.objects.get(kind="role.changed").data == {
        "member_id": maya.id,
        "before": "agent",
        "after": "read_only",
    }


@pytest.mark.parametrize("verb", ["removal", "role"])
def test_who_is_no_admin_any_more_leaves_no_way_in_behind(olga: Membership, as_member: SignsIn, verb: str) -> None:
    second = hire(olga.merchant, "Second", Role.ADMIN)
    theirs, ours = invite(second, "eve@evil.example", Role.ADMIN), invite(olga)
    assert as_member(olga).post(f"/settings/people/{second.id}/{verb}", {"role": "agent"}).status_code == 302
    assert Client().post(f"/invitations/{theirs}", NEW).status_code == 410
    assert Client().post(f"/invitations/{ours}", NEW).status_code == 302


def test_nobody_changes_their_own_role(olga: Membership, as_member: SignsIn) -> None:
    hire(olga.merchant, "Second", Role.ADMIN)
    asked = as_member(olga).post(f"/settings/people/{olga.id}/role", {"role": "lead"})
    assert asked.status_code == 422
    olga.refresh_from_db()
    assert olga.role == Role.ADMIN


def test_nobody_below_an_admin_changes_roles(maya: Membership, tomas: Membership, as_member: SignsIn) -> None:
    for member in (maya, tomas):
        for path in (f"/settings/people/{maya.id}/role", f"/settings/people/{tomas.id}/removal"):
            assert as_member(member).post(path, {"role": "admin"}).status_code == 403
        with pytest.raises(AdminsOnly):
            actions.change_role(maya if member == tomas else tomas, Role.ADMIN, by=member, at=NOW)
    assert {m.role for m in Membership.objects.all()} == {Role.AGENT, Role.LEAD}


def test_a_role_that_does_not_exist_is_refused(olga: Membership, maya: Membership, as_member: SignsIn) -> None:
    for role in ("owner", "", "ADMIN"):
        assert as_member(olga).post(f"/settings/people/{maya.id}/role", {"role": role}).status_code == 422
    maya.refresh_from_db()
    assert maya.role == Role.AGENT


def test_a_team_keeps_an_admin(olga: Membership, as_member: SignsIn) -> None:
    assert as_member(olga).post("/me/membership/end").status_code == 422
    with pytest.raises(LastAdmin):
        actions.leave(olga, NOW)
    second = hire(olga.merchant, "Second", Role.ADMIN)
    actions.change_role(olga, Role.AGENT, by=second, at=NOW)
    with pytest.raises(LastAdmin):
        actions.leave(second, NOW)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one() -> None:
    shop = Merchant.objects.create(name="Juniper", slug="juniper")
    for round_ in range(5):
        one, two = hire(shop, f"One{round_}", Role.ADMIN), hire(shop, f"Two{round_}", Role.ADMIN)

        def demote(pair: tuple[Membership, Membership]) -> None:
            try:
                actions.change_role(pair[0], Role.AGENT, by=pair[1], at=NOW)
            except Refused:
                pass
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as crowd:
            list(crowd.map(demote, [(one, two), (two, one)]))
        assert queries.admins_of(shop).count() == 1
        Membership.objects.update(left_at=NOW)


def test_removed_is_out_at_once_and_elsewhere_stays(
    olga: Membership, maya: Membership, mallory: Membership, as_member: SignsIn
) -> None:
    there = Membership.objects.create(merchant=mallory.merchant, person=maya.person, role=Role.AGENT)
    browser, elsewhere = as_member(maya), as_member(maya)
    Session.objects.filter(id=Session.objects.latest("id").id).update(merchant=there.merchant)
    assert as_member(olga).post(f"/settings/people/{maya.id}/removal").status_code == 302
    assert browser.get("/reading").status_code == 302
    assert elsewhere.get("/reading").status_code == 200
    assert not queries.members_of(olga.merchant).filter(id=maya.id).exists()
    assert Membership.objects.filter(id=maya.id).exists(), "what they did stays theirs"


def test_another_merchants_people_do_not_exist(
    mallory: Membership, maya: Membership, olga: Membership, as_member: SignsIn
) -> None:
    invite(olga)
    theirs = Invitation.objects.get()
    browser = as_member(mallory)
    for path in ("role", "removal", "sessions/end"):
        assert browser.post(f"/settings/people/{maya.id}/{path}", {"role": "admin"}).status_code == 404
    assert browser.post(f"/settings/invitations/{theirs.id}/withdrawal").status_code == 404
    with pytest.raises(Refused):
        actions.remove(maya, by=mallory, at=NOW)
    seen = browser.get("/settings/people").content
    assert b"Maya" not in seen and b"nadia@" not in seen
    maya.refresh_from_db()
    assert (maya.left_at, maya.role) == (None, Role.AGENT)


def test_z5_acts_worth_answering_for_are_written_down(olga: Membership, maya: Membership, as_member: SignsIn) -> None:
    browser = as_member(olga)
    browser.post("/settings/invitations", {"email": "n@juniper.example", "role": "lead"})
    browser.post(f"/settings/invitations/{Invitation.objects.get().id}/withdrawal")
    browser.post(f"/settings/people/{maya.id}/role", {"role": "lead"})
    as_member(maya)
    browser.post(f"/settings/people/{maya.id}/sessions/end")
    browser.post(f"/settings/people/{maya.id}/removal")
    rows = list(Record.objects.order_by("id").values_list("verb", "actor", "before", "after"))
    me = olga.actor.code
    assert rows == [
        ("invitation.send", me, None, {"role": "lead"}),
        ("invitation.withdraw", me, None, None),
        ("role.change", me, {"role": "agent"}, {"role": "lead"}),
        ("sessions.end", me, None, {"ended": 1}),
        ("member.remove", me, {"role": "lead"}, None),
    ]


def test_a_refusal_is_not_written_down(olga: Membership) -> None:
    with pytest.raises(LastAdmin):
        actions.leave(olga, NOW)
    assert not Record.objects.exists() and not Event.objects.exists()


def test_everyone_in_the_team_sees_it_and_only_admins_see_how_to_change_it(
    olga: Membership, maya: Membership, rob: Membership, as_member: SignsIn
) -> None:
    assert b"/removal" in as_member(olga).get("/settings/people").content
    for member in (maya, rob):
        page = as_member(member).get("/settings/people")
        assert page.status_code == 200 and b"olga@" in page.content
        assert b"/removal" not in page.content and b"/settings/invitations" not in page.content
    assert PASSWORD not in str(page.content)
