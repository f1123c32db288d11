"""Signing in: who gets in, who does not, and how little an attempt tells."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team import actions, throttle
from presszero.team.actions.second_factor import secret_of
from presszero.team.actions.sign_in import BY_ADDRESS, BY_EMAIL, ChallengeOver, WrongCode, WrongSignIn
from presszero.team.gate import COOKIE
from presszero.team.models import Challenge, Membership, Person, RecoveryCode, Role, SecondFactor, Session, Throttle
from presszero.team.passwords import hashed
from presszero.team.throttle import Limit, TooMany

from .conftest import BROWSER, NOW, PASSWORD, REAL, hire

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db]


def post(client: Client, email: str, password: str, **more: str) -> int:
    return client.post("/sign-in", {"email": email, "password": password, **more}).status_code


def test_the_right_password_opens_the_door(maya: Membership, client: Client) -> None:
    assert client.get("/reading").status_code == 302
    answer = client.post("/sign-in?next=/reading", {"email": " Maya@juniper.example ", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/reading")
    assert client.get("/reading").status_code == 200


def test_nobody_gets_in_without_it(maya: Membership, client: Client) -> None:
    for email, password in [
        (maya.person.email, "wrong"),
        (maya.person.email, ""),
        (maya.person.email, PASSWORD + " "),
        ("nobody@juniper.example", PASSWORD),
        ("", PASSWORD),
        ("\x00", "\x00"),
        ("x" * 10_000, "y" * 100_000),
    ]:
        assert post(client, email, password) == 422
    assert not Session.objects.exists()
    assert client.get("/reading").status_code == 302


def test_a_person_without_a_password_cannot_sign_in(maya: Membership, client: Client) -> None:
    Person.objects.update(password="")
    assert post(client, maya.person.email, "") == 422
    assert post(client, maya.person.email, "!") == 422


def test_i3_next_leads_to_no_other_site(maya: Membership, client: Client) -> None:
    answer = client.post("/sign-in?next=//evil.example", {"email": maya.person.email, "password": PASSWORD})
    assert answer["Location"] == "/"


def test_i5_a_key_from_before_signing_in_is_void(maya: Membership, tomas: Membership, client: Client) -> None:
    client.cookies[COOKIE] = "planted"
    post(client, maya.person.email, PASSWORD)
    first = client.cookies[COOKIE].value
    assert first != "planted"
    post(client, tomas.person.email, PASSWORD)
    assert client.cookies[COOKIE].value != first
    other = Client()
    other.cookies[COOKIE] = first
    assert other.get("/reading").status_code == 302, "signing in again ends the session the browser held"


def test_i8_a_wrong_password_and_an_unknown_person_get_one_answer(maya: Membership) -> None:
    emails = (maya.person.email, "no@one.example")
    answers = [Client().post("/sign-in", {"email": email, "password": "wrong"}) for email in emails]
    bodies = [
        re.sub(rb"[A-Za-z0-9]{64}", b"token", answer.content).replace(email.encode(), b"address")
        for answer, email in zip(answers, emails, strict=True)
    ]
    assert [a.status_code for a in answers] == [422, 422]
    assert bodies[0] == bodies[1] and b"address" in bodies[0]
    differ = {name for name, _value in answers[0].headers.items() ^ answers[1].headers.items()}
    assert differ <= {"Content-Length"}, "only by the address itself, which the form gives back"
    assert answers[0].cookies.keys() == answers[1].cookies.keys()


@pytest.mark.slow
def test_i8_both_take_the_same_time(maya: Membership, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = REAL
    Person.objects.update(password=hashed(PASSWORD))

    def seconds(email: str) -> float:
        start = time.perf_counter()
        with pytest.raises(WrongSignIn):
            actions.sign_in(email, "wrong password", BROWSER, NOW)
        return time.perf_counter() - start

    seconds("warm@up.example")
    times = [(seconds(maya.person.email), seconds(f"no{n}@one.example")) for n in range(5)]
    known, unknown = median(t[0] for t in times), median(t[1] for t in times)
    assert 0.5 < known / unknown < 2, (known, unknown)


def test_the_throttle_holds_and_lets_go(maya: Membership) -> None:
    for _earlier in range(BY_EMAIL.most - 1):
        throttle.hold(BY_EMAIL, maya.person.email, NOW)
    with pytest.raises(WrongSignIn):
        actions.sign_in(maya.person.email, "wrong", BROWSER, NOW)
    with pytest.raises(TooMany):
        actions.sign_in(maya.person.email, PASSWORD, BROWSER, NOW)
    assert not Session.objects.exists()
    later = NOW + BY_EMAIL.window
    assert isinstance(actions.sign_in(maya.person.email, PASSWORD, BROWSER, later), actions.Opened)


def test_i8_the_throttle_answers_alike_for_nobody(maya: Membership, client: Client) -> None:
    for email in (maya.person.email, "no@one.example"):
        for _earlier in range(BY_EMAIL.most - 1):
            throttle.hold(BY_EMAIL, email, timezone.now())
        assert [post(client, email, "wrong") for _n in range(2)] == [422, 429]


def test_one_address_cannot_try_many_people(shop: Merchant) -> None:
    for _earlier in range(BY_ADDRESS.most - 1):
        throttle.hold(BY_ADDRESS, BROWSER.address, NOW)
    with pytest.raises(WrongSignIn):
        actions.sign_in("one@juniper.example", "wrong", BROWSER, NOW)
    with pytest.raises(TooMany):
        actions.sign_in("another@juniper.example", "wrong", BROWSER, NOW)
    assert not Throttle.objects.filter(key__contains=BROWSER.address).exists(), "an address is kept as a fingerprint"


@pytest.mark.slow
def test_an_office_that_signs_in_at_nine_is_no_attack(maya: Membership) -> None:
    for _colleague in range(BY_ADDRESS.most + 5):
        actions.sign_in(maya.person.email, PASSWORD, BROWSER, NOW)
    assert throttle.tries(BY_ADDRESS, BROWSER.address, NOW) == 1


def test_a_house_of_ipv6_addresses_is_one_sender() -> None:
    assert throttle.network("2001:db8:1:2::1") == throttle.network("2001:db8:1:2:ffff::9")
    assert throttle.network("2001:db8:1:3::1") != throttle.network("2001:db8:1:2::1")
    assert throttle.network("198.51.100.1") != throttle.network("198.51.100.2")
    assert throttle.network("not an address") == "unknown"


def test_success_forgives_the_tries_before_it(maya: Membership) -> None:
    for _earlier in range(BY_EMAIL.most - 1):
        throttle.hold(BY_EMAIL, maya.person.email, NOW)
    actions.sign_in(maya.person.email, PASSWORD, BROWSER, NOW)
    assert throttle.tries(BY_EMAIL, maya.person.email, NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_i9_two_hundred_at_once_stay_within_the_limit() -> None:
    limit = Limit("test.parallel", 10, timedelta(minutes=15))

    def attempt(_n: int) -> bool:
        try:
            throttle.hold(limit, "maya@juniper.example", NOW)
        except TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(40) as crowd:
        passed = sum(crowd.map(attempt, range(200)))
    assert passed == 10
    assert Throttle.objects.get().count == 200


@pytest.mark.django_db(transaction=True)
def test_i9_parallel_requests_cannot_slip_by_the_counter() -> None:
    """The whole way in, by 40 at once: no more hashes are compared than the limit allows."""
    shop = Merchant.objects.create(name="Juniper & Co.", slug="juniper")
    maya = hire(shop, "Maya", Role.AGENT)

    def attempt(n: int) -> int:
        try:
            return post(Client(REMOTE_ADDR=f"198.51.100.{n}"), maya.person.email, f"guess {n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as crowd:
        statuses = list(crowd.map(attempt, range(40)))
    assert sorted(statuses) == [422] * 10 + [429] * 30


def test_i10_signing_in_needs_the_forms_own_token(maya: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, maya.person.email, PASSWORD) == 403
    assert not Session.objects.exists()
    for path in ("/sign-out", "/me/password", "/me/sessions/end", "/settings/invitations", "/me/merchant"):
        assert strict.post(path).status_code == 403
        assert strict.post(path, "{}", content_type="text/plain").status_code == 403


# -- the second factor ------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(maya: Membership) -> tuple[Membership, pyotp.TOTP, list[str]]:
    """Maya with her phone and her recovery codes."""
    session = actions.start_session(maya.person, BROWSER, NOW).session
    actions.begin_second_factor(maya.person)
    clock = pyotp.TOTP(secret_of(SecondFactor.objects.get()))
    codes = actions.confirm_second_factor(maya.person, clock.at(NOW), session, NOW)
    return maya, clock, codes


Guarded = tuple[Membership, pyotp.TOTP, list[str]]


def challenge(member: Membership) -> str:
    found = actions.sign_in(member.person.email, PASSWORD, BROWSER, NOW)
    assert isinstance(found, actions.CodeAwaited)
    return found.token


def test_with_a_second_factor_the_password_alone_opens_nothing(guarded: Guarded, client: Client) -> None:
    maya, clock, _codes = guarded
    answer = client.post("/sign-in?next=/reading", {"email": maya.person.email, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code?next=%2Freading"
    assert client.get("/reading").status_code == 302
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 422
    assert client.get("/reading").status_code == 302
    code = clock.at(timezone.now() + timedelta(seconds=30))
    assert client.post("/sign-in/code?next=/reading", {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/reading"
    assert client.get("/reading").status_code == 200


def test_a_code_is_used_once(guarded: Guarded) -> None:
    maya, clock, _codes = guarded
    at = NOW + timedelta(seconds=30)
    code = clock.at(at)
    first, second = challenge(maya), challenge(maya)
    actions.answer_challenge(first, code, BROWSER, at)
    with pytest.raises(WrongCode):
        actions.answer_challenge(second, code, BROWSER, at)
    with pytest.raises(WrongCode):
        actions.answer_challenge(second, clock.at(NOW), BROWSER, at)  # an earlier one is no better


def test_a_challenge_is_used_once_and_not_for_long(guarded: Guarded) -> None:
    maya, clock, codes = guarded
    token = challenge(maya)
    actions.answer_challenge(token, codes[0], BROWSER, NOW)
    with pytest.raises(ChallengeOver):
        actions.answer_challenge(token, codes[1], BROWSER, NOW)
    with pytest.raises(ChallengeOver):
        actions.answer_challenge(challenge(maya), codes[1], BROWSER, NOW + timedelta(minutes=11))
    with pytest.raises(ChallengeOver):
        actions.answer_challenge("made up", codes[1], BROWSER, NOW)
    assert RecoveryCode.objects.filter(used_at=None).count() == 9, "a refusal used nothing up"


def test_recovery_codes_open_the_door_once_each(guarded: Guarded) -> None:
    maya, _clock, codes = guarded
    assert len(set(codes)) == 10
    for code in (codes[0], codes[1].lower(), codes[2].replace("-", " ")):
        actions.answer_challenge(challenge(maya), code, BROWSER, NOW)
    with pytest.raises(WrongCode):
        actions.answer_challenge(challenge(maya), codes[0], BROWSER, NOW)


def test_codes_cannot_be_guessed_for_long(guarded: Guarded) -> None:
    maya, clock, _codes = guarded
    token = challenge(maya)
    for _try in range(5):
        with pytest.raises(WrongCode):
            actions.answer_challenge(token, "123 45x", BROWSER, NOW)
    with pytest.raises(TooMany):
        actions.answer_challenge(challenge(maya), clock.at(NOW + timedelta(seconds=30)), BROWSER, NOW)


@pytest.mark.django_db(transaction=True)
def test_i9_one_code_sent_twenty_times_at_once_opens_one_session() -> None:
    shop = Merchant.objects.create(name="Juniper & Co.", slug="juniper")
    maya = hire(shop, "Maya", Role.AGENT)
    session = actions.start_session(maya.person, BROWSER, NOW).session
    actions.begin_second_factor(maya.person)
    clock = pyotp.TOTP(secret_of(SecondFactor.objects.get()))
    actions.confirm_second_factor(maya.person, clock.at(NOW), session, NOW)
    tokens = [challenge(maya) for _n in range(5)]
    at = NOW + timedelta(seconds=30)
    code = clock.at(at)

    def answer(token: str) -> bool:
        try:
            actions.answer_challenge(token, code, BROWSER, at)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(5) as crowd:
        assert sum(crowd.map(answer, tokens)) == 1


def test_i6_nothing_kept_can_be_turned_back_into_a_key(guarded: Guarded) -> None:
    maya, clock, codes = guarded
    token = challenge(maya)
    opened = actions.answer_challenge(token, codes[0], BROWSER, NOW)
    kept = str([list(m.objects.values_list()) for m in (Session, Challenge, RecoveryCode, SecondFactor)])
    for key in (token, opened.token, codes[0], codes[0].replace("-", ""), clock.secret):
        assert key not in kept
    assert len(opened.token) >= 43 and len(token) >= 43, "256 bits"


def test_a_secret_is_sealed_under_a_key_that_can_be_replaced(guarded: Guarded, settings: Settings) -> None:
    """I6: a new SECRET_KEY with the old one as a fallback still opens what was sealed."""
    _maya, clock, _codes = guarded
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert secret_of(SecondFactor.objects.get()) == clock.secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Exception, match="another key"):
        secret_of(SecondFactor.objects.get())


def test_the_hash_is_argon2_at_full_cost(settings: Settings) -> None:
    """At least 19 MiB, as OWASP asks of Argon2id."""
    settings.PASSWORD_HASHERS = REAL
    _argon2, kind, _version, costs = hashed(PASSWORD).split("$")[:4]
    assert kind == "argon2id" and int(costs.split(",")[0].removeprefix("m=")) >= 19 * 1024
