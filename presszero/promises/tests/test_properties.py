"""Whatever is done, in whatever order: a promise is in exactly one state, and no customer is told two days at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order
from presszero.commerce.vocabulary import StoreShipment
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.fulfilment.models import Forecast
from presszero.promises import comparing
from presszero.promises.actions import (
    Believed,
    Made,
    break_due,
    expect,
    keep_one,
    make,
    renegotiate,
    reopen_one,
    risk,
    safe,
    withdraw_one,
)
from presszero.promises.comparing import Expected, Manner, Plan, Promised, compare, interpolated
from presszero.promises.days import day_of, end_of_day
from presszero.promises.following import follow
from presszero.promises.models import Expectation, Gap, Promise, State, Where
from presszero.promises.queries import day_told
from presszero.promises.syncing import sync_all
from tests import cast, goods

from .test_orders import LONDON, bought, foretold, in_days, parcel

EXAMPLES = 8
VERBS: dict[str, Callable[[Order, Promise, int], object]] = {
    "say": lambda order, _one, n: make(_said(order, n), SYSTEM),
    "agree": lambda _order, one, n: renegotiate(one, _in(n), where=Where.values[n % 7], by=SYSTEM),
    "keep": lambda _order, one, n: keep_one(one, _in(n - 3), SYSTEM),
    "withdraw": lambda _order, one, _n: withdraw_one(one, SYSTEM),
    "reopen": lambda _order, one, _n: reopen_one(one, SYSTEM),
    "risk": lambda _order, one, n: risk(one, ("forecast", "person", "clock")[n % 3]),
    "safe": lambda _order, one, _n: safe(one),
    "break": lambda _order, _one, n: break_due(_in(n)),
    "shop": lambda order, _one, n: _told_anew(order, n),
    "parcel": lambda order, _one, n: _told_anew(order, n, parcel(state=("in_transit", "delivered")[n % 2])),
    "forecast": lambda order, _one, n: foretold(order, n, n + 1, n + 3, n + 4),
    "need": lambda order, _one, n: expect(_believed(order, n, "said"), SYSTEM),
    "tell": lambda order, _one, n: expect(_believed(order, n, "message"), SYSTEM),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=14
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_one_state_and_one_day_whatever_is_done(shop: cast.Shop, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        order = bought(shop)
        follow(order.merchant_id, [order.id])
        for verb, which, count in steps:
            rows = list(Promise.objects.filter(order=order).order_by("id"))
            with contextlib.suppress(Refused):
                VERBS[verb](order, rows[which % len(rows)], count)
            follow(order.merchant_id, [order.id])
            _holds(order)
        transaction.set_rollback(True)


@given(start=st.integers(0, 20), steps=st.lists(st.integers(0, 9), min_size=3, max_size=3), ahead=st.integers(-3, 50))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_later_day_is_never_less_likely(start: int, steps: list[int], ahead: int) -> None:
    first = date(2026, 3, 3) + timedelta(days=start)
    days = [first + timedelta(days=sum(steps[:n])) for n in range(4)]
    known = tuple(zip((0.5, 0.8, 0.9, 0.95), days, strict=True))
    day = date(2026, 3, 3) + timedelta(days=ahead)
    sooner, later = interpolated(known, day), interpolated(known, day + timedelta(days=1))
    assert 0 <= sooner <= later <= 0.95
    assert all(interpolated(known, each) >= share - 1e-9 for share, each in known)


def _holds(order: Order) -> None:
    rows = list(Promise.objects.filter(order=order))
    for row in rows:
        assert [state for state in State if state == row.state] == [_state(row)]
        assert sum(each is not None for each in (row.kept_at, row.withdrawn_at, row.renegotiated_at)) <= 1
        assert row.instead_id is None or row.renegotiated_at
    standing = [row for row in rows if row.is_open]
    assert len(standing) <= 1
    told = day_told(order.merchant_id, order.id)
    messages = Expectation.objects.filter(order=order, source="message").values_list("by_day", flat=True)
    assert told in {*messages, None} | {day_of(row.due_at, LONDON) for row in standing}
    assert not standing or told is not None
    sync_all(order.merchant_id)
    open_gaps = list(Gap.objects.filter(order=order, closed_at=None))
    found = _difference(Order.objects.get(id=order.id), standing)
    assert [gap.kind for gap in open_gaps] == ([found.kind] if found else [])


def _state(row: Promise) -> State:
    """As the words say it."""
    if row.broken_at or (row.kept_at and row.kept_at > row.due_at and not row.renegotiated_at and not row.withdrawn_at):
        return State.BROKEN
    if row.renegotiated_at:
        return State.RENEGOTIATED
    if row.withdrawn_at:
        return State.WITHDRAWN
    if row.kept_at:
        return State.KEPT
    return State.AT_RISK if row.risk_at else State.OPEN


def _difference(order: Order, standing: list[Promise]) -> comparing.Difference | None:
    """Read row by row, without the short way that sync takes past what surely agrees."""
    if order.sent == "delivered":
        return None
    believed = Expectation.objects.filter(order=order, withdrawn_at=None)
    said = min(believed, key=lambda each: (each.source == "checkout", -each.id), default=None)
    forecast = Forecast.objects.filter(order=order, newest=True).first()
    shares = ((0.5, "p50"), (0.8, "p80"), (0.9, "p90"), (0.95, "p95"))
    return compare(
        Expected(said.by_day, said.source == "said", said.firm) if said else None,
        Promised(day_of(standing[0].due_at, LONDON), bool(standing[0].broken_at), standing[0].where == "checkout")
        if standing
        else None,
        Plan(
            tuple((share, getattr(forecast, name)) for share, name in shares) if forecast else (),
            order.promised_by,
            order.sent in ("sent", "part"),
        ),
        in_days(0),
        Manner(),
    )


def _in(count: int) -> datetime:
    return end_of_day(in_days(count), LONDON)


def _said(order: Order, count: int) -> Made:
    return Made(
        merchant_id=order.merchant_id, customer_id=None, kind="delivery", due_at=_in(count), whole_day=True,
        where=Where.AGENT, order_id=order.id,
    )  # fmt: skip


def _believed(order: Order, count: int, source: str) -> Believed:
    return Believed(merchant_id=order.merchant_id, by_day=in_days(count), source=source, order_id=order.id)


def _told_anew(order: Order, count: int, *shipments: StoreShipment) -> None:
    now = timezone.now()
    given = {"email": cast.ada().address, "placed_at": order.placed_at, "updated_at": now, "shipments": shipments}
    take(order.merchant_id, None, goods.order("1050", promised_by=in_days(count), **given), source="sheet")
