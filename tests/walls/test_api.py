"""A1 for outside programs: every operation of the API against everyone who may call it.

Made from the API's own description: an operation without a row here fails, and so does a row for one that is gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from presszero.api.openapi import operations, schema
from presszero.api.scopes import SCOPES
from presszero.api.site import RESOURCES
from presszero.api.tokens import Wanted, give
from presszero.conversations.models import SavedView, Tag
from presszero.team.models import Membership, Role
from tests import cast
from tests.walls.everything import Everything, everything
from tests.walls.makers import order, told, webhook
from tests.walls.test_addresses import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OPERATIONS = operations()
Body = Callable[[Everything], object]

# What each parameter of a path stands for.
ROWS: dict[str, Callable[[Everything], object]] = {
    "customer_id": lambda e: e.conversation.customer_id,
    "conversation_id": lambda e: e.conversation.id,
    "message_id": lambda e: e.reply.id,
    "order_id": lambda e: order(e).id,
    "token": lambda e: e.attachment.token,
    "tag_id": lambda e: _tag(e).id,
    "view_id": lambda e: _view(e).id,
    "webhook_id": lambda e: webhook(e).id,
    "delivery_id": lambda e: told(e).id,
}

# What each operation must be sent to succeed; None for nothing.
BODIES: dict[str, Body | None] = {
    "list_customers": None,
    "add_customer": lambda e: {"handles": [{"kind": "email", "address": "new@example.com"}]},
    "get_customer": None,
    "change_customer": lambda e: {"name": "Ada"},
    "list_customer_conversations": None,
    "list_handles": None,
    "add_handle": lambda e: {"kind": "email", "address": "more@example.com"},
    "list_customer_notes": None,
    "add_customer_note": lambda e: {"text": "Nice."},
    "list_consents": None,
    "add_consent": lambda e: {"channel": "email", "purpose": "survey", "given": True},
    "list_orders": None,
    "get_order": None,
    "list_customer_orders": None,
    "list_products": None,
    "list_conversations": None,
    "begin_conversation": lambda e: {
        "customer": e.conversation.customer_id,
        "line": e.shop.line.id,
        "address": "ada@example.com",
        "subject": "Boots",
        "text": "They are here.",
        "member": e.shop.maya.id,
    },
    "get_conversation": None,
    "change_conversation": lambda e: {"priority": 3},
    "resolve_conversation": lambda e: {},
    "reopen_conversation": None,
    "snooze_conversation": lambda e: {"until": None},
    "wake_conversation": None,
    "tag_conversation": None,
    "untag_conversation": None,
    "list_messages": None,
    "send_message": lambda e: {"text": "Sorry!", "member": e.shop.maya.id},
    "get_message": None,
    "list_notes": None,
    "add_note": lambda e: {"text": "Hm", "member": e.shop.maya.id},
    "upload_file": lambda e: b"%PDF-1.4 label",
    "get_attachment": None,
    "list_lines": None,
    "list_topics": None,
    "list_tags": None,
    "list_teams": None,
    "list_members": None,
    "list_macros": None,
    "list_views": None,
    "list_view": None,
    "search_conversations": None,
    "list_timeline": None,
    "list_webhooks": None,
    "add_webhook": lambda e: {"url": "https://hooks.example.com/pz", "events": ["message.sent"]},
    "get_webhook": None,
    "change_webhook": lambda e: {"name": "Warehouse"},
    "remove_webhook": None,
    "rotate_webhook_secret": lambda e: {},
    "test_webhook": lambda e: {},
    "list_webhook_deliveries": None,
    "redeliver_webhook": lambda e: {},
}
QUERIES: dict[str, Callable[[Everything], str]] = {
    "upload_file": lambda e: f"?filename=label.pdf&member={e.shop.maya.id}",
    "search_conversations": lambda e: "?q=order",
}
# Names a row of a merchant in its body alone: what a foreign token is answered when it names ours.
BY_BODY = {"begin_conversation": 404}


@pytest.fixture
def rows() -> Everything:
    return everything()


def _tag(e: Everything) -> Tag:
    return Tag.objects.get_or_create(merchant=e.shop.merchant, name="Wholesale")[0]


def _view(e: Everything) -> SavedView:
    given = {"by": e.shop.tomas, "shared": "everybody", "filter": {"all": []}}
    return SavedView.objects.get_or_create(merchant=e.shop.merchant, name="All", defaults=given)[0]


def token_for(shop: cast.Shop, scopes: list[str], member: Membership | None = None) -> str:
    admin = next(m for m in shop.team.values() if m.role == Role.ADMIN)
    return give(Wanted("Wall", scopes, member), by=admin).token


def call(rows: Everything, path: str, method: str, operation: dict[str, Any], token: str) -> HttpResponse:
    """One call that would succeed with the right token."""
    name = operation["operationId"]
    filled = re.sub(r"{(\w+)}", lambda found: str(ROWS[found[1]](rows)), path)
    make = BODIES[name]
    body = make(rows) if make else b""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/octet-stream" if "upload" in name else "application/json"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    where = filled + (QUERIES[name](rows) if name in QUERIES else "")
    answered: HttpResponse = Client(raise_request_exception=False).generic(
        method, where, content, kind, headers=headers
    )
    return answered


def is_problem(answered: HttpResponse, status: int) -> bool:
    fits = answered.status_code == status and answered["Content-Type"] == "application/problem+json"
    return fits and json.loads(answered.content)["status"] == status


def test_a1_every_operation_has_a_row_a_scope_and_a_shape() -> None:
    names = [each["operationId"] for _, _, each in OPERATIONS]
    assert len(set(names)) == len(names)
    assert set(names) == set(BODIES), "give every operation a row in BODIES"
    for path, _, each in OPERATIONS:
        assert each["x-scope"] in SCOPES, path
        assert set(re.findall(r"{(\w+)}", path)) <= set(ROWS), path
        assert each["summary"], path
    assert sum(len(view.operations) for r in RESOURCES for view in r.router.path_operations.values()) == len(names)


def test_a1_nobody_gets_in_without_a_token_and_a_cookie_is_none(rows: Everything) -> None:
    from presszero.team.gate import COOKIE
    from tests.walls.everything import browser

    rosa, wrong = browser(rows.shop.team["rosa"]), []
    for path, method, each in OPERATIONS:
        for token in ("", "pz_" + "a" * 43, "rosa"):
            if not is_problem(call(rows, path, method, each, token), 401):
                wrong.append((method, path, token))
        filled = re.sub(r"{(\w+)}", "1", path)
        signed_in = rosa.generic(method, filled, b"{}", "application/json", headers={"Sec-Fetch-Site": "same-origin"})
        if signed_in.status_code != 401:
            wrong.append((method, path, COOKIE))
    assert not wrong


def test_a1_each_operation_answers_its_own_scope_as_described_and_no_other(rows: Everything) -> None:
    scoped = {scope: token_for(rows.shop, [scope]) for scope in SCOPES}
    rest = {scope: token_for(rows.shop, [s for s in SCOPES if s != scope]) for scope in SCOPES}
    wrong = []
    for path, method, each in OPERATIONS:
        with undone():
            refused = call(rows, path, method, each, rest[each["x-scope"]])
        with undone():
            got = call(rows, path, method, each, scoped[each["x-scope"]])
        if not is_problem(refused, 403) or str(got.status_code) not in each["responses"] or got.status_code >= 300:
            wrong.append((method, path, refused.status_code, got.status_code, getattr(got, "content", b"")[:300]))
    assert not wrong


def test_a1_another_merchants_token_finds_nothing_of_ours(rows: Everything) -> None:
    theirs = token_for(cast.thistle(), list(SCOPES))
    ours = re.compile(r"ada@example|Kowalski|1042|Juniper|juniper|Boots|Okafor")
    wrong = []
    for path, method, each in OPERATIONS:
        with undone():
            got = call(rows, path, method, each, theirs)
        name = each["operationId"]
        if "{" in path or name in BY_BODY:
            if not is_problem(got, 404):
                wrong.append((method, path, got.status_code))
        elif method == "GET" and (got.status_code != 200 or ours.search(got.content.decode())):
            wrong.append((method, path, got.status_code, got.content[:200]))
    assert not wrong


def test_a1_a_member_who_only_reads_writes_nothing_whatever_the_scopes(rows: Everything) -> None:
    token = token_for(rows.shop, list(SCOPES), rows.shop.team["rob"])
    wrong = []
    for path, method, each in OPERATIONS:
        with undone():
            got = call(rows, path, method, each, token)
        if (got.status_code == 403) != each["x-scope"].endswith(":write") or got.status_code >= 500:
            wrong.append((method, path, got.status_code))
    assert not wrong


def test_a1_a_member_of_one_queue_sees_no_other_through_a_token(rows: Everything) -> None:
    shut = rows.shop.member("Sam Small", Role.AGENT, "sam@juniper.example")
    Membership.objects.filter(id=shut.id).update(sees_all=False)
    token, wrong = token_for(rows.shop, list(SCOPES), shut), []
    for path, method, each in OPERATIONS:
        with undone():
            got = call(rows, path, method, each, token)
        theirs = not ({"view_id", "webhook_id"} & set(re.findall(r"\w+", path)))
        if "{" in path and theirs and not is_problem(got, 404):
            wrong.append((method, path, got.status_code))
        if method == "GET" and "{" not in path and re.search(r"ada@example|Kowalski|1042", got.content.decode()):
            wrong.append((method, path, got.content[:300]))
    assert not wrong


def test_a7_a_field_we_do_not_know_is_refused_wherever_it_is_sent(rows: Everything) -> None:
    token, wrong = token_for(rows.shop, list(SCOPES)), []
    extra = ("is_staff", "tenant", "merchant", "role", "author", "created_at", "verified", "proof", "by", "links")
    for path, method, each in OPERATIONS:
        make = BODIES[each["operationId"]]
        usual = make(rows) if make else None
        if not isinstance(usual, dict):
            continue
        filled = re.sub(r"{(\w+)}", lambda found: str(ROWS[found[1]](rows)), path)
        for name in extra:
            body = json.dumps({**usual, name: 1})
            got = Client().generic(
                method, filled, body, "application/json", headers={"Authorization": f"Bearer {token}"}
            )
            if not is_problem(got, 422) or name not in json.loads(got.content)["errors"][0]["pointer"]:
                wrong.append((method, path, name, got.status_code))
    assert not wrong


def test_the_description_is_whole() -> None:
    said = schema()
    assert said["openapi"].startswith("3.1")
    referred = set(re.findall(r'#/components/schemas/([^"]+)', json.dumps(said)))
    assert referred <= set(said["components"]["schemas"])
