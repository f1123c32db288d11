"""A merchant with mail lines, and the two doors listening on ports of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection

from presszero.channels.models import Line
from presszero.intake import maildoor
from presszero.intake.mail import addresses
from presszero.merchants.models import Brand, Merchant
from tests.ports import free_port


def merchant(slug: str) -> Merchant:
    return Merchant.objects.create(name=slug.title(), slug=slug)


def mail_line(of: Merchant, address: str, **more: object) -> Line:
    brand = Brand.objects.filter(merchant=of).first() or Brand.objects.create(merchant=of, name=of.name)
    return Line.objects.create(merchant=of, brand=brand, kind="email", address=address, name=of.name, **more)


@contextmanager
def database_refuses_mail() -> Iterator[None]:
    """Every mail is refused as a database that is shutting down would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P03'; END $$"
        )
        cursor.execute("CREATE TRIGGER away BEFORE INSERT ON mailroom_received FOR EACH ROW EXECUTE FUNCTION away()")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER away ON mailroom_received; DROP FUNCTION away()")


@pytest.fixture
def juniper(transactional_db: None) -> Merchant:
    return merchant("juniper")


@pytest.fixture
def support(juniper: Merchant) -> Line:
    return mail_line(juniper, "support@juniper.example")


@dataclass
class Doors:
    smtp: int
    lmtp: int


@pytest.fixture
def doors(support: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    """Real doors in a thread; the address book is read anew for every mail, so that a test sees its own changes."""
    monkeypatch.setattr(addresses, "FRESH", 0.0)
    found = Doors(free_port(), free_port())
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(found.smtp))
    monkeypatch.setenv("PRESSZERO_LMTP_PORT", str(found.lmtp))
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(maildoor.serve(stop, ready.set)), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield found
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
