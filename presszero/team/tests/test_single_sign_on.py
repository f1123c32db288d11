"""I4: a provider's word is believed only when all of it fits, and for its own merchant alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from presszero.audit.models import Record
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant
from presszero.team import actions
from presszero.team.actions.providers import Provider, save_provider
from presszero.team.actions.second_factor import secret_of
from presszero.team.gate import COOKIE
from presszero.team.models import (
    Identity,
    Membership,
    Person,
    Role,
    SecondFactor,
    Session,
    SignInAttempt,
    SignInProvider,
)
from presszero.team.oidc.discovery import CannotAsk, doors

from .conftest import BROWSER, PASSWORD
from .signer import Signer, challenge, signer

pytestmark = [pytest.mark.urls("presszero.team.tests.urls"), pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def okta(settings: Settings) -> Iterator[Signer]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    with signer() as found:
        yield found


@pytest.fixture
def provider(okta: Signer, olga: Membership) -> SignInProvider:
    return save_provider(said(okta), by=olga, at=timezone.now())


def said(okta: Signer, **more: object) -> Provider:
    usual: dict[str, object] = {
        "name": "Okta", "issuer": okta.issuer, "client_id": okta.client_id, "secret": "s3cret",
        "domains": ("juniper.example",), "may_join": False, "role": Role.AGENT, "enforced": False,
    }  # fmt: skip
    return Provider(**{**usual, **more})


def leaves(client: Client, okta: Signer, slug: str = "juniper") -> dict[str, str]:
    """Off to the provider; what the address there says."""
    gone = client.post(f"/sign-in/with/{slug}")
    assert gone.status_code == 200, gone.content.decode()
    url = gone.content.decode().partition("0;url=")[2].partition('"')[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    okta.nonce = asked["nonce"]
    return asked


def returns(client: Client, asked: dict[str, str], code: str = "c-1") -> HttpResponse:
    found: HttpResponse = client.get("/sign-in/back", {"state": asked["state"], "code": code})
    return found


def comes_in(client: Client, okta: Signer) -> HttpResponse:
    return returns(client, leaves(client, okta))


def nobody_in(client: Client) -> bool:
    return COOKIE not in client.cookies and not Session.objects.exists()


def test_a_verified_address_of_the_team_opens_its_own_shop(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership
) -> None:
    asked = leaves(client, okta)
    assert asked["redirect_uri"].endswith("/sign-in/back") and asked["code_challenge_method"] == "S256"
    assert returns(client, asked)["Location"] == "/"
    session = Session.objects.get()
    assert (session.person, session.merchant, session.provider) == (maya.person, maya.merchant, provider)
    form = okta.asked[0]
    assert form["grant_type"] == "authorization_code"
    assert urlsafe_b64encode(challenge(form["code_verifier"])).rstrip(b"=").decode() == asked["code_challenge"]
    assert Identity.objects.get().subject == "u-1"
    okta.claims = {"email": None, "email_verified": None}
    assert comes_in(Client(), okta)["Location"] == "/", "from now on the provider's own id is enough"


FORGED = {
    "wrong audience": {"aud": "somebody-else"},
    "several audiences": {"aud": ["press-zero", "somebody-else"]},
    "another party": {"azp": "somebody-else"},
    "wrong issuer": {"iss": "https://evil.example"},
    "another nonce": {"nonce": "n-0"},
    "no nonce": {"nonce": None},
    "out of date": {"exp": 1_600_000_000},
    "signed tomorrow": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "signed long ago": {"iat": 1_600_000_000},
    "without an end": {"exp": None},
    "without a subject": {"sub": None},
    "empty subject": {"sub": ""},
    "other access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("forged", FORGED)
def test_i4_a_token_that_does_not_fit_lets_nobody_in(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, forged: str
) -> None:
    okta.claims = FORGED[forged]
    refused = comes_in(client, okta)
    assert refused.status_code == 422
    assert "We could not believe what Okta said." in refused.content.decode()
    assert nobody_in(client) and not Identity.objects.exists()
    assert Record.objects.filter(verb="sign_in.disbelieve").count() == 1


SIGNED = {
    "alg none": {"key": None, "algorithm": "none"},
    "a password as the key": {"key": "press-zero-press-zero-press-zero-1", "algorithm": "HS256"},
    "our own secret as the key": {"key": "s3crets3crets3crets3crets3crets3", "algorithm": "HS256"},
    "another key": {"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
    "an unknown key": {"headers": {"kid": "two"}},
}


@pytest.mark.parametrize("how", SIGNED)
def test_i4_a_signature_that_does_not_hold_lets_nobody_in(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, how: str
) -> None:
    okta.sign = SIGNED[how]
    assert comes_in(client, okta).status_code == 422
    assert nobody_in(client)


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}])
def test_i4_an_unverified_address_links_nothing(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, claims: dict[str, object]
) -> None:
    okta.claims = claims
    assert comes_in(client, okta).status_code == 422
    assert nobody_in(client) and not Identity.objects.exists()


def test_i4_what_is_told_beside_the_token_is_of_the_same_somebody(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership
) -> None:
    okta.claims = {"email": None, "email_verified": None}
    okta.people = {"sub": "u-2", "email": "maya@juniper.example", "email_verified": True}
    assert comes_in(client, okta).status_code == 422 and nobody_in(client)
    okta.people["sub"] = "u-1"
    assert comes_in(client, okta).status_code == 302
    assert Identity.objects.get().person == maya.person


def test_i4_an_address_outside_the_named_domains_links_nothing(
    client: Client, okta: Signer, provider: SignInProvider, shop: Merchant
) -> None:
    person = Person.objects.create(email="noor@elsewhere.example", name="Noor")
    Membership.objects.create(merchant=shop, person=person)
    okta.claims = {"email": person.email}
    assert comes_in(client, okta).status_code == 422
    assert nobody_in(client)


def test_i4_a_provider_brings_nobody_in_from_another_shop(
    client: Client, okta: Signer, provider: SignInProvider, mallory: Membership
) -> None:
    Person.objects.filter(id=mallory.person_id).update(email="mallory@juniper.example")
    SignInProvider.objects.update(may_join=True)
    okta.claims = {"email": "mallory@juniper.example"}
    refused = comes_in(client, okta)
    assert "does not know this account" in refused.content.decode()
    assert nobody_in(client)
    assert not Membership.objects.filter(person=mallory.person).exclude(id=mallory.id).exists()


def test_i4_a_providers_word_reaches_no_other_shop_and_not_the_account(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, other_shop: Merchant
) -> None:
    Membership.objects.create(merchant=other_shop, person=maya.person, role=Role.ADMIN)
    comes_in(client, okta)
    for path in ("/me", "/me/second-factor", "/me/password", "/me/sessions/end", "/me/merchant"):
        got = client.post(path, {"merchant": other_shop.id})
        assert got.status_code == 403, path
        assert "Sign in with your password" in got.content.decode()
    with pytest.raises(Refused, match="for this team alone"):
        actions.switch_merchant(Session.objects.get(), other_shop.id)
    assert Session.objects.get().merchant == maya.merchant
    assert not SecondFactor.objects.exists()
    assert client.post("/sign-out").status_code == 302


def test_i4_an_address_given_to_somebody_else_takes_no_account_over(
    okta: Signer, provider: SignInProvider, maya: Membership
) -> None:
    comes_in(Client(), okta)
    okta.claims = {"sub": "u-2"}
    refused = comes_in(Client(), okta)
    assert "another account than before" in refused.content.decode()
    assert Identity.objects.get().subject == "u-1"


def test_i4_an_answer_counts_once_in_its_own_browser_for_ten_minutes(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership
) -> None:
    asked, thief = leaves(client, okta), Client()
    assert returns(thief, asked).status_code == 422, "another browser, which has no cookie of it"
    leaves(thief, okta)
    assert returns(thief, asked).status_code == 422, "another browser, with one of its own"
    okta.nonce = asked["nonce"]
    assert returns(client, {"state": "x" * 43}).status_code == 422
    asked = leaves(client, okta)
    SignInAttempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert returns(client, asked).status_code == 422
    asked = leaves(client, okta)
    cookie = client.cookies["pz_attempt"].value
    assert returns(client, asked).status_code == 302
    client.cookies["pz_attempt"] = cookie
    assert returns(client, asked).status_code == 422, "once"
    assert Session.objects.count() == 1


def test_i5_the_key_of_before_is_void_after_signing_in(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, tomas: Membership
) -> None:
    before = actions.start_session(tomas.person, BROWSER, timezone.now())
    client.cookies[COOKIE] = before.token
    comes_in(client, okta)
    assert client.cookies[COOKIE].value != before.token
    assert Session.objects.get(id=before.session.id).ended_at is not None


def test_i8_which_ways_there_are_says_nothing_of_who_is_here(
    client: Client, provider: SignInProvider, maya: Membership
) -> None:
    known, unknown = (client.get("/sign-in/ways", {"email": f"{who}@juniper.example"}) for who in ("maya", "nobody"))
    assert known.content.split(b"csrfmiddlewaretoken")[0] == unknown.content.split(b"csrfmiddlewaretoken")[0]
    assert "Continue with Okta" in known.content.decode()
    assert "Continue" not in client.get("/sign-in/ways", {"email": "a@else.example"}).content.decode()
    assert client.get("/sign-in/with/no-such-shop").status_code == 404


def test_i10_no_link_of_another_site_signs_anybody_in(okta: Signer, provider: SignInProvider, maya: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/sign-in/with/juniper").status_code == 200
    assert strict.post("/sign-in/with/juniper").status_code == 403
    assert not SignInAttempt.objects.exists()


def test_new_people_join_only_where_that_is_wanted(client: Client, okta: Signer, provider: SignInProvider) -> None:
    okta.claims = {"email": "noor@juniper.example", "name": "Noor Haddad", "sub": "u-7"}
    assert (
        comes_in(client, okta).status_code == 422 and not Person.objects.filter(email="noor@juniper.example").exists()
    )
    SignInProvider.objects.update(may_join=True, role=Role.READ_ONLY)
    assert comes_in(client, okta).status_code == 302
    member = Membership.objects.get(person__email="noor@juniper.example")
    assert (member.role, member.person.name, member.person.password) == ("read_only", "Noor Haddad", "")
    assert client.get("/me").status_code == 200, "an account that the provider made is open to it"


def test_whoever_left_the_team_is_not_let_in(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership
) -> None:
    comes_in(Client(), okta)
    Membership.objects.filter(id=maya.id).update(left_at=timezone.now())
    assert comes_in(client, okta).status_code == 422
    assert COOKIE not in client.cookies


def test_one_links_an_account_signed_in_and_nobody_elses(
    okta: Signer, provider: SignInProvider, maya: Membership, tomas: Membership, client: Client
) -> None:
    client.cookies[COOKIE] = actions.start_session(tomas.person, BROWSER, timezone.now()).token
    okta.claims = {"sub": "t-1", "email": "tomas@private.example", "email_verified": False}
    gone = client.post("/me/identity")
    url = gone.content.decode().partition("0;url=")[2].partition('"')[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    okta.nonce = asked["nonce"]
    mine = client.cookies[COOKIE].value
    client.cookies[COOKIE] = actions.start_session(maya.person, BROWSER, timezone.now()).token
    assert "Somebody else is signed in here now." in returns(client, asked).content.decode()
    client.cookies[COOKIE] = mine
    url = client.post("/me/identity").content.decode().partition("0;url=")[2].partition('"')[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    okta.nonce = asked["nonce"]
    assert returns(client, asked)["Location"] == "/me?done=linked"
    assert Identity.objects.get().person == tomas.person
    client.post("/me/identity/end")
    assert not Identity.objects.exists()


def _with_factor(member: Membership) -> str:
    """A second factor of theirs; its secret."""
    factor = actions.begin_second_factor(member.person)
    session = actions.start_session(member.person, BROWSER, timezone.now()).session
    at = timezone.now() - timedelta(minutes=2)
    actions.confirm_second_factor(member.person, pyotp.TOTP(secret_of(factor)).at(at), session, at)
    return secret_of(factor)


def test_enforced_a_password_opens_nothing_but_for_admins_with_a_second_factor(
    client: Client, okta: Signer, provider: SignInProvider, maya: Membership, olga: Membership
) -> None:
    with pytest.raises(Refused, match="Nobody could come in"):
        save_provider(said(okta, enforced=True), by=olga, at=timezone.now())
    secret = _with_factor(olga)
    open_page = actions.start_session(maya.person, BROWSER, timezone.now()).session
    save_provider(said(okta, enforced=True), by=olga, at=timezone.now())
    assert Session.objects.get(id=open_page.id).ended_at is not None
    refused = client.post("/sign-in", {"email": "maya@juniper.example", "password": PASSWORD})
    assert refused.status_code == 422
    assert "Your team signs in with Okta." in refused.content.decode()
    assert "Continue with Okta" in refused.content.decode()
    wrong = client.post("/sign-in", {"email": "maya@juniper.example", "password": "not the password"})
    assert "Your team signs in" not in wrong.content.decode(), "said only once the password was right"
    assert client.post("/sign-in", {"email": "olga@juniper.example", "password": PASSWORD}).status_code == 302
    assert client.post("/sign-in/code", {"code": pyotp.TOTP(secret).now()}).status_code == 302
    assert client.get("/settings/sign-in").status_code == 200
    assert comes_in(Client(), okta).status_code == 302


def test_enforced_at_one_shop_a_password_still_opens_the_other(
    client: Client, okta: Signer, olga: Membership, maya: Membership, other_shop: Merchant
) -> None:
    _with_factor(olga)
    save_provider(said(okta, enforced=True), by=olga, at=timezone.now())
    Membership.objects.create(merchant=other_shop, person=maya.person)
    client.post("/sign-in", {"email": "maya@juniper.example", "password": PASSWORD})
    session = Session.objects.filter(person=maya.person).get()
    assert session.merchant == other_shop
    with pytest.raises(Refused, match="signs in another way"):
        actions.switch_merchant(session, maya.merchant_id)


def test_the_settings_reach_the_provider_before_they_are_kept(
    client: Client, okta: Signer, olga: Membership, maya: Membership
) -> None:
    client.cookies[COOKIE] = actions.start_session(olga.person, BROWSER, timezone.now()).token
    form = {
        "name": "Okta", "issuer": okta.issuer, "client_id": "press-zero", "secret": "s3cret", "role": "agent",
        "domains": "@juniper.example, shop.example",
    }  # fmt: skip
    assert "It answers as" in client.post("/settings/sign-in/check", {"issuer": okta.issuer}).content.decode()
    okta.says = "https://another.example"
    assert "It answers as https://another.example." in client.post("/settings/sign-in", form).content.decode()
    assert not SignInProvider.objects.exists()
    okta.says = okta.issuer
    assert client.post("/settings/sign-in", form | {"domains": "gmail.com"}).status_code == 422
    assert client.post("/settings/sign-in", form).status_code == 302
    row = SignInProvider.objects.get()
    assert row.domains == ["juniper.example", "shop.example"]
    shown = client.get("/settings/sign-in").content.decode()
    assert "/sign-in/back" in shown and "s3cret" not in shown and b"s3cret" not in bytes(row.sealed)
    kept = Record.objects.get(verb="sign_in.save")
    assert (kept.before, "s3cret" in str(kept.after)) == (None, False)
    client.cookies[COOKIE] = actions.start_session(maya.person, BROWSER, timezone.now()).token
    assert client.get("/settings/sign-in").status_code == 403


def test_another_issuer_knows_people_by_other_names(
    okta: Signer, provider: SignInProvider, maya: Membership, olga: Membership
) -> None:
    comes_in(Client(), okta)
    save_provider(said(okta, client_id="another"), by=olga, at=timezone.now())
    assert Session.objects.get().ended_at is not None
    assert not Identity.objects.filter(provider__retired_at=None).exists()


@pytest.mark.parametrize(
    "issuer",
    ["http://169.254.169.254/latest", "http://127.0.0.1:5432", "http://[::1]/", "file:///etc/passwd", "https://10.0.0.1",
     "https://user:pass@example.com", "gopher://x", "http://localtest.me"],
)  # fmt: skip
def test_s1_discovery_never_leads_into_a_private_network(settings: Settings, issuer: str) -> None:
    settings.HTTP_MAY_REACH = []
    with pytest.raises(CannotAsk):
        doors(issuer)
