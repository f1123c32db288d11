"""Settings → API and Settings → Webhooks, and the docs."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from presszero.api.models import ApiToken, Webhook, WebhookDelivery, WebhookTry
from presszero.api.openapi import operations
from presszero.api.webhooks import actions
from presszero.audit.models import Record
from tests.cast import Shop
from tests.walls.everything import browser

from .conftest import Program

URL = "https://hooks.example.com/pz"


@pytest.fixture
def rosa(shop: Shop) -> Client:
    return browser(shop.team["rosa"])


def test_a_token_is_made_shown_once_works_and_is_revoked(rosa: Client, shop: Shop) -> None:
    form = {"name": "Till", "scopes": ["settings:read"], "member": str(shop.maya.id), "lasts": "30"}
    made = rosa.post("/settings/api", form)
    assert made.status_code == 200
    token = made.content.decode().split('id="token" readonly value="')[1].partition('"')[0]
    program = Program(shop, token=token)
    assert program.get("tags")["data"] == []
    listed = rosa.get("/settings/api").content.decode()
    assert token not in listed and "Till" in listed and "acts as Maya Okafor" in listed
    row = ApiToken.objects.get()
    assert rosa.post(f"/settings/api/{row.id}/revocation").status_code == 302
    assert program("GET", "tags").status_code == 401
    verbs = list(Record.objects.filter(subject=f"api-token:{row.id}").values_list("verb", flat=True))
    assert verbs == ["api-token.make", "api-token.revoke"]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["all:write"]}, {"member": "999999"}])
def test_a_form_that_does_not_fit_makes_nothing_and_loses_nothing(
    rosa: Client, shop: Shop, wrong: dict[str, object]
) -> None:
    shown = rosa.post("/settings/api", {"name": "Till", "scopes": ["customers:read"], "lasts": "", **wrong})
    assert shown.status_code == 422
    assert not ApiToken.objects.exists()
    if wrong.get("name") != "":
        assert 'value="Till"' in shown.content.decode()


def test_a_webhook_is_added_changed_tested_switched_and_removed(rosa: Client, shop: Shop) -> None:
    made = rosa.post("/settings/webhooks", {"url": URL, "events": ["message.sent"], "name": "ERP"})
    assert b"whsec_" in made.content
    row = Webhook.objects.get()
    where = f"/settings/webhooks/{row.id}"
    assert b"whsec_" not in rosa.get(where).content
    assert rosa.post(where, {"url": URL, "events": ["note.added"], "name": "ERP 2"}).status_code == 302
    assert rosa.post(where, {"url": "http://10.0.0.1", "events": ["note.added"]}).status_code == 422
    assert rosa.post(f"{where}/trials").status_code == 302
    assert b"webhook.test" in rosa.get(where).content
    assert b"whsec_" in rosa.post(f"{where}/secret").content
    assert rosa.post(f"{where}/switch").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.events, row.disabled_why) == ("ERP 2", ["note.added"], "by hand")
    assert rosa.post(f"{where}/trials").status_code == 422
    rosa.post(f"{where}/removal")
    assert rosa.get(where).status_code == 404
    assert WebhookDelivery.objects.get().state == "dropped"
    verbs = list(Record.objects.filter(subject=f"webhook:{row.id}").order_by("id").values_list("verb", flat=True))
    assert verbs == ["webhook.make", "webhook.change", "webhook.rotate", "webhook.change", "webhook.remove"]


def test_x5_what_a_receiver_answered_is_shown_as_text(rosa: Client, shop: Shop) -> None:
    row, _ = actions.add(shop.merchant, URL, ["message.sent"], by=shop.team["rosa"].actor)
    told = actions.test(row, by=shop.team["rosa"].actor)
    WebhookDelivery.objects.update(state="failed", body=json.dumps({"type": "<svg onload=alert(1)>"}))
    hostile = "<script>alert(1)</script>"
    WebhookTry.objects.create(merchant=shop.merchant, delivery=told, status=500, answer=hostile, error="HTTP 500")
    shown = rosa.get(f"/settings/webhooks/{row.id}/told/{told.id}").content.decode()
    assert "&lt;script&gt;alert(1)" in shown and hostile not in shown
    assert "&lt;svg onload" in shown and "<svg onload" not in shown
    assert rosa.post(f"/settings/webhooks/{row.id}/told/{told.id}/again").status_code == 302
    assert WebhookDelivery.objects.get().state == "waits"


def test_the_docs_show_every_operation_and_need_nothing_from_elsewhere(db: None) -> None:
    shown = Client().get("/api/docs")
    page = shown.content.decode()
    assert all(f'id="{each["operationId"]}"' in page for _, _, each in operations())
    assert "script-src 'self'" in shown["Content-Security-Policy"]
    assert "unsafe" not in shown["Content-Security-Policy"]
    assert "<style" not in page and " style=" not in page and "cdn" not in page.lower()
    described = json.loads(Client().get("/api/openapi.json").content)
    assert described["openapi"].startswith("3.1")
