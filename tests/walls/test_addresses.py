"""A1: every address of the product, against everyone who may ask. A new address without a row fails here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from presszero.team.models import Role
from tests import cast
from tests.walls.everything import OWNED, PLAIN, Address, Everything, addresses, browser, everything, form

ADDRESSES = addresses()
UNSAFE = ("POST", "PUT", "DELETE", "PATCH")
RANK = [Role.READ_ONLY, Role.AGENT, Role.LEAD, Role.ADMIN]
WHO = {Role.READ_ONLY: "rob", Role.AGENT: "maya", Role.LEAD: "tomas", Role.ADMIN: "rosa"}

# What reading may write: that somebody was here or looked, and what a sign-in form counts.
MAY_BE_NOTED = {
    *("team_session", "conversations_seen", "conversations_looking", "routing_presence", "team_throttle"),
    *(
        "alerts_pushkey",
        "privacy_subjectexport",
    ),  # a key made when first shown; downloads counted
    *("audit_look", "audit_record"),  # who looked at a customer, and that the record was exported
}

# Asks the DNS of the world, and sends a mail: tried where there is one, in the tests of the e-mail adapter.
REACHES_OUT = ("/domain", "/trial")

# There for some kinds of lines only, or while a shop shows it; their own tests try them.
ONLY_SOMETIMES = ("/secret", "/picture", "/provider", "/connection", "/old-token")

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def rows() -> Everything:
    return everything()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(asking: Client, method: str, path: str, words: str = "") -> HttpResponse:
    """One request from a page of ours; what the product itself lets through as an exception fails the test."""
    kind, ours = "application/x-www-form-urlencoded", {"Sec-Fetch-Site": "same-origin"}
    answered: HttpResponse = asking.generic(method, path, words if method != "GET" else "", kind, headers=ours)
    if answered.streaming:
        b"".join(answered.streaming_content)
    return answered


def test_a1_every_address_says_who_may_open_it_and_has_a_row() -> None:
    unmarked = [a.route for a in ADDRESSES if a.mark is None]
    assert not unmarked, f"say who may open these: {unmarked}"
    rowless = {name for a in ADDRESSES for name in a.parameters} - OWNED.keys() - PLAIN.keys()
    assert not rowless, f"give these a row in tests/walls/everything.py: {sorted(rowless)}"
    unused = (OWNED.keys() | PLAIN.keys()) - {name for a in ADDRESSES for name in a.parameters}
    assert not unused, f"no address asks for these any more: {sorted(unused)}"
    assert len(ADDRESSES) > 60


def test_a1_nobody_signed_in_is_asked_to_sign_in(rows: Everything) -> None:
    nobody, wrong = browser(None), []
    for address in ADDRESSES:
        path = address.filled(rows)
        got = ask(nobody, "GET", path)
        if address.mark == "public":
            if got.status_code >= 500:
                wrong.append((path, got.status_code))
            continue
        if got.status_code != 302 or not got["Location"].startswith("/sign-in"):
            wrong.append((path, got.status_code))
        for method in UNSAFE:
            refused = ask(nobody, method, path).status_code
            if refused != 403:
                wrong.append((f"{method} {path}", refused))
    assert not wrong


@pytest.mark.parametrize("role", RANK)
def test_a1_each_role_opens_what_is_declared_and_no_more(rows: Everything, role: Role) -> None:
    asking, wrong = browser(rows.shop.team[WHO[role]]), []
    for address in ADDRESSES:
        path = address.filled(rows)
        if path.endswith(REACHES_OUT):
            continue
        with undone():
            got = ask(asking, "GET", path).status_code
        enough = address.mark in ("public", "own") or RANK.index(role) >= RANK.index(Role(str(address.mark)))
        if got >= 500 or (got == 403) == enough:
            wrong.append((path, got, str(address.mark)))
    assert not wrong


def test_a1_whoever_only_reads_changes_nothing(rows: Everything) -> None:
    reader, wrong = browser(rows.shop.team["rob"]), []
    for address in ADDRESSES:
        if address.mark in ("public", "own"):
            continue
        for method in UNSAFE:
            got = ask(reader, method, address.filled(rows)).status_code
            if got != 403:
                wrong.append((method, address.route, got))
    assert not wrong


@pytest.mark.slow
def test_a1_each_row_is_real_and_no_empty_form_breaks_anything(rows: Everything) -> None:
    """What makes the wall below mean something: the same addresses do answer their own admin."""
    wrong, asking = [], Client()
    signed_in = {name: browser(rows.shop.team[name]).cookies for name in ("maya", "rosa")}
    for address in ADDRESSES:
        path, seen = address.filled(rows), []
        if path.endswith((*REACHES_OUT, *ONLY_SOMETIMES)):
            continue
        for method in ("GET", *UNSAFE):
            asking.cookies = SimpleCookie(signed_in["maya" if _is_mayas(address) else "rosa"])
            with undone():
                seen.append(ask(asking, method, path, form(address, rows)).status_code)
        if max(seen) >= 500 or (address.is_owned and all(status in (404, 405) for status in seen)):
            wrong.append((path, seen))
    assert not wrong


def _is_mayas(address: Address) -> bool:
    """Some things are a person's own, and even their admin finds nothing there."""
    return any(name in ("uploads/token", "sessions/session_id", "devices/device_id") for name in address.parameters)


def test_a1_another_merchants_admin_finds_nothing_at_any_address_of_ours(rows: Everything) -> None:
    mallory, wrong = browser(cast.thistle().team["mallory"]), []
    for address in (a for a in ADDRESSES if a.is_owned):
        path = address.filled(rows)
        words = form(address, rows)
        answers = {method: ask(mallory, method, path, words).status_code for method in ("GET", *UNSAFE)}
        if not set(answers.values()) <= {404, 405} or 404 not in answers.values():
            wrong.append((path, answers))
    assert not wrong


def test_a1_reading_changes_nothing(rows: Everything) -> None:
    rosa, wrong = browser(rows.shop.team["rosa"]), []
    for address in ADDRESSES:
        path = address.filled(rows)
        if path.endswith(REACHES_OUT):
            continue
        before = _written()
        ask(rosa, "GET", path)
        touched = {table for table, count in _written().items() if count != before.get(table, 0)} - MAY_BE_NOTED
        if touched:
            wrong.append((path, touched))
    assert not wrong


def _written() -> dict[str, int]:
    """Rows written to each table so far in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())
