"""Storing what came, from a process with Django."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DataError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from presszero.mailroom.actions import body_of, receive
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.lanes import LANES, lane
from presszero.mailroom.models import LANES as LANES_OF_ROWS
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant


@pytest.fixture
def mail(db: None) -> Incoming:
    merchant = Merchant.objects.create(name="Juniper", slug="juniper")
    return Incoming(merchant.id, 7, "<1@ada.example>", lane(7, ""), {"from": "ada"}, b"\x00raw\xff")


def test_each_is_stored_once_and_we_are_told_which_are_new(mail: Incoming) -> None:
    second = replace(mail, external_id="<2@ada.example>")
    assert receive([mail, second, mail]) == [True, True, False]
    assert receive([mail]) == [False]
    assert receive([]) == []
    rows = Received.objects.order_by("id")
    assert [row.external_id for row in rows] == [mail.external_id, second.external_id]
    assert (body_of(rows[0]), rows[0].headers, rows[0].backfill) == (mail.body, {"from": "ada"}, False)


def test_history_says_so_and_keeps_its_time(mail: Incoming) -> None:
    at = datetime(2020, 2, 29, 12, tzinfo=UTC)
    receive([replace(mail, backfill=True, received_at=at)])
    row = Received.objects.get()
    assert (row.backfill, row.received_at) == (True, at)


def test_it_takes_part_in_the_callers_transaction(mail: Incoming) -> None:
    with transaction.atomic():
        receive([mail])
        transaction.set_rollback(True)
    assert not Received.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_are_woken_once_the_caller_has_committed(mail: Incoming) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN arrivals")
    assert connection.connection is not None
    with transaction.atomic():
        receive([mail])
        receive([mail])
    assert len(list(connection.connection.notifies(timeout=0.5))) == 1
    receive([mail])
    assert list(connection.connection.notifies(timeout=0.2)) == []


def test_a_row_that_cannot_be_stored_stores_nothing(mail: Incoming) -> None:
    with pytest.raises(DataError):
        receive([mail, replace(mail, external_id="nul \0")])
    assert not Received.objects.exists()


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_id_becomes_storable_and_two_stay_two(one: str, other: str) -> None:
    first, second = storable_id(one), storable_id(other)
    assert len(first) <= 200 and "\0" not in first
    first.encode()
    assert (first == second) == (one == other)
    assert storable_id(one) == first


def test_headers_lose_only_what_json_refuses() -> None:
    assert storable_headers({"x-a": "a\0b\ud800", "x-b": "ü"}) == {"x-a": "ab?", "x-b": "ü"}


@given(st.integers(min_value=1, max_value=2**62), st.text(max_size=50))
def test_a_sender_has_one_lane_for_ever(line: int, key: str) -> None:
    assert 0 <= lane(line, key) == lane(line, key) < LANES == LANES_OF_ROWS


def test_lanes_do_not_move_between_releases() -> None:
    assert [lane(1, ""), lane(1, "ada@example.com"), lane(2, "ada@example.com"), lane(3, "ü")] == [63, 49, 53, 63]
