"""Answering: taken back in time, sent later, filled by a macro, with files in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Route, expect

from presszero.conversations.models import Draft, Macro
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000000030001f4d1d0b30000000049454e44ae426082"
)


def test_what_is_taken_back_never_leaves_and_what_is_sent_later_waits(
    shop: Shop, ada: Customer, ben: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Is the Fell boot waterproof?", "Fell boot")
    ben.posts(shop, "When do you open?", "Opening hours")
    desk = sit_down(shop.maya).go_to("Unassigned")

    desk.open("Fell boot").answer("No, sadly nott.").is_told("Sending.")
    expect(desk.answer_box).to_have_value("")
    desk.page.locator("#toasts").get_by_role("button", name="Undo").click()
    desk.is_told("Taken back. It is a draft again.")
    expect(desk.answer_box).to_have_value("No, sadly nott.")

    desk.go_to("Unassigned").open("Opening hours")
    desk.answer_box.fill("From nine, every day.")
    desk.page.get_by_label("Send later").click()
    desk.page.get_by_role("button", name=re.compile("^Tomorrow morning")).click()
    desk.is_told("It goes out at the time you picked.")
    expect(desk.message("From nine, every day.")).to_contain_text("goes out")

    desk.go_to("Mine").open("Fell boot")
    expect(desk.answer_box).to_have_value("No, sadly nott.")  # the draft was kept
    desk.answer("Yes, it is, up to the ankle.").is_told("Sending.")
    answer = ada.waits()
    assert "Yes, it is, up to the ankle." in answer.text
    assert len(ada.provider.mails(ada.address)) == 1  # what was taken back had been due earlier
    assert ben.finds_nothing()

    desk.open("Opening hours").page.get_by_role("button", name="Take it back").click()
    desk.is_told("Taken back. It is a draft again.")
    expect(desk.answer_box).to_have_value("From nine, every day.")


def test_a_draft_that_is_slower_than_its_answer_does_not_come_back(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    ada.posts(shop, "Is the Fell boot waterproof?", "Fell boot")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Fell boot")
    held: list[Route] = []
    desk.page.route(re.compile("/drafts/reply$"), lambda route: held.append(route), times=1)
    desk.answer_box.fill("Yes, it is.")
    until(lambda: held or desk.page.wait_for_timeout(20), what="the draft on its way")
    desk.send_button.click()
    desk.is_told("Sending.").reads("Yes, it is.")
    with desk.page.expect_response(re.compile("/drafts/reply$")):
        held[0].continue_()
    until(lambda: not Draft.objects.filter(merchant=shop.merchant).exists(), what="an end of the draft")


def test_a_macro_fills_in_who_it_speaks_of(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    words = "Hello {{ customer.first_name }}, {{ agent.first_name }} here. {{ 7*7 }} {{ customer.password }}"
    Macro.objects.create(merchant=shop.merchant, name="Greeting", text=words)
    Macro.objects.create(merchant=shop.merchant, name="Goodbye", text="Farewell.", actions={"priority": 4})
    ada.posts(shop, "Hello?", "Anybody")
    desk = sit_down(shop.maya).go_to("Unassigned").open("Anybody")

    macros = desk.page.get_by_role("listbox", name="Macros").get_by_role("option")
    desk.press("r", "#")
    expect(macros).to_have_count(2)
    desk.type("greet")
    expect(macros).to_have_count(1)
    desk.press("Enter")
    expect(desk.answer_box).to_have_value(re.compile("Hello Ada, Maya here."))
    assert "49" not in desk.answer_box.input_value()

    desk.answer_box.fill("")
    desk.press("#")
    expect(macros).to_have_count(2)
    desk.press("ArrowDown", "ArrowUp", "Enter")
    expect(desk.answer_box).to_have_value("Farewell.")
    expect(desk.page.get_by_role("main")).to_contain_text("urgent")


def test_files_are_picked_dropped_and_pasted_and_come_back(
    shop: Shop, ada: Customer, sit_down: Callable[..., Desk]
) -> None:
    mail = ada.mail(shop, "Here is what I wrote down.", "With a file")
    page = b"<html><script>alert(1)</script></html>"
    mail.add_attachment(page, maintype="text", subtype="html", filename="note.html")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="boot.png")
    ada.house.take_mail(mail, shop.line.address)
    desk = sit_down(shop.maya).go_to("Unassigned").open("With a file")

    with desk.page.expect_download() as saving:
        desk.message("what I wrote").get_by_role("link", name=re.compile("note.html")).click()
    assert saving.value.suggested_filename == "note.html"
    assert saving.value.path().read_bytes() == page
    asked = desk.page.request.get(saving.value.url)
    assert asked.headers["content-type"] == "application/octet-stream"
    assert asked.headers["content-disposition"].startswith("attachment")
    assert asked.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in asked.headers["content-security-policy"]
    expect(desk.message("what I wrote").get_by_role("img", name="boot.png")).to_be_visible()

    desk.answer_box.fill("Three of ours.")
    desk.page.get_by_label("Add a file").set_input_files(
        {"name": "picked.txt", "mimeType": "text/plain", "buffer": b"picked"}
    )
    _hand_over(desk, "drop", "dropped.txt")
    _hand_over(desk, "paste", "pasted.txt")
    files = desk.page.get_by_role("list", name="Files").get_by_role("listitem")
    expect(files).to_have_count(3)
    expect(desk.page.get_by_role("list", name="Files").get_by_role("button")).to_have_count(3)  # each one is up
    desk.send_button.click()
    desk.is_told("Sending.")

    answer = ada.reads()
    came = {part.get_filename(): part.get_payload(decode=True) for part in answer.mail.iter_attachments()}
    assert came == {"picked.txt": b"picked", "dropped.txt": b"drop", "pasted.txt": b"paste"}
    assert isinstance(answer.mail, EmailMessage)


def _hand_over(desk: Desk, how: str, name: str) -> None:
    """Drops or pastes a file into the box that an agent writes in."""
    desk.answer_box.evaluate(
        """(box, [how, name]) => {
            const files = new DataTransfer();
            files.items.add(new File([how], name, { type: "text/plain" }));
            const options = { bubbles: true, cancelable: true };
            box.dispatchEvent(how === "drop"
                ? new DragEvent("drop", { ...options, dataTransfer: files })
                : new ClipboardEvent("paste", { ...options, clipboardData: files }));
        }""",
        [how, name],
    )
