"""One running product, one Chromium and one mail provider for all journeys; a shop of its own for each."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker

from presszero.commerce.payments.stripe.tests.fake_stripe import FakeStripe, fake_stripe
from presszero.intake import hearing
from presszero.team.models import Person
from presszero.team.passwords import hashed
from presszero.timeline.models import Cursor
from presszero.timeline.reactions import listeners
from tests import cast
from tests.cast import Shop

from .customer import Customer
from .desk import PASSWORD, PATIENCE, Desk
from .house import House, database_with_tables, looking_into, until
from .provider import Provider

SHOPS = 64  # made before the doors open, so that the mail doors know every address at once
PICTURES = Path(tempfile.gettempdir()) / "presszero-journeys"
_FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    given = getattr(item, "funcargs", {}).values()
    house = next((each for each in given if isinstance(each, House)), None)
    if report.failed and house:
        report.sections.append(("what Press Zero wrote", house.said()[-4000:]))
        report.sections.append(("pictures", str(PICTURES)))
    return report


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    running = Provider().start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def stripe() -> Iterator[FakeStripe]:
    """Where the running product believes Stripe to be."""
    with fake_stripe() as running:
        yield running


@pytest.fixture(scope="session")
def _database(worker: str) -> str:
    return f"journeys_{os.getpid()}_{worker}"


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """Which of pytest-xdist's processes this is."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture(scope="session")
def _opened(
    _database: str,
    provider: Provider,
    stripe: FakeStripe,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[tuple[House, list[Shop]]]:
    ours = {"PRESSZERO_HTTP_MAY_REACH": "127.0.0.0/8"}  # sign-in providers that a journey starts
    ours["PRESSZERO_STRIPE_API"] = stripe.address
    house = House(tmp_path_factory.mktemp("house"), database_with_tables(_database), **ours)
    with django_db_blocker.unblock(), looking_into(NAME=_database):
        shops = [furnished(cast.juniper(str(number)), provider) for number in range(1, SHOPS)]
    try:
        house.start()
        with django_db_blocker.unblock(), looking_into(NAME=_database):
            until(hears_everything, 60, "that the worker listens")
        yield house, shops
    finally:
        house.stop()


def hears_everything() -> bool:
    """A listener begins at the present: what happens before its first round it never hears."""
    hearing.register()
    return Cursor.objects.filter(listener__in=listeners).count() == len(listeners)


@pytest.fixture
def house(_opened: tuple[House, list[Shop]], _database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """The running product. The test's own rows are the product's rows."""
    with django_db_blocker.unblock(), looking_into(NAME=_database):
        yield _opened[0]


@pytest.fixture
def shop(house: House, _opened: tuple[House, list[Shop]]) -> Shop:
    """A shop that no other journey has."""
    return _opened[1].pop()


@pytest.fixture
def other_shop(house: House, _opened: tuple[House, list[Shop]]) -> Shop:
    """Another merchant's, where Mallory works."""
    taken = _opened[1].pop()
    mallory = taken.member("Mallory Thorne", "admin", f"mallory@{taken.merchant.slug}.example")
    Person.objects.filter(id=mallory.person_id).update(password=_HASHED[0])
    return taken


@pytest.fixture
def customer(house: House, provider: Provider) -> Callable[[str], Customer]:
    """Somebody with a mail program: customer("Ada Kowalski")."""

    def known(name: str, address: str = "") -> Customer:
        made = Customer(name, address or f"{name.split()[0].lower()}.{os.urandom(4).hex()}@example.com")
        made.house, made.provider = house, provider
        return made

    return known


@pytest.fixture
def ada(customer: Callable[[str], Customer]) -> Customer:
    return customer("Ada Kowalski")


@pytest.fixture
def ben(customer: Callable[[str], Customer]) -> Customer:
    return customer("Ben Ruiz")


@pytest.fixture
def sit_down(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[Callable[..., Desk]]:
    """A member opens a window and is signed in: sit_down(shop.maya). What the page complains of fails the journey."""
    desks: list[Desk] = []

    def open_window(member: object = None, **look: bool) -> Desk:
        desk = Desk(house, browser, **look)
        desks.append(desk)
        return desk.enters(member) if member else desk

    yield open_window
    name = re.sub(r"\W+", "-", request.node.name)
    for number, desk in enumerate(desks):
        if request.node.stash.get(_FAILED, False):
            desk.picture(PICTURES / f"{name}-{number}.png")
        desk.leave()
    complaints = [each for desk in desks for each in desk.complaints]
    assert not complaints, "\n".join(complaints)


_HASHED: list[str] = []


def furnished(shop: Shop, provider: Provider) -> Shop:
    """Ready to work: everybody can sign in, and answers leave through the provider."""
    if not _HASHED:
        _HASHED.append(hashed(PASSWORD))
    people = [member.person_id for member in shop.team.values()]
    Person.objects.filter(id__in=people).update(password=_HASHED[0])
    shop.line.settings = {"smtp": {"host": "127.0.0.1", "port": provider.port, "security": "none"}}
    shop.line.save()
    return shop
