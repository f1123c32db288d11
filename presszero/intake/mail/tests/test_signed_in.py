"""A mailbox that is signed in to: there and back, mail in and out over XOAUTH2, access renewed before it ends."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from presszero.audit.models import Record
from presszero.channels import outbox
from presszero.channels.adapters.email.oauth.renewing import renew_due
from presszero.channels.adapters.email.oauth.tests.accounts import CLIENT, SECRET, Accounts, accounts
from presszero.channels.adapters.email.tests.servers import Relay, relay
from presszero.channels.models import Delivery, Line
from presszero.intake.mail.mailboxes import Mailboxes
from presszero.mailroom.models import Received
from tests import cast
from tests.walls.everything import browser

from .fake_imap import mail, until
from .test_dovecot import QUICK, installed, serving

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["installed"]

BACK = "/settings/lines/sign-in/back"


@pytest.fixture
def house(settings: Any) -> Iterator[Accounts]:
    with accounts() as made:
        at = {"authorize": f"{made.origin}/authorize", "token": f"{made.origin}/token"}
        settings.MAIL_SIGN_IN = {"google": {**at, "client_id": CLIENT, "client_secret": SECRET}, "microsoft": at}
        settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
        yield made


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: cast.Shop) -> Client:
    return browser(shop.team["rosa"])


def leave(rosa: Client, name: str = "google", **form: str) -> str:
    sent = rosa.post(f"/settings/lines/sign-in/{name}", form)
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    return str(sent["Location"])


def come_back(rosa: Client, asked: str, code: str, **more: str) -> HttpResponse:
    state = parse_qs(urlsplit(asked).query)["state"][0]
    return rosa.get(BACK, {"code": code, "state": state, **more})


def connect(rosa: Client, house: Accounts, name: str = "google", **form: str) -> Line:
    asked = leave(rosa, name, **form)
    assert come_back(rosa, asked, house.signs_in(asked)).status_code == 302
    return Line.objects.get(address=form.get("address") or house.address)


def test_signing_in_makes_the_line_and_keeps_no_password(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    house.address = "hello@juniper.example"
    line = connect(rosa, house)
    assert line.settings["imap"]["host"] == "imap.gmail.com"
    assert line.settings["smtp"] | {"port": 587, "security": "starttls"} == line.settings["smtp"]
    assert set(line.secrets) == {"oauth_refresh", "oauth_access", "oauth_expires"}
    assert Record.objects.filter(verb="line.connect").get().after == {
        "address": house.address,
        "signed_in_with": "google",
    }


def test_the_shops_own_line_goes_on_and_a_merchants_registration_is_kept(
    rosa: Client, shop: cast.Shop, house: Accounts
) -> None:
    line = connect(rosa, house, "microsoft", client_id=CLIENT, client_secret=SECRET)
    assert (line.id, line.settings["imap"]["host"]) == (shop.line.id, "outlook.office365.com")
    assert line.secrets["oauth_client_id"] == CLIENT
    Line.objects.filter(id=line.id).update(trouble="Signing in: no")
    late = timezone.now() + timedelta(minutes=55)
    assert renew_due(late) == 1, "with the merchant's own registration"
    line.refresh_from_db()
    assert line.trouble == ""


def test_a_shared_mailbox_is_opened_by_its_own_name(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    house.address = "rosa@juniper.example"
    line = connect(rosa, house, "microsoft", client_id=CLIENT, client_secret=SECRET, address=shop.line.address)
    assert line.settings["imap"]["user"] == shop.line.address


def test_i10_a_return_that_was_not_asked_for_opens_nothing(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    asked = leave(rosa)
    code = house.signs_in(asked)
    assert rosa.get(BACK, {"code": code, "state": "made-up"}).status_code == 422
    assert come_back(browser(shop.team["rosa"]), asked, code).status_code == 422, "another browser"
    assert not Line.objects.exclude(id=shop.line.id).exists()
    assert "oauth" not in Line.objects.get(id=shop.line.id).settings
    assert come_back(rosa, asked, code).status_code == 302
    assert come_back(rosa, asked, code).status_code == 422, "once"


def test_what_the_provider_says_is_said_on(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    asked = leave(rosa)
    refused = come_back(rosa, asked, "", error="access_denied", error_description="You said no <b>.")
    assert refused.status_code == 422
    assert "You said no &lt;b&gt;." in refused.content.decode()
    assert rosa.post("/settings/lines/sign-in/microsoft").status_code == 422, "nobody registered us there"
    assert rosa.post("/settings/lines/sign-in/yahoo").status_code == 404


def test_access_is_renewed_ahead_and_a_new_refresh_token_kept(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    line = connect(rosa, house)
    before = line.secrets
    assert renew_due() == 0, "it holds for an hour"
    house.rotates = True
    assert renew_due(timezone.now() + timedelta(minutes=55)) == 1
    line.refresh_from_db()
    assert line.secrets["oauth_refresh"] in house.refresh
    assert line.secrets["oauth_access"] != before["oauth_access"]
    assert line.secrets["oauth_refresh"] != before["oauth_refresh"]


def test_access_withdrawn_is_said_and_not_asked_for_again(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    line = connect(rosa, house)
    house.lost = True
    late = timezone.now() + timedelta(minutes=55)
    assert renew_due(late) == 0
    line.refresh_from_db()
    assert "Access was withdrawn." in line.trouble
    house.lost = False
    assert renew_due(late) == 0, "a person connects it again"
    connect(rosa, house)
    line.refresh_from_db()
    assert (line.trouble, line.settings["oauth"]) == ("", {"provider": "google"})


def test_answers_go_out_with_access_instead_of_a_password(rosa: Client, shop: cast.Shop, house: Accounts) -> None:
    line = connect(rosa, house)
    behaviour = Signed(house)
    with relay(behaviour, auth_require_tls=False, auth_required=True) as port:
        line.settings["smtp"] |= {"host": "127.0.0.1", "port": port, "security": "none"}
        line.save()
        conversation = cast.the(cast.ada().writes(shop, "Late.", "Boots")).conversation
        cast.answer(conversation, "It comes today.", shop.maya, send_at=timezone.now() - timedelta(seconds=1))
        assert outbox.deliver_due()
        assert (Delivery.objects.get().state, behaviour.signed_in) == ("accepted", ["support@juniper.example"])

        house.access.clear()
        cast.answer(conversation, "Or tomorrow.", shop.maya, send_at=timezone.now() - timedelta(seconds=1))
        assert outbox.deliver_due()
        assert Delivery.objects.latest("id").state == "queued", "tried again once we are let in"
        assert len(behaviour.accepted) == 1


@pytest.mark.slow
@pytest.mark.xdist_group("dovecot")
def test_mail_comes_in_from_a_real_dovecot_by_xoauth2(
    rosa: Client, shop: cast.Shop, house: Accounts, installed: None
) -> None:
    more = """
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = HOME/oauth2.conf
}
"""
    with serving(more, {"oauth2.conf": INTROSPECTION.format(origin=house.origin)}) as dovecot:
        line = connect(rosa, house)
        line.settings["imap"] |= {"host": "127.0.0.1", "port": dovecot.port, "security": "none", "user": "support"}
        line.save()
        dovecot.deliver(mail(1))
        running = Mailboxes(QUICK)
        running.start()
        try:
            until(lambda: Received.objects.count() == 1, 20)
            house.access.clear()  # the session goes on; a new one needs new access
            renew_due(timezone.now() + timedelta(minutes=55))
            dovecot.deliver(mail(2))
            until(lambda: Received.objects.count() == 2, 20)
        finally:
            running.stop()


INTROSPECTION = """
introspection_mode = post
introspection_url = {origin}/introspect
username_attribute = email
active_attribute = active
active_value = true
"""


class Signed(Relay):
    """A relay that lets nobody write who is not signed in by XOAUTH2."""

    def __init__(self, house: Accounts) -> None:
        super().__init__()
        self.house = house
        self.signed_in: list[str] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        words = base64.b64decode(args[1]).decode()
        user, bearer = (part.partition("=")[2] for part in words.split("\x01")[:2])
        if not self.house.holds(bearer.removeprefix("Bearer ")):
            await server.challenge_auth('{"status":"401"}')
            return AuthResult(success=False, handled=False)
        self.signed_in.append(user)
        return AuthResult(success=True, auth_data=user)
