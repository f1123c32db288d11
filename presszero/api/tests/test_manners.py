"""What holds for every operation: repeats, pages, limits, refusals."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from presszero.api.models import Allowance, ApiToken, KeptAnswer
from presszero.api.repeats import forget
from presszero.api.tokens import revoke
from presszero.customers.models import Customer
from presszero.team.models import Membership
from tests.cast import Shop

from .conftest import Program, said


def body(number: int = 1) -> dict[str, object]:
    return {"name": f"Ada {number}", "handles": [{"kind": "email", "address": f"ada{number}@example.com"}]}


def test_the_same_request_under_one_key_is_one_effect_and_one_answer(program: Program, shop: Shop) -> None:
    first, again = (program("POST", "customers", body(), Idempotency_Key="k-1") for _ in range(2))
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    other = program("POST", "customers", body(2), Idempotency_Key="k-1")
    assert other.status_code == 422
    assert Customer.objects.filter(merchant=shop.merchant).count() == 1
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert program("POST", "customers", body(2), Idempotency_Key="k-1").status_code == 201
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert forget(timezone.now()) == 1


def test_a_key_of_another_token_is_another_key(program: Program, shop: Shop) -> None:
    program.post("customers", body(), Idempotency_Key="k-1")
    assert Program(shop)("POST", "customers", body(2), Idempotency_Key="k-1").status_code == 201


def test_what_was_refused_left_nothing_and_its_key_is_free(program: Program) -> None:
    assert program("POST", "customers", {"handles": []}, Idempotency_Key="k-1").status_code == 422
    program.post("customers", body())
    assert program("POST", "customers", body(), Idempotency_Key="k-2").status_code == 409
    assert not KeptAnswer.objects.exists()
    assert program("POST", "customers", body(3), Idempotency_Key="k-2").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_have_one_effect(shop: Shop) -> None:
    program, answers = Program(shop), []

    def send() -> None:
        answers.append(program("POST", "customers", body(), Idempotency_Key="k-1").status_code)
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        # While somebody holds the address the first request stands still, and the second meets it.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{shop.merchant.id} email ada1@example.com"]
        )
        waiting = [threading.Thread(target=send) for _ in range(2)]
        for thread in waiting:
            thread.start()
        ends = time.monotonic() + 10
        while not answers and time.monotonic() < ends:
            time.sleep(0.02)
    for thread in waiting:
        thread.join(10)
    assert sorted(answers) == [201, 409]
    assert Customer.objects.filter(merchant=shop.merchant).count() == 1


def test_pages_skip_and_repeat_nothing_while_things_are_added(program: Program) -> None:
    made = [program.post("customers", body(n))["id"] for n in range(5)]
    page = program.get("customers?limit=2")
    seen = [c["id"] for c in page["data"]]
    program.post("customers", body(9))
    while page["next"]:
        page = program.get(page["next"])
        seen += [c["id"] for c in page["data"]]
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "bm9wZQ", "WyJhIl0", "W3RydWVd", "WzFlOTld", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "é"]
)
def test_q1_a_cursor_that_is_not_ours_is_refused(program: Program, cursor: str) -> None:
    assert program("GET", f"customers?cursor={cursor}").status_code == 422
    assert program("GET", f"conversations?state=open&order=last&cursor={cursor}").status_code == 422


@pytest.mark.parametrize("query", [
    "author__password__startswith=a", "order_by=team_person.password", "merchant=2", "_connector=OR", "fields=*",
    "q=%00", "q=a&q=b", "order=customer__name", "assignee=1e3", "assignee=99999999999999999999",
    "filter=x", "filter=[]", "filter=1", 'filter={"field":"assignee__person__password","op":"is","value":"a"}',
    'filter={"field":"subject","op":"regex","value":"(a%2B)%2B"}', "filter=" + '{"all":[' * 40 + "]}" * 40,
])  # fmt: skip
def test_q1_what_is_no_field_or_operator_of_ours_is_refused(program: Program, query: str) -> None:
    where = "customers" if query.startswith("q=") else "conversations"
    answered = program("GET", f"{where}?{query}")
    assert answered.status_code == 422, answered.content
    assert answered["Content-Type"] == "application/problem+json"


def test_d6_a_filter_that_takes_too_long_is_ended(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("presszero.api.reads.conversations.CONVERSATION", "pg_sleep(9)::text")
    monkeypatch.setattr("presszero.api.reads.rows._PATIENCE", 50)
    monkeypatch.setattr(
        "presszero.api.reads.conversations._FROM",
        "FROM (SELECT %(merchant)s::bigint AS merchant_id, 1 AS id, NULL AS root_id) c WHERE true",
    )
    answered = program("GET", 'conversations?filter={"all":[]}')
    assert answered.status_code == 422, answered.content
    assert "too long" in said(answered)["detail"]


@pytest.mark.parametrize("limit", ["1000000000", "0", "-1", "101", "x"])
def test_d6_no_list_is_longer_than_a_hundred(program: Program, limit: str) -> None:
    for where in ("customers", "conversations", "timeline", "tags"):
        assert program("GET", f"{where}?limit={limit}").status_code == 422


@pytest.mark.parametrize("sent", [
    b"[" * 500_000, b'{"a":' * 100_000, b"{", b"\xff\xfe", b'{"name":"\\u0000"}', b"NaN", b'{"a":1,"a":2}', b'"x"',
    b"9" * 5000,
])  # fmt: skip
def test_d5_bodies_that_choke_parsers_are_refused_at_once(program: Program, sent: bytes) -> None:
    begun = time.process_time()
    answered = program("POST", "customers", sent)
    assert answered.status_code in (400, 422), answered.content
    assert time.process_time() - begun < 1
    assert answered["Content-Type"] == "application/problem+json"


def test_d5_a_body_of_ten_megabytes_is_not_read(program: Program) -> None:
    begun = time.process_time()
    assert program("POST", "customers", b"[" * 10_000_000).status_code == 413
    assert time.process_time() - begun < 0.5


def test_a_body_of_another_kind_and_a_method_that_is_not_there(program: Program) -> None:
    assert program("POST", "customers", b"a=b", Content_Type="text/plain").status_code == 415
    wrong = program("DELETE", "customers")
    assert wrong.status_code == 405
    assert set(wrong["Allow"].split(", ")) == {"GET", "POST"}
    assert said(wrong)["status"] == 405
    missing = program("GET", "nothing/here")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")


def test_what_breaks_inside_says_nothing_of_the_inside(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("presszero.api.reads.customers.find", broken)
    answered = program("GET", "customers")
    assert answered.status_code == 500
    assert b"secret" not in answered.content
    assert said(answered)["title"] == "Internal Server Error"


def test_the_allowance_runs_out_says_so_and_fills_again(program: Program) -> None:
    ApiToken.objects.update(per_minute=3)
    left = [program("GET", "tags") for _ in range(4)]
    assert [a.status_code for a in left] == [200, 200, 200, 429]
    assert [a["RateLimit"].split(";")[1] for a in left] == ["r=2", "r=1", "r=0", "r=0"]
    assert left[0]["RateLimit-Policy"] == '"default";q=3;w=60'
    assert 1 <= int(left[3]["Retry-After"]) <= 20
    Allowance.objects.update(at=timezone.now() - timedelta(seconds=21))
    assert program("GET", "tags").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_i9_parallel_requests_cannot_overdraw_the_allowance(shop: Shop) -> None:
    program, answers = Program(shop), []
    ApiToken.objects.update(per_minute=5)

    def ask() -> None:
        answers.extend(program("GET", "tags").status_code for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 20
    assert answers.count(200) in (5, 6)  # one more may have come in while they ran


def test_a_token_ends_by_revoking_by_its_day_and_with_whom_it_acts_as(shop: Shop) -> None:
    by_hand, by_day, leaver = Program(shop), Program(shop), Program(shop, member=shop.maya)
    assert all(p("GET", "tags").status_code == 200 for p in (by_hand, by_day, leaver))
    revoke(by_hand.row, by=shop.team["rosa"])
    ApiToken.objects.filter(id=by_day.row.id).update(expires_at=timezone.now())
    Membership.objects.filter(id=shop.maya.id).update(left_at=timezone.now())
    assert [p("GET", "tags").status_code for p in (by_hand, by_day, leaver)] == [401, 401, 401]


def test_i6_we_keep_no_token_only_its_fingerprint(program: Program) -> None:
    row = ApiToken.objects.get()
    kept = json.dumps({f.name: str(getattr(row, f.attname)) for f in row._meta.concrete_fields})
    assert program.token not in kept
    assert len(row.fingerprint) == 64
    program.get("tags")
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_i10_l4_no_page_of_another_site_reaches_it(program: Program) -> None:
    for origin in ("null", "https://evil.example", "https://testserver.evil.example"):
        for method in ("GET", "OPTIONS", "POST"):
            answered = program(method, "customers", body() if method == "POST" else None, Origin=origin)
            assert not [name for name in answered.headers if name.lower().startswith("access-control")]
    assert Client().post("/api/v1/customers", "{}", "text/plain").status_code == 401
    assert not program("GET", "customers").cookies


def test_reading_a_list_asks_the_database_little(program: Program, django_assert_max_num_queries: object) -> None:
    for n in range(12):
        program.post("customers", body(n))
    program.get("customers")
    with django_assert_max_num_queries(2):
        assert len(program.get("customers")["data"]) == 12
    with django_assert_max_num_queries(2):
        program.get("conversations")
