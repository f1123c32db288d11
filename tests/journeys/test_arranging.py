"""Merging and splitting, of conversations and of customers, and every one of them taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.cast import Shop

from .customer import Customer
from .desk import Desk


def test_two_conversations_become_one_and_two_again(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    ada.posts(shop, "My boots are late.", "Order 1042")
    ada.posts(shop, "And one string is missing.", "Laces")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Laces")

    desk.press("m")
    dialog = desk.page.get_by_role("dialog", name="Which conversation is the same matter?")
    dialog.get_by_role("searchbox").fill("1042")
    dialog.get_by_role("button", name=re.compile("Order 1042")).click()
    desk.is_told("Merged.").reads("My boots are late.").reads("And one string is missing.")
    expect(desk.row("Laces")).to_have_count(0)

    desk.press("z").is_told("Two conversations again.")
    expect(desk.row("Laces")).to_be_visible()
    expect(desk.message("And one string is missing.")).to_have_count(0)


def test_messages_are_split_off_and_put_back(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    ada.posts(shop, "My boots are late.", "Order 1042")
    ada.posts(shop, "Also, do you sell wax?", "Order 1042")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Order 1042").reads("Also, do you sell wax?")
    desk.press("d")
    picked = desk.message("Also, do you sell wax?").get_by_role("checkbox")
    picked.check()
    ada.posts(shop, "And laces?", "Order 1042")
    desk.reads("And laces?")  # news comes while messages are picked
    expect(picked).to_be_checked()
    desk.page.get_by_role("button", name="Split off", exact=True).click()
    desk.is_told("Split off, as number")
    expect(desk.message("Also, do you sell wax?")).to_have_count(0)
    expect(desk.row("Order 1042")).to_have_count(2)

    desk.press("z").is_told("Together again.").reads("Also, do you sell wax?")
    expect(desk.row("Order 1042")).to_have_count(1)


def test_two_records_of_one_person_become_one_and_two_again(
    shop: Shop, customer: Callable[[str], Customer], sit_down: Callable[..., Desk]
) -> None:
    work, home = customer("Ada Kowalski"), customer("Ada Kowalski-Home")
    work.posts(shop, "From my desk.", "From work")
    home.posts(shop, "From my sofa.", "From home")
    desk = sit_down(shop.maya).go_to("Unassigned")
    expect(desk.row("From home")).to_be_visible()
    desk.open("From work")
    expect(desk.panel).to_contain_text(work.address)
    expect(desk.panel).not_to_contain_text(home.address)

    desk.panel.get_by_text("The same person?").click()
    desk.panel.get_by_role("searchbox").fill(home.address)
    desk.panel.get_by_role("button", name=re.compile(re.escape(home.address))).click()
    desk.is_told("One customer now.")
    expect(desk.panel).to_contain_text(home.address)
    expect(desk.panel.get_by_role("link", name=re.compile("From home"))).to_be_visible()

    desk.panel.get_by_text("The same person?").click()
    desk.panel.get_by_role("button", name="Take apart").click()
    desk.is_told("Two customers again.")
    expect(desk.panel).not_to_contain_text(home.address)
