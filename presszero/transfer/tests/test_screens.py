"""The screens of bringing in and taking out, as an admin's browser sees them."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from presszero.audit.models import Record
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.transfer import exporting
from presszero.transfer.models import Export, Import
from presszero.transfer.running import bring_all, bring_now
from tests import cast
from tests.walls.everything import browser

from .bringing import brought, csv, run, sample

pytestmark = pytest.mark.django_db


def test_a_zip_goes_from_its_card_to_its_report(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    start = screen.get("/settings/import").content.decode()
    assert all(name in start for name in ("Zendesk", "Gorgias", "Freshdesk", "CSV"))
    assert "Admin Center" in screen.get("/settings/import/new/zendesk").content.decode()
    file = SimpleUploadedFile("past.zip", sample("zendesk"))
    at = screen.post("/settings/import/new/zendesk", {"file": file})["Location"]
    assert "Looking through the file" in screen.get(at).content.decode()
    assert screen.get(f"{at}/progress").status_code == 200
    while bring_all():
        pass
    assert screen.get(f"{at}/progress")["HX-Refresh"] == "true"
    page = screen.get(at).content.decode()
    assert "This is what would happen" in page and not Conversation.objects.exists()
    assert "It was deleted there." in page
    assert screen.post(f"{at}/run").status_code == 302
    while bring_all():
        pass
    assert "It is in" in screen.get(at).content.decode() and Conversation.objects.exists()
    report = b"".join(screen.get(f"{at}/rejected.csv").streaming_content).decode("utf-8-sig")
    assert '"503"' in report and "not in the file" in report
    assert screen.post(f"{at}/undo").status_code == 302
    while bring_all():
        pass
    assert "Taken back" in screen.get(at).content.decode() and not Conversation.objects.exists()
    verbs = Record.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["import.bring", "import.run", "import.undo"]


def test_a_table_asks_for_its_columns(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    file = SimpleUploadedFile("people.csv", b"Name,Email,Colour\r\nAda,ada@example.com,red\r\n")
    at = screen.post("/settings/import/new/csv", {"file": file, "about": "customers"})["Location"]
    page = screen.get(at).content.decode()
    assert "What do the columns mean?" in page and "ada@example.com" in page
    wrong = screen.post(f"{at}/columns", {"column-0": "name", "column-1": "name", "column-2": ""})
    assert wrong.status_code == 422 and "mean the same" in wrong.content.decode()
    meant = {"column-0": "name", "column-1": "email", "column-2": "own"}
    assert screen.post(f"{at}/columns", meant).status_code == 302
    while bring_all():
        pass
    screen.post(f"{at}/run")
    while bring_all():
        pass
    assert Customer.objects.get().fields == {"colour": "red"}


def test_a_large_file_comes_in_parts(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    begun = json.loads(screen.post("/settings/import/uploads", {"source": "gorgias", "filename": "p.zip"}).content)
    content = sample("gorgias")
    for number, start in enumerate(range(0, len(content), 1000), 1):
        url = f"{begun['url']}/parts/{number}"
        sent = screen.post(url, content[start : start + 1000], content_type="application/octet-stream")
        assert sent.status_code == 204
    whole = json.loads(screen.post(f"{begun['url']}/whole").content)
    bring_now(Import.objects.get())
    assert Import.objects.get().state == "checked" and whole["url"] == begun["url"]


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("/settings/import/uploads", {"source": "nowhere"}),
        ("/settings/import/uploads", {"source": "csv", "about": ""}),
        ("/settings/import/new/zendesk", {}),
    ],
)
def test_bad_input_is_said_in_words(shop: cast.Shop, url: str, values: dict[str, str]) -> None:
    assert browser(shop.team["rosa"]).post(url, values).status_code == 422
    assert not Import.objects.exists()


def test_an_empty_file_and_one_that_is_no_table_are_refused(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    for content in (b"", b"\r\n\r\n"):
        file = SimpleUploadedFile("x.csv", content)
        assert screen.post("/settings/import/new/csv", {"file": file, "about": "tags"}).status_code == 422


def test_a2_nothing_of_another_merchant_is_there(shop: cast.Shop) -> None:
    job = csv(shop, "tags", "Name", "x")
    made = exporting.ask("tags", by=shop.team["rosa"])
    mallory = browser(cast.thistle().team["mallory"])
    for path in ("", "/progress", "/rejected.csv"):
        assert mallory.get(f"/settings/import/{job.id}{path}").status_code == 404
    for path in ("columns", "look", "run", "stop", "undo", "file/removal", "whole", "parts/1"):
        assert mallory.post(f"/settings/import/{job.id}/{path}").status_code == 404
    assert mallory.post(f"/settings/export/{made.id}/revocation").status_code == 404


def test_a2_a_line_of_another_merchant_cannot_be_chosen(shop: cast.Shop) -> None:
    job = csv(shop, "conversations", "Subject,Customer email", "x,ada@example.com")
    line = cast.thistle().line
    values = {"column-0": "subject", "column-1": "customer_email", "line": line.id}
    assert browser(shop.team["rosa"]).post(f"/settings/import/{job.id}/columns", values).status_code == 422
    job.refresh_from_db()
    assert job.line_id is None and job.state == "ready"


def test_only_admins_bring_in_and_take_out(shop: cast.Shop) -> None:
    for url in ("/settings/import", "/settings/export", "/settings/import/new/zendesk"):
        assert browser(shop.tomas).get(url).status_code == 403
    assert browser(shop.tomas).post("/settings/export/files", {"what": "everything"}).status_code == 403
    assert not Export.objects.exists()


def test_an_export_is_written_and_shown(shop: cast.Shop) -> None:
    screen = browser(shop.team["rosa"])
    assert screen.post("/settings/export/files", {"what": "everything"}).status_code == 302
    assert "hx-trigger" in screen.get("/settings/export/list").content.decode()
    while exporting.take_all():
        pass
    page = screen.get("/settings/export").content.decode()
    made = Export.objects.get()
    assert exporting.signature(made) in page and made.done > 0
    assert Record.objects.filter(verb="export.make").exists()


def test_the_file_can_be_removed_and_what_it_brought_stays(shop: cast.Shop) -> None:
    job = run(brought(shop, "freshdesk", sample("freshdesk")))
    screen = browser(shop.team["rosa"])
    assert screen.post(f"/settings/import/{job.id}/file/removal").status_code == 302
    job.refresh_from_db()
    assert (job.parts, job.state) == (0, "done") and Conversation.objects.exists()
