"""The database is away for half a minute while webhooks and mail arrive. Afterwards everything is there, once."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import smtplib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker

from presszero.channels import signing
from presszero.channels.models import Entry, Line
from presszero.host.postgres import Cluster, Server, start
from presszero.mailroom.models import Received
from tests import cast, ledger
from tests.cast import Shop, Shopper
from tests.waiting import crowded

from .conftest import furnished
from .desk import Desk
from .house import House, looking_into, until
from .provider import Provider

AWAY = 30.0  # seconds
SECRET = "a kiosk of our own"


@dataclass
class Plug:
    """A PostgreSQL of this journey's own, to be pulled and put back."""

    cluster: Cluster
    server: Server | None = None

    def put_back(self) -> None:
        self.server = start(self.cluster, say=lambda sentence: None)

    def pull(self) -> None:
        if self.server:
            self.server.stop()
            self.server = None


@dataclass
class Books:
    """What each side believes: a webhook or a mail counts once its sender heard yes."""

    taken: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # told to come again

    def close(self, found: Counter[str]) -> None:
        """Every accepted id is there exactly once, and nothing else is."""
        assert found == Counter(self.taken)


@pytest.fixture
def plug() -> Iterator[Plug]:
    home = Path(tempfile.mkdtemp(prefix="presszero-test-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # the server's own user must pass through
    plug = Plug(Cluster(home))
    plug.put_back()
    yield plug
    plug.pull()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def cottage(plug: Plug, provider: Provider, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """A house of this journey's own, over the database that will be away."""
    house = House(plug.cluster.home / "house", plug.cluster.url)
    house.migrate()
    where = conninfo_to_dict(plug.cluster.url)
    into = {"NAME": str(where["dbname"]), "HOST": str(where["host"]), "USER": str(where["user"])}
    into |= {"PORT": "", "PASSWORD": ""}
    with django_db_blocker.unblock(), looking_into(**into):
        yield house
        house.stop()


@pytest.mark.long  # it is away for half a minute; presszero/intake/edge/tests/test_database_away.py has it shorter
def test_f17_the_database_is_away_while_webhooks_and_mail_arrive(
    cottage: House, plug: Plug, provider: Provider, browser: Browser
) -> None:
    house, shop = cottage, furnished(cast.juniper(), provider)
    house.start()
    kiosk = _kiosk(shop)
    ada = Shopper("Ada Kowalski", f"ada.{os.urandom(4).hex()}@example.com")
    hooks, mails = Books(), Books()
    desk = Desk(house, browser).sign_in(shop.maya).go_to("Unassigned")
    _post(house, kiosk, hooks, 0)
    _mail(house, shop, ada, mails, 0)
    assert hooks.taken and mails.taken
    expect(desk.row("Kiosk 0")).to_be_visible()

    desk.open("Mail 0").answer("We look into it.").is_told("Sending.")
    plug.pull()  # before the answer may leave
    with desk.forgiving():
        ends, number = time.monotonic() + AWAY, 0
        while time.monotonic() < ends:
            number += 1
            _post(house, kiosk, hooks, number)
            if number % 5 == 0:
                _mail(house, shop, ada, mails, number)
            time.sleep(0.5)
        assert len(hooks.taken) > 20, "webhooks are taken while the database is away"
        assert not hooks.waiting
        assert mails.waiting and mails.taken == ["Mail 0"], "mail is told to come again"
        plug.put_back()
        back = time.monotonic()
        connection.close()  # the test's own, which broke too
        until(lambda: desk.page.request.get("/desk/unassigned").status == 200, 10, "the desk")
        assert time.monotonic() - back < 10 * crowded()
        for subject in list(mails.waiting):
            until(partial(_mail, house, shop, ada, mails, int(subject.split()[1])), 30, subject)
        until(lambda: Received.objects.filter(merchant=shop.merchant).count() >= len(hooks.taken + mails.taken), 30)
        desk.page.goto("/desk/team")
        expect(desk.row("Mail 0").first).to_be_visible()
    _post(house, kiosk, hooks, 1000)
    expect(desk.row("Number 1000")).to_be_visible()  # live again, without a restart of anything

    _everything_is_there(shop, hooks, mails)
    assert "We look into it." in provider.wait_for(ada.address).text
    desk.leave()
    sent = [str(taken.mail["Message-ID"]).strip("<>") for taken in provider.everything(ada.address)]
    assert ledger.lost_in({f"mail-{name.split()[1]}@mail.example" for name in mails.taken}) == set()
    assert ledger.doubled_in() == []
    assert ledger.lost_out(sent) == set()
    assert ledger.doubled_out(sent) == [] and len(provider.mails(ada.address)) == 1
    until(lambda: ledger.unspoken() == [], what="a word on every answer")
    assert not desk.complaints, "\n".join(desk.complaints)


def _everything_is_there(shop: Shop, hooks: Books, mails: Books) -> None:
    """What was taken became an entry each, once, and the kiosk's in the order they came."""
    until(lambda: Entry.objects.filter(merchant=shop.merchant).count() >= len(hooks.taken + mails.taken), 30)
    said = Counter(Entry.objects.filter(merchant=shop.merchant).values_list("subject", flat=True))
    hooks.close(Counter({name: many for name, many in said.items() if name.startswith("Kiosk")}))
    mails.close(Counter({name: many for name, many in said.items() if name.startswith("Mail")}))
    kiosks = Entry.objects.filter(merchant=shop.merchant, subject__startswith="Kiosk").order_by("id")
    assert list(kiosks.values_list("subject", flat=True)) == hooks.taken  # in the order they came


def _kiosk(shop: Shop) -> Line:
    where = {"merchant": shop.merchant, "brand": shop.brand, "hours": shop.hours}
    line = Line(**where, kind="custom", address="kiosk", name="Kiosk")
    line.keep_secrets({"secret": SECRET})
    line.save()
    return line


def _post(house: House, line: Line, books: Books, number: int) -> None:
    """A signed webhook. A sender that is not told yes would come again."""
    words = {"id": f"k{number}", "from": {"address": "kiosk-1", "name": "Kiosk"}, "subject": f"Kiosk {number}"}
    body = json.dumps({**words, "text": f"Number {number}"}).encode()
    client = http.client.HTTPConnection("127.0.0.1", house.edge, timeout=10)
    headers = signing.signed_headers(f"event-{number}", int(time.time()), body, SECRET)
    client.request("POST", f"/in/custom/{line.token}", body, {**headers, "content-type": "application/json"})
    status = client.getresponse().status
    client.close()
    (books.taken if status // 100 == 2 else books.waiting).append(f"Kiosk {number}")


def _mail(house: House, shop: Shop, ada: Shopper, books: Books, number: int) -> bool:
    """A mail by SMTP; told 4xx, its sender keeps it and comes again with the same one."""
    subject = f"Mail {number}"
    mail = ada.mail(shop, f"Number {number}", subject, Message_ID=f"<mail-{number}@mail.example>")
    try:
        house.take_mail(mail, shop.line.address)
    except smtplib.SMTPRecipientsRefused as why:
        codes = {code for code, _ in why.recipients.values()}
    except smtplib.SMTPResponseException as why:
        codes = {why.smtp_code}
    else:
        codes = set()
    assert all(400 <= code < 500 for code in codes), f"refused for good: {codes}"
    if codes:
        if subject not in books.waiting:
            books.waiting.append(subject)
        return False
    books.taken.append(subject)
    return True
