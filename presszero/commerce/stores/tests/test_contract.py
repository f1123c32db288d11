"""What every store keeps to, tried on every adapter in the registry: a new one is tested once it is named there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from _pytest.mark.structures import ParameterSet
from django.conf import settings

from presszero.channels.adapter import BadSignature, Unreadable
from presszero.commerce import reading
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Cart, Order, Product, Stale, Store
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.stores.registry import adapter, kinds
from presszero.commerce.vocabulary import Ask, Disconnected, Done, Page, StoreCart, StoreOrder, StoreProduct
from presszero.core.refusal import Refused
from presszero.merchants.models import Brand
from tests import cast

from .contract import Contract, Sample, Street, contract, samples
from .cutting import Cutting, cutting

CONTRACTS: dict[str, Contract] = {kind: contract(settings.STORES[kind]) for kind in kinds()}
SAMPLES = [sample for kind in kinds() for sample in samples(kind, settings.STORES[kind])]
REAL = [pytest.mark.slow, pytest.mark.xdist_group("the real shop")]


def _marked(kind: str, *more: str) -> ParameterSet:
    return pytest.param(kind, *more, marks=REAL if CONTRACTS[kind].is_real else [], id="-".join((kind, *more)))


each_kind = pytest.mark.parametrize("kind", kinds())
each_street = pytest.mark.parametrize("kind", [_marked(kind) for kind in kinds()])
ASKS = [_marked(kind, what) for kind in kinds() for what in sorted(adapter(kind).can.asks)]
each_ask = pytest.mark.parametrize(("kind", "what"), ASKS)
# A real shop takes its time over a dozen steps, each cut once: of those, the money alone is tried every day.
each_break = pytest.mark.parametrize(
    ("kind", "what"),
    [
        pytest.param(*each.values, marks=[*each.marks, pytest.mark.long], id=each.id)
        if CONTRACTS[str(each.values[0])].is_real and each.values[1] != "refund"
        else each
        for each in ASKS
    ],
)
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[f"{each.kind}-{each.path.stem}" for each in SAMPLES])


@pytest.fixture(autouse=True)
def _shops_are_on_this_machine(settings: pytest.FixtureRequest) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@each_kind
def test_it_says_what_it_is(kind: str) -> None:
    store = adapter(kind)
    assert (store.kind, bool(store.name), bool(store.where.label)) == (kind, True, True)
    assert len({field.key for field in store.fields}) == len(store.fields)
    assert any(field.secret for field in store.fields), "a store without a secret signs nothing"
    assert store.can.undoes | store.can.idempotent <= store.can.asks
    assert [sample for sample in SAMPLES if sample.kind == kind], "an adapter needs samples"
    for nonsense in ("", "not an address", "ftp://shop.example", "https://"):
        with pytest.raises(Refused):
            store.home(nonsense)


@each_sample
def test_a_sample_parses_the_same_twice_into_what_can_be_kept(sample: Sample) -> None:
    known = CONTRACTS[sample.kind]
    first, again = (adapter(sample.kind).parse(sample.body, sample.headers, known.store) for _ in range(2))
    assert first == again
    assert bool(first) == (sample.path.stem not in known.says_nothing)
    for news in first:
        if isinstance(news, StoreOrder):
            assert reading.order(news).lines
        elif isinstance(news, StoreProduct):
            assert reading.product(news).variants
        elif isinstance(news, StoreCart):
            assert reading.cart(news).external_id
        elif not isinstance(news, Disconnected):
            assert news.what in ("order", "product") and 0 < len(news.external_id) <= 120


@each_sample
def test_H1_only_whoever_holds_the_secret_is_believed(sample: Sample) -> None:
    known, store = CONTRACTS[sample.kind], adapter(sample.kind)
    genuine = sample.request(known)
    store.verify(genuine, known.store)
    gone = replace(known.store, secrets={})
    if sample.path.stem in known.unsigned:
        with pytest.raises(BadSignature):
            store.verify(genuine, gone)
        return
    other = replace(known.store, secrets=dict.fromkeys(known.store.secrets, "of another shop"))
    bare = replace(genuine, headers={})
    odd = replace(genuine, headers=dict.fromkeys(genuine.headers, "ö, no signature at all"))
    for request, settled in [
        (replace(genuine, body=genuine.body + b" "), known.store),
        (bare, known.store),
        (odd, known.store),
        (genuine, other),
        (genuine, gone),
    ]:
        with pytest.raises(BadSignature):
            store.verify(request, settled)


@each_sample
def test_a_retry_is_the_same_event_in_the_same_lane(sample: Sample) -> None:
    known, store = CONTRACTS[sample.kind], adapter(sample.kind)
    first, again = sample.request(known), sample.request(known)
    assert store.event_id(first) == store.event_id(again)
    assert 0 < len(store.event_id(first)) <= 200
    lane = store.lane_key(first.body)
    assert lane == store.lane_key(again.body) and len(lane) <= 200


@each_kind
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 9000, b'{"id": {"a": []}}'])
def test_what_makes_no_sense_is_unreadable_or_says_nothing(kind: str, body: bytes) -> None:
    known = CONTRACTS[kind]
    for sample in [each for each in SAMPLES if each.kind == kind]:
        try:
            assert adapter(kind).parse(body, sample.headers, known.store) == []
        except Unreadable as why:
            assert str(why)


@each_kind
def test_the_same_news_again_changes_nothing(db: None, kind: str) -> None:
    store = _row(cast.juniper(), kind)
    known = CONTRACTS[kind]
    heard = [each for each in SAMPLES if each.kind == kind and "uninstalled" not in each.path.stem]

    def hear() -> list[list[object]]:
        for sample in heard:
            for news in adapter(kind).parse(sample.body, sample.headers, known.store):
                take(store.merchant_id, store, news)
        tables = [
            Order.objects.order_by("id").values("id", "external_id", "total", "refunded", "store_updated_at"),
            Product.objects.order_by("id").values("id", "external_id", "title"),
            Cart.objects.order_by("id").values("id", "external_id", "total", "ended_at"),
            Stale.objects.order_by("external_id").values("what", "external_id"),
        ]
        return [list(rows) for rows in tables]

    first = hear()
    assert any(first) and hear() == first


@each_street
def test_it_reads_its_own_shop_from_end_to_end(opened: ExitStack, kind: str) -> None:
    street, store = opened.enter_context(CONTRACTS[kind].open()), adapter(kind)
    found = store.check(street.store)
    assert found.name and len(found.currency) == 3 and found.missing == ()
    target = street.ask("refund", "k").order
    orders = _all(lambda cursor: store.orders(street.store, cursor))
    assert target in {each.external_id for each in orders}
    whole = store.order(street.store, target)
    assert whole == next(each for each in orders if each.external_id == target)
    products = _all(lambda cursor: store.products(street.store, cursor))
    assert products and store.product(street.store, products[0].external_id) == products[0]
    assert store.order(street.store, "999999999") is None and store.product(street.store, "999999999") is None
    door = "http://127.0.0.1:9/in"
    for _ in range(2):
        store.subscribe(street.store, door)
    for _ in range(2):
        store.unsubscribe(street.store, door)


@each_break
def test_wherever_the_line_breaks_it_is_done_once_or_a_riddle(opened: ExitStack, kind: str, what: str) -> None:
    """Cut at every request from the first that may act on; then we look, and ask again where we may.

    A shop that did not hear a request is as it was after the one before, so that each but the first is cut after it.
    """
    street = opened.enter_context(CONTRACTS[kind].open())
    line = opened.enter_context(cutting(street.store.address))
    line.acts = CONTRACTS[kind].acts
    cut = [_broken(kind, street, line, what, way, 1) for way in ("before", "during")]
    at = 1
    while _broken(kind, street, line, what, "after", at) and at < 40:
        at += 1
    assert cut == [True, True] and 1 < at < 40


@each_ask
def test_an_ask_that_comes_again_is_not_done_again(opened: ExitStack, kind: str, what: str) -> None:
    street, store = opened.enter_context(CONTRACTS[kind].open()), adapter(kind)
    ask = street.ask(what, f"{what}-again")
    first, second = (store.do(street.store, ask, lambda: None) for _ in range(2))
    assert (first.state, second.state, street.effects(ask)) == ("accepted", "accepted", 1)
    assert (first.external_id, first.code, first.url) == (first.external_id, second.code, second.url)
    away = replace(street.store, address="http://127.0.0.1:9")
    assert store.do(away, replace(ask, key="nobody"), lambda: None).state == "later"
    looked = store.look(away, ask)
    assert looked is None or looked.state == "unknown"
    if what in store.can.undoes:
        assert store.undo(street.store, ask, first).state == "accepted"
        assert store.undo(street.store, ask, first).state == "accepted"
        assert street.effects(ask) == 0


def _broken(kind: str, street: Street, line: Cutting, what: str, way: str, at: int) -> bool:
    """False when there was nothing left to break: then it was just done."""
    ask = street.ask(what, f"{what}-{way}-{at}")
    done, written = _asked(kind, line, street.store, ask, way, at)
    if line.cut:
        assert written and done.state in ("unknown", "accepted"), (done, way, at)
        _settled(kind, street, ask, done)
    else:
        assert (done.state, street.effects(ask)) == ("accepted", 1)
    return line.cut


def _asked(kind: str, line: Cutting, store: StoreSettings, ask: Ask, way: str, at: int) -> tuple[Done, int]:
    written: list[int] = []

    def writing() -> None:
        written.append(1)
        line.arm(way, at)

    line.arm("", 0)
    done = adapter(kind).do(line.to(store), ask, writing)
    assert len(written) <= 1
    return done, len(written)


def _settled(kind: str, street: Street, ask: Ask, done: Done) -> None:
    """Evidence says what came of it, or that the same may be asked again; never are there two."""
    store = adapter(kind)
    if done.state == "unknown":
        looked = store.look(street.store, ask)
        if looked is None:
            looked = store.do(street.store, ask, lambda: None)
        if looked.state == "unknown":  # a person decides
            assert street.effects(ask) <= 1
            return
        assert looked.state == "accepted", looked
    assert street.effects(ask) == 1


def _all(page_at: object) -> list[StoreOrder | StoreProduct]:
    found: list[StoreOrder | StoreProduct] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page: Page = page_at(cursor)
        assert page.rejected == ()
        found += page.found
        cursor, pages = page.cursor, pages + 1
    return found


def _row(house: cast.Shop, kind: str) -> Store:
    brand = Brand.objects.filter(merchant=house.merchant)[0]
    known = CONTRACTS[kind].store
    return Store.objects.create(
        merchant=house.merchant, kind=kind, address=known.address, name="Shop", brand=brand, currency=known.currency
    )
