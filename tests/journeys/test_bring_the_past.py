"""Rosa brings the past in: Zendesk's ZIP, and a table of customers; and takes everything out."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.transfer.tests.bringing import sample
from tests.cast import Shop

from .desk import Desk

PICTURES = os.environ.get("PRESSZERO_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """The page as it is, for whoever wants to look: at the desk and on a phone, light and dark."""
    if not PICTURES:
        return
    for size, wide in (("desk", (1440, 900)), ("phone", (390, 844))):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": wide[0], "height": wide[1]})
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_zendesk_by_its_zip(shop: Shop, sit_down: Callable[..., Desk]) -> None:
    page = sit_down(shop.team["rosa"]).page
    page.goto("/settings/import")
    picture(page, "cards")
    page.get_by_role("link", name="Zendesk").click()
    picture(page, "new")
    file = {"name": "past.zip", "mimeType": "application/zip", "buffer": sample("zendesk")}
    page.locator("input[type=file]").set_input_files([file])
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible(timeout=20_000)
    assert not Conversation.objects.filter(merchant=shop.merchant).exists()
    picture(page, "checked")
    expect(page.get_by_text("It was deleted there.")).to_be_visible()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", name="It is in")).to_be_visible(timeout=20_000)
    picture(page, "done")
    with page.expect_download() as saved:
        page.get_by_role("link", name="All as CSV").click()
    assert "not in the file" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="To the desk").click()
    page.goto("/search?q=zigzag")
    expect(page.get_by_text("Laces").first).to_be_visible()


def test_a_table_of_customers_and_everything_out(shop: Shop, sit_down: Callable[..., Desk]) -> None:
    page = sit_down(shop.team["rosa"]).page
    page.goto("/settings/import/new/csv")
    rows = b"Kundenname;E-Mail-Adresse;Schuhgr\xf6\xdfe\r\nJ\xf6rg;joerg@example.com;43\r\nIda;no address;38\r\n"
    file = {"name": "kunden.csv", "mimeType": "text/csv", "buffer": rows}
    page.locator("input[type=file]").set_input_files([file])
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="What do the columns mean?")).to_be_visible()
    page.get_by_label("Kundenname").select_option("name")
    page.get_by_label("Schuhgröße").select_option("own")
    picture(page, "columns")
    page.get_by_role("button", name="Look through the file").click()
    expect(page.get_by_text("The e-mail address is not one.").first).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", name="It is in")).to_be_visible(timeout=20_000)
    assert Customer.objects.get(merchant=shop.merchant).name == "Jörg"
    page.goto("/settings/export")
    page.get_by_role("button", name="Write it").click()
    save = page.get_by_role("link", name="Save Everything")
    expect(save).to_be_visible(timeout=20_000)
    picture(page, "export")
    with page.expect_download() as saved:
        save.click()
    with zipfile.ZipFile(io.BytesIO(Path(saved.value.path()).read_bytes())) as packed:
        assert "Jörg" in packed.read("customers.csv").decode("utf-8-sig")
