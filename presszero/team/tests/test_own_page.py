"""One's own page: password, sessions, second factor; and the way back in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.team import actions, throttle
from presszero.team.actions.passwords import LinkOver, send_reset
from presszero.team.actions.second_factor import BY_PASSWORD, secret_of
from presszero.team.browser import address_of, words_for
from presszero.team.gate import COOKIE
from presszero.team.mail import opened
from presszero.team.models import Membership, PasswordReset, Person, RecoveryCode, SecondFactor, Session
from presszero.team.passwords import Weak, matches

from .conftest import BROWSER, NOW, PASSWORD

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db]
SignsIn = Callable[[Membership], Client]
BETTER = "a lighthouse in the fog"


def test_i5_a_new_password_ends_every_other_session(maya: Membership, as_member: SignsIn) -> None:
    here, elsewhere = as_member(maya), as_member(maya)
    before = here.cookies[COOKIE].value
    assert here.post("/me/password", {"old": PASSWORD, "new": BETTER}).status_code == 302
    assert here.get("/reading").status_code == 200
    assert elsewhere.get("/reading").status_code == 302
    assert here.cookies[COOKIE].value != before, "this session goes on under a new key"
    old = Client()
    old.cookies[COOKIE] = before
    assert old.get("/reading").status_code == 302
    maya.person.refresh_from_db()
    assert matches(maya.person, BETTER) and not matches(maya.person, PASSWORD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wrong", BETTER),
        (PASSWORD, "short"),
        (PASSWORD, "1234567890123"),
        (PASSWORD, "password123"),
        (PASSWORD, "maya@juniper.example"),
        (PASSWORD, "x" * 501),
    ],
)
def test_a_refused_password_changes_nothing(maya: Membership, as_member: SignsIn, old: str, new: str) -> None:
    here, elsewhere = as_member(maya), as_member(maya)
    answer = here.post("/me/password", {"old": old, "new": new})
    assert answer.status_code == 422
    assert f'value="{new}"' not in answer.content.decode() and f'value="{old}"' not in answer.content.decode()
    assert elsewhere.get("/reading").status_code == 200
    maya.person.refresh_from_db()
    assert matches(maya.person, PASSWORD)


def test_guessing_the_old_password_is_throttled(maya: Membership) -> None:
    session = actions.start_session(maya.person, BROWSER, NOW).session
    for _earlier in range(BY_PASSWORD.most):
        throttle.hold(BY_PASSWORD, str(maya.person_id), NOW)
    with pytest.raises(throttle.TooMany):
        actions.change_password(maya.person, PASSWORD, BETTER, session, NOW)


def test_a7_a_profile_takes_these_fields_and_no_others(maya: Membership, as_member: SignsIn) -> None:
    more = {"email": "evil@evil.example", "password": "x", "role": "admin", "id": "1", "created_at": "2000-01-01"}
    said = {"name": " Maya\u202e \nOrtiz ", "language": "de", "timezone": "Europe/Berlin"}
    assert as_member(maya).post("/me", {**said, **more}).status_code == 302
    person = Person.objects.get()
    assert (person.name, person.language, person.timezone) == ("Maya Ortiz", "de", "Europe/Berlin")
    assert (person.email, person.id) == ("maya@juniper.example", maya.person_id) and matches(person, PASSWORD)
    maya.refresh_from_db()
    assert maya.role == "agent"


@pytest.mark.parametrize(
    "wrong", [{"name": " \n "}, {"timezone": "Mars/Olympus"}, {"timezone": "../etc/passwd"}, {"language": "tlh"}]
)
def test_a_profile_that_makes_no_sense_is_refused(maya: Membership, as_member: SignsIn, wrong: dict[str, str]) -> None:
    asked = {"name": "Maya", "language": "", "timezone": "", **wrong}
    assert as_member(maya).post("/me", asked).status_code == 422
    assert Person.objects.get().timezone == ""


def test_sessions_are_listed_and_ended(maya: Membership, tomas: Membership, as_member: SignsIn) -> None:
    here, elsewhere = as_member(maya), as_member(maya)
    others = as_member(tomas)
    page = here.get("/me").content.decode()
    ends = re.findall(r"/me/sessions/(\d+)/end", page)
    assert len(ends) == 1 and "203.0.113.7" in page
    tomas_session = Session.objects.get(person=tomas.person)
    assert here.post(f"/me/sessions/{tomas_session.id}/end").status_code == 404
    assert here.post(f"/me/sessions/{ends[0]}/end").status_code == 302
    assert elsewhere.get("/reading").status_code == 302
    third = as_member(maya)
    here.post("/me/sessions/end")
    assert [b.get("/reading").status_code for b in (here, third, others)] == [200, 302, 200]


def test_signing_out_ends_the_session_itself(maya: Membership, as_member: SignsIn) -> None:
    browser = as_member(maya)
    key = browser.cookies[COOKIE].value
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 302
    browser.cookies[COOKIE] = key
    assert browser.get("/reading").status_code == 302


# -- the second factor ------------------------------------------------------------------------------------------------


def test_a_second_factor_is_set_up_with_a_picture_and_a_code(maya: Membership, as_member: SignsIn) -> None:
    browser, elsewhere = as_member(maya), as_member(maya)
    assert browser.get("/me/second-factor").status_code == 404
    assert browser.post("/me/second-factor").status_code == 302
    page = browser.get("/me/second-factor").content.decode()
    secret = secret_of(SecondFactor.objects.get())
    assert secret in page.replace(" ", "") and "style=" not in page
    picture = browser.get("/me/second-factor/code.svg")
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<svg")
    assert "no-store" in picture["Cache-Control"]
    assert browser.post("/me/second-factor/confirmation", {"code": "000000"}).status_code == 422
    assert elsewhere.get("/reading").status_code == 200
    shown = browser.post("/me/second-factor/confirmation", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"<li>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</li>", shown.content.decode())
    assert len(codes) == 10 == RecoveryCode.objects.count()
    assert elsewhere.get("/reading").status_code == 302
    assert browser.get("/me/second-factor/code.svg").status_code == 404, "the secret is shown to nobody once it counts"
    assert browser.post("/me/second-factor").status_code == 422


def test_removing_it_needs_the_password(maya: Membership, as_member: SignsIn) -> None:
    browser = as_member(maya)
    _guard(maya)
    browser = as_member(maya)
    assert browser.post("/me/second-factor/removal", {"password": "wrong"}).status_code == 422
    assert browser.post("/me/second-factor/removal", {}).status_code == 422
    assert SecondFactor.objects.exists()
    assert browser.post("/me/second-factor/removal", {"password": PASSWORD}).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert list(Record.objects.values_list("verb", flat=True).order_by("id")) == [
        "second_factor.on",
        "second_factor.off",
    ]


def test_new_recovery_codes_void_the_old(maya: Membership, as_member: SignsIn) -> None:
    old = _guard(maya)
    assert as_member(maya).post("/me/recovery-codes", {"password": PASSWORD}).status_code == 200
    found = actions.sign_in(maya.person.email, PASSWORD, BROWSER, NOW)
    assert isinstance(found, actions.CodeAwaited)
    with pytest.raises(Exception, match="not right"):
        actions.answer_challenge(found.token, old[0], BROWSER, NOW)
    assert RecoveryCode.objects.count() == 10


# -- a forgotten password ---------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_chosen_anew(maya: Membership, client: Client, as_member: SignsIn) -> None:
    elsewhere = as_member(maya)
    assert client.post("/forgot", {"email": "Maya@juniper.example"}).status_code == 200
    link = _reset_link()
    path = "/reset/" + link.rsplit("/", 1)[1]
    assert client.get(path)["Referrer-Policy"] == "same-origin"
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": BETTER}).status_code == 302
    assert elsewhere.get("/reading").status_code == 302, "I5: every session ends"
    assert client.post("/sign-in", {"email": maya.person.email, "password": BETTER}).status_code == 302


def test_i7_a_reset_link_works_once_and_not_for_long(maya: Membership) -> None:
    token = actions.reset_link(maya.person, NOW).rsplit("/", 1)[1]
    with pytest.raises(LinkOver):
        actions.reset_password(token, BETTER, NOW + timedelta(hours=2))
    with pytest.raises(Weak):
        actions.reset_password(token, "short", NOW)
    actions.reset_password(token, BETTER, NOW)
    with pytest.raises(LinkOver):
        actions.reset_password(token, "another fine password", NOW)
    maya.person.refresh_from_db()
    assert matches(maya.person, BETTER)


def test_i7_looking_at_a_reset_link_uses_nothing_up(maya: Membership, client: Client) -> None:
    token = actions.reset_link(maya.person, timezone.now()).rsplit("/", 1)[1]
    assert [client.get(f"/reset/{token}").status_code for _n in range(3)] == [200] * 3
    assert client.post(f"/reset/{token}", {"password": BETTER}).status_code == 302
    assert client.get(f"/reset/{token}").status_code == 410


def test_i7_a_reset_link_dies_when_the_password_changes_or_a_newer_one_is_made(maya: Membership) -> None:
    first = actions.reset_link(maya.person, NOW).rsplit("/", 1)[1]
    second = actions.reset_link(maya.person, NOW).rsplit("/", 1)[1]
    session = actions.start_session(maya.person, BROWSER, NOW).session
    with pytest.raises(LinkOver):
        actions.reset_password(first, "another fine password", NOW)
    actions.change_password(maya.person, PASSWORD, BETTER, session, NOW)
    with pytest.raises(LinkOver):
        actions.reset_password(second, "another fine password", NOW)


def test_i8_asking_for_a_link_tells_nothing(maya: Membership, client: Client) -> None:
    answers = [client.post("/forgot", {"email": email}) for email in (maya.person.email, "no@one.example")]
    bodies = {re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content) for answer in answers}
    assert [a.status_code for a in answers] == [200, 200] and len(bodies) == 1
    jobs = ProcrastinateJob.objects.order_by("id")
    assert [job.task_name for job in jobs] == ["team.send_reset"] * 2, "the same is done for both"
    assert maya.person.email not in str([job.args for job in jobs])
    for job in jobs:
        send_reset(job.args["sealed"])
    assert PasswordReset.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="team.send_letter").count() == 1


def test_i3_a_reset_link_is_built_from_the_settings(maya: Membership, client: Client, settings: Settings) -> None:
    settings.ORIGIN = "https://desk.juniper.example"
    client.post("/forgot", {"email": maya.person.email}, headers={"X-Forwarded-Host": "evil.example"})
    assert _reset_link().startswith("https://desk.juniper.example/reset/")


def test_letters_are_not_a_flood(maya: Membership, client: Client) -> None:
    statuses = [client.post("/forgot", {"email": maya.person.email}).status_code for _n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_second_factor_is_still_asked_after_a_reset(maya: Membership) -> None:
    _guard(maya)
    actions.reset_password(actions.reset_link(maya.person, NOW).rsplit("/", 1)[1], BETTER, NOW)
    assert isinstance(actions.sign_in(maya.person.email, BETTER, BROWSER, NOW), actions.CodeAwaited)


# -- where a request comes from ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.9, 10.1.2.3", "198.51.100.9"),
        ("127.0.0.1", "2001:db8::7, 10.1.2.3", "2001:db8::7"),
        ("127.0.0.1", "127.0.0.1, 198.51.100.9", "198.51.100.9"),
        ("", "198.51.100.9", "198.51.100.9"),
        ("203.0.113.5", "198.51.100.9", "203.0.113.5"),
        ("127.0.0.1", "198.51.100.9, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str, found: str
) -> None:
    monkeypatch.setenv("PRESSZERO_TRUSTED_PROXIES", "10.1.0.0/16")
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == found


def test_a_browser_is_named_as_its_owner_would() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126"
    iphone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
    )
    assert (words_for(edge), words_for(iphone), words_for("curl/8")) == ("Edge, Windows", "Safari, iPhone", "")


def test_sweeping_forgets_what_is_long_over(maya: Membership) -> None:
    kept = actions.start_session(maya.person, BROWSER, timezone.now()).session
    over = actions.start_session(maya.person, BROWSER, timezone.now()).session
    Session.objects.filter(id=over.id).update(ended_at=timezone.now() - timedelta(days=91))
    actions.sweep(timezone.now())
    assert list(Session.objects.all()) == [kept]


def _guard(member: Membership) -> list[str]:
    session = actions.start_session(member.person, BROWSER, NOW).session
    actions.begin_second_factor(member.person)
    code = pyotp.TOTP(secret_of(SecondFactor.objects.get())).at(NOW)
    return actions.confirm_second_factor(member.person, code, session, NOW)


def _reset_link() -> str:
    send_reset(ProcrastinateJob.objects.get(task_name="team.send_reset").args["sealed"])
    letter = opened(ProcrastinateJob.objects.get(task_name="team.send_letter").args["sealed"])
    found = re.search(r"https?://\S+/reset/[\w-]{43}", letter["text"])
    assert found and letter["to"] == "maya@juniper.example"
    return found.group()
